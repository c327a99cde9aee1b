/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying out of a mapping of the whole device, under the guard, and with few pages resident. */
#include "device/device_backend.h"

#include <stdlib.h>

#include "device/guard.h"
#include "device/map.h"
#include "device/residency.h"

#define SECTOR_BYTES 512u
#define PIECE_BYTES ((size_t)1 << 20) /* what is copied between two looks at the residency */

struct backend_map {
	struct backend base;
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

static void backend_close(struct backend *backend)
{
	struct backend_map *self = (struct backend_map *)backend;

	residency_fini(&self->residency);
	map_close(self->map);
	if (self->held)
		guard_drop();
	free(self);
}

static const struct backend_ops map_ops = {read_mapped, read_mapped, backend_close};

int backend_map_open(int fd, uint64_t size_bytes, bool dax, struct backend **out, struct error *err)
{
	struct backend_map *self = calloc(1, sizeof(*self));
	int rc = 0;

	if (!self)
		return error_set(err, ERR_NOMEM, "no memory to map a device");
	self->base = (struct backend){&map_ops, SECTOR_BYTES, NULL};
	if (!dax)
		self->base.caveat = "it is mapped through the page cache, which may hold what the medium has lost";
	/* Nothing to map, and no read gets this far. */
	if (size_bytes > 0) {
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
