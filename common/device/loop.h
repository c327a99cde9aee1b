/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop devices that a file is the backing file of. */
#ifndef DEVICE_LOOP_H
#define DEVICE_LOOP_H

#include <sys/stat.h>

#include "device/sysfs.h"

/* Takes one loop device by name ("loop3") and number. Non-zero stops. */
typedef int loop_fn(void *arg, const char *name, dev_t devno, struct error *err);

/*
 * Calls @fn for every loop device whose backing file is @file. A loop device that may not be opened (only root may) is
 * judged by the name of its backing file, which misses a file that was renamed since.
 * 0, what @fn returned, or ERR_*.
 */
int loop_each(const struct system_paths *paths, const struct stat *file, loop_fn *fn, void *arg,
	      struct error *err) MUST_CHECK;

#endif
