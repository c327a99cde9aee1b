/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of a device-mapper device: which part of it lies where. Only linear targets can be told. */
#ifndef DEVICE_DM_TABLE_H
#define DEVICE_DM_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* All in sectors of 512 bytes. */
struct dm_linear {
	uint64_t start; /* on the device-mapper device */
	uint64_t len;
	dev_t below;
	uint64_t below_start;
};

struct dm_table {
	struct dm_linear *linear;
	size_t count;
	size_t others; /* targets of other kinds */
};

void dm_table_fini(struct dm_table *table);

/* 1 and *out, 0 if device mapper cannot be asked (no permission, most often), ERR_NOMEM. */
typedef int dm_table_fn(dev_t devno, struct dm_table *out, struct error *err);
dm_table_fn dm_table_read MUST_CHECK;

/*
 * Reads the @count targets that the kernel (ioctl DM_TABLE_STATUS) left in @bytes. A target that does not lie
 * wholly inside, or a linear one that is not understood, is counted under others. ERR_NOMEM.
 */
int dm_table_parse(const void *bytes, size_t len, uint32_t count, struct dm_table *out, struct error *err) MUST_CHECK;

#endif
