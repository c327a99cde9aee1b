/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Letting go of the pages of a mapping. */
#include "device/residency.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/*
 * What one fault makes resident, at most: as much as one page table covers. DAX maps that where file and memory are
 * aligned so. Pages of the page cache come with their neighbours: by default 64 KiB, but since Linux 6.18 the
 * whole of a large folio (measured: 16 times what was asked for).
 */
#define GRANULE_BYTES  ((size_t)2 << 20)
#define MARKED_MAX     (RESIDENCY_BYTES / GRANULE_BYTES)
#define MARKS_PER_WORD 64u

int residency_init(struct residency *residency, struct span map, struct error *err)
{
	size_t words = map.len / GRANULE_BYTES / MARKS_PER_WORD + 1;

	*residency = (struct residency){.map = map};
	residency->marks = calloc(words, sizeof(*residency->marks));
	residency->marked = calloc(MARKED_MAX, sizeof(*residency->marked));
	if (!residency->marks || !residency->marked) {
		free(residency->marks);
		free(residency->marked);
		*residency = (struct residency){0};
		return error_set(err, ERR_NOMEM, "no memory to keep count of a mapping of %zu bytes", map.len);
	}
	pthread_mutex_init(&residency->lock, NULL);
	return 0;
}

void residency_fini(struct residency *residency)
{
	if (!residency->marks)
		return;
	pthread_mutex_destroy(&residency->lock);
	free(residency->marks);
	free(residency->marked);
	*residency = (struct residency){0};
}

static void let_go(struct residency *residency)
{
	/* Fails where the memory was locked (mlockall): then it was asked to stay. */
	(void)madvise((void *)(uintptr_t)residency->map.bytes, residency->map.len, MADV_DONTNEED);
	for (size_t i = 0; i < residency->count; i++) {
		size_t granule = residency->marked[i];

		atomic_fetch_and_explicit(&residency->marks[granule / MARKS_PER_WORD],
					  ~((uint64_t)1 << granule % MARKS_PER_WORD), memory_order_relaxed);
	}
	residency->count = 0;
}

static void mark(struct residency *residency, size_t granule)
{
	_Atomic(uint64_t) *word = &residency->marks[granule / MARKS_PER_WORD];
	uint64_t bit = (uint64_t)1 << granule % MARKS_PER_WORD;

	if (atomic_load_explicit(word, memory_order_relaxed) & bit)
		return;
	pthread_mutex_lock(&residency->lock);
	if (!(atomic_fetch_or_explicit(word, bit, memory_order_relaxed) & bit)) {
		if (residency->count == MARKED_MAX) {
			let_go(residency);
			atomic_fetch_or_explicit(word, bit, memory_order_relaxed);
		}
		residency->marked[residency->count++] = granule;
	}
	pthread_mutex_unlock(&residency->lock);
}

void residency_mark(struct residency *residency, size_t offset, size_t len)
{
	if (len == 0)
		return;
	for (size_t i = offset / GRANULE_BYTES; i <= (offset + len - 1) / GRANULE_BYTES; i++)
		mark(residency, i);
}
