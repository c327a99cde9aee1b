/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What hangs below a lost block of a fork's B+tree, from the rmapbt.
 *
 * The pass over inodes leaves the content of such inodes (tables.gapped_inodes) alone. One walk along the rmapbt of
 * each group collects what it says of all of them; then each gets what its own trees do not show. If that makes as many
 * blocks as the inode counts, all is known of its forks again, and every later reader finds it there (fs/fork.h,
 * struct fork_substitute). Else the inode is one of those that were lost.
 *
 * What was taken from the rmapbt is claimed as the inode's: there is nothing left to compare it with but that count.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/space/claims.h"
#include "check/inode/inode_parts.h"
#include "check/pass.h"
#include "check/regained.h"
#include "check/space/stream.h"

/* ------------------------------------------------------------------ what the rmapbt says of them */

bool gapped_rmaps_wanted(const struct checker *checker)
{
	return checker->tables.gapped_count > 0;
}

int gapped_rmaps_unit(struct check_work *work, size_t agno)
{
	const struct unit_tables *all = &work->checker->tables;
	struct tree_stream stream;
	struct rmap rmap;
	int rc = stream_open(&stream, work, (uint32_t)agno, BTREE_RMAP, false);

	while (rc == 0 && (rc = stream_rmap(&stream, &rmap)) == 1)
		rc = tables_find(all->gapped_inodes, all->gapped_count, rmap.owner) < all->gapped_count
			     ? tables_add_rmap(&work->tables, &rmap)
			     : 0;
	stream_close(&stream);
	return rc;
}

/* By inode and fork, blocks of the tree last, then by place in the file. */
static int compare_rmaps(const void *one, const void *other)
{
	const struct rmap *a = one, *b = other;

	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->attr_fork != b->attr_fork)
		return a->attr_fork ? 1 : -1;
	if (a->bmbt_block != b->bmbt_block)
		return a->bmbt_block ? 1 : -1;
	if (a->fileoff != b->fileoff)
		return a->fileoff < b->fileoff ? -1 : 1;
	if (a->start.agno != b->start.agno)
		return a->start.agno < b->start.agno ? -1 : 1;
	return (a->start.agbno > b->start.agbno) - (a->start.agbno < b->start.agbno);
}

int gapped_rmaps_end(struct check_work *work)
{
	struct checker *checker = work->checker;
	struct unit_tables *tables = &checker->tables;

	if (tables->rmap_count > 0)
		qsort(tables->gapped_rmaps, tables->rmap_count, sizeof(*tables->gapped_rmaps), compare_rmaps);
	checker->regained = calloc(tables->gapped_count, sizeof(*checker->regained));
	return checker->regained ? 0 : ERR_NOMEM;
}

/* ------------------------------------------------------------------ one inode */

/* Both forks in turn. */
struct regaining {
	struct check_work *work;
	const struct inode *inode;
	struct regained *to;
	uint64_t blocks; /* of both forks, known until now */
	bool contradicted;

	/* The fork at hand. */
	enum fork_kind kind;
	const struct rmap *rmaps; /* what the rmapbt says of it */
	size_t rmap_count;
	struct agaddr *tree; /* its blocks that the walk has met */
	size_t tree_count, tree_room;
	size_t range_room, extent_room, tree_block_room;
};

static int on_extent(void *arg, const struct extent *extent)
{
	struct regaining *regaining = arg;

	regaining->blocks += extent->len_blocks;
	return 0;
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	struct regaining *regaining = arg;

	(void)level;
	regaining->blocks++;
	return array_append(&regaining->tree, &regaining->tree_count, &at, 1, &regaining->tree_room, sizeof(at));
}

static int on_gap(void *arg, struct fork_range lost, const struct error *why)
{
	struct regaining *regaining = arg;
	struct fork_substitute *fork = &regaining->to->forks[regaining->kind];

	(void)why;					/* the pass over inodes has told of it */
	regaining->contradicted |= lost.from > lost.to; /* no block of a file can be there */
	return array_append(&fork->ranges, &fork->range_count, &lost, 1, &regaining->range_room, sizeof(lost));
}

