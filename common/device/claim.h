/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening a device so that nobody changes it under us, as far as the system can promise that.
 *
 * A block device is claimed exclusively: the kernel then refuses to mount it, and refuses us if it, or a partition
 * of it, is mounted or held by another layer. A file gets a shared lock, or an exclusive one for writing, which keeps
 * our own tools out of each other's way, and is looked for among the backing files of loop devices: what mounts it
 * after that is not kept out.
 */
#ifndef DEVICE_CLAIM_H
#define DEVICE_CLAIM_H

#include <sys/stat.h>

#include "device/device.h"
#include "device/sysfs.h"

struct claim {
	int fd; /* open for reading, or for both; the claim ends when it is closed */
	enum device_kind kind;
	struct stat st;
};

/* ERR_BUSY, ERR_INVALID (neither file nor block nor DAX device), ERR_IO, ERR_NOMEM. */
int claim_open(const struct system_paths *paths, const char *path, bool writable, struct claim *out,
	       struct error *err) MUST_CHECK;

#endif
