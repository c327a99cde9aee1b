/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's table of mounts, read through libmount. */
#ifndef DEVICE_MOUNT_TABLE_H
#define DEVICE_MOUNT_TABLE_H

#include <sys/types.h>

#include "device/mounts.h"

struct mount_table;

/* Reads the file @mountinfo, in the format of /proc/self/mountinfo. ERR_IO, ERR_NOMEM. */
int mount_table_open(const char *mountinfo, struct mount_table **out, struct error *err) MUST_CHECK;
void mount_table_close(struct mount_table *table);

/*
 * A mount of the block device @devno, if there are several one that shows the whole file system.
 * 1 and *out (the caller's), 0, ERR_NOMEM.
 */
int mount_table_by_devno(const struct mount_table *table, dev_t devno, struct mount_info *out,
			 struct error *err) MUST_CHECK;

/* The topmost mount on the folder @target, a canonical path. Returns as above. */
int mount_table_by_target(const struct mount_table *table, const char *target, struct mount_info *out,
			  struct error *err) MUST_CHECK;

#endif
