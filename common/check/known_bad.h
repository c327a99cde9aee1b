/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bad ranges of a device before it is read: from a file of the user, or those that the system knows of. */
#ifndef CHECK_KNOWN_BAD_H
#define CHECK_KNOWN_BAD_H

#include "base/interval.h"

/* Where bad ranges come from; several can be set. */
#define BAD_FROM_FILE	 0x01u
#define BAD_FROM_OPTIONS 0x02u
#define BAD_FROM_NDCTL	 0x04u
#define BAD_FROM_SYSFS	 0x08u
#define BAD_FROM_MEDIA	 0x10u

struct known_bad {
	struct interval_set bytes; /* settled */
	unsigned from;		   /* BAD_FROM_* */
	bool maybe_incomplete;	   /* a list is full, there may be more */
};

/*
 * Adds to @bad (zeroed, or filled before) what stands in @file, or if that is NULL what the system knows of the device
 * @path. ERR_INVALID: the file is no such list. ERR_IO, ERR_NOMEM.
 */
int known_bad_find(struct known_bad *bad, const char *file, const char *path, struct error *err) MUST_CHECK;

/* Adds @ranges. ERR_NOMEM. */
int known_bad_add(struct known_bad *bad, const struct interval_set *ranges, struct error *err) MUST_CHECK;

/* ERR_INVALID if a range is not on a device of that size: a mistake of whoever named it. */
int known_bad_fits(const struct known_bad *bad, uint64_t device_bytes, struct error *err) MUST_CHECK;

void known_bad_fini(struct known_bad *bad);

#endif
