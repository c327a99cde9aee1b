/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks of the hash-ordered trees in directories and attribute forks ("da": directory and attribute).
 *
 * Every tree block begins with the same block info. An interior block is a node; leaves are directory leaves
 * (format/dir.h) or attribute leaves (format/attr.h). Pointers are block numbers inside the fork, 0 means none.
 *
 * Format: design document, "Directories" ("Node Directories") and "Extended Attributes" ("Node Attributes");
 * the version with checksums in "Metadata Integrity".
 */
#ifndef FORMAT_DA_H
#define FORMAT_DA_H

#include "base/span.h"
#include "format/field.h"

#define DA_NODE_MAGIC 0x3ebeu

/* Levels of a tree, nodes and leaf together (xfs_da_format.h, XFS_DA_NODE_MAXDEPTH). */
#define DA_LEVELS_MAX 5u

struct disk_da_info {
	be32 forw; /* next block of the same level; 0: last */
	be32 back;
	be16 magic;
	be16 pad;
	le32 crc;
	be64 blkno; /* own address in sectors */
	be64 lsn;
	struct uuid uuid;
	be64 owner; /* inode */
};
_Static_assert(sizeof(struct disk_da_info) == 56, "da block info");

struct disk_da_node {
	struct disk_da_info info;
	be16 count;
	be16 level; /* above the leaves, which are 0 */
	be32 pad;
};
_Static_assert(sizeof(struct disk_da_node) == 64, "da node");

/* Entries follow the header, in ascending order of their hash. */
struct disk_da_node_entry {
	be32 hashval; /* the highest in the block below */
	be32 before;  /* the block below */
};
_Static_assert(sizeof(struct disk_da_node_entry) == 8, "da node entry");

/* The lines that every table of a block with a da info begins with. */
#define DA_INFO_FIELDS(type)                                                                                           \
	FIELD(type, info.forw, UNIT_DABLOCK), FIELD(type, info.back, UNIT_DABLOCK),                                    \
		FIELD(type, info.magic, UNIT_MAGIC), FIELD(type, info.pad, UNIT_PAD), FIELD(type, info.crc, UNIT_CRC), \
		FIELD(type, info.blkno, UNIT_DADDR), FIELD(type, info.lsn, UNIT_LSN),                                  \
		FIELD(type, info.uuid, UNIT_NONE), FIELD(type, info.owner, UNIT_INO)

/*
 * The hash of a name, of a directory entry or an attribute: rotated by 7 bits for each byte (design document,
 * "Directories", hash function).
 */
uint32_t da_hash(const uint8_t *name, size_t len);

extern const struct field_table da_node_table;
extern const struct field_table da_node_entry_table;

#endif
