/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers that share out numbered units of work.
 *
 * A unit writes only to its own result, so what comes out does not depend on timing. One pool_run at a time.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

#include "base/error.h"

struct pool;

/* @worker: 0 .. pool_workers() - 1, for scratch memory of its own. Non-zero stops the run. */
typedef int pool_fn(void *arg, unsigned worker, size_t unit);

/* @workers: at least 1, the calling thread included. */
int pool_open(unsigned workers, struct pool **out, struct error *err) MUST_CHECK;
void pool_close(struct pool *pool);

unsigned pool_workers(const struct pool *pool);

/*
 * Calls @fn for the units 0 .. @units - 1 and returns when all are done. Units are handed out in ascending order.
 * Returns 0, or what the lowest unit that failed returned; units after it may not have been run.
 */
int pool_run(struct pool *pool, size_t units, pool_fn *fn, void *arg) MUST_CHECK;

/* How many processors this process may use; at least 1. */
unsigned pool_processors(void);

#endif
