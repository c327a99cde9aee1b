/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks of attribute forks as people see them: leaves, nodes, and blocks of values. */
#include "format/attr.h"
#include "report/layout_da.h"
#include "report/layout_items.h"

static uint32_t is_leaf(const struct layout_at *at)
{
	return da_magic(at->source) == ATTR_LEAF_MAGIC;
}

static uint32_t is_value(const struct layout_at *at)
{
	const struct disk_attr_value *value = span_at(at->source->bytes, 0, sizeof(*value));

	return value && be32_get(value->magic) == ATTR_REMOTE_MAGIC;
}

static uint32_t count_entries(const struct layout_at *at)
{
	const struct disk_attr_leaf *leaf = span_at(at->source->bytes, 0, sizeof(*leaf));

	if (!leaf || !is_leaf(at))
		return 0;
	return da_bounded(at->source, be16_get(leaf->count), sizeof(*leaf), sizeof(struct disk_attr_leaf_entry));
}

static uint32_t place_entry(const struct layout_at *at, uint32_t index)
{
	(void)at;
	return (uint32_t)(sizeof(struct disk_attr_leaf) + index * sizeof(struct disk_attr_leaf_entry));
}

static const struct disk_attr_leaf_entry *entry_of(const struct layout_at *at, uint32_t index)
{
	return span_at(at->source->bytes, place_entry(at, index), sizeof(struct disk_attr_leaf_entry));
}

/* Where name and value of entry @index lie. */
static uint32_t place_name_value(const struct layout_at *at, uint32_t index)
{
	const struct disk_attr_leaf_entry *entry = entry_of(at, index);

	return entry ? be16_get(entry->nameidx) : (uint32_t)at->source->bytes.len;
}

static uint32_t if_local(const struct layout_at *at)
{
	const struct disk_attr_leaf_entry *entry = entry_of(at, at->index);

	return entry && (entry->flags & ATTR_FLAG_LOCAL);
}

static uint32_t if_remote(const struct layout_at *at)
{
	return !if_local(at);
}

static uint32_t local_namelen(const struct layout_at *at)
{
	const struct disk_attr_local *local = layout_bytes(at, 0, sizeof(*local));

	return local ? local->namelen : 0;
}

static uint32_t local_valuelen(const struct layout_at *at)
{
	const struct disk_attr_local *local = layout_bytes(at, 0, sizeof(*local));

	return local ? be16_get(local->valuelen) : 0;
}

static uint32_t remote_namelen(const struct layout_at *at)
{
	const struct disk_attr_remote *remote = layout_bytes(at, 0, sizeof(*remote));

	return remote ? remote->namelen : 0;
}

static uint32_t if_local_value(const struct layout_at *at)
{
	return if_local(at) && local_valuelen(at) != 0;
}

static uint32_t place_local_name(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + (uint32_t)sizeof(struct disk_attr_local);
}

static uint32_t place_local_value(const struct layout_at *at, uint32_t index)
{
	return place_local_name(at, index) + local_namelen(at);
}

static uint32_t place_remote_name(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + (uint32_t)sizeof(struct disk_attr_remote);
}

static uint32_t three(const struct layout_at *at)
{
	(void)at;
	return ATTR_FREE_REGIONS;
}

static uint32_t place_freemap(const struct layout_at *at, uint32_t index)
{
	return at->base + index * (uint32_t)sizeof(struct disk_attr_free_region);
}

static uint32_t place_data(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + (uint32_t)sizeof(struct disk_attr_value);
}

static uint32_t data_bytes(const struct layout_at *at)
{
	const struct disk_attr_value *value = span_at(at->source->bytes, 0, sizeof(*value));

	return value ? da_bounded(at->source, be32_get(value->bytes), sizeof(*value), 1) : 0;
}