static int on_bad(void *arg, const struct error *why)
{
	struct regaining *regaining = arg;

	(void)why;
	regaining->contradicted = true; /* a record that says nothing: what it stood for is not known */
	return 0;
}

static int compare_agaddr(const void *one, const void *other)
{
	const struct agaddr *a = one, *b = other;

	if (a->agno != b->agno)
		return a->agno < b->agno ? -1 : 1;
	return (a->agbno > b->agbno) - (a->agbno < b->agbno);
}

static bool rmap_before(const void *item, const void *wanted)
{
	return compare_rmaps(item, wanted) < 0;
}

/* Where the rmaps of the fork at hand begin, and how many there are. */
static void find_rmaps(struct regaining *regaining)
{
	const struct unit_tables *tables = &regaining->work->checker->tables;
	const struct rmap *all = tables->gapped_rmaps;
	const struct rmap wanted = {.owner = regaining->inode->ino, .attr_fork = regaining->kind == FORK_ATTR};
	size_t first = array_first(all, tables->rmap_count, sizeof(*all), rmap_before, &wanted), end = first;

	while (end < tables->rmap_count && all[end].owner == wanted.owner && all[end].attr_fork == wanted.attr_fork)
		end++;
	regaining->rmaps = end > first ? all + first : NULL;
	regaining->rmap_count = end - first;
}

/* What of a mapping lies in one of the ranges. */
static int add_extent(struct regaining *regaining, const struct rmap *rmap, struct fork_range range)
{
	struct fork_substitute *fork = &regaining->to->forks[regaining->kind];
	uint64_t end = rmap->fileoff + rmap->len_blocks;
	uint64_t from = rmap->fileoff > range.from ? rmap->fileoff : range.from;
	uint64_t to = end - 1 < range.to ? end : range.to + 1;
	const struct extent *before = fork->extent_count > 0 ? &fork->extents[fork->extent_count - 1] : NULL;

	if (before && before->fileoff + before->len_blocks > from) {
		regaining->contradicted = true;
		return 0;
	}
	if (array_reserve(&fork->extents, fork->extent_count, 1, &regaining->extent_room, sizeof(*fork->extents)) != 0)
		return ERR_NOMEM;
	fork->extents[fork->extent_count++] = (struct extent){
		.fileoff = from,
		.start = {rmap->start.agno, rmap->start.agbno + (uint32_t)(from - rmap->fileoff)},
		.len_blocks = (uint32_t)(to - from),
		.unwritten = rmap->unwritten,
	};
	regaining->blocks += to - from;
	return 0;
}

/* Mappings and ranges both ascend. */
static int regain_extents(struct regaining *regaining)
{
	const struct fork_substitute *fork = &regaining->to->forks[regaining->kind];
	size_t range = 0;
	int rc = 0;

	for (size_t i = 0; i < regaining->rmap_count && rc == 0 && !regaining->contradicted; i++) {
		const struct rmap *rmap = &regaining->rmaps[i];

		if (rmap->bmbt_block)
			break;
		while (range < fork->range_count && fork->ranges[range].to < rmap->fileoff)
			range++;
		for (size_t j = range; j < fork->range_count && rc == 0; j++) {
			if (fork->ranges[j].from >= rmap->fileoff + rmap->len_blocks)
				break;
			rc = add_extent(regaining, rmap, fork->ranges[j]);
		}
	}
	return rc;
}

static int add_tree_block(struct regaining *regaining, struct agaddr at)
{
	struct regained *to = regaining->to;
	struct rmap claim = claim_of_fork_block(regaining->inode, regaining->kind, at);

	if (regaining->tree_count > 0 &&
	    bsearch(&at, regaining->tree, regaining->tree_count, sizeof(at), compare_agaddr))
		return 0;
	regaining->blocks++;
	return array_append(&to->tree_blocks, &to->tree_block_count, &claim, 1, &regaining->tree_block_room,
			    sizeof(claim));
}

