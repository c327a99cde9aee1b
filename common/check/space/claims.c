/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims as fingerprints. That rmaps of B+tree blocks and of the group's own things have no offset: design document. */
#include "check/space/claims.h"

const char *const claim_class_names[CLAIM_CLASSES] = {
	[CLAIM_FILES] = "files",
	[CLAIM_HEADERS] = "headers of the group",
	[CLAIM_LOG] = "journal",
	[CLAIM_SPACE] = "free space trees, rmapbt and free list",
	[CLAIM_INOBT] = "inode trees",
	[CLAIM_INODES] = "inodes",
	[CLAIM_REFCOUNT] = "refcountbt",
	[CLAIM_COW] = "staging for copy-on-write",
};

enum claim_class claim_class_of(const struct rmap *rmap)
{
	switch (rmap->owner) {
	case RMAP_OWN_FS:
		return CLAIM_HEADERS;
	case RMAP_OWN_LOG:
		return CLAIM_LOG;
	case RMAP_OWN_AG:
		return CLAIM_SPACE;
	case RMAP_OWN_INOBT:
		return CLAIM_INOBT;
	case RMAP_OWN_INODES:
		return CLAIM_INODES;
	case RMAP_OWN_REFC:
		return CLAIM_REFCOUNT;
	case RMAP_OWN_COW:
		return CLAIM_COW;
	default:
		return CLAIM_FILES; /* an inode number, or one that cannot be: then nobody else claims it */
	}
}

void claim_add(const struct hash_secret *secret, struct hash_sum *sum, const struct rmap *rmap)
{
	bool has_offset = claim_class_of(rmap) == CLAIM_FILES && !rmap->bmbt_block;
	uint64_t distance = has_offset ? rmap->fileoff - rmap->start.agbno : rmap->fileoff;
	uint64_t flags = (rmap->attr_fork ? 1u : 0) | (rmap->bmbt_block ? 2u : 0) | (rmap->unwritten ? 4u : 0);
	uint64_t end = (uint64_t)rmap->start.agbno + rmap->len_blocks;

	hash_sum_add(sum, hash_words(secret, rmap->owner, distance, flags, end));
	hash_sum_subtract(sum, hash_words(secret, rmap->owner, distance, flags, rmap->start.agbno));
}

struct rmap claim_of_group(uint64_t owner, struct agaddr at, uint32_t len_blocks)
{
	return (struct rmap){.start = at, .len_blocks = len_blocks, .owner = owner};
}

struct rmap claim_of_fork_block(const struct inode *inode, enum fork_kind fork, struct agaddr at)
{
	return (struct rmap){
		.start = at, .len_blocks = 1, .owner = inode->ino, .attr_fork = fork == FORK_ATTR, .bmbt_block = true};
}
