/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mounts_find, and what else the claim asks, with the places of the system's files as a parameter. */
#ifndef DEVICE_MOUNTS_AT_H
#define DEVICE_MOUNTS_AT_H

#include "device/mounts.h"
#include "device/sysfs.h"

int mounts_find_at(const struct system_paths *paths, const char *path, struct mount_info *out,
		   struct error *err) MUST_CHECK;

/*
 * The mount that stands in the way of reading the whole disk or partition @devno: its own or that of one of its
 * partitions. 1 and *out, 0, or ERR_*.
 */
int mounts_blocking(const struct system_paths *paths, dev_t devno, struct mount_info *out,
		    struct error *err) MUST_CHECK;

#endif
