/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether the root reaches every directory.
 *
 * Goes up from each directory, by what it is in (checker->tables.dirs), until a directory whose way is known. A way
 * ends at the root, at a directory that is in nothing (links.c has said that it has no name), or in a circle. That a
 * directory is in one other only and is named there, is for links.c as well.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/pass.h"

/* Where the way up from a directory ends: the place in the table of the first directory of a circle, or: */
#define WAY_UNKNOWN UINT32_MAX
#define WAY_UNDER   (UINT32_MAX - 1) /* being gone */
#define WAY_UP	    (UINT32_MAX - 2) /* in no circle */

struct tree {
	const struct unit_tables *tables;
	uint64_t root;
	uint32_t *ways; /* of each directory */
};

static bool ino_before(const void *item, const void *wanted)
{
	return ((const struct dir_parent *)item)->ino < *(const uint64_t *)wanted;
}

/* The place in the table, or WAY_UP: no directory. */
static uint32_t find(const struct unit_tables *tables, uint64_t ino)
{
	size_t i = array_first(tables->dirs, tables->dir_count, sizeof(*tables->dirs), ino_before, &ino);

	return i < tables->dir_count && tables->dirs[i].ino == ino ? (uint32_t)i : WAY_UP;
}

static uint32_t above(const struct tree *tree, uint32_t dir)
{
	const struct dir_parent *item = &tree->tables->dirs[dir];

	return item->ino == tree->root || item->parent == NO_PARENT ? WAY_UP : find(tree->tables, item->parent);
}

/* The directory with the lowest number in the circle. */
static uint32_t first_of_circle(const struct tree *tree, uint32_t member)
{
	uint32_t first = member;

	for (uint32_t dir = above(tree, member); dir != member; dir = above(tree, dir))
		if (dir < first)
			first = dir;
	return first;
}

/* Goes up from a directory, twice: to find where the way ends, and to note that all along. */
static void go_up(struct tree *tree, uint32_t from)
{
	uint32_t dir = from, end;

	while (dir != WAY_UP && tree->ways[dir] == WAY_UNKNOWN) {
		tree->ways[dir] = WAY_UNDER;
		dir = above(tree, dir);
	}
	if (dir == WAY_UP)
		end = WAY_UP;
	else if (tree->ways[dir] == WAY_UNDER)
		end = first_of_circle(tree, dir);
	else
		end = tree->ways[dir];
	for (dir = from; dir != WAY_UP && tree->ways[dir] == WAY_UNDER; dir = above(tree, dir))
		tree->ways[dir] = end;
}

static void raise_cycle(struct check_work *work, uint64_t ino, uint64_t count)
{
	finding_raise(&work->findings,
		      &(struct finding){.code = FINDING_TREE_CYCLE, .at = at_inode(ino), .count = count});
}

/* Each circle once. */
static int name_circles(struct check_work *work, const struct tree *tree)
{
	size_t count = tree->tables->dir_count;
	uint32_t *below = calloc(count, sizeof(*below));

	if (!below)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++)
		if (tree->ways[i] != WAY_UP)
			below[tree->ways[i]]++;
	for (size_t i = 0; i < count; i++)
		if (below[i] > 0)
			raise_cycle(work, tree->tables->dirs[i].ino, below[i]);
	free(below);
	return 0;
}

static int check_circles(struct check_work *work)
{
	struct tree tree = {.tables = &work->checker->tables, .root = work_fs(work)->geo.root_ino};
	uint32_t count = (uint32_t)tree.tables->dir_count;
	bool any = false;
	int rc = 0;

	tree.ways = malloc(count * sizeof(*tree.ways) + 1);
	if (!tree.ways)
		return ERR_NOMEM;
	for (uint32_t i = 0; i < count; i++)
		tree.ways[i] = WAY_UNKNOWN;
	for (uint32_t i = 0; i < count; i++) {
		go_up(&tree, i);
		any |= tree.ways[i] != WAY_UP;
	}
	if (any)
		rc = name_circles(work, &tree);
	free(tree.ways);
	return rc;
}

/* @follows: the inode, or which inodes there are, could not be read, as was said. */
static void raise_no_root(struct check_work *work, uint64_t root, bool follows)
{
	finding_raise(&work->findings,
		      &(struct finding){.code = FINDING_ROOT_MISSING, .at = at_inode(root), .follows = follows});
}

/* Whether an inode is allocated. The superblock may name any number. */
static bool is_allocated(const struct check_work *work, uint64_t ino, bool *known)
{
	const struct group *group;
	const struct chunk *chunk;
	uint32_t agno, agino;

	*known = true;
	if (!geometry_ino_split(&work_fs(work)->geo, ino, &agno, &agino))
		return false;
	group = &work->checker->groups[agno];
	chunk = group_chunk(group, agino);
	*known = chunk || !group_lacks_chunks(group);
	return chunk && chunk->allocated >> (agino - chunk->first_agino) & 1;
}

static void check_root(struct check_work *work)
{
	const struct unit_tables *tables = &work->checker->tables;
	uint64_t root = work_fs(work)->geo.root_ino;
	uint32_t dir = find(tables, root);
	bool known;

	if (dir != WAY_UP) {
		if (tables->dirs[dir].parent != NO_PARENT)
			check_equal(work, FINDING_ROOT_DOTDOT, at_inode(root), "..", root, tables->dirs[dir].parent);
		return;
	}
	(void)is_allocated(work, root, &known);
	raise_no_root(work, root, !known || check_inode_lost(work->checker, root));
}

/* One of the files that the kernel wants to find for a realtime device, even if there is none. What it is:
 * inode_core.c. */
static void check_realtime(struct check_work *work, uint64_t ino)
{
	bool known, allocated = is_allocated(work, ino, &known);

	if (known && !allocated)
		finding_raise(&work->findings,
			      &(struct finding){.code = FINDING_REALTIME_FILE_MISSING, .at = at_inode(ino)});
}

int tree_unit(struct check_work *work, size_t unit)
{
	(void)unit;
	if (work->checker->tables.dir_count >= WAY_UP) {
		check_not_done(work, at_fs(), "the tree of more than 4 billion directories");
		return 0;
	}
	check_root(work);
	check_realtime(work, work_fs(work)->geo.rtbitmap_ino);
	check_realtime(work, work_fs(work)->geo.rtsummary_ino);
	return check_circles(work);
}
