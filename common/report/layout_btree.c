/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks of the B+trees as people see them: the header, then records, or keys and pointers, counted from 1. */
#include "format/btree_kind.h"
#include "report/layout_btree.h"
#include "report/layout_items.h"

/* What the counts of any block depend on. */
struct shape {
	uint16_t level, numrecs;
	uint32_t header, capacity;
};

static struct shape shape_of(const struct layout_at *at, enum btree_kind kind)
{
	const struct btree_format *format = &btree_formats[kind];
	uint32_t header = btree_header_bytes(format);
	/* Level and count stand at the same place in both forms. */
	const struct disk_btree_short *block = layout_bytes(at, 0, header);
	struct shape shape = {.header = header};

	if (!block)
		return shape;
	shape.level = be16_get(block->level);
	shape.numrecs = be16_get(block->numrecs);
	shape.capacity = btree_capacity(format, (uint32_t)at->source->bytes.len - at->base - header, shape.level);
	/* A count that cannot be shows what fits. */
	if (shape.numrecs > shape.capacity)
		shape.numrecs = (uint16_t)shape.capacity;
	return shape;
}

static uint32_t count_records(const struct layout_at *at, enum btree_kind kind)
{
	struct shape shape = shape_of(at, kind);

	return shape.level == 0 ? shape.numrecs : 0;
}

static uint32_t count_keys(const struct layout_at *at, enum btree_kind kind)
{
	struct shape shape = shape_of(at, kind);

	return shape.level == 0 ? 0 : shape.numrecs;
}

static uint32_t place_record(const struct layout_at *at, enum btree_kind kind, uint32_t index)
{
	return at->base + btree_header_bytes(&btree_formats[kind]) + index * btree_formats[kind].record_bytes;
}

static uint32_t place_key(const struct layout_at *at, enum btree_kind kind, uint32_t index)
{
	return at->base + btree_header_bytes(&btree_formats[kind]) +
	       index * btree_entry_key_bytes(&btree_formats[kind]);
}

/* Pointers begin behind the room for as many keys as there can be. */
static uint32_t place_pointer(const struct layout_at *at, enum btree_kind kind, uint32_t index)
{
	const struct btree_format *format = &btree_formats[kind];
	struct shape shape = shape_of(at, kind);

	return at->base + shape.header + shape.capacity * btree_entry_key_bytes(format) +
	       index * btree_pointer_bytes(format);
}

/* The functions of the items know their tree. */
#define TREE_FUNCTIONS(name, kind)                                                                                     \
	static uint32_t name##_records(const struct layout_at *at)                                                     \
	{                                                                                                              \
		return count_records(at, kind);                                                                        \
	}                                                                                                              \
	static uint32_t name##_keys(const struct layout_at *at)                                                        \
	{                                                                                                              \
		return count_keys(at, kind);                                                                           \
	}                                                                                                              \
	static uint32_t name##_record_at(const struct layout_at *at, uint32_t i)                                       \
	{                                                                                                              \
		return place_record(at, kind, i);                                                                      \
	}                                                                                                              \
	static uint32_t name##_key_at(const struct layout_at *at, uint32_t i)                                          \
	{                                                                                                              \
		return place_key(at, kind, i);                                                                         \
	}                                                                                                              \
	static uint32_t name##_pointer_at(const struct layout_at *at, uint32_t i)                                      \
	{                                                                                                              \
		return place_pointer(at, kind, i);                                                                     \
	}

TREE_FUNCTIONS(bno, BTREE_BNO)
TREE_FUNCTIONS(cnt, BTREE_CNT)
TREE_FUNCTIONS(ino, BTREE_INO)
TREE_FUNCTIONS(fino, BTREE_FINO)
TREE_FUNCTIONS(rmap, BTREE_RMAP)
TREE_FUNCTIONS(refc, BTREE_REFCOUNT)
TREE_FUNCTIONS(bmap, BTREE_BMAP)

static uint32_t if_sparse(const struct layout_at *at)
{
	return at->source->geo->has_sparse_inodes;
}

static uint32_t if_not_sparse(const struct layout_at *at)
{
	return !at->source->geo->has_sparse_inodes;
}

/* clang-format off */
#define ALLOC(...) SAME(alloc_rec_table, __VA_ARGS__)
static const struct layout_item alloc_items[] = {
	ALLOC("startblock", .address = ADDRESS_AGBLOCK, .address_type = "data"),
	ALLOC("blockcount"),
};
/* The tree by size is ordered by size first. */
static const struct layout_item cnt_key_items[] = {
	ALLOC("blockcount"),
	ALLOC("startblock", .address = ADDRESS_AGBLOCK, .address_type = "data"),
};

