/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a device down to the disks that know bad blocks, and back up with what they know.
 *
 * Sources are parameters: sysfs at any place, whatever else knows a disk, and the tables of device mapper.
 */
#ifndef DEVICE_BADBLOCKS_WALK_H
#define DEVICE_BADBLOCKS_WALK_H

#include <sys/types.h>

#include "device/badblocks.h"
#include "device/dm_table.h"
#include "device/sysfs.h"

struct badblocks_sources {
	const struct system_paths *paths;
	/*
	 * Both may be NULL. Each adds to *out (settled afterwards) what it knows of a whole disk ("pmem0"), or of a
	 * DAX device ("dax0.0"), and says so in out->from_ndctl; ERR_*.
	 */
	int (*disk)(const char *name, struct badblocks *out, struct error *err);
	int (*dax)(const char *name, struct badblocks *out, struct error *err);
	dm_table_fn *table;
};

/* badblocks_list of the block device @devno. */
int badblocks_walk(const struct badblocks_sources *sources, dev_t devno, struct badblocks *out,
		   struct error *err) MUST_CHECK;

/* badblocks_list. */
int badblocks_list_from(const struct badblocks_sources *sources, const char *path, struct badblocks *out,
			struct error *err) MUST_CHECK;

#endif
