/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the pass over superblocks share; internal to it. */
#ifndef CHECK_SUPERBLOCK_PARTS_H
#define CHECK_SUPERBLOCK_PARTS_H

#include "check/checker.h"

/* The block that holds the superblock of a group. */
static inline struct place superblock_place(uint32_t agno)
{
	return at_blocks((struct agaddr){agno, 0}, 1);
}

/* superblock_quota.c: whether the quota flags fit each other, and the version. */
bool superblock_qflags_fit(const struct disk_sb *sb);
/* superblock_quota.c: quota flags and inodes of the first superblock. */
void superblock_check_quota(struct check_work *work, const struct disk_sb *sb);

/* superblock_copies.c: the superblock of a group against the one in use, and what follows it in its sector. */
int superblock_check_copy(struct check_work *work, uint32_t agno) MUST_CHECK;

#endif
