/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names that stand in a directory twice. In the index, entries of equal hash lie side by side; only of those are the
 * names taken, as keyed fingerprints, and compared. Where the index cannot be trusted, all names are.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/dir/dir_parts.h"

int dir_twice_shared(struct dir_job *job, uint32_t hash)
{
	struct dir_memory *memory = job->memory;

	if (memory->shared_count > 0 && memory->shared[memory->shared_count - 1] == hash)
		return 0;
	if (array_reserve(&memory->shared, memory->shared_count, 1, &memory->shared_room, sizeof(*memory->shared)) != 0)
		return ERR_NOMEM;
	if (memory->shared_count == 0)
		memset(memory->shared_filter, 0, sizeof(memory->shared_filter));
	memory->shared[memory->shared_count++] = hash;
	memory->shared_filter[(hash & 0xffff) / 64] |= 1ull << hash % 64;
	return 0;
}

void dir_twice_begin(struct dir_job *job)
{
	job->memory->shared_count = 0;
	window_begin(&job->memory->window, 0, 0);
}

static bool hash_before(const void *item, const void *wanted)
{
	return *(const uint32_t *)item < *(const uint32_t *)wanted;
}

static bool is_shared(const struct dir_memory *memory, uint32_t hash)
{
	size_t i;

	if (!(memory->shared_filter[(hash & 0xffff) / 64] >> hash % 64 & 1))
		return false;
	i = array_first(memory->shared, memory->shared_count, sizeof(*memory->shared), hash_before, &hash);
	return i < memory->shared_count && memory->shared[i] == hash;
}

static int keep(struct dir_job *job, const struct dir_entry *entry)
{
	return window_add(&job->memory->window, hash_bytes(work_secret(job->work), entry->name.bytes, entry->name.len),
			  entry->cookie);
}

int dir_twice_take(struct dir_job *job, uint32_t hash, const struct dir_entry *entry)
{
	if (job->memory->shared_count == 0 || !is_shared(job->memory, hash))
		return 0;
	return keep(job, entry);
}

/* A pass with the next window. */
struct again {
	struct dir_job *job;
	bool all;
};

static int take_again(void *arg, uint32_t first_cookie, const struct dir_piece *piece)
{
	const struct again *again = arg;

	(void)first_cookie;
	if (piece->kind != DIR_PIECE_ENTRY && piece->kind != DIR_PIECE_BAD_ENTRY)
		return 0;
	if (again->all)
		return keep(again->job, &piece->entry);
	return dir_twice_take(again->job, da_hash(piece->entry.name.bytes, piece->entry.name.len), &piece->entry);
}

/* The entry, by what it takes to find it again. */
static int tell(struct dir_job *job, uint32_t cookie)
{
	uint64_t index = cookie / (job->fs->geo.dirblock_bytes / DIR_ENTRY_ALIGN);
	struct dir_entry entry = {0};
	int rc;

	if (job->told[DIR_DIFFERENCE_TWICE]++ >= DIR_TOLD_MAX)
		return 0;
	rc = dir_entry_at(job->fs, job->inode, cookie, job->work->dirblock, &entry, NULL);
	if (rc == ERR_NOMEM || rc == ERR_IO)
		return rc;
	dir_raise_twice(job->work, at_dir_block(job, index), rc == 0 ? entry.name : (struct span){NULL, 0}, 0);
	return 0;
}

static int tell_equal(struct dir_job *job)
{
	struct window *window = &job->memory->window;
	int rc = 0;

	window_sort(window);
	for (size_t i = 1; i < window->count && rc == 0; i++)
		if (window->items[i].key == window->items[i - 1].key)
			rc = tell(job, (uint32_t)window->items[i].value);
	return rc;
}

int dir_twice_end(struct dir_job *job, bool all)
{
	struct window *window = &job->memory->window;
	struct again again = {job, all};
	uint64_t told;
	int rc;

	/* The first time is over already, but for this. */
	if (all) {
		window_begin(window, 0, 0);
		rc = dir_each_piece(job, 0, UINT32_MAX, take_again, &again);
	} else {
		rc = 0;
	}
	if (rc == 0)
		rc = tell_equal(job);
	while (rc == 0 && window->high != UINT64_MAX) {
		window_begin(window, window->high + 1, 0);
		rc = dir_each_piece(job, 0, UINT32_MAX, take_again, &again);
		if (rc == 0)
			rc = tell_equal(job);
	}
	told = job->told[DIR_DIFFERENCE_TWICE];
	if (rc == 0 && told > DIR_TOLD_MAX)
		dir_raise_twice(job->work, at_fork(job->inode->ino, FORK_DATA), (struct span){NULL, 0},
				told - DIR_TOLD_MAX);
	return rc;
}
