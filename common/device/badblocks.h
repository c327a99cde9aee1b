/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Known media errors of a device, as byte ranges of that very device.
 *
 * Two implementations of badblocks_list, picked by configure: badblocks_ndctl.c asks libndctl and then sysfs,
 * badblocks_sysfs.c asks sysfs alone.
 */
#ifndef DEVICE_BADBLOCKS_H
#define DEVICE_BADBLOCKS_H

#include "base/error.h"
#include "base/interval.h"

/*
 * The kernel prints at most one page of a sysfs badblocks file, and its table holds 512 ranges in one page (the
 * format is 8 bytes a range): a list that long may not be all.
 */
#define BADBLOCKS_FULL 512u

struct badblocks {
	struct interval_set bytes; /* settled */
	bool maybe_incomplete;	   /* a list that was read is full */
	bool from_ndctl;	   /* where it comes from: */
	bool from_sysfs;
};

void badblocks_fini(struct badblocks *bad);

/*
 * Reads a list from a file in the format of sysfs: first sector and count of 512-byte sectors, one range a line;
 * blank lines are allowed. ERR_INVALID names the line that is wrong; numbers that wrap count as wrong.
 */
int badblocks_read_file(const char *path, struct badblocks *out, struct error *err) MUST_CHECK;

/*
 * What the system knows of the device @path (block device, or DAX character device). The list of a partition or of a
 * device-mapper linear target is that of the device below, cut and shifted. A regular file has none, unless it is on a
 * DAX file system, which is not asked. An empty list is success.
 */
int badblocks_list(const char *path, struct badblocks *out, struct error *err) MUST_CHECK;

#endif
