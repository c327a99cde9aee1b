/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands behind a device: system calls (backend_read.c) or a mapping (backend_map.c).
 *
 * A backend only moves bytes. Bounds, known bad ranges, the search for the first bad byte and the counters are
 * the same for all and live in device.c.
 */
#ifndef DEVICE_DEVICE_BACKEND_H
#define DEVICE_DEVICE_BACKEND_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Memory for read_medium is aligned to this: enough for direct reads of any block device. */
#define BACKEND_ALIGN 4096u

/* A read that failed cannot say at which byte. */
#define BACKEND_NOWHERE UINT64_MAX

/* Said where the medium gives nothing back; ENODATA and EILSEQ are the block layer's "medium" and "protection". */
static inline bool backend_media_errno(int sys_errno)
{
	return sys_errno == EIO || sys_errno == ENODATA || sys_errno == EILSEQ;
}

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
	/*
	 * The four below only where the device was opened for writing; not while others use the backend. All ranges lie
	 * inside the device. ERR_MEDIA as above, but *bad_at is where the medium refused, to the byte or before it;
	 * some of the bytes may be written then. ERR_IO: anything else; @err is filled.
	 */
	int (*write)(struct backend *backend, uint64_t offset, const void *from, size_t len, uint64_t *bad_at,
		     struct error *err);
	int (*zero)(struct backend *backend, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err);
	/* What was written is durable on return. The place of an error is not known: *bad_at is BACKEND_NOWHERE. */
	int (*flush)(struct backend *backend, uint64_t *bad_at, struct error *err);
	/* A hint: 0 also where nothing came of it. */
	int (*discard)(struct backend *backend, uint64_t offset, uint64_t len, struct error *err);
	void (*close)(struct backend *backend);
};

struct backend {
	const struct backend_ops *ops;
	uint32_t unit_bytes; /* the least that read_medium reads: a power of two, 512 .. BACKEND_ALIGN */
	const char *caveat;  /* why read_medium may be answered by a cache; static, NULL if it is not */
};

/* Both borrow @fd until closed and own everything else. The size stands until then, whatever becomes of the file. */
int backend_read_open(int fd, bool block, struct backend **out, struct error *err) MUST_CHECK;
/* @dax: no page cache in between. @writable: @fd is open for writing. */
int backend_map_open(int fd, uint64_t size_bytes, bool dax, bool writable, struct backend **out,
		     struct error *err) MUST_CHECK;

/*
 * Puts @front in the place of a device's own backend, and returns that. For tests that count calls or fail them; the
 * own one must be back before device_close.
 */
struct device;
struct backend *device_swap_backend(struct device *device, struct backend *front);

#endif
