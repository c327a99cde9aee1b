/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was found elsewhere of forks that could not be read in whole (inode/fork_gaps.c), for all later passes; internal
 * to the layer.
 */
#ifndef CHECK_REGAINED_H
#define CHECK_REGAINED_H

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
void regained_fini(struct checker *checker);

/* The blocks of trees and the extents that were regained for the inode; NULL: it needed none, or not all is known. */
const struct regained *regained_of(const struct checker *checker, uint64_t ino);

/* Gives an inode what was regained for it. To be done before any of its forks is walked in a later pass. */
void regained_attach(const struct checker *checker, struct inode *inode);
/* inode_read, with that. */
int regained_read(const struct checker *checker, uint64_t ino, struct inode *out, struct error *err) MUST_CHECK;

#endif
