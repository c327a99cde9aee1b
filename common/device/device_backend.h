/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands behind a device: reading system calls (backend_read.c) or a mapping (backend_map.c).
 *
 * A backend only moves bytes. Bounds, known bad ranges, the search for the first bad byte and the counters are
 * the same for all and live in device.c.
 */
#ifndef DEVICE_DEVICE_BACKEND_H
#define DEVICE_DEVICE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Memory for read_medium is aligned to this: enough for direct reads of any block device. */
#define BACKEND_ALIGN 4096u

/* A read that failed cannot say at which byte. */
#define BACKEND_NOWHERE UINT64_MAX

struct backend;

struct backend_ops {
	/*
	 * Copies @len (at least 1) bytes at @offset, all inside the device, to @to. Any number of threads at once.
	 * ERR_MEDIA: some of them cannot be read; *bad_at is the first one, or BACKEND_NOWHERE. @err is not filled.
	 * ERR_IO: anything else; @err is filled.
	 */
	int (*read)(struct backend *backend, uint64_t offset, void *to, size_t len, uint64_t *bad_at,
		    struct error *err);
	/*
	 * The same past all caches, as far as that can be had (see caveat). @offset is a multiple of unit_bytes, @len
	 * too unless the device ends there, @to is aligned to BACKEND_ALIGN.
	 */
	int (*read_medium)(struct backend *backend, uint64_t offset, void *to, size_t len, uint64_t *bad_at,
			   struct error *err);
	void (*close)(struct backend *backend);
};

struct backend {
	const struct backend_ops *ops;
	uint32_t unit_bytes; /* the least that read_medium reads: a power of two, 512 .. BACKEND_ALIGN */
	const char *caveat;  /* why read_medium may be answered by a cache; static, NULL if it is not */
};

/* Both borrow @fd until closed and own everything else. The size stands until then, whatever becomes of the file. */
int backend_read_open(int fd, bool block, struct backend **out, struct error *err) MUST_CHECK;
/* @dax: no page cache in between. */
int backend_map_open(int fd, uint64_t size_bytes, bool dax, struct backend **out, struct error *err) MUST_CHECK;

#endif