/* clang-format off */
#define L(...) SAME(attr_leaf_table, __VA_ARGS__)
static const struct layout_item freemap_items[] = {
	ITEM("base", attr_leaf_table, "freemap[0].base"),
	ITEM("size", attr_leaf_table, "freemap[0].size"),
};
static const struct layout freemap = LAYOUT(freemap_items);
static const struct layout_item leaf_header_items[] = {
	PART("info", da_attr_info),
	L("count"), L("usedbytes"), L("firstused"), L("holes"),
	L("pad1", .flags = LAYOUT_HIDDEN),
	PART("freemap", freemap, .flags = LAYOUT_ARRAY | LAYOUT_ROWS, .count = three, .place = place_freemap),
};
static const struct layout leaf_header = LAYOUT(leaf_header_items);

#define E(...) SAME(attr_leaf_entry_table, __VA_ARGS__)
#define FLAG(name_, mask_) ITEM(name_, attr_leaf_entry_table, "flags", .mask = (mask_))
static const struct layout_item entry_items[] = {
	E("hashval", .style = STYLE_HEX), E("nameidx"),
	E("flags", .flags = LAYOUT_HIDDEN),
	FLAG("incomplete", ATTR_FLAG_INCOMPLETE), FLAG("root", ATTR_FLAG_ROOT), FLAG("secure", ATTR_FLAG_SECURE),
	FLAG("local", ATTR_FLAG_LOCAL),
	E("pad2", .flags = LAYOUT_HIDDEN),
};
static const struct layout entry = LAYOUT(entry_items);

static const struct layout_item name_value_items[] = {
	SAME(attr_remote_table, "valueblk", .count = if_remote, .style = STYLE_HEX, .address = ADDRESS_ATTR_BLOCK),
	SAME(attr_remote_table, "valuelen", .count = if_remote),
	SAME(attr_remote_table, "namelen", .count = if_remote),
	ELEMENT("name", element_text, .count = if_remote, .place = place_remote_name, .length = remote_namelen),
	SAME(attr_local_table, "valuelen", .count = if_local),
	SAME(attr_local_table, "namelen", .count = if_local),
	ELEMENT("name", element_text, .count = if_local, .place = place_local_name, .length = local_namelen),
	ELEMENT("value", element_text, .count = if_local_value, .place = place_local_value, .length = local_valuelen),
};
static const struct layout name_value = LAYOUT(name_value_items);

static const struct layout_item node_header_items[] = {
	PART("info", da_attr_info),
	SAME(da_node_table, "count"), SAME(da_node_table, "level"),
	SAME(da_node_table, "pad", .flags = LAYOUT_HIDDEN),
};
static const struct layout node_header = LAYOUT(node_header_items);
static const struct layout_item node_entry_items[] = {
	SAME(da_node_entry_table, "hashval", .style = STYLE_HEX),
	SAME(da_node_entry_table, "before", .address = ADDRESS_ATTR_BLOCK),
};
static const struct layout node_entry = LAYOUT(node_entry_items);

#define V(name_, field_) ITEM(name_, attr_value_table, field_)
static const struct layout_item value_header_items[] = {
	V("magic", "magic"), V("offset", "offset"), V("bytes", "bytes"), V("crc", "crc"), V("uuid", "uuid"),
	V("owner", "owner"), V("bno", "blkno"), V("lsn", "lsn"),
};
static const struct layout value_header = LAYOUT(value_header_items);

static const struct layout_item attr_items[] = {
	PART("hdr", leaf_header, .count = is_leaf),
	PART("hdr", node_header, .count = da_is_node),
	PART("hdr", value_header, .count = is_value),
	ELEMENT("data", element_text, .count = is_value, .place = place_data, .length = data_bytes),
	PART("entries", entry, .flags = LAYOUT_ARRAY | LAYOUT_ROWS, .count = count_entries, .place = place_entry),
	PART("btree", node_entry, .flags = LAYOUT_ARRAY | LAYOUT_ROWS, .count = da_node_count, .place = da_node_place),
	PART("nvlist", name_value, .flags = LAYOUT_ARRAY, .count = count_entries, .place = place_name_value),
};
/* clang-format on */

const struct layout attr_layout = LAYOUT(attr_items);