#define INO(name_, ...) ITEM(name_, inobt_rec_table, __VA_ARGS__)
static const struct layout_item inobt_items[] = {
	INO("startino", "startino", .address = ADDRESS_AGINO, .address_type = "inode"),
	INO("freecount", "freecount", .count = if_not_sparse),
	INO("holemask", "holemask", .count = if_sparse),
	INO("count", "count", .count = if_sparse),
	INO("freecount", "sp_freecount", .count = if_sparse),
	INO("free", "free"),
};
static const struct layout_item inobt_key_items[] = {
	SAME(inobt_key_table, "startino", .address = ADDRESS_AGINO, .address_type = "inode"),
};

#define RMAP(...) SAME(rmap_rec_table, __VA_ARGS__)
static const struct layout_item rmap_items[] = {
	RMAP("startblock", .address = ADDRESS_AGBLOCK, .address_type = "data"),
	RMAP("blockcount"),
	RMAP("owner", .style = STYLE_SIGNED, .address = ADDRESS_INO, .address_type = "inode"),
	RMAP("offset"),
	RMAP("extentflag", .style = STYLE_DECIMAL),
	RMAP("attrfork", .style = STYLE_DECIMAL),
	RMAP("bmbtblock", .style = STYLE_DECIMAL),
};
#define LOW(...) SAME(rmap_key_table, __VA_ARGS__)
#define HIGH(name_, ...) ITEM(name_, rmap_key_table, __VA_ARGS__, .at = sizeof(struct disk_rmap_key))
static const struct layout_item rmap_key_items[] = {
	LOW("startblock", .address = ADDRESS_AGBLOCK, .address_type = "data"),
	LOW("owner", .style = STYLE_SIGNED, .address = ADDRESS_INO, .address_type = "inode"),
	LOW("offset"),
	LOW("attrfork", .style = STYLE_DECIMAL),
	LOW("bmbtblock", .style = STYLE_DECIMAL),
	HIGH("startblock_hi", "startblock", .address = ADDRESS_AGBLOCK, .address_type = "data"),
	HIGH("owner_hi", "owner", .style = STYLE_SIGNED, .address = ADDRESS_INO, .address_type = "inode"),
	HIGH("offset_hi", "offset"),
	HIGH("attrfork_hi", "attrfork", .style = STYLE_DECIMAL),
	HIGH("bmbtblock_hi", "bmbtblock", .style = STYLE_DECIMAL),
};

#define REFC(...) SAME(refcount_rec_table, __VA_ARGS__)
static const struct layout_item refc_items[] = {
	REFC("startblock", .address = ADDRESS_AGBLOCK, .address_type = "data"),
	REFC("blockcount"),
	REFC("refcount"),
	REFC("cowflag", .style = STYLE_DECIMAL),
};
static const struct layout_item refc_key_items[] = {
	SAME(refcount_key_table, "startblock", .address = ADDRESS_AGBLOCK, .address_type = "data"),
	SAME(refcount_key_table, "cowflag", .style = STYLE_DECIMAL),
};

#define BMAP(...) SAME(bmap_rec_table, __VA_ARGS__)
static const struct layout_item bmap_data_items[] = {
	BMAP("startoff", .address = ADDRESS_FILE_BLOCK),
	BMAP("startblock", .address = ADDRESS_FILE_DATA),
	BMAP("blockcount"),
	BMAP("extentflag", .style = STYLE_DECIMAL),
};
static const struct layout_item bmap_attr_items[] = {
	BMAP("startoff", .address = ADDRESS_ATTR_BLOCK),
	BMAP("startblock", .address = ADDRESS_FSBLOCK, .address_type = "attr3"),
	BMAP("blockcount"),
	BMAP("extentflag", .style = STYLE_DECIMAL),
};
static const struct layout_item bmap_key_items[] = {
	SAME(bmap_key_table, "startoff"),
};

static const struct layout alloc_rows = LAYOUT(alloc_items), cnt_key_rows = LAYOUT(cnt_key_items);
static const struct layout inobt_rows = LAYOUT(inobt_items), inobt_key_rows = LAYOUT(inobt_key_items);
static const struct layout rmap_rows = LAYOUT(rmap_items), rmap_key_rows = LAYOUT(rmap_key_items);
static const struct layout refc_rows = LAYOUT(refc_items), refc_key_rows = LAYOUT(refc_key_items);
const struct layout bmap_data_rows = LAYOUT(bmap_data_items), bmap_attr_rows = LAYOUT(bmap_attr_items);
const struct layout bmap_key_rows = LAYOUT(bmap_key_items);

