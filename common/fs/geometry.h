/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The geometry of a file system, checked, and every conversion between the units in which XFS counts.
 *
 * The packed forms put the group above the block or inode in it: an fsblock is agno << agblklog | agbno, an inode
 * number is agno << (agblklog + inopblog) | agino (design document, "AG Inode Management"). Only this file takes them
 * apart; elsewhere a block is a struct agaddr.
 */
#ifndef FS_GEOMETRY_H
#define FS_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/uuid.h"
#include "format/sb.h"

/* A block by its group and its number in the group. */
struct agaddr {
	uint32_t agno;
	uint32_t agbno;
};

/* The same as one number from the device. Not to be calculated with. */
struct fsblock {
	uint64_t packed;
};

struct geometry {
	uint32_t block_bytes;
	uint32_t sector_bytes;
	uint32_t inode_bytes;
	uint32_t dirblock_bytes; /* directory block, one or more file system blocks */
	uint8_t block_log;	 /* log2 of the above */
	uint8_t sector_log;
	uint8_t inode_log;
	uint8_t inodes_per_block_log;
	uint8_t dirblock_blocks_log; /* log2 of blocks in a directory block */
	uint8_t ag_blocks_log;	     /* log2 of ag_blocks, rounded up */

	uint32_t ag_count;
	uint32_t ag_blocks; /* of every group but the last */
	uint64_t blocks;    /* of all groups */
	uint32_t inode_align_blocks;
	uint32_t sparse_align_blocks;

	struct agaddr log_start;
	uint32_t log_blocks;
	uint64_t root_ino;
	uint64_t rtbitmap_ino, rtsummary_ino;
	uint64_t quota_ino[3]; /* user, group, project; 0 or all ones: none */

	struct uuid uuid;      /* what the user sees */
	struct uuid meta_uuid; /* what the blocks carry */
	char label[13];

	uint32_t features_ro_compat, features_incompat, features_log_incompat;
	bool has_rmapbt, has_reflink, has_finobt, has_inobtcount;
	bool has_ftype, has_sparse_inodes, has_bigtime, has_nrext64, has_parent, has_exchange;
	bool needs_repair;
	bool has_unknown_ro_compat; /* may be read, never written */
};

/*
 * Checks the superblock @sb (its magic and checksum included are the caller's business) and fills @out.
 * ERR_UNSUPPORTED: sound, but a version, device layout or feature this toolkit does not handle; the sentence names it.
 * ERR_CORRUPT: numbers that contradict each other or the limits of the format.
 */
int geometry_from_sb(const struct disk_sb *sb, struct geometry *out, struct error *err) MUST_CHECK;

/* Blocks of group @agno, which is less than ag_count. */
uint32_t geometry_ag_blocks(const struct geometry *geo, uint32_t agno);

/* Blocks at the start of each group that its headers take: superblock, AGF, AGI and AGFL, a sector each. */
uint32_t geometry_header_blocks(const struct geometry *geo);

/* Whether @len_blocks blocks at @at lie in one group. */
bool geometry_holds(const struct geometry *geo, struct agaddr at, uint64_t len_blocks);

/* false if the address lies outside the file system. */
bool geometry_unpack(const struct geometry *geo, struct fsblock packed, struct agaddr *out) MUST_CHECK;
/* The same for any address, which may lie outside: to be held against geometry_holds. */
struct agaddr geometry_split(const struct geometry *geo, struct fsblock packed);
/* The last block of which the packed form is not above @packed, as the end of a range. */
struct agaddr geometry_unpack_floor(const struct geometry *geo, struct fsblock packed);
struct fsblock geometry_pack(const struct geometry *geo, struct agaddr at);

/* Byte offset on the device of a block. */
uint64_t geometry_block_offset(const struct geometry *geo, struct agaddr at);
/* Byte offset of a sector of the header of a group. */
uint64_t geometry_sector_offset(const struct geometry *geo, uint32_t agno, uint32_t sector);
/* The block that holds a byte of the device; false beyond the last block. */
bool geometry_block_of_offset(const struct geometry *geo, uint64_t offset_bytes, struct agaddr *out) MUST_CHECK;
/* Address in 512-byte sectors, as the blocks carry it about themselves. */
uint64_t geometry_block_daddr(const struct geometry *geo, struct agaddr at);

/* The last block that a file can have, as its size is a signed 64-bit number of bytes. */
uint64_t geometry_fileoff_max(const struct geometry *geo);

/* false if no inode can have that number. */
bool geometry_ino_split(const struct geometry *geo, uint64_t ino, uint32_t *agno, uint32_t *agino) MUST_CHECK;
uint64_t geometry_ino_join(const struct geometry *geo, uint32_t agno, uint32_t agino);
/* Block that holds an inode of a group, and the inode's byte offset in it. */
uint32_t geometry_agino_block(const struct geometry *geo, uint32_t agino, uint32_t *offset_bytes);
/* The group of an inode number that geometry_ino_split has accepted. */
static inline uint32_t geometry_ino_group(const struct geometry *geo, uint64_t ino)
{
	return (uint32_t)(ino >> (geo->ag_blocks_log + geo->inodes_per_block_log));
}
/* Whether the inode is a file that the kernel keeps to itself, without a name: realtime or quota. */
bool geometry_is_internal(const struct geometry *geo, uint64_t ino);
/* Byte offset on the device of an inode; false if no inode can have that number. */
bool geometry_ino_offset(const struct geometry *geo, uint64_t ino, uint64_t *offset_bytes) MUST_CHECK;
/* First inode of a block of the group. */
uint32_t geometry_block_agino(const struct geometry *geo, uint32_t agbno);

#endif
