/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Headers of B+tree blocks: a short form with pointers inside one allocation group, a long form with packed addresses.
 *
 * Format: design document, "B+trees". The header is followed by records (level 0), or by room for as many keys as
 * can have a pointer each and then the pointers, which so begin at the same place in every block of a tree.
 */
#ifndef FORMAT_BTREE_BLOCK_H
#define FORMAT_BTREE_BLOCK_H

#include "format/field.h"

struct disk_btree_short {
	be32 magic;
	be16 level;
	be16 numrecs;
	be32 leftsib;
	be32 rightsib;
	be64 blkno; /* own address in sectors */
	be64 lsn;
	struct uuid uuid;
	be32 owner; /* allocation group */
	le32 crc;
};
_Static_assert(sizeof(struct disk_btree_short) == 56, "short B+tree block");

struct disk_btree_long {
	be32 magic;
	be16 level;
	be16 numrecs;
	be64 leftsib;
	be64 rightsib;
	be64 blkno;
	be64 lsn;
	struct uuid uuid;
	be64 owner; /* inode */
	le32 crc;
	be32 pad;
};
_Static_assert(sizeof(struct disk_btree_long) == 72, "long B+tree block");

/* The root of a fork's B+tree, inside the inode: keys and pointers as in a block. */
struct disk_bmap_root {
	be16 level;
	be16 numrecs;
};
_Static_assert(sizeof(struct disk_bmap_root) == 4, "fork B+tree root");

extern const struct field_table btree_short_table;
extern const struct field_table btree_long_table;
extern const struct field_table bmap_root_table;

#endif
