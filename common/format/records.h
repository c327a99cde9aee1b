/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records and keys of the B+trees, on the device and unpacked.
 *
 * Format: design document, "AG Free Space B+trees", "Inode B+trees", "Reverse-Mapping B+tree", "Reference Count
 * B+tree", "Data Extents".
 */
#ifndef FORMAT_RECORDS_H
#define FORMAT_RECORDS_H

#include <stdbool.h>

#include "format/field.h"

/* bnobt and cntbt: a run of free blocks; keys look the same. */
struct disk_alloc_rec {
	be32 startblock;
	be32 blockcount;
};
_Static_assert(sizeof(struct disk_alloc_rec) == 8, "free space record");

/* inobt and finobt: a chunk of 64 inodes. */
struct disk_inobt_rec {
	be32 startino;
	union {
		be32 freecount;
		struct {	       /* with sparse inode chunks */
			be16 holemask; /* a bit for each 4 inodes that have no space */
			uint8_t count;
			uint8_t sp_freecount;
		};
	};
	be64 free; /* a bit for each inode, the lowest for the first */
};
_Static_assert(sizeof(struct disk_inobt_rec) == 16, "inode chunk record");

struct disk_inobt_key {
	be32 startino;
};
_Static_assert(sizeof(struct disk_inobt_key) == 4, "inode chunk key");

#define INODES_PER_CHUNK   64u
#define INODES_PER_HOLEBIT 4u

/* refcountbt: how many owners a run of blocks has. */
struct disk_refcount_rec {
	be32 startblock; /* highest bit: the record is of CoW staging space */
	be32 blockcount;
	be32 refcount;
};
_Static_assert(sizeof(struct disk_refcount_rec) == 12, "reference count record");

struct disk_refcount_key {
	be32 startblock;
};
_Static_assert(sizeof(struct disk_refcount_key) == 4, "reference count key");

#define REFCOUNT_COW_FLAG 0x80000000u

/* rmapbt: a run of blocks and who owns it. */
struct disk_rmap_rec {
	be32 startblock;
	be32 blockcount;
	be64 owner;
	be64 offset; /* block in the file and RMAP_OFFSET_* bits; 0 for owners that are no inodes */
};
_Static_assert(sizeof(struct disk_rmap_rec) == 24, "reverse mapping record");

/* Interior blocks hold a low and a high key for each pointer. */
struct disk_rmap_key {
	be32 startblock;
	be64 owner;
	be64 offset;
};
_Static_assert(sizeof(struct disk_rmap_key) == 20, "reverse mapping key");

#define RMAP_OFFSET_ATTR      (1ull << 63)
#define RMAP_OFFSET_BMBT      (1ull << 62)
#define RMAP_OFFSET_UNWRITTEN (1ull << 61)
#define RMAP_OFFSET_MASK      ((1ull << 54) - 1)

/* Owners that are no inodes (xfs_format.h). */
#define RMAP_OWN_NULL	 (-1ull)
#define RMAP_OWN_UNKNOWN (-2ull)
#define RMAP_OWN_FS	 (-3ull) /* AG headers */
#define RMAP_OWN_LOG	 (-4ull)
#define RMAP_OWN_AG	 (-5ull) /* bnobt, cntbt, rmapbt, AGFL */
#define RMAP_OWN_INOBT	 (-6ull)
#define RMAP_OWN_INODES	 (-7ull)
#define RMAP_OWN_REFC	 (-8ull)
#define RMAP_OWN_COW	 (-9ull)
#define RMAP_OWN_MIN	 (-10ull)

/* bmbt, and forks in extents format: 1 bit unwritten, 54 bits file offset, 52 bits packed address, 21 bits length. */
struct disk_bmap_rec {
	be64 l0;
	be64 l1;
};
_Static_assert(sizeof(struct disk_bmap_rec) == 16, "extent record");

struct disk_bmap_key {
	be64 startoff;
};
_Static_assert(sizeof(struct disk_bmap_key) == 8, "extent key");

struct bmap_rec {
	bool unwritten;
	uint64_t startoff;   /* blocks in the file */
	uint64_t startblock; /* packed address */
	uint32_t blockcount;
};

/* Here, as it is done for every extent. */
static inline struct bmap_rec bmap_rec_get(const struct disk_bmap_rec *rec)
{
	uint64_t l0 = be64_get(rec->l0), l1 = be64_get(rec->l1);

	return (struct bmap_rec){
		.unwritten = l0 >> 63,
		.startoff = l0 >> 9 & ((1ull << 54) - 1),
		.startblock = (l0 & 0x1ff) << 43 | l1 >> 21,
		.blockcount = (uint32_t)(l1 & ((1u << 21) - 1)),
	};
}

extern const struct field_table alloc_rec_table;
extern const struct field_table inobt_rec_table;
extern const struct field_table inobt_key_table;
extern const struct field_table refcount_rec_table;
extern const struct field_table refcount_key_table;
extern const struct field_table rmap_rec_table;
extern const struct field_table rmap_key_table;
extern const struct field_table bmap_rec_table;
extern const struct field_table bmap_key_table;

#endif
