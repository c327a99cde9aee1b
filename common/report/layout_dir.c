/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directory blocks as people see them: one type for all of them, of which the magic number chooses the parts.
 * Names: b for the block form, d for data, l for leaf, n for node, f for free index.
 */
#include "format/dir.h"
#include "report/layout_da.h"
#include "report/layout_items.h"

static uint32_t magic_of(const struct layout_at *at)
{
	const struct disk_dir_header *header = span_at(at->source->bytes, 0, sizeof(*header));

	return header ? be32_get(header->magic) : 0;
}

static uint32_t is_block(const struct layout_at *at)
{
	return magic_of(at) == DIR_BLOCK_MAGIC;
}

static uint32_t is_data(const struct layout_at *at)
{
	return magic_of(at) == DIR_DATA_MAGIC;
}

static uint32_t is_free(const struct layout_at *at)
{
	return magic_of(at) == DIR_FREE_MAGIC;
}

static uint32_t is_leaf1(const struct layout_at *at)
{
	return da_magic(at->source) == DIR_LEAF1_MAGIC;
}

static uint32_t is_leaf(const struct layout_at *at)
{
	return is_leaf1(at) || da_magic(at->source) == DIR_LEAFN_MAGIC;
}

/* The end of the block form: tail, and the hash index before it. */

static uint32_t place_tail(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return (uint32_t)(at->source->bytes.len - sizeof(struct disk_dir_block_tail));
}

static uint32_t count_block_leaf(const struct layout_at *at)
{
	const struct disk_dir_block_tail *tail;
	uint32_t most;

	if (!is_block(at))
		return 0;
	tail = span_at(at->source->bytes, place_tail(at, 0), sizeof(*tail));
	most = (place_tail(at, 0) - (uint32_t)sizeof(struct disk_dir_data)) /
	       (uint32_t)sizeof(struct disk_dir_leaf_entry);
	return tail && be32_get(tail->count) < most ? be32_get(tail->count) : most;
}

static uint32_t place_block_leaf(const struct layout_at *at, uint32_t index)
{
	return place_tail(at, 0) - (count_block_leaf(at) - index) * (uint32_t)sizeof(struct disk_dir_leaf_entry);
}

/* Names and unused space, one after the other from behind the header to the end, or to the hash index. */

static bool is_unused(const struct layout_at *entry)
{
	const struct disk_dir_unused *unused = layout_bytes(entry, 0, sizeof(*unused));

	return unused && be16_get(unused->freetag) == DIR_FREE_TAG;
}

static uint32_t entry_namelen(const struct layout_at *entry)
{
	const struct disk_dir_entry *name = layout_bytes(entry, 0, sizeof(*name));

	return name ? name->namelen : 0;
}

/* Bytes of what lies there: at least 8, so that every walk ends. */
static uint32_t entry_bytes(const struct layout_at *entry)
{
	const struct disk_dir_unused *unused = layout_bytes(entry, 0, sizeof(*unused));

	if (!is_unused(entry))
		return dir_entry_bytes(entry_namelen(entry), entry->source->geo->has_ftype);
	return be16_get(unused->length) < DIR_ENTRY_ALIGN ? DIR_ENTRY_ALIGN : be16_get(unused->length);
}

static uint32_t entries_end(const struct layout_at *at)
{
	return is_block(at) ? place_block_leaf(at, 0) : (uint32_t)at->source->bytes.len;
}

static uint32_t place_entry(const struct layout_at *at, uint32_t index)
{
	struct layout_at entry = {.source = at->source, .base = sizeof(struct disk_dir_data)};
	uint32_t end = entries_end(at);

	for (uint32_t i = 0; i < index && entry.base < end; i++)
		entry.base += entry_bytes(&entry);
	return entry.base;
}

static uint32_t count_entries(const struct layout_at *at)
{
	struct layout_at entry = {.source = at->source, .base = sizeof(struct disk_dir_data)};
	uint32_t end = entries_end(at), count = 0;

	/* An entry begins where it and its tag have room; the tag is read, so it must be inside. */
	for (; entry.base < end && entry_bytes(&entry) <= end - entry.base; count++)
		entry.base += entry_bytes(&entry);
	return count;
}

static uint32_t count_block_entries(const struct layout_at *at)
{
	return is_block(at) ? count_entries(at) : 0;
}

