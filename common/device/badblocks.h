/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Known media errors of a device, as byte ranges of that very device.
 *
 * Two implementations of badblocks_list, picked by configure: badblocks_ndctl.c asks libndctl and sysfs,
 * badblocks_sysfs.c asks sysfs alone.
 */
#ifndef DEVICE_BADBLOCKS_H
#define DEVICE_BADBLOCKS_H

#include "base/error.h"
#include "base/interval.h"

/*
 * The kernel's table of bad ranges is one page of 8 bytes each: with so many it may not be all. The text that
 * sysfs shows of it ends after one page too, which is reached earlier where the numbers are long.
 */
#define BADBLOCKS_FULL 512u

struct badblocks {
	struct interval_set bytes; /* settled */
	/*
	 * There may be more: a list that was read is full, or a device below has bad blocks that could not be
	 * translated into places on this one (a device-mapper target other than linear, or no permission to ask).
	 */
	bool maybe_incomplete;
	bool from_ndctl; /* which sources could be asked at all */
	bool from_sysfs;
};

/* A zeroed struct is an empty list. */
void badblocks_fini(struct badblocks *bad);

/*
 * Reads a list from a file in the format of sysfs: first sector and count of 512-byte sectors, one range a line;
 * blank lines are allowed. ERR_INVALID names the line that is wrong; numbers that wrap count as wrong.
 */
int badblocks_read_file(const char *path, struct badblocks *out, struct error *err) MUST_CHECK;

/*
 * What the system knows of the device @path (block device, or DAX character device). The list of a partition or of a
 * device-mapper linear target is that of the device below, cut and shifted. A regular file has none, unless it is on a
 * DAX file system, which is not asked. An empty list is success, and so is a system without NVDIMMs.
 */
int badblocks_list(const char *path, struct badblocks *out, struct error *err) MUST_CHECK;

#endif
