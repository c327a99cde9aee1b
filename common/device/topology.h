/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a device is like before anything is written to it: sizes, alignment, DAX, and what lies on it already.
 */
#ifndef DEVICE_TOPOLOGY_H
#define DEVICE_TOPOLOGY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct topology {
	uint64_t size_bytes;
	uint32_t logical_sector_bytes;
	uint32_t physical_sector_bytes;
	uint64_t minimum_io_bytes; /* 0: the device does not say, as for a plain disk or a file */
	uint64_t optimal_io_bytes;
	uint64_t start_bytes; /* of a partition on its disk */
	bool is_partition;
	bool is_file;
	bool dax_capable; /* the block device can do fsdax */
};

/*
 * Looks at a block device or a regular file, without a claim and without reading its content.
 * ERR_INVALID: something else, or empty. ERR_IO, ERR_NOMEM.
 */
int topology_read(const char *path, struct topology *out, struct error *err) MUST_CHECK;

/*
 * The signature of a file system, partition table or the like that libblkid finds on the device: 1 and *out, such as
 * "ext4" or "gpt partition table" (the caller's, free); 0 if there is none; ERR_IO, ERR_NOMEM.
 * Several that contradict each other: 1 and "several signatures".
 */
int signature_find(const char *path, char **out, struct error *err) MUST_CHECK;

#endif
