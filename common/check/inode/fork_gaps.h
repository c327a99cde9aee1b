/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What hangs below a lost block of a fork's B+tree, from the rmapbt; internal to the layer.
 *
 * The pass over inodes leaves the content of such inodes (tables.gapped_inodes) alone. One walk along the rmapbt of
 * each group collects what it says of all of them; then each gets what its own trees do not show. If that makes as many
 * blocks as the inode counts, all is known of its forks again, and every later reader finds it there (fs/fork.h,
 * struct fork_substitute). Else the inode is one of those that were lost.
 *
 * What was taken from the rmapbt is claimed as the inode's: there is nothing left to compare it with but that count.
 */
#ifndef CHECK_FORK_GAPS_H
#define CHECK_FORK_GAPS_H

#include "check/checker.h"
#include "fs/fork.h"

/* Of one inode. */
struct regained {
	bool whole; /* all is known */
	struct fork_substitute forks[2];
	struct rmap *tree_blocks; /* below lost ones; one block each */
	size_t tree_block_count;
};

/* Frees the list that hangs off the checker. */
void fork_gaps_fini(struct checker *checker);

/* The blocks of trees and the extents that were regained for the inode; NULL: it needed none, or not all is known. */
const struct regained *fork_gaps_of(const struct checker *checker, uint64_t ino);

/* Gives an inode what was regained for it. To be done before any of its forks is walked in a later pass. */
void fork_gaps_attach(const struct checker *checker, struct inode *inode);
/* inode_read, with that. */
int fork_gaps_read(const struct checker *checker, uint64_t ino, struct inode *out, struct error *err) MUST_CHECK;

#endif
