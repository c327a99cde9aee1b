/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who owns which blocks of each group of a new file system.
 *
 * From the start of a group: its headers, the roots of its B+trees, in one group the journal, the blocks on the free
 * list, and in the group of the root directory the first inodes. The layout says where journal and root directory
 * are; the rest follows from it.
 */
#ifndef WRITE_NEWFS_GROUPS_H
#define WRITE_NEWFS_GROUPS_H

#include "format/btree_kind.h"
#include "write/newfs.h"

#define NEWFS_FREE_RUNS_MAX 4u /* the group's space, cut by the journal and the inodes */
#define NEWFS_FREE_LIST_MAX 6u /* two for each of bnobt, cntbt and rmapbt */
#define NEWFS_USED_INODES   3u /* root directory, realtime bitmap, realtime summary */

struct newfs_run {
	uint32_t start, len; /* blocks of the group */
};

struct newfs_group {
	uint32_t agno;
	uint32_t blocks;
	uint32_t header_blocks;
	uint32_t root[BTREE_KINDS]; /* block of each tree's root; 0: there is no such tree */
	uint32_t head_blocks;	    /* headers and roots */
	struct newfs_run log;	    /* empty but in one group */
	struct newfs_run inodes;    /* empty but in one group */
	uint32_t free_list[NEWFS_FREE_LIST_MAX];
	uint32_t free_list_count;
	struct newfs_run free[NEWFS_FREE_RUNS_MAX]; /* ascending */
	uint32_t free_count;
};

/* The group's blocks, for a layout that is sound. */
void newfs_group_init(struct newfs_group *group, const struct newfs_layout *layout, uint32_t agno);

/* How many inodes the group has. */
uint32_t newfs_group_inodes(const struct newfs_group *group, const struct newfs_layout *layout);

uint32_t newfs_group_free_blocks(const struct newfs_group *group);
uint32_t newfs_group_longest_free(const struct newfs_group *group);

#endif
