/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying out of a mapping of the whole device and into it, under the guard, and with few pages resident. */
#include "device/device_backend.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/fd_write.h"
#include "device/guard.h"
#include "device/map.h"
#include "device/residency.h"

#define SECTOR_BYTES 512u
#define PIECE_BYTES ((size_t)1 << 20) /* what is copied between two looks at the residency */

struct backend_map {
	struct backend base;
	int fd;
	enum map_flush flush;
	struct span map;
	bool held;
	struct residency residency;
};

static int read_mapped(struct backend *backend, uint64_t offset, void *to, size_t len, uint64_t *bad_at,
		       struct error *err)
{
	struct backend_map *self = (struct backend_map *)backend;

	(void)err; /* nothing but the medium can fail here */
	/* A copy goes over its bytes in any order: the first fault need not be at the first bad byte. */
	*bad_at = BACKEND_NOWHERE;
	for (size_t done = 0; done < len;) {
		size_t piece = len - done < PIECE_BYTES ? len - done : PIECE_BYTES;
		size_t at = (size_t)offset + done;

		residency_mark(&self->residency, at, piece);
		if (!guard_copy(self->map, at, (uint8_t *)to + done, piece))
			return ERR_MEDIA;
		done += piece;
	}
	return 0;
}

/* Makes pages of the mapping durable. */
static int sync_pages(const struct backend_map *self, size_t at, size_t len, uint64_t *bad_at, struct error *err)
{
	size_t into_page = at % (size_t)sysconf(_SC_PAGESIZE);

	if (msync((void *)(uintptr_t)(self->map.bytes + at - into_page), len + into_page, MS_SYNC) == 0)
		return 0;
	if (backend_media_errno(errno)) {
		*bad_at = at;
		return ERR_MEDIA;
	}
	return error_set_errno(err, ERR_IO, errno, "cannot make %zu bytes at %zu durable", len, at);
}

static int write_mapped(struct backend *backend, uint64_t offset, const void *from, size_t len, uint64_t *bad_at,
			struct error *err)
{
	struct backend_map *self = (struct backend_map *)backend;
	int rc = 0;

	for (size_t done = 0; done < len && rc == 0;) {
		size_t piece = len - done < PIECE_BYTES ? len - done : PIECE_BYTES;
		size_t at = (size_t)offset + done;

		residency_mark(&self->residency, at, piece);
		*bad_at = at;
		if (!guard_store(self->map, at, (const uint8_t *)from + done, piece, self->flush))
			return ERR_MEDIA;
		if (self->flush == MAP_FLUSH_PAGES)
			rc = sync_pages(self, at, piece, bad_at, err);
		done += piece;
	}
	return rc;
}

static int zero_by_stores(struct backend *backend, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	static const uint8_t zeros[65536];
	int rc = 0;

	while (len > 0 && rc == 0) {
		size_t piece = len < sizeof(zeros) ? (size_t)len : sizeof(zeros);

		rc = write_mapped(backend, offset, zeros, piece, bad_at, err);
		offset += piece;
		len -= piece;
	}
	return rc;
}

static bool is_file(const struct backend_map *self)
{
	struct stat st;

	return fstat(self->fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* A file stays sparse; the mapping sees the hole. */
static int zero_mapped(struct backend *backend, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	struct backend_map *self = (struct backend_map *)backend;

	if (is_file(self))
		return fd_zero_file(self->fd, offset, len, bad_at, err);
	return zero_by_stores(backend, offset, len, bad_at, err);
}

/* The stores are durable already; of a file, the holes must become so, and blocks that were given to it. */
static int flush_mapped(struct backend *backend, uint64_t *bad_at, struct error *err)
{
	struct backend_map *self = (struct backend_map *)backend;

	return is_file(self) ? fd_flush(self->fd, bad_at, err) : 0;
}

static int discard_mapped(struct backend *backend, uint64_t offset, uint64_t len, struct error *err)
{
	struct backend_map *self = (struct backend_map *)backend;

	return is_file(self) ? fd_discard(self->fd, false, offset, len, err) : 0;
}

static void backend_close(struct backend *backend)
{
	struct backend_map *self = (struct backend_map *)backend;

	residency_fini(&self->residency);
	map_close(self->map);
	if (self->held)
		guard_drop();
	free(self);
}

static const struct backend_ops map_ops = {
	.read = read_mapped,
	.read_medium = read_mapped,
	.write = write_mapped,
	.zero = zero_mapped,
	.flush = flush_mapped,
	.discard = discard_mapped,
	.close = backend_close,
};

int backend_map_open(int fd, uint64_t size_bytes, bool dax, bool writable, struct backend **out, struct error *err)
{
	struct backend_map *self = calloc(1, sizeof(*self));
	int rc = 0;

	if (!self)
		return error_set(err, ERR_NOMEM, "no memory to map a device");
	self->base = (struct backend){&map_ops, SECTOR_BYTES, NULL};
	self->fd = fd;
	if (!dax)
		self->base.caveat = "it is mapped through the page cache, which may hold what the medium has lost";
	/* Nothing to map, and no read gets this far. */
	if (size_bytes > 0) {
		if (writable)
			rc = map_open_writable(fd, (size_t)size_bytes, dax, &self->map, &self->flush, err);
		else
			rc = map_open(fd, (size_t)size_bytes, &self->map, err);
		if (rc == 0)
			rc = residency_init(&self->residency, self->map, err);
		if (rc == 0) {
			rc = guard_hold(err);
			self->held = rc == 0;
		}
	}
	if (rc != 0) {
		backend_close(&self->base);
		return rc;
	}
	*out = &self->base;
	return 0;
}
