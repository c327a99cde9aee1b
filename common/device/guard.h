/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fence around memory that may raise SIGBUS: poison, or a mapped file that got shorter.
 *
 * Only a copy into memory prepared before runs inside: the jump out of the signal handler skips whatever else would
 * have to be released. The fence and the jump buffer are per thread; the handler is one for the process, put in by the
 * first guard_hold and taken out by the last guard_drop. A fault outside the fence goes to the handler that was
 * there before, as if ours were not.
 *
 * A thread that blocks SIGBUS is killed by the kernel at a fault: leave it unblocked where devices are read.
 */
#ifndef DEVICE_GUARD_H
#define DEVICE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/span.h"
#include "device/map.h"

/* One hold for each mapping in use; ERR_IO. */
int guard_hold(struct error *err) MUST_CHECK;
void guard_drop(void);

/*
 * Copies @len bytes at @offset of @fence, all inside it, to @to. Needs a hold.
 * False: they could not all be copied, @to is undefined.
 */
bool guard_copy(struct span fence, size_t offset, void *to, size_t len) MUST_CHECK;

/* The other way: as map_store. False: some of the bytes may be stored, not all. */
bool guard_store(struct span fence, size_t offset, const void *from, size_t len, enum map_flush flush) MUST_CHECK;

#endif