static uint32_t count_data_entries(const struct layout_at *at)
{
	return is_data(at) ? count_entries(at) : 0;
}

static uint32_t if_unused(const struct layout_at *at)
{
	return is_unused(at);
}

static uint32_t if_name(const struct layout_at *at)
{
	return !is_unused(at);
}

static uint32_t place_name(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + (uint32_t)sizeof(struct disk_dir_entry);
}

static uint32_t place_tag(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + entry_bytes(at) - (uint32_t)sizeof(be16);
}

/* Unused space has no type, but xfs_db shows one: the first byte of the tag. */
static uint32_t place_ftype(const struct layout_at *at, uint32_t index)
{
	return is_unused(at) ? place_tag(at, index) : place_name(at, index) + entry_namelen(at);
}

static uint32_t if_ftype(const struct layout_at *at)
{
	return at->source->geo->has_ftype;
}

static uint32_t three(const struct layout_at *at)
{
	(void)at;
	return DIR_FREE_REGIONS;
}

static uint32_t place_bestfree(const struct layout_at *at, uint32_t index)
{
	return at->base + index * (uint32_t)sizeof(struct disk_dir_free_region);
}

/* Leaves: the hash index, and in the leaf form the free index at the end. */

static uint32_t count_leaf(const struct layout_at *at)
{
	const struct disk_dir_leaf *leaf = span_at(at->source->bytes, 0, sizeof(*leaf));

	if (!leaf || !is_leaf(at))
		return 0;
	return da_bounded(at->source, be16_get(leaf->count), sizeof(*leaf), sizeof(struct disk_dir_leaf_entry));
}

static uint32_t place_leaf(const struct layout_at *at, uint32_t index)
{
	return at->base + (uint32_t)(sizeof(struct disk_dir_leaf) + index * sizeof(struct disk_dir_leaf_entry));
}

static uint32_t place_leaf_tail(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return (uint32_t)(at->source->bytes.len - sizeof(struct disk_dir_leaf_tail));
}

static uint32_t count_bests(const struct layout_at *at)
{
	const struct disk_dir_leaf_tail *tail;
	uint32_t most;

	if (!is_leaf1(at))
		return 0;
	tail = span_at(at->source->bytes, place_leaf_tail(at, 0), sizeof(*tail));
	most = (place_leaf_tail(at, 0) - (uint32_t)sizeof(struct disk_dir_leaf)) / (uint32_t)sizeof(be16);
	return tail && be32_get(tail->bestcount) < most ? be32_get(tail->bestcount) : most;
}

static uint32_t place_best(const struct layout_at *at, uint32_t index)
{
	return place_leaf_tail(at, 0) - (count_bests(at) - index) * (uint32_t)sizeof(be16);
}

/* Free index blocks. */

static uint32_t count_free(const struct layout_at *at)
{
	const struct disk_dir_free *free_index = span_at(at->source->bytes, 0, sizeof(*free_index));

	if (!free_index || !is_free(at))
		return 0;
	return da_bounded(at->source, be32_get(free_index->nvalid), sizeof(*free_index), sizeof(be16));
}

static uint32_t place_free(const struct layout_at *at, uint32_t index)
{
	return at->base + (uint32_t)(sizeof(struct disk_dir_free) + index * sizeof(be16));
}

/* clang-format off */
#define H(name_, field_) ITEM(name_, dir_data_table, "header." field_)
static const struct layout_item header_items[] = {
	H("magic", "magic"), H("crc", "crc"), H("bno", "blkno"), H("lsn", "lsn"), H("uuid", "uuid"), H("owner", "owner"),
};
static const struct layout header = LAYOUT(header_items);

static const struct layout_item bestfree_items[] = {
	ITEM("offset", dir_data_table, "bestfree[0].offset", .style = STYLE_HEX),
	ITEM("length", dir_data_table, "bestfree[0].length", .style = STYLE_HEX),
};
static const struct layout bestfree = LAYOUT(bestfree_items);
static const struct layout_item data_header_items[] = {
	PART("hdr", header),
	PART("bestfree", bestfree, .flags = LAYOUT_ARRAY, .count = three, .place = place_bestfree),
	SAME(dir_data_table, "pad", .flags = LAYOUT_HIDDEN),
};
static const struct layout data_header = LAYOUT(data_header_items);

