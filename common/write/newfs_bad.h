/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Known bad blocks of a device that is about to be formatted: those where metadata will lie must be cleared, the others
 * become free space, and somebody should know.
 */
#ifndef WRITE_NEWFS_BAD_H
#define WRITE_NEWFS_BAD_H

#include "base/interval.h"
#include "write/newfs.h"

struct newfs_bad {
	struct interval_set outside; /* known bad bytes of the device outside all metadata, settled */
	bool maybe_incomplete;	     /* the list that they are from is full */
	uint64_t cleared_bytes;	     /* known bad bytes under metadata that writing has cleared */
};

void newfs_bad_fini(struct newfs_bad *bad);

/* Adds the bytes where a new file system keeps metadata from the start to @set, and settles it. ERR_NOMEM. */
int newfs_bad_metadata(const struct newfs_layout *layout, struct interval_set *set) MUST_CHECK;

/*
 * What of @bad lies in @metadata is added to @inside, the rest to @outside, and both are settled. @bad and @metadata
 * are settled. ERR_NOMEM.
 */
int newfs_bad_split(const struct interval_set *bad, const struct interval_set *metadata, struct interval_set *inside,
		    struct interval_set *outside) MUST_CHECK;

/*
 * Asks for the known bad blocks of the device at @path, which is open as @device, writes zeroes where they lie under
 * metadata, and asks again whether that has helped. @out is zeroed by the caller and emptied by newfs_bad_fini in any
 * case. ERR_MEDIA: they lie under metadata, and writing does not clear them. ERR_IO, ERR_NOMEM.
 */
int newfs_bad_clear(const char *path, const struct newfs_layout *layout, struct device *device, struct newfs_bad *out,
		    struct error *err) MUST_CHECK;

#endif
