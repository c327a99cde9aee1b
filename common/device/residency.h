/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps a mapping from growing into memory without bound.
 *
 * What a copy out of a mapping touches stays mapped and counts as resident memory until somebody lets go of it.
 * Here the mapping is cut into granules, as large as one fault can make resident. Whoever is about to copy
 * marks the granules; when RESIDENCY_BYTES of them are marked, all pages of the mapping are let go (they stay in the
 * page cache, or in the DAX memory that they are) and marking starts again. A copy that runs meanwhile faults its pages
 * back in unmarked: that is at most one piece a thread, and the next round takes it away.
 *
 * One whole mapping and letting go was preferred to mapping windows: the fast path is one load, and nobody needs
 * to hold on to a window while copying out of it.
 */
#ifndef DEVICE_RESIDENCY_H
#define DEVICE_RESIDENCY_H

#include <pthread.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

#define RESIDENCY_BYTES ((size_t)16 << 20)

struct residency {
	struct span map;
	_Atomic(uint64_t) *marks; /* a bit for each granule */

	pthread_mutex_t lock; /* for the list of marked granules */
	size_t *marked;
	size_t count;
};

/* ERR_NOMEM. */
int residency_init(struct residency *residency, struct span map, struct error *err) MUST_CHECK;
/* A zeroed struct is fine. */
void residency_fini(struct residency *residency);

/* @len bytes at @offset are about to be copied: at most RESIDENCY_BYTES / 4. Any number of threads at once. */
void residency_mark(struct residency *residency, size_t offset, size_t len);

#endif