static const struct layout_item entry_items[] = {
	SAME(dir_unused_table, "freetag", .count = if_unused),
	SAME(dir_unused_table, "length", .count = if_unused, .style = STYLE_HEX),
	SAME(dir_entry_table, "inumber", .count = if_name, .address = ADDRESS_INO, .address_type = "inode"),
	SAME(dir_entry_table, "namelen", .count = if_name),
	ELEMENT("name", element_text, .count = if_name, .place = place_name, .length = entry_namelen),
	ELEMENT("filetype", element_u8, .count = if_ftype, .place = place_ftype),
	ELEMENT("tag", element_be16, .place = place_tag, .style = STYLE_HEX),
};
static const struct layout entry = LAYOUT(entry_items);

static const struct layout_item leaf_entry_items[] = {
	SAME(dir_leaf_entry_table, "hashval", .style = STYLE_HEX),
	SAME(dir_leaf_entry_table, "address", .style = STYLE_HEX),
};
static const struct layout leaf_entry = LAYOUT(leaf_entry_items);
static const struct layout_item block_tail_items[] = {
	SAME(dir_block_tail_table, "count"), SAME(dir_block_tail_table, "stale"),
};
static const struct layout block_tail = LAYOUT(block_tail_items);

static const struct layout_item leaf_header_items[] = {
	PART("info", da_dir_info),
	SAME(dir_leaf_table, "count"), SAME(dir_leaf_table, "stale"),
	SAME(dir_leaf_table, "pad", .flags = LAYOUT_HIDDEN),
};
static const struct layout leaf_header = LAYOUT(leaf_header_items);
static const struct layout_item leaf_tail_items[] = {SAME(dir_leaf_tail_table, "bestcount")};
static const struct layout leaf_tail = LAYOUT(leaf_tail_items);

static const struct layout_item node_header_items[] = {
	PART("info", da_dir_info),
	SAME(da_node_table, "count"), SAME(da_node_table, "level"),
	SAME(da_node_table, "pad", .flags = LAYOUT_HIDDEN),
};
static const struct layout node_header = LAYOUT(node_header_items);
static const struct layout_item node_entry_items[] = {
	SAME(da_node_entry_table, "hashval", .style = STYLE_HEX),
	SAME(da_node_entry_table, "before", .address = ADDRESS_DIR_BLOCK),
};
static const struct layout node_entry = LAYOUT(node_entry_items);

static const struct layout_item free_header_items[] = {
	PART("hdr", header),
	SAME(dir_free_table, "firstdb"), SAME(dir_free_table, "nvalid"), SAME(dir_free_table, "nused"),
	SAME(dir_free_table, "pad", .flags = LAYOUT_HIDDEN),
};
static const struct layout free_header = LAYOUT(free_header_items);

static const struct layout_item dir_items[] = {
	PART("bhdr", data_header, .count = is_block),
	PART("bu", entry, .flags = LAYOUT_ARRAY, .count = count_block_entries, .place = place_entry),
	PART("bleaf", leaf_entry, .flags = LAYOUT_ARRAY, .count = count_block_leaf, .place = place_block_leaf),
	PART("btail", block_tail, .count = is_block, .place = place_tail),
	PART("dhdr", data_header, .count = is_data),
	PART("du", entry, .flags = LAYOUT_ARRAY, .count = count_data_entries, .place = place_entry),
	PART("lhdr", leaf_header, .count = is_leaf),
	ELEMENT("lbests", element_be16, .flags = LAYOUT_ARRAY, .count = count_bests, .place = place_best,
		.style = STYLE_HEX),
	PART("lents", leaf_entry, .flags = LAYOUT_ARRAY, .count = count_leaf, .place = place_leaf),
	PART("ltail", leaf_tail, .count = is_leaf1, .place = place_leaf_tail),
	PART("nhdr", node_header, .count = da_is_node),
	PART("nbtree", node_entry, .flags = LAYOUT_ARRAY | LAYOUT_ROWS, .count = da_node_count,
	     .place = da_node_place),
	PART("fhdr", free_header, .count = is_free),
	ELEMENT("fbests", element_be16, .flags = LAYOUT_ARRAY | LAYOUT_SKIP_ZERO, .count = count_free,
		.place = place_free, .style = STYLE_HEX),
};
/* clang-format on */

const struct layout dir_layout = LAYOUT(dir_items);
