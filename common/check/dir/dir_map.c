/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the blocks of a directory lie. The fork is walked once, and its extents kept: they are few beside the blocks,
 * and the index is not read in the order of the file.
 *
 * That a part of the fork cannot be read is told by the check of forks; here it only means that blocks are missing
 * that may be there.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/dir/dir_parts.h"

static int add_extent(void *arg, const struct extent *extent)
{
	struct dir_map *map = arg;

	if (array_reserve(&map->extents, map->count, 1, &map->room, sizeof(*map->extents)) != 0)
		return ERR_NOMEM;
	map->extents[map->count++] = *extent;
	return 0;
}

static int miss_extents(void *arg, const struct error *why)
{
	struct dir_map *map = arg;

	(void)why;
	map->whole = false;
	return 0;
}

int dir_map_fill(struct dir_job *job)
{
	struct dir_map *map = &job->memory->map;
	const struct fork_walker walker = {.extent = add_extent, .bad = miss_extents, .arg = map};

	map->count = 0;
	map->whole = true;
	return fork_walk(job->fs, job->inode, FORK_DATA, 0, FILEOFF_MAX, &walker, NULL);
}

static bool ends_before(const void *item, const void *wanted)
{
	const struct extent *extent = item;

	return extent->fileoff + extent->len_blocks <= *(const uint64_t *)wanted;
}

/* The first extent that ends behind block @fileoff of the file. */
static size_t find(const struct dir_map *map, uint64_t fileoff)
{
	return array_first(map->extents, map->count, sizeof(*map->extents), ends_before, &fileoff);
}

bool dir_map_next(const struct dir_job *job, uint64_t *index, uint64_t end)
{
	const struct dir_map *map = &job->memory->map;
	unsigned log = job->fs->geo.dirblock_blocks_log;
	size_t i = find(map, *index << log);

	if (i == map->count)
		return false;
	if (map->extents[i].fileoff >> log > *index)
		*index = map->extents[i].fileoff >> log;
	return *index < end;
}

bool dir_map_has(const struct dir_job *job, uint64_t index)
{
	uint64_t next = index;

	return dir_map_next(job, &next, index + 1);
}

static int not_mapped(const struct dir_job *job, uint64_t fileoff, struct error *why)
{
	return error_set(why, ERR_CORRUPT, "directory %llu: nothing is mapped at block %llu of the file",
			 (unsigned long long)job->inode->ino, (unsigned long long)fileoff);
}

int dir_map_read(const struct dir_job *job, uint64_t index, uint8_t *to, uint64_t *offset_bytes, struct error *why)
{
	const struct dir_map *map = &job->memory->map;
	const struct geometry *geo = &job->fs->geo;
	uint64_t fileoff = index << geo->dirblock_blocks_log;
	uint32_t left = 1u << geo->dirblock_blocks_log, take;
	size_t i = find(map, fileoff);
	int rc = 0;

	/* A directory block of several blocks need not lie in one piece. */
	for (bool first = true; left > 0 && rc == 0; first = false, i++) {
		const struct extent *extent;
		uint32_t skip;
		struct agaddr at;

		if (i == map->count || map->extents[i].fileoff > fileoff)
			return not_mapped(job, fileoff, why);
		extent = &map->extents[i];
		skip = (uint32_t)(fileoff - extent->fileoff);
		take = extent->len_blocks - skip < left ? extent->len_blocks - skip : left;
		at = (struct agaddr){extent->start.agno, extent->start.agbno + skip};
		if (first)
			*offset_bytes = geometry_block_offset(geo, at);
		if (extent->unwritten)
			return error_corrupt(why, FLAW_FORMAT, geometry_block_offset(geo, at),
					     "directory %llu: unwritten extent", (unsigned long long)job->inode->ino);
		rc = fs_read_blocks(job->fs, at, take, to, why);
		to += (size_t)take << geo->block_log;
		fileoff += take;
		left -= take;
	}
	return rc;
}
