/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What planning needs to know of a device or an image. */
#ifndef MKFS_PROBE_H
#define MKFS_PROBE_H

#include "write/newfs.h"

/*
 * @file_bytes: the size that a file is to have which need not be there yet (-d file), 0: it must be.
 * ERR_IO, ERR_INVALID (neither file nor block device).
 */
int probe_device(const char *path, uint64_t file_bytes, struct newfs_device *out, struct error *err) MUST_CHECK;

#endif
