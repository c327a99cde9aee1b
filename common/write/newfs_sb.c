/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The superblocks of a new file system.
 *
 * The first one is in use. The others are as mkfs.xfs 6.1 leaves them (seen in its images, tests/oracle/mkfs-bytes):
 * written before there were any inodes, so they count none, say that mkfs is in progress, and name no root directory;
 * but two of them do, that of the last group and that of the middle one. Nothing reads these fields but programs that
 * have lost the first superblock.
 */
#include <string.h>

#include "base/crc32c.h"
#include "write/newfs_parts.h"

#define RT_EXTENT_BYTES 4096u /* without a realtime device: the least that there can be */

static bool names_root(const struct geometry *geo, uint32_t agno)
{
	return agno == 0 || agno == geo->ag_count - 1 || agno == (geo->ag_count - 1) / 2;
}

static void fill_sizes(struct disk_sb *sb, const struct geometry *geo)
{
	sb->magicnum = be32_of(SB_MAGIC);
	sb->blocksize = be32_of(geo->block_bytes);
	sb->dblocks = be64_of(geo->blocks);
	sb->uuid = geo->uuid;
	sb->logstart = be64_of(geometry_pack(geo, geo->log_start).packed);
	sb->rextsize = be32_of(geo->block_bytes < RT_EXTENT_BYTES ? RT_EXTENT_BYTES >> geo->block_log : 1);
	sb->agblocks = be32_of(geo->ag_blocks);
	sb->agcount = be32_of(geo->ag_count);
	sb->logblocks = be32_of(geo->log_blocks);
	sb->sectsize = be16_of((uint16_t)geo->sector_bytes);
	sb->inodesize = be16_of((uint16_t)geo->inode_bytes);
	sb->inopblock = be16_of((uint16_t)(1u << geo->inodes_per_block_log));
	memcpy(sb->fname, geo->label, sizeof(sb->fname));
	sb->blocklog = geo->block_log;
	sb->sectlog = geo->sector_log;
	sb->inodelog = geo->inode_log;
	sb->inopblog = geo->inodes_per_block_log;
	sb->agblklog = geo->ag_blocks_log;
	sb->inoalignmt = be32_of(geo->inode_align_blocks);
	sb->spino_align = be32_of(geo->sparse_align_blocks);
	sb->dirblklog = geo->dirblock_blocks_log;
}

/* These two are newer than mkfs.xfs 6.1; nothing else on the device of a new file system tells of them. */
static uint32_t incompat_bits(const struct geometry *geo)
{
	return geo->features_incompat | (geo->has_parent ? SB_INCOMPAT_PARENT : 0) |
	       (geo->has_exchange ? SB_INCOMPAT_EXCHRANGE : 0);
}

static void fill_choices(struct disk_sb *sb, const struct newfs_layout *layout)
{
	sb->versionnum = be16_of(layout->version);
	sb->imax_pct = layout->max_inode_percent;
	sb->unit = be32_of(layout->stripe_unit_blocks);
	sb->width = be32_of(layout->stripe_width_blocks);
	sb->logsectlog = layout->log_sector_log;
	sb->logsectsize = be16_of(layout->log_sector_bytes);
	sb->logsunit = be32_of(layout->log_unit_bytes);
	sb->features2 = be32_of(layout->features2);
	sb->bad_features2 = be32_of(layout->features2); /* its place on machines that aligned differently */
	sb->features_ro_compat = be32_of(layout->geo.features_ro_compat);
	sb->features_incompat = be32_of(incompat_bits(&layout->geo));
	sb->features_log_incompat = be32_of(layout->geo.features_log_incompat);
}

static void fill_inodes(struct disk_sb *sb, const struct geometry *geo, const struct newfs_totals *totals,
			uint32_t agno)
{
	bool first = agno == 0;

	sb->rootino = be64_of(names_root(geo, agno) ? geo->root_ino : UINT64_MAX);
	sb->rbmino = be64_of(first ? geo->rtbitmap_ino : UINT64_MAX);
	sb->rsumino = be64_of(first ? geo->rtsummary_ino : UINT64_MAX);
	sb->inprogress = !first;
	sb->icount = be64_of(first ? totals->inodes : 0);
	sb->ifree = be64_of(first ? totals->inodes - NEWFS_USED_INODES : 0);
	sb->fdblocks = be64_of(totals->free_blocks + (first ? 0 : totals->inode_blocks));
}

void newfs_fill_sb(void *sector, const struct newfs_layout *layout, const struct newfs_totals *totals, uint32_t agno)
{
	struct disk_sb sb = {0};

	fill_sizes(&sb, &layout->geo);
	fill_choices(&sb, layout);
	fill_inodes(&sb, &layout->geo, totals, agno);
	memcpy(sector, &sb, sizeof(sb));
	crc32c_block_seal(sector, layout->geo.sector_bytes, offsetof(struct disk_sb, crc));
}