/* A tree has fewer interior blocks than leaves, and no empty leaf: more blocks than that are not its own. */
static int regain_tree_blocks(struct regaining *regaining)
{
	uint64_t most = regaining->tree_count + 2 * regaining->to->forks[regaining->kind].extent_count;
	uint64_t blocks = 0;
	int rc = 0;

	for (size_t i = 0; i < regaining->rmap_count; i++)
		blocks += regaining->rmaps[i].bmbt_block ? regaining->rmaps[i].len_blocks : 0;
	regaining->contradicted |= blocks > most;
	for (size_t i = 0; i < regaining->rmap_count && rc == 0 && !regaining->contradicted; i++) {
		const struct rmap *rmap = &regaining->rmaps[i];

		for (uint32_t j = 0; rmap->bmbt_block && j < rmap->len_blocks && rc == 0; j++)
			rc = add_tree_block(regaining, (struct agaddr){rmap->start.agno, rmap->start.agbno + j});
	}
	return rc;
}

static int regain_fork(struct regaining *regaining, enum fork_kind kind)
{
	const struct fork_walker walker = {
		.extent = on_extent, .block = on_block, .bad = on_bad, .gap = on_gap, .arg = regaining};
	int rc;

	regaining->kind = kind;
	regaining->tree_count = regaining->range_room = regaining->extent_room = 0;
	rc = fork_walk(work_fs(regaining->work), regaining->inode, kind, 0, FILEOFF_MAX, &walker, NULL);
	if (rc != 0 || regaining->to->forks[kind].range_count == 0)
		return rc;
	if (regaining->tree_count > 0)
		qsort(regaining->tree, regaining->tree_count, sizeof(*regaining->tree), compare_agaddr);
	find_rmaps(regaining);
	rc = regain_extents(regaining);
	return rc == 0 ? regain_tree_blocks(regaining) : rc;
}

static void claim(struct check_work *work, const struct rmap *rmap)
{
	claim_add(work_secret(work), &work->sums[rmap->start.agno].claims, rmap);
}

static void claim_regained(struct check_work *work, const struct inode *inode, const struct regained *regained)
{
	for (int kind = FORK_DATA; kind <= FORK_ATTR; kind++)
		for (size_t i = 0; i < regained->forks[kind].extent_count; i++) {
			struct rmap rmap =
				claim_of_extent(inode, (enum fork_kind)kind, &regained->forks[kind].extents[i]);

			claim(work, &rmap);
		}
	for (size_t i = 0; i < regained->tree_block_count; i++)
		claim(work, &regained->tree_blocks[i]);
}

static int regain(struct check_work *work, const struct inode *inode, struct regained *to)
{
	struct regaining regaining = {.work = work, .inode = inode, .to = to};
	int rc = regain_fork(&regaining, FORK_DATA);

	if (rc == 0)
		rc = regain_fork(&regaining, FORK_ATTR);
	free(regaining.tree);
	if (rc != 0)
		return rc;
	to->whole = !regaining.contradicted && regaining.blocks == inode->blocks;
	if (!to->whole)
		return tables_add_lost(&work->tables, inode->ino);
	claim_regained(work, inode, to);
	return 0;
}

size_t gapped_inodes_units(const struct checker *checker)
{
	return checker->tables.gapped_count;
}

int gapped_inodes_unit(struct check_work *work, size_t unit)
{
	struct checker *checker = work->checker;
	uint64_t ino = checker->tables.gapped_inodes[unit];
	struct inode inode;
	struct error why;
	int rc = inode_read(checker->fs, ino, &inode, &why);

	if (rc != 0)
		return inode_lose(work, ino, &why);
	rc = regain(work, &inode, &checker->regained[unit]);
	if (rc != 0)
		return rc;
	regained_attach(checker, &inode);
	return inode_content_check(work, &inode);
}

int gapped_inodes_end(struct check_work *work)
{
	tables_sort(&work->checker->tables);
	return inodes_end(work);
}
