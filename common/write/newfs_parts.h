/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bytes of each part of a new file system, filled into memory that the caller has zeroed. No device here.
 */
#ifndef WRITE_NEWFS_PARTS_H
#define WRITE_NEWFS_PARTS_H

#include "write/newfs_groups.h"

/* Sums over all groups. */
struct newfs_totals {
	uint64_t free_blocks; /* those on the free lists included */
	uint64_t inodes;
	uint32_t inode_blocks;
};

/* Superblock of group @agno: one sector. */
void newfs_fill_sb(void *sector, const struct newfs_layout *layout, const struct newfs_totals *totals, uint32_t agno);

/* AGF, AGI and AGFL: @head holds the first blocks of the group, head_blocks of them. */
void newfs_fill_headers(uint8_t *head, const struct newfs_layout *layout, const struct newfs_group *group);

/* The roots of all trees of a group, in the same blocks. */
void newfs_fill_roots(uint8_t *head, const struct newfs_layout *layout, const struct newfs_group *group);

/* The group's inodes: inodes.len blocks. */
void newfs_fill_inodes(uint8_t *blocks, const struct newfs_layout *layout, const struct newfs_group *group);

/* The record at the start of the journal: so many bytes, a multiple of 512. What follows it is zero. */
uint32_t newfs_log_bytes(const struct newfs_layout *layout);
void newfs_fill_log(uint8_t *record, const struct newfs_layout *layout);

/*
 * Removes what an earlier use left behind: signatures at both ends, and copies of an old superblock. Durable on
 * return. The device holds nothing that can be recognized then.
 */
int newfs_wipe(struct device *device, struct error *err) MUST_CHECK;

#endif
