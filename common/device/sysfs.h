/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small text files of the kernel, and where the system keeps them: a parameter, so that a test can lay out its own.
 */
#ifndef DEVICE_SYSFS_H
#define DEVICE_SYSFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct system_paths {
	const char *sys;       /* "/sys" */
	const char *dev;       /* "/dev" */
	const char *mountinfo; /* "/proc/self/mountinfo" */
};

extern const struct system_paths system_paths_real;

/*
 * Each reads the file whose name @format makes: 1 and *out, 0 if there is no such file, or ERR_*
 * (ERR_CORRUPT: other than what belongs there).
 */

/* The whole text, NUL-terminated (the caller's, free) and its length without the NUL. */
int sysfs_text(char **out, size_t *len, struct error *err, const char *format, ...) MUST_CHECK
	__attribute__((format(printf, 4, 5)));
/* A decimal number. */
int sysfs_u64(uint64_t *out, struct error *err, const char *format, ...) MUST_CHECK
	__attribute__((format(printf, 3, 4)));
/* A device number as "major:minor". */
int sysfs_devno(dev_t *out, struct error *err, const char *format, ...) MUST_CHECK
	__attribute__((format(printf, 3, 4)));
/* The last part of where a symbolic link points (the caller's, free). */
int sysfs_link_name(char **out, struct error *err, const char *format, ...) MUST_CHECK
	__attribute__((format(printf, 3, 4)));

/* Takes one name of a folder. Non-zero stops. */
typedef int sysfs_name_fn(void *arg, const char *name, struct error *err);
/*
 * The names in folder @path, but for those with a leading dot; a folder that is not there has none.
 * 0, what @fn returned, or ERR_*.
 */
int sysfs_names(const char *path, sysfs_name_fn *fn, void *arg, struct error *err) MUST_CHECK;

#endif
