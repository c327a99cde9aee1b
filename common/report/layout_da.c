/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the layouts of directory and attribute blocks share. */
#include "report/layout_da.h"

#include "format/da.h"
#include "report/layout_items.h"

uint16_t da_magic(const struct layout_source *source)
{
	const struct disk_da_info *info = span_at(source->bytes, 0, sizeof(*info));

	return info ? be16_get(info->magic) : 0;
}

uint32_t da_bounded(const struct layout_source *source, uint64_t count, uint32_t offset, uint32_t bytes)
{
	uint64_t room = source->bytes.len < offset ? 0 : (source->bytes.len - offset) / bytes;

	return (uint32_t)(count < room ? count : room);
}

uint32_t da_is_node(const struct layout_at *at)
{
	return da_magic(at->source) == DA_NODE_MAGIC;
}

uint32_t da_node_count(const struct layout_at *at)
{
	const struct disk_da_node *node = span_at(at->source->bytes, 0, sizeof(*node));

	if (!node || !da_is_node(at))
		return 0;
	return da_bounded(at->source, be16_get(node->count), sizeof(*node), sizeof(struct disk_da_node_entry));
}

uint32_t da_node_place(const struct layout_at *at, uint32_t index)
{
	return at->base + (uint32_t)(sizeof(struct disk_da_node) + index * sizeof(struct disk_da_node_entry));
}

/* clang-format off */
#define N(name_, ...) ITEM(name_, da_node_table, "info." __VA_ARGS__)
#define HEADER_ITEMS(kind)											\
	N("forw", "forw", .address = (kind)), N("back", "back", .address = (kind)),				\
	N("magic", "magic"), N("pad", "pad", .flags = LAYOUT_HIDDEN)
static const struct layout_item dir_header_items[] = {HEADER_ITEMS(ADDRESS_DIR_BLOCK)};
static const struct layout_item attr_header_items[] = {HEADER_ITEMS(ADDRESS_ATTR_BLOCK)};
static const struct layout dir_header = LAYOUT(dir_header_items), attr_header = LAYOUT(attr_header_items);

#define INFO_ITEMS(header)											\
	PART("hdr", header), N("crc", "crc"), N("bno", "blkno"), N("lsn", "lsn"), N("uuid", "uuid"),		\
	N("owner", "owner")
static const struct layout_item dir_info_items[] = {INFO_ITEMS(dir_header)};
static const struct layout_item attr_info_items[] = {INFO_ITEMS(attr_header)};
/* clang-format on */

const struct layout da_dir_info = LAYOUT(dir_info_items), da_attr_info = LAYOUT(attr_info_items);
