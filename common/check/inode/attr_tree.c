/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the blocks of attributes hang together: neighbours name each other, a node knows the highest hash of each block
 * below it, and every block of the fork is a leaf, a node or part of one value.
 *
 * The reader has seen that no two nodes point to one block, that levels go down, and that hashes ascend in each block.
 * It hands out the blocks of a sound tree level by level from left to right, so one block a level is all to remember.
 */
#include <stdlib.h>

#include "check/inode/attr_parts.h"
#include "fs/fork.h"

static uint32_t first_hash(const struct attr_block *block)
{
	if (block->level == 0)
		return be32_get(
			((const struct disk_attr_leaf_entry *)(block->bytes.bytes + sizeof(struct disk_attr_leaf)))[0]
				.hashval);
	return be32_get(
		((const struct disk_da_node_entry *)(block->bytes.bytes + sizeof(struct disk_da_node)))[0].hashval);
}

/* The number of entries, and the highest hash; the kernel gives 0 for an empty leaf. */
static uint32_t last_hash(const struct attr_block *block, uint32_t *count)
{
	const uint8_t *bytes = block->bytes.bytes;

	if (block->level == 0) {
		*count = be16_get(((const struct disk_attr_leaf *)bytes)->count);
		bytes += sizeof(struct disk_attr_leaf);
		return *count == 0 ? 0 : be32_get(((const struct disk_attr_leaf_entry *)bytes)[*count - 1].hashval);
	}
	*count = be16_get(((const struct disk_da_node *)bytes)->count);
	bytes += sizeof(struct disk_da_node);
	return be32_get(((const struct disk_da_node_entry *)bytes)[*count - 1].hashval);
}

static void check_neighbour(struct attr_check *check, struct place at, const char *field, uint32_t expected,
			    uint32_t found)
{
	check_equal(check->work, FINDING_ATTR_NEIGHBOUR, at, field, expected, found);
}

static void check_neighbours(struct attr_check *check, const struct attr_block *block)
{
	const struct disk_da_info *info = (const struct disk_da_info *)block->bytes.bytes;
	const struct attr_level *left = &check->levels[block->level];

	check_neighbour(check, attr_place(check, block), "info.back", left->any ? left->fileoff : 0,
			be32_get(info->back));
	if (left->any)
		check_neighbour(check, at_fileoff(check->inode->ino, FORK_ATTR, left->fileoff), "info.forw",
				block->fileoff, left->forw);
}

/* The last block of each level has no neighbour on its right. */
static void check_ends(struct attr_check *check)
{
	for (unsigned level = 0; level < DA_LEVELS_MAX; level++)
		if (check->levels[level].any)
			check_neighbour(check, at_fileoff(check->inode->ino, FORK_ATTR, check->levels[level].fileoff),
					"info.forw", 0, check->levels[level].forw);
}

static void raise_hash(struct attr_check *check, const struct attr_block *block, uint32_t expected, uint32_t found)
{
	check_equal(check->work, FINDING_ATTR_NODE_HASH, attr_place(check, block), "hashval", expected, found);
}

static void check_hashes(struct attr_check *check, const struct attr_block *block)
{
	const struct attr_level *left = &check->levels[block->level];
	uint32_t count, last = last_hash(block, &count);

	if (block->has_parent)
		raise_hash(check, block, last, block->parent_hash);
	if (left->any && count != 0 && first_hash(block) < left->hash)
		raise_hash(check, block, left->hash, first_hash(block));
}

static void raise_unindexed(struct attr_check *check, const struct attr_block *block)
{
	finding_raise(&check->work->findings,
		      &(struct finding){.code = FINDING_ATTR_UNINDEXED, .at = attr_place(check, block)});
}

void attr_tree_check(struct attr_check *check, const struct attr_block *block)
{
	const struct disk_da_info *info = (const struct disk_da_info *)block->bytes.bytes;
	struct attr_level *level = &check->levels[block->level];
	uint32_t count;

	check_lsn(check->work, attr_place(check, block), be64_get(info->lsn));
	if (check->lost)
		return;
	if (!block->has_parent && !block->is_root) {
		raise_unindexed(check, block);
		return;
	}
	check_neighbours(check, block);
	check_hashes(check, block);
	*level = (struct attr_level){
		.any = true, .fileoff = block->fileoff, .forw = be32_get(info->forw), .hash = last_hash(block, &count)};
}

int attr_reach(struct attr_check *check, uint32_t fileoff)
{
	struct attr_reached *reached = &check->reached;

	if (reached->count == reached->room) {
		size_t room = reached->room * 2;
		uint32_t *items =
			realloc(reached->items == reached->few ? NULL : reached->items, room * sizeof(*items));

		if (!items)
			return ERR_NOMEM;
		if (reached->items == reached->few)
			memcpy(items, reached->few, sizeof(reached->few));
		reached->items = items;
		reached->room = room;
	}
	reached->items[reached->count++] = fileoff;
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* The blocks that the fork maps against those that were reached, both ascending. */
struct comparison {
	struct attr_check *check;
	size_t next; /* of the reached */
};

static void raise_unused(struct attr_check *check, const struct extent *extent, uint64_t first, uint64_t count)
{
	struct place at = at_fileoff(check->inode->ino, FORK_ATTR, first);

	at.in_group = at.in_block = true;
	at.agno = extent->start.agno;
	at.agbno = extent->start.agbno + (uint32_t)(first - extent->fileoff);
	at.len_blocks = (uint32_t)count;
	finding_raise(&check->work->findings,
		      &(struct finding){.code = FINDING_ATTR_BLOCK_UNUSED, .at = at, .count = count});
}

static void raise_twice(struct attr_check *check, uint32_t fileoff)
{
	finding_raise(&check->work->findings,
		      &(struct finding){.code = FINDING_ATTR_BLOCK_TWICE,
					.at = at_fileoff(check->inode->ino, FORK_ATTR, fileoff)});
}

/* Every reached block is mapped: it was read. */
static int compare_extent(void *arg, const struct extent *extent)
{
	struct comparison *comparison = arg;
	struct attr_check *check = comparison->check;
	const struct attr_reached *reached = &check->reached;
	uint64_t at = extent->fileoff, end = at + extent->len_blocks;

	while (at < end) {
		uint64_t next = end;

		if (comparison->next < reached->count && reached->items[comparison->next] < end)
			next = reached->items[comparison->next];
		if (next > at)
			raise_unused(check, extent, at, next - at);
		at = next + 1;
		if (next == end)
			break;
		for (comparison->next++; comparison->next < reached->count &&
					 reached->items[comparison->next] == reached->items[comparison->next - 1];
		     comparison->next++)
			raise_twice(check, reached->items[comparison->next]);
	}
	return 0;
}

int attr_tree_end(struct attr_check *check)
{
	struct comparison comparison = {.check = check};
	const struct fork_walker walker = {.extent = compare_extent, .arg = &comparison};
	struct attr_reached *reached = &check->reached;
	struct error why;
	int rc = 0;

	if (!check->lost)
		check_ends(check);
	/* What a crash leaves of a value that was being made or removed is used by nothing. */
	if (!check->lost && !check->incomplete && reached->count > 0) {
		qsort(reached->items, reached->count, sizeof(*reached->items), compare);
		rc = fork_walk(work_fs(check->work), check->inode, FORK_ATTR, 0, FILEOFF_MAX, &walker, &why);
		/* What is wrong with the fork has been said where that was checked. */
		rc = rc == ERR_CORRUPT || rc == ERR_MEDIA ? 0 : rc;
	}
	if (reached->items != reached->few)
		free(reached->items);
	return rc;
}