#define ROWS (LAYOUT_ARRAY | LAYOUT_FROM_ONE | LAYOUT_ROWS)
#define SHORT(name_, ...) ITEM(name_, btree_short_table, __VA_ARGS__)
#define SHORT_TREE(tree, type, records, key_rows)								\
	SHORT("magic", "magic"), SHORT("level", "level"), SHORT("numrecs", "numrecs"),				\
	SHORT("leftsib", "leftsib", .address = ADDRESS_AGBLOCK, .address_type = (type)),			\
	SHORT("rightsib", "rightsib", .address = ADDRESS_AGBLOCK, .address_type = (type)),			\
	SHORT("bno", "blkno"), SHORT("lsn", "lsn"), SHORT("uuid", "uuid"), SHORT("owner", "owner"),		\
	SHORT("crc", "crc"),											\
	PART("recs", records, .flags = ROWS, .count = tree##_records, .place = tree##_record_at),		\
	PART("keys", key_rows, .flags = ROWS, .count = tree##_keys, .place = tree##_key_at),			\
	ELEMENT("ptrs", element_agblock, .flags = LAYOUT_ARRAY | LAYOUT_FROM_ONE, .count = tree##_keys,		\
		.place = tree##_pointer_at, .address = ADDRESS_AGBLOCK, .address_type = (type))

#define LONG(name_, ...) ITEM(name_, btree_long_table, __VA_ARGS__)
#define LONG_TREE(tree, type, records, key_rows)								\
	LONG("magic", "magic"), LONG("level", "level"), LONG("numrecs", "numrecs"),				\
	LONG("leftsib", "leftsib", .address = ADDRESS_FSBLOCK, .address_type = (type)),				\
	LONG("rightsib", "rightsib", .address = ADDRESS_FSBLOCK, .address_type = (type)),			\
	LONG("bno", "blkno"), LONG("lsn", "lsn"), LONG("uuid", "uuid"), LONG("owner", "owner"),			\
	LONG("crc", "crc"), LONG("pad", "pad", .flags = LAYOUT_HIDDEN),						\
	PART("recs", records, .flags = ROWS, .count = tree##_records, .place = tree##_record_at),		\
	PART("keys", key_rows, .flags = ROWS, .count = tree##_keys, .place = tree##_key_at),			\
	ELEMENT("ptrs", element_fsblock, .flags = LAYOUT_ARRAY | LAYOUT_FROM_ONE, .count = tree##_keys,		\
		.place = tree##_pointer_at, .address = ADDRESS_FSBLOCK, .address_type = (type))

static const struct layout_item bnobt_items[] = {SHORT_TREE(bno, "bnobt", alloc_rows, alloc_rows)};
static const struct layout_item cntbt_items[] = {SHORT_TREE(cnt, "cntbt", alloc_rows, cnt_key_rows)};
static const struct layout_item inobt_block_items[] = {SHORT_TREE(ino, "inobt", inobt_rows, inobt_key_rows)};
static const struct layout_item finobt_items[] = {SHORT_TREE(fino, "finobt", inobt_rows, inobt_key_rows)};
static const struct layout_item rmapbt_items[] = {SHORT_TREE(rmap, "rmapbt", rmap_rows, rmap_key_rows)};
static const struct layout_item refcbt_items[] = {SHORT_TREE(refc, "refcntbt", refc_rows, refc_key_rows)};
static const struct layout_item bmapbtd_items[] = {LONG_TREE(bmap, "bmapbtd", bmap_data_rows, bmap_key_rows)};
static const struct layout_item bmapbta_items[] = {LONG_TREE(bmap, "bmapbta", bmap_attr_rows, bmap_key_rows)};
/* clang-format on */

const struct layout bnobt_layout = LAYOUT(bnobt_items);
const struct layout cntbt_layout = LAYOUT(cntbt_items);
const struct layout inobt_layout = LAYOUT(inobt_block_items);
const struct layout finobt_layout = LAYOUT(finobt_items);
const struct layout rmapbt_layout = LAYOUT(rmapbt_items);
const struct layout refcountbt_layout = LAYOUT(refcbt_items);
const struct layout bmapbt_data_layout = LAYOUT(bmapbtd_items);
const struct layout bmapbt_attr_layout = LAYOUT(bmapbta_items);
