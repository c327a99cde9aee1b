/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Times of inodes. Format: design document, "Timestamps"; with bigtime one count of nanoseconds from 2^31 seconds
 * before 1970, without it seconds and nanoseconds of 32 bits each, the seconds signed (xfs_format.h, "struct
 * xfs_legacy_timestamp").
 */
#ifndef FS_TIME_H
#define FS_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct time_of_disk {
	int64_t seconds; /* from 1970 */
	uint32_t nanoseconds;
};

/* @raw: the eight bytes as a big-endian number; @bigtime: INODE_FLAG2_BIGTIME of the inode. */
static inline struct time_of_disk time_decode(uint64_t raw, bool bigtime)
{
	const uint64_t second = 1000000000u;

	if (!bigtime)
		return (struct time_of_disk){(int32_t)(uint32_t)(raw >> 32), (uint32_t)raw};
	return (struct time_of_disk){(int64_t)(raw / second) - ((int64_t)1 << 31), (uint32_t)(raw % second)};
}

#endif
