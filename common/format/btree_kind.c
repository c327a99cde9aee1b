/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the records of each kind of B+tree are ordered.
 *
 * The reverse mapping tree compares block, owner and offset, where the offset counts with the bits of the attribute
 * fork and of a fork's B+tree block but without the one of unwritten extents, which may change in place
 * (rmapbt chapter; seen in kernel images, test_btree.c). Its high key is that of the record's last block.
 */
#include "format/btree_kind.h"

static struct btree_key alloc_by_block(const void *record)
{
	const struct disk_alloc_rec *rec = record;

	return (struct btree_key){{be32_get(rec->startblock), 0, 0}};
}

static struct btree_key alloc_by_block_end(const void *record)
{
	const struct disk_alloc_rec *rec = record;

	return (struct btree_key){{(uint64_t)be32_get(rec->startblock) + be32_get(rec->blockcount) - 1, 0, 0}};
}

static struct btree_key alloc_by_size(const void *record)
{
	const struct disk_alloc_rec *rec = record;

	return (struct btree_key){{be32_get(rec->blockcount), be32_get(rec->startblock), 0}};
}

static struct btree_key inobt_by_inode(const void *record)
{
	const struct disk_inobt_rec *rec = record;

	return (struct btree_key){{be32_get(rec->startino), 0, 0}};
}

static struct btree_key inobt_by_inode_end(const void *record)
{
	const struct disk_inobt_rec *rec = record;

	return (struct btree_key){{(uint64_t)be32_get(rec->startino) + INODES_PER_CHUNK - 1, 0, 0}};
}

static struct btree_key inobt_key(const void *key)
{
	const struct disk_inobt_key *k = key;

	return (struct btree_key){{be32_get(k->startino), 0, 0}};
}

static struct btree_key refcount_by_block(const void *record)
{
	const struct disk_refcount_rec *rec = record;

	return (struct btree_key){{be32_get(rec->startblock), 0, 0}};
}

static struct btree_key refcount_by_block_end(const void *record)
{
	const struct disk_refcount_rec *rec = record;

	return (struct btree_key){{(uint64_t)be32_get(rec->startblock) + be32_get(rec->blockcount) - 1, 0, 0}};
}

static struct btree_key refcount_key(const void *key)
{
	const struct disk_refcount_key *k = key;

	return (struct btree_key){{be32_get(k->startblock), 0, 0}};
}

static uint64_t rmap_offset_key(uint64_t offset)
{
	return offset & ~RMAP_OFFSET_UNWRITTEN;
}

static struct btree_key rmap_by_block(const void *record)
{
	const struct disk_rmap_rec *rec = record;

	return (struct btree_key){
		{be32_get(rec->startblock), be64_get(rec->owner), rmap_offset_key(be64_get(rec->offset))}};
}

static struct btree_key rmap_by_block_end(const void *record)
{
	const struct disk_rmap_rec *rec = record;
	struct btree_key key = rmap_by_block(record);
	uint64_t last = (uint64_t)be32_get(rec->blockcount) - 1;

	key.word[0] += last;
	/* Only mappings of files have an offset that moves along. */
	if (key.word[1] < RMAP_OWN_MIN && !(key.word[2] & RMAP_OFFSET_BMBT))
		key.word[2] += last;
	return key;
}

static struct btree_key rmap_key(const void *key)
{
	const struct disk_rmap_key *k = key;

	return (struct btree_key){
		{be32_get(k->startblock), be64_get(k->owner), rmap_offset_key(be64_get(k->offset))}};
}

static struct btree_key bmap_by_offset(const void *record)
{
	return (struct btree_key){{bmap_rec_get(record).startoff, 0, 0}};
}

static struct btree_key bmap_by_offset_end(const void *record)
{
	struct bmap_rec rec = bmap_rec_get(record);

	return (struct btree_key){{rec.startoff + rec.blockcount - 1, 0, 0}};
}

static struct btree_key bmap_key(const void *key)
{
	const struct disk_bmap_key *k = key;

	return (struct btree_key){{be64_get(k->startoff), 0, 0}};
}

const struct btree_format btree_formats[BTREE_KINDS] = {
	[BTREE_BNO] = {
		.name = "bnobt",
		.magic = 0x41423342, /* "AB3B" */
		.record_bytes = sizeof(struct disk_alloc_rec),
		.key_bytes = sizeof(struct disk_alloc_rec),
		.record_fields = &alloc_rec_table,
		.key_fields = &alloc_rec_table,
		.record_low = alloc_by_block,
		.record_high = alloc_by_block_end,
		.key = alloc_by_block,
	},
	[BTREE_CNT] = {
		.name = "cntbt",
		.magic = 0x41423343, /* "AB3C" */
		.record_bytes = sizeof(struct disk_alloc_rec),
		.key_bytes = sizeof(struct disk_alloc_rec),
		.record_fields = &alloc_rec_table,
		.key_fields = &alloc_rec_table,
		.record_low = alloc_by_size,
		.record_high = alloc_by_size,
		.key = alloc_by_size,
	},
	[BTREE_INO] = {
		.name = "inobt",
		.magic = 0x49414233, /* "IAB3" */
		.record_bytes = sizeof(struct disk_inobt_rec),
		.key_bytes = sizeof(struct disk_inobt_key),
		.record_fields = &inobt_rec_table,
		.key_fields = &inobt_key_table,
		.record_low = inobt_by_inode,
		.record_high = inobt_by_inode_end,
		.key = inobt_key,
	},
	[BTREE_FINO] = {
		.name = "finobt",
		.magic = 0x46494233, /* "FIB3" */
		.record_bytes = sizeof(struct disk_inobt_rec),
		.key_bytes = sizeof(struct disk_inobt_key),
		.record_fields = &inobt_rec_table,
		.key_fields = &inobt_key_table,
		.record_low = inobt_by_inode,
		.record_high = inobt_by_inode_end,
		.key = inobt_key,
	},
	[BTREE_RMAP] = {
		.name = "rmapbt",
		.magic = 0x524d4233, /* "RMB3" */
		.overlapped = true,
		.record_bytes = sizeof(struct disk_rmap_rec),
		.key_bytes = sizeof(struct disk_rmap_key),
		.record_fields = &rmap_rec_table,
		.key_fields = &rmap_key_table,
		.record_low = rmap_by_block,
		.record_high = rmap_by_block_end,
		.key = rmap_key,
	},
	[BTREE_REFCOUNT] = {
		.name = "refcountbt",
		.magic = 0x52334643, /* "R3FC" */
		.record_bytes = sizeof(struct disk_refcount_rec),
		.key_bytes = sizeof(struct disk_refcount_key),
		.record_fields = &refcount_rec_table,
		.key_fields = &refcount_key_table,
		.record_low = refcount_by_block,
		.record_high = refcount_by_block_end,
		.key = refcount_key,
	},
	[BTREE_BMAP] = {
		.name = "bmbt",
		.magic = 0x424d4133, /* "BMA3" */
		.long_pointers = true,
		.record_bytes = sizeof(struct disk_bmap_rec),
		.key_bytes = sizeof(struct disk_bmap_key),
		.record_fields = &bmap_rec_table,
		.key_fields = &bmap_key_table,
		.record_low = bmap_by_offset,
		.record_high = bmap_by_offset_end,
		.key = bmap_key,
	},
};
