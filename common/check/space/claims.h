/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Claims: "these blocks are mine". The rmapbt says it of every owner, and every owner says it of itself; the sums of
 * both must be equal.
 *
 * A claim on [p, p + n) adds h(key, p + n) and takes away h(key, p), where the key holds what is the same all along:
 * owner, fork, flags, and the distance between place in the file and place in the group. So it does not matter how a
 * range is cut into records.
 */
#ifndef CHECK_CLAIMS_H
#define CHECK_CLAIMS_H

#include "base/hash.h"
#include "check/checker.h"
#include "fs/fork.h"

/* Who that is, in words. */
extern const char *const claim_class_names[CLAIM_CLASSES];

/* Which class an rmap belongs to. */
enum claim_class claim_class_of(const struct rmap *rmap);

/* claims_compare.c: whether all that the owners of a class claim in the group is known; of files: but for lost inodes.
 */
bool claims_whole(const struct group *group, enum claim_class class);

/* Adds the claim to @sum. */
void claim_add(const struct hash_secret *secret, struct hash_sum *sum, const struct rmap *rmap);

/* The claim of an owner RMAP_OWN_* on blocks of a group. */
struct rmap claim_of_group(uint64_t owner, struct agaddr at, uint32_t len_blocks);
/* The claim of a fork on an extent. Here, as there is one for every extent. */
static inline struct rmap claim_of_extent(const struct inode *inode, enum fork_kind fork, const struct extent *extent)
{
	return (struct rmap){.start = {extent->start.agno, extent->start.agbno},
			     .len_blocks = extent->len_blocks,
			     .owner = inode->ino,
			     .fileoff = extent->fileoff,
			     .attr_fork = fork == FORK_ATTR,
			     .unwritten = extent->unwritten};
}
/* The claim of a fork on a block of its B+tree. */
struct rmap claim_of_fork_block(const struct inode *inode, enum fork_kind fork, struct agaddr at);

#endif
