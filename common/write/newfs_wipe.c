/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Wiping what an earlier use of the device left.
 *
 * Signatures lie near both ends: within the first 4 MiB and a bit (the last copy of a LUKS2 header), and the last 512
 * KiB (labels of ZFS). Zeroing so much is quicker than finding out what is there. What an old XFS left farther inside
 * are the superblocks of its other groups, which a program that has lost the first superblock looks for: their places
 * are known while the old first one can still be read.
 */
#include "format/sb.h"
#include "fs/superblock.h"
#include "write/newfs_parts.h"

#define FRONT_BYTES  ((uint64_t)8 << 20)
#define BACK_BYTES   ((uint64_t)1 << 20)
#define SECTOR_BYTES 512u

/* Only where there is one: a sparse file stays sparse, and little is written. What cannot be read is left. */
static int wipe_copies(struct device *device, const struct geometry *old, struct error *err)
{
	uint64_t size = device_size_bytes(device), group_bytes = (uint64_t)old->ag_blocks << old->block_log;
	int rc = 0;

	/* Smaller ones are not made; the bound of the loop. */
	if (group_bytes < SB_AG_BYTES_MIN)
		return 0;
	for (uint32_t agno = 1; agno < old->ag_count && rc == 0; agno++) {
		uint64_t at = geometry_sector_offset(old, agno, 0);
		be32 magic;

		if (at > size || size - at < SECTOR_BYTES)
			break;
		if (device_read(device, at, &magic, sizeof(magic), NULL) == 0 && be32_get(magic) == SB_MAGIC)
			rc = device_zero(device, at, SECTOR_BYTES, err);
	}
	return rc;
}

int newfs_wipe(struct device *device, struct error *err)
{
	uint64_t size = device_size_bytes(device);
	uint64_t front = size < FRONT_BYTES ? size : FRONT_BYTES, back = size < BACK_BYTES ? size : BACK_BYTES;
	struct geometry old;
	struct disk_sb sb;
	bool was_xfs = superblock_read_first(device, &sb, &old, NULL) == 0;
	/* The old superblock goes before anything else: what is wiped only in part must not look whole. */
	int rc = device_zero(device, 0, SECTOR_BYTES, err);

	if (rc == 0)
		rc = device_flush(device, err);
	if (rc == 0)
		rc = device_zero(device, 0, front, err);
	if (rc == 0)
		rc = device_zero(device, size - back, back, err);
	if (rc == 0 && was_xfs)
		rc = wipe_copies(device, &old, err);
	if (rc == 0)
		rc = device_flush(device, err);
	return rc;
}
