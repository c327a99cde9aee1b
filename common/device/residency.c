/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Letting go of the pages of a mapping. */
#include "device/residency.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/*
 * What one fault makes resident: the kernel maps the neighbours that are in the page cache anyway, up to 64 KiB (its
 * default of fault_around_bytes); DAX maps 2 MiB where file and memory are aligned so.
 */
#define GRANULE_CACHED ((size_t)64 << 10)
#define GRANULE_DAX ((size_t)2 << 20)
#define MARKS_PER_WORD 64u

int residency_init(struct residency *residency, struct span map, bool dax, struct error *err)
{
	size_t granule = dax ? GRANULE_DAX : GRANULE_CACHED;
	size_t words = map.len / granule / MARKS_PER_WORD + 1;

	*residency = (struct residency){.map = map, .granule_bytes = granule, .room = RESIDENCY_BYTES / granule};
	residency->marks = calloc(words, sizeof(*residency->marks));
	residency->marked = calloc(residency->room, sizeof(*residency->marked));
	if (!residency->marks || !residency->marked) {
		free(residency->marks);
		free(residency->marked);
		*residency = (struct residency){0};
		return error_set(err, ERR_NOMEM, "no memory to keep count of a mapping of %zu bytes", map.len);
	}
	pthread_mutex_init(&residency->lock, NULL);
	/*
	 * Pages that do not come in 64 KiB at most would not be counted right. A kernel without huge pages refuses;
	 * then there is nothing to forbid.
	 */
	if (!dax)
		(void)madvise((void *)(uintptr_t)map.bytes, map.len, MADV_NOHUGEPAGE);
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
		if (residency->count == residency->room) {
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
	for (size_t i = offset / residency->granule_bytes; i <= (offset + len - 1) / residency->granule_bytes; i++)
		mark(residency, i);
}
