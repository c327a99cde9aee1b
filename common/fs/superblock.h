/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding a superblock that can be trusted. */
#ifndef FS_SUPERBLOCK_H
#define FS_SUPERBLOCK_H

#include "device/device.h"
#include "fs/geometry.h"

/*
 * Reads the superblock at the start of the device.
 * ERR_NOT_XFS, ERR_UNSUPPORTED, ERR_CORRUPT, ERR_MEDIA, ERR_IO, ERR_NOMEM.
 */
int superblock_read_first(struct device *device, struct disk_sb *sb, struct geometry *geo,
			  struct error *err) MUST_CHECK;

/*
 * Looks for the superblock of another group, for when the first cannot be used: it must have a right checksum and lie
 * where its own numbers put it. One that names the root directory is preferred: mkfs leaves the root inode out of
 * most of them (seen in images of mkfs.xfs 6.1). *agno is its group.
 * Reads the device up to the largest possible size of a group, at worst. ERR_NOT_FOUND, ERR_IO, ERR_NOMEM.
 */
int superblock_search(struct device *device, struct disk_sb *sb, struct geometry *geo, uint32_t *agno,
		      struct error *err) MUST_CHECK;

#endif
