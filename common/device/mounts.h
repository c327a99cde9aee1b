/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a device or image is mounted, and what a mount point stands on.
 */
#ifndef DEVICE_MOUNTS_H
#define DEVICE_MOUNTS_H

#include "base/error.h"

struct mount_info {
	char *target; /* mount point */
	char *source; /* device, as the kernel names it */
	char *fstype;
};

void mount_info_fini(struct mount_info *info);

/*
 * Finds the mount whose device is @path: a block device by its number, a regular file as the backing file of a loop
 * device, a directory that is a mount point as itself.
 * Returns 1 and fills @out (the caller's, mount_info_fini), 0 if @path is not mounted, or ERR_*.
 * A block device with a mounted partition or a holder (device mapper) counts as not mounted here: the claim finds
 * those.
 */
int mounts_find(const char *path, struct mount_info *out, struct error *err) MUST_CHECK;

#endif
