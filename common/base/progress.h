/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a long pass says how far it is, and learns that it shall stop.
 *
 * The library never prints: the tool hands in a function. It is called from one thread at a time, often enough for a
 * bar and seldom enough not to cost anything.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

struct progress {
	/* @pass: its name, static. @total: 0 where it is not known. Non-zero: stop, the pass returns ERR_CANCELLED. */
	int (*step)(void *arg, const char *pass, uint64_t done, uint64_t total);
	void *arg;
};

/* Reports a step; @progress may be NULL. Returns what the tool said: 0 to go on. */
static inline int progress_step(const struct progress *progress, const char *pass, uint64_t done, uint64_t total)
{
	return progress && progress->step ? progress->step(progress->arg, pass, done, total) : 0;
}

/* @done of @total in thousandths, without a product that could overflow; 1000 from @total on. */
static inline unsigned progress_permille(uint64_t done, uint64_t total)
{
	if (done >= total)
		return 1000;
	return total > UINT64_MAX / 1000 ? (unsigned)(done / (total / 1000 + 1)) : (unsigned)(done * 1000 / total);
}

#endif
