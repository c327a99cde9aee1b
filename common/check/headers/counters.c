/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sums in the superblock: of inodes and free inodes in the inobts; of free blocks, which are those of the bnobts,
 * those on the free lists, and those of the trees of free space and reverse mappings beyond their roots, as these can
 * be given back (xfs_format.h; seen in kernel images).
 *
 * What the trees hold is added up, not what the headers of the groups say, so that a wrong header is one problem and
 * not two. The kernel brings the sums up to date only when it unmounts: before a replay they say nothing.
 */
#include "check/pass.h"
#include "check/headers/superblock_parts.h"

struct sums {
	uint64_t inodes, free_inodes, free_blocks;
	bool inodes_known, blocks_known;
};

/* Trees of which the blocks count as free. */
#define SPACE_LOST (LOST_AGF | LOST_TREE(BTREE_BNO) | LOST_TREE(BTREE_CNT) | LOST_TREE(BTREE_RMAP))

static struct sums add_up(const struct checker *checker)
{
	struct sums sums = {.inodes_known = true, .blocks_known = true};

	for (uint32_t agno = 0; agno < checker->fs->geo.ag_count; agno++) {
		const struct group *group = &checker->groups[agno];

		sums.inodes += group->inodes;
		sums.free_inodes += group->free_inodes;
		sums.inodes_known &= !(group->lost & LOST_TREE(BTREE_INO));
		sums.blocks_known &= !(group->lost & SPACE_LOST);
		if (sums.blocks_known)
			sums.free_blocks += group->free_blocks + be32_get(group->agf.flcount) + group->space_blocks;
	}
	return sums;
}

int counters_unit(struct check_work *work, size_t unit)
{
	const struct fs *fs = work_fs(work);
	struct sums sums = add_up(work->checker);
	struct place at = superblock_place(fs->sb_agno);

	(void)unit;
	/* Copies do not count. */
	if (fs->sb_agno != 0 || work->checker->result->journal.condition != JOURNAL_CLEAN) {
		check_not_done(work, at, "sums in the superblock");
		return 0;
	}
	if (sums.inodes_known) {
		check_equal(work, FINDING_SB_COUNTER, at, "icount", sums.inodes, be64_get(fs->sb.icount));
		check_equal(work, FINDING_SB_COUNTER, at, "ifree", sums.free_inodes, be64_get(fs->sb.ifree));
	} else {
		check_not_done(work, at, "sums of inodes");
	}
	if (sums.blocks_known)
		check_equal(work, FINDING_SB_COUNTER, at, "fdblocks", sums.free_blocks, be64_get(fs->sb.fdblocks));
	else
		check_not_done(work, at, "sum of free blocks");
	return 0;
}
