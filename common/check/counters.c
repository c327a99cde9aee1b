/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sums in the superblock: of inodes and free inodes in the AGIs; of free blocks, which are those of the bnobt,
 * those on the free lists, and those of the trees of free space and reverse mappings beyond their roots, as these can
 * be given back (xfs_format.h; seen in kernel images).
 *
 * The kernel brings them up to date only when it unmounts: before a replay they say nothing. That the headers of the
 * groups themselves are right is the business of the passes over inode trees and space.
 */
#include "check/pass.h"
#include "check/superblock_parts.h"

struct sums {
	uint64_t inodes, free_inodes, free_blocks;
	bool inodes_known, blocks_known;
};

static struct sums add_up(const struct checker *checker)
{
	struct sums sums = {.inodes_known = true, .blocks_known = true};

	for (uint32_t agno = 0; agno < checker->fs->geo.ag_count; agno++) {
		const struct group *group = &checker->groups[agno];

		if (group->lost & LOST_AGI) {
			sums.inodes_known = false;
		} else {
			sums.inodes += be32_get(group->agi.count);
			sums.free_inodes += be32_get(group->agi.freecount);
		}
		if (group->lost & LOST_AGF) {
			sums.blocks_known = false;
		} else {
			sums.free_blocks += (uint64_t)be32_get(group->agf.freeblks) + be32_get(group->agf.flcount) +
					    be32_get(group->agf.btreeblks);
		}
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
