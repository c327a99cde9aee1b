/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Giving the blocks of each group to their owners.
 *
 * Seen in images of mkfs.xfs 6.1 (tests/oracle/mkfs-bytes): the order of the roots, how long the free list is, and that
 * its blocks come from the shortest run of free space that holds them all.
 */
#include "write/newfs_groups.h"

#include <assert.h>
#include <string.h>

#include "format/agfl.h"

/* The order in which the roots follow the headers. */
static const enum btree_kind root_order[] = {BTREE_BNO, BTREE_CNT, BTREE_INO, BTREE_FINO, BTREE_RMAP, BTREE_REFCOUNT};

static bool has_tree(const struct geometry *geo, enum btree_kind kind)
{
	switch (kind) {
	case BTREE_FINO:
		return geo->has_finobt;
	case BTREE_RMAP:
		return geo->has_rmapbt;
	case BTREE_REFCOUNT:
		return geo->has_reflink;
	case BTREE_BNO:
	case BTREE_CNT:
	case BTREE_INO:
		return true;
	case BTREE_BMAP:
	case BTREE_KINDS:
		return false;
	}
	return false;
}

/* Takes blocks out of the run of free space that holds them. */
static void take(struct newfs_group *group, struct newfs_run want)
{
	uint32_t i = 0;
	struct newfs_run *run, rest;

	while (i < group->free_count && group->free[i].start + group->free[i].len <= want.start)
		i++;
	assert(i < group->free_count && group->free_count < NEWFS_FREE_RUNS_MAX);
	run = &group->free[i];
	assert(want.start >= run->start && want.len <= run->len - (want.start - run->start));
	rest.start = want.start + want.len;
	rest.len = run->start + run->len - rest.start;
	run->len = want.start - run->start;
	if (run->len > 0 && rest.len > 0) {
		memmove(run + 2, run + 1, (group->free_count - i - 1) * sizeof(*run));
		run[1] = rest;
		group->free_count++;
	} else if (rest.len > 0) {
		*run = rest;
	} else if (run->len == 0) {
		memmove(run, run + 1, (group->free_count - i - 1) * sizeof(*run));
		group->free_count--;
	}
}

/* A tree with so many records, all of its blocks as empty as they may be, has more than one level. */
static bool can_grow(const struct geometry *geo, enum btree_kind kind, uint32_t records)
{
	const struct btree_format *format = &btree_formats[kind];

	return records > btree_capacity(format, geo->block_bytes - btree_header_bytes(format), 0) / 2;
}

/*
 * As many blocks as the trees of free space and reverse mappings can use up at once: each one more than it has
 * levels, but not more than it can have. Free space is in one piece or less for every two blocks; a block has one
 * owner without reflink, and any number of them with it.
 */
static uint32_t free_list_length(const struct geometry *geo)
{
	uint32_t space = can_grow(geo, BTREE_BNO, (geo->ag_blocks + 1) / 2) ? 2 : 1;
	uint32_t rmap = geo->has_reflink || can_grow(geo, BTREE_RMAP, geo->ag_blocks) ? 2 : 1;

	return 2 * space + (geo->has_rmapbt ? rmap : 0);
}

/* The shortest run that holds @len blocks, or else the longest one. There is free space. */
static struct newfs_run *best_run(struct newfs_group *group, uint32_t len)
{
	struct newfs_run *best = &group->free[0];

	for (uint32_t i = 1; i < group->free_count; i++) {
		struct newfs_run *run = &group->free[i];

		if (best->len < len ? run->len > best->len : run->len >= len && run->len < best->len)
			best = run;
	}
	return best;
}

/* A group that the journal has filled so far that the list would not be full gets none. */
static void fill_free_list(struct newfs_group *group, const struct geometry *geo)
{
	uint32_t length = free_list_length(geo);

	if (newfs_group_free_blocks(group) < length)
		return;
	while (group->free_list_count < length) {
		uint32_t missing = length - group->free_list_count;
		const struct newfs_run *best = best_run(group, missing);
		struct newfs_run got = {best->start, best->len < missing ? best->len : missing};

		take(group, got);
		for (uint32_t i = 0; i < got.len; i++)
			group->free_list[group->free_list_count++] = got.start + i;
	}
}

/* Inodes come in chunks of 64, and in whole blocks. */
static struct newfs_run first_inodes(const struct geometry *geo, uint32_t agno)
{
	struct newfs_run run = {0, 0};
	uint32_t root_agno, agino, offset_bytes;
	bool ok = geometry_ino_split(geo, geo->root_ino, &root_agno, &agino);

	assert(ok);
	if (!ok || agno != root_agno)
		return run;
	run.start = geometry_agino_block(geo, agino, &offset_bytes);
	run.len = INODES_PER_CHUNK >> geo->inodes_per_block_log;
	if (run.len == 0)
		run.len = 1;
	return run;
}

void newfs_group_init(struct newfs_group *group, const struct newfs_layout *layout, uint32_t agno)
{
	const struct geometry *geo = &layout->geo;

	*group = (struct newfs_group){.agno = agno, .blocks = geometry_ag_blocks(geo, agno)};
	group->header_blocks = (((uint32_t)AGFL_SECTOR << geo->sector_log) >> geo->block_log) + 1;
	group->head_blocks = group->header_blocks;
	for (size_t i = 0; i < sizeof(root_order) / sizeof(root_order[0]); i++)
		if (has_tree(geo, root_order[i]))
			group->root[root_order[i]] = group->head_blocks++;
	assert(group->head_blocks < group->blocks);
	group->free[0] = (struct newfs_run){group->head_blocks, group->blocks - group->head_blocks};
	group->free_count = 1;
	if (agno == geo->log_start.agno) {
		group->log = (struct newfs_run){geo->log_start.agbno, geo->log_blocks};
		take(group, group->log);
	}
	fill_free_list(group, geo);
	group->inodes = first_inodes(geo, agno);
	if (group->inodes.len > 0)
		take(group, group->inodes);
}

uint32_t newfs_group_inodes(const struct newfs_group *group, const struct newfs_layout *layout)
{
	return group->inodes.len << layout->geo.inodes_per_block_log;
}

uint32_t newfs_group_free_blocks(const struct newfs_group *group)
{
	uint32_t blocks = 0;

	for (uint32_t i = 0; i < group->free_count; i++)
		blocks += group->free[i].len;
	return blocks;
}

uint32_t newfs_group_longest_free(const struct newfs_group *group)
{
	uint32_t longest = 0;

	for (uint32_t i = 0; i < group->free_count; i++)
		if (group->free[i].len > longest)
			longest = group->free[i].len;
	return longest;
}
