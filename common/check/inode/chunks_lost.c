/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inode chunks that a damaged inobt no longer tells of, from the reverse mappings of blocks with inodes; what the
 * finobt has of them is in the list already. Which inodes are in use, they say themselves.
 *
 * A chunk is taken for one only if something in it looks like an inode or cannot be read: so damaged reverse mappings
 * make neither findings nor use memory.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/inode/chunks_parts.h"

struct recovery {
	struct check_work *work;
	uint32_t agno;
	const struct chunk_list *known; /* ascending */
	struct chunk_list found;
	struct chunk next; /* being put together; present 0: none */
	uint64_t end;	   /* agino up to which everything has been looked at */
	bool gap;
};

static int compare_chunks(const void *a, const void *b)
{
	uint32_t left = ((const struct chunk *)a)->first_agino, right = ((const struct chunk *)b)->first_agino;

	return left < right ? -1 : left > right;
}

static bool ends_before(const void *item, const void *wanted)
{
	return (uint64_t)((const struct chunk *)item)->first_agino + INODES_PER_CHUNK <= *(const uint64_t *)wanted;
}

/* The first known chunk that ends after @agino, or NULL. */
static const struct chunk *known_after(const struct recovery *recovery, uint64_t agino)
{
	const struct chunk_list *known = recovery->known;
	size_t i = array_first(known->items, known->count, sizeof(*known->items), ends_before, &agino);

	return i < known->count ? &known->items[i] : NULL;
}

/* Keeps the chunk in work, if there are inodes in it. */
static int finish(struct recovery *recovery)
{
	const struct fs *fs = work_fs(recovery->work);
	struct chunk *chunk = &recovery->next;
	bool real = false;
	struct inode inode;
	struct error why;
	int rc;

	if (chunk->present == 0)
		return 0;
	for (unsigned i = 0; i < INODES_PER_CHUNK; i++) {
		if (!(chunk->present >> i & 1))
			continue;
		rc = inode_read(fs, geometry_ino_join(&fs->geo, chunk->agno, chunk->first_agino + i), &inode, &why);
		if (rc != 0 && rc != ERR_CORRUPT && rc != ERR_MEDIA)
			return rc;
		real |= rc == 0 || rc == ERR_MEDIA || why.flaw != FLAW_MAGIC;
		if (rc != 0 || inode.mode != 0)
			chunk->allocated |= 1ull << i; /* also one that cannot be read: it may be */
	}
	rc = real ? chunk_list_add(&recovery->found, chunk) : 0;
	*chunk = (struct chunk){.agno = recovery->agno};
	return rc;
}

/* Inodes [first, end) that no known chunk has. */
static int take_inodes(struct recovery *recovery, uint64_t first, uint64_t end)
{
	bool sparse = work_fs(recovery->work)->geo.has_sparse_inodes;
	struct chunk *chunk = &recovery->next;
	int rc = 0;

	for (uint64_t agino = first; agino < end && rc == 0; agino++) {
		if (chunk->present == 0 || agino - chunk->first_agino >= INODES_PER_CHUNK) {
			rc = finish(recovery);
			chunk->first_agino = (uint32_t)(sparse ? agino - agino % INODES_PER_CHUNK : agino);
		}
		chunk->present |= 1ull << (agino - chunk->first_agino);
	}
	return rc;
}

static int on_rmap(void *arg, const struct rmap *rmap)
{
	struct recovery *recovery = arg;
	unsigned log = work_fs(recovery->work)->geo.inodes_per_block_log;
	uint64_t agino = (uint64_t)rmap->start.agbno << log, end = agino + ((uint64_t)rmap->len_blocks << log);
	int rc = 0;

	if (rmap->owner != RMAP_OWN_INODES || end > UINT32_MAX)
		return 0;
	if (agino < recovery->end)
		agino = recovery->end;
	while (agino < end && rc == 0) {
		const struct chunk *known = known_after(recovery, agino);
		uint64_t stop = known && known->first_agino < end ? known->first_agino : end;

		if (stop > agino)
			rc = take_inodes(recovery, agino, stop);
		agino = stop < end ? (uint64_t)known->first_agino + INODES_PER_CHUNK : end;
	}
	recovery->end = end > recovery->end ? end : recovery->end;
	return rc;
}

static int on_gap(void *arg, struct agaddr start, uint32_t len_blocks, const struct error *why)
{
	struct recovery *recovery = arg;

	(void)start;
	(void)len_blocks;
	(void)why; /* the pass over space reports it */
	recovery->gap = true;
	return 0;
}

/* What hangs on the inodes that are missing is not known. */
static void give_up(struct check_work *work, uint32_t agno)
{
	atomic_store(&work->checker->inodes_lost, true);
	atomic_store(&work->checker->names_lost, true);
	atomic_store(&work->checker->parents_lost, true);
	check_not_done(work, at_group(agno), "inodes that the inode tree has lost");
}

static int add_found(struct recovery *recovery, struct chunk_list *list)
{
	int rc = 0;

	for (size_t i = 0; i < recovery->found.count && rc == 0; i++)
		rc = chunk_list_add(list, &recovery->found.items[i]);
	qsort(list->items, list->count, sizeof(*list->items), compare_chunks);
	return rc;
}

int chunks_recover(struct check_work *work, uint32_t agno, struct chunk_list *list)
{
	const struct fs *fs = work_fs(work);
	struct recovery recovery = {.work = work, .agno = agno, .known = list, .next = {.agno = agno}};
	struct rmap_sink sink = {.rmap = on_rmap, .gap = on_gap, .arg = &recovery};
	int rc = rmap_query(fs, (struct agaddr){agno, 0}, geometry_ag_blocks(&fs->geo, agno), &sink, NULL);

	if (rc == 0)
		rc = finish(&recovery);
	if (rc == ERR_NOT_FOUND) { /* no reverse mappings */
		recovery.gap = true;
		rc = 0;
	}
	if (rc == 0 && recovery.found.count > 0)
		rc = add_found(&recovery, list);
	if (rc == 0 && recovery.gap)
		give_up(work, agno);
	free(recovery.found.items);
	return rc;
}
