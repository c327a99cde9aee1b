/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sizes of block, sector, inode and directory block, and the alignment of inodes that follows from them.
 *
 * Limits: xfs_format.h; that version 5 wants blocks of 1024 bytes at least and inodes of at most half a block: manual
 * page and answers of mkfs.xfs.
 */
#include "write/newfs_plan.h"

#define BLOCK_BYTES_MIN	      1024u
#define INODES_PER_CHUNK      64u
#define CLUSTER_INODES	      32u /* that are read and written together: 16 KiB of inodes of 512 bytes */
#define PMEM_SECTOR_BYTES     4096u
#define DIRBLOCK_BYTES_MIN    4096u /* mkfs.xfs makes no smaller ones */

static bool is_power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

static uint8_t log2_of(uint64_t power)
{
	return (uint8_t)__builtin_ctzll(power);
}

static int plan_block(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_number *given = &draft->options->block_bytes;
	uint64_t bytes = given->given ? given->value : 4096;

	if (!is_power_of_two(bytes) || bytes < BLOCK_BYTES_MIN || bytes > SB_BLOCKSIZE_MAX)
		return error_set(err, ERR_INVALID, "block size %llu is not a power of two from %u to %u",
				 (unsigned long long)bytes, BLOCK_BYTES_MIN, SB_BLOCKSIZE_MAX);
	draft->layout->geo.block_bytes = (uint32_t)bytes;
	draft->layout->geo.block_log = log2_of(bytes);
	return 0;
}

/*
 * What the device writes at once. For an image the sector of persistent memory, so that it can be copied to a namespace.
 */
static uint64_t default_sector(const struct newfs_draft *draft)
{
	const struct newfs_device *device = draft->device;
	uint32_t block = draft->layout->geo.block_bytes, sector = device->physical_sector_bytes;

	if (device->is_file && !draft->options->like_mkfs_xfs && sector < PMEM_SECTOR_BYTES)
		sector = PMEM_SECTOR_BYTES;
	if (sector <= block)
		return sector;
	return device->is_file && device->logical_sector_bytes <= block ? block : device->logical_sector_bytes;
}

static int plan_sector(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_number *given = &draft->options->sector_bytes;
	struct newfs_layout *layout = draft->layout;
	uint64_t bytes = given->given ? given->value : default_sector(draft);

	if (!is_power_of_two(bytes) || bytes < SB_SECTSIZE_MIN || bytes > SB_SECTSIZE_MAX)
		return error_set(err, ERR_INVALID, "sector size %llu is not a power of two from %u to %u",
				 (unsigned long long)bytes, SB_SECTSIZE_MIN, SB_SECTSIZE_MAX);
	if (bytes > layout->geo.block_bytes)
		return error_set(err, ERR_INVALID, "sector size %llu is larger than the block size %u",
				 (unsigned long long)bytes, layout->geo.block_bytes);
	if (bytes < draft->device->logical_sector_bytes)
		return error_set(err, ERR_INVALID, "sector size %llu is smaller than that of the device, %u",
				 (unsigned long long)bytes, draft->device->logical_sector_bytes);
	layout->geo.sector_bytes = (uint32_t)bytes;
	layout->geo.sector_log = log2_of(bytes);
	/* The superblock names the sectors of the log only where they are not of 512 bytes. */
	if (bytes > 512) {
		layout->log_sector_bytes = (uint16_t)bytes;
		layout->log_sector_log = layout->geo.sector_log;
	}
	return 0;
}

static int plan_inode(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_number *given = &draft->options->inode_bytes;
	struct geometry *geo = &draft->layout->geo;
	uint64_t bytes = given->given ? given->value : SB_INODESIZE_MIN;
	uint64_t max = geo->block_bytes / 2 < SB_INODESIZE_MAX ? geo->block_bytes / 2 : SB_INODESIZE_MAX;
	uint32_t aligned_bytes;

	if (!is_power_of_two(bytes) || bytes < SB_INODESIZE_MIN || bytes > max)
		return error_set(err, ERR_INVALID,
				 "inode size %llu is not a power of two from %u to %llu, half a block at most",
				 (unsigned long long)bytes, SB_INODESIZE_MIN, (unsigned long long)max);
	if (draft->options->inode_align == NEWFS_OFF)
		return error_set(err, ERR_UNSUPPORTED, "inodes are always aligned in XFS version 5");
	geo->inode_bytes = (uint32_t)bytes;
	geo->inode_log = log2_of(bytes);
	geo->inodes_per_block_log = (uint8_t)(geo->block_log - geo->inode_log);
	/* With sparse inodes a chunk is aligned to itself and its parts to a cluster, without only to a cluster. */
	geo->has_sparse_inodes = newfs_plan_is_on(draft->options->sparse_inodes, true);
	aligned_bytes = (geo->has_sparse_inodes ? INODES_PER_CHUNK : CLUSTER_INODES) * geo->inode_bytes;
	geo->inode_align_blocks = aligned_bytes >> geo->block_log;
	if (geo->has_sparse_inodes)
		geo->sparse_align_blocks = CLUSTER_INODES * geo->inode_bytes >> geo->block_log;
	return 0;
}

static int plan_dirblock(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_number *given = &draft->options->dirblock_bytes;
	struct geometry *geo = &draft->layout->geo;
	uint32_t min = geo->block_bytes > DIRBLOCK_BYTES_MIN ? geo->block_bytes : DIRBLOCK_BYTES_MIN;
	uint64_t bytes = given->given ? given->value : min;

	if (!is_power_of_two(bytes) || bytes < min || bytes > SB_DIRBLOCK_MAX)
		return error_set(err, ERR_INVALID, "directory block size %llu is not a power of two from %u to %u",
				 (unsigned long long)bytes, min, SB_DIRBLOCK_MAX);
	geo->dirblock_bytes = (uint32_t)bytes;
	geo->dirblock_blocks_log = (uint8_t)(log2_of(bytes) - geo->block_log);
	return 0;
}

int newfs_plan_sizes(struct newfs_draft *draft, struct error *err)
{
	int rc = plan_block(draft, err);

	if (rc == 0)
		rc = plan_sector(draft, err);
	if (rc == 0)
		rc = plan_inode(draft, err);
	if (rc == 0)
		rc = plan_dirblock(draft, err);
	return rc;
}
