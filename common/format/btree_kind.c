/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the records of each kind of B+tree are ordered.
 *
 * The reverse mapping tree compares block, owner and offset, where the offset counts with the bits of the attribute
 * fork and of a fork's B+tree block but without the one of unwritten extents, which may change in place
 * (rmapbt chapter; seen in kernel images, test_btree.c). Its high key is that of the record's last block.
 */
#include "format/btree_kind.h"

/* Words are set one by one: a struct that is copied right after it was written stalls the processor. */
static void set_key(struct btree_key *key, uint64_t first, uint64_t second, uint64_t third)
{
	key->word[0] = first;
	key->word[1] = second;
	key->word[2] = third;
}

static void alloc_by_block(const void *record, struct btree_key *low, struct btree_key *high)
{
	const struct disk_alloc_rec *rec = record;
	uint64_t start = be32_get(rec->startblock);

	set_key(low, start, 0, 0);
	set_key(high, start + be32_get(rec->blockcount) - 1, 0, 0);
}

static void alloc_by_size(const void *record, struct btree_key *low, struct btree_key *high)
{
	const struct disk_alloc_rec *rec = record;

	set_key(low, be32_get(rec->blockcount), be32_get(rec->startblock), 0);
	set_key(high, be32_get(rec->blockcount), be32_get(rec->startblock), 0);
}

static struct btree_key alloc_block_key(const void *key)
{
	const struct disk_alloc_rec *k = key;

	return (struct btree_key){{be32_get(k->startblock), 0, 0}};
}

static struct btree_key alloc_size_key(const void *key)
{
	const struct disk_alloc_rec *k = key;

	return (struct btree_key){{be32_get(k->blockcount), be32_get(k->startblock), 0}};
}

static void inobt_by_inode(const void *record, struct btree_key *low, struct btree_key *high)
{
	const struct disk_inobt_rec *rec = record;
	uint64_t start = be32_get(rec->startino);

	set_key(low, start, 0, 0);
	set_key(high, start + INODES_PER_CHUNK - 1, 0, 0);
}

static struct btree_key inobt_key(const void *key)
{
	const struct disk_inobt_key *k = key;

	return (struct btree_key){{be32_get(k->startino), 0, 0}};
}

static void refcount_by_block(const void *record, struct btree_key *low, struct btree_key *high)
{
	const struct disk_refcount_rec *rec = record;
	uint64_t start = be32_get(rec->startblock);

	set_key(low, start, 0, 0);
	set_key(high, start + be32_get(rec->blockcount) - 1, 0, 0);
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

static void rmap_by_block(const void *record, struct btree_key *low, struct btree_key *high)
{
	const struct disk_rmap_rec *rec = record;
	uint64_t start = be32_get(rec->startblock), owner = be64_get(rec->owner);
	uint64_t offset = rmap_offset_key(be64_get(rec->offset)), last = (uint64_t)be32_get(rec->blockcount) - 1;
	/* Only mappings of files have an offset that moves along. */
	bool moves = owner < RMAP_OWN_MIN && !(offset & RMAP_OFFSET_BMBT);

	set_key(low, start, owner, offset);
	set_key(high, start + last, owner, moves ? offset + last : offset);
}

static struct btree_key rmap_key(const void *key)
{
	const struct disk_rmap_key *k = key;

	return (struct btree_key){{be32_get(k->startblock), be64_get(k->owner), rmap_offset_key(be64_get(k->offset))}};
}

static void bmap_by_offset(const void *record, struct btree_key *low, struct btree_key *high)
{
	struct bmap_rec rec = bmap_rec_get(record);

	set_key(low, rec.startoff, 0, 0);
	set_key(high, rec.startoff + rec.blockcount - 1, 0, 0);
}

static struct btree_key bmap_key(const void *key)
{
	const struct disk_bmap_key *k = key;

	return (struct btree_key){{be64_get(k->startoff), 0, 0}};
}

const struct btree_format btree_formats[BTREE_KINDS] = {
	[BTREE_BNO] =
		{
			.name = "bnobt",
			.magic = 0x41423342, /* "AB3B" */
			.record_bytes = sizeof(struct disk_alloc_rec),
			.key_bytes = sizeof(struct disk_alloc_rec),
			.record_fields = &alloc_rec_table,
			.key_fields = &alloc_rec_table,
			.record_keys = alloc_by_block,
			.key = alloc_block_key,
		},
	[BTREE_CNT] =
		{
			.name = "cntbt",
			.magic = 0x41423343, /* "AB3C" */
			.record_bytes = sizeof(struct disk_alloc_rec),
			.key_bytes = sizeof(struct disk_alloc_rec),
			.record_fields = &alloc_rec_table,
			.key_fields = &alloc_rec_table,
			.record_keys = alloc_by_size,
			.key = alloc_size_key,
		},
	[BTREE_INO] =
		{
			.name = "inobt",
			.magic = 0x49414233, /* "IAB3" */
			.record_bytes = sizeof(struct disk_inobt_rec),
			.key_bytes = sizeof(struct disk_inobt_key),
			.record_fields = &inobt_rec_table,
			.key_fields = &inobt_key_table,
			.record_keys = inobt_by_inode,
			.key = inobt_key,
		},
	[BTREE_FINO] =
		{
			.name = "finobt",
			.magic = 0x46494233, /* "FIB3" */
			.record_bytes = sizeof(struct disk_inobt_rec),
			.key_bytes = sizeof(struct disk_inobt_key),
			.record_fields = &inobt_rec_table,
			.key_fields = &inobt_key_table,
			.record_keys = inobt_by_inode,
			.key = inobt_key,
		},
	[BTREE_RMAP] =
		{
			.name = "rmapbt",
			.magic = 0x524d4233, /* "RMB3" */
			.overlapped = true,
			.record_bytes = sizeof(struct disk_rmap_rec),
			.key_bytes = sizeof(struct disk_rmap_key),
			.record_fields = &rmap_rec_table,
			.key_fields = &rmap_key_table,
			.record_keys = rmap_by_block,
			.key = rmap_key,
		},
	[BTREE_REFCOUNT] =
		{
			.name = "refcountbt",
			.magic = 0x52334643, /* "R3FC" */
			.record_bytes = sizeof(struct disk_refcount_rec),
			.key_bytes = sizeof(struct disk_refcount_key),
			.record_fields = &refcount_rec_table,
			.key_fields = &refcount_key_table,
			.record_keys = refcount_by_block,
			.key = refcount_key,
		},
	[BTREE_BMAP] =
		{
			.name = "bmbt",
			.magic = 0x424d4133, /* "BMA3" */
			.long_pointers = true,
			.record_bytes = sizeof(struct disk_bmap_rec),
			.key_bytes = sizeof(struct disk_bmap_key),
			.record_fields = &bmap_rec_table,
			.key_fields = &bmap_key_table,
			.record_keys = bmap_by_offset,
			.key = bmap_key,
		},
};
