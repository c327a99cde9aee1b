/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading files and block devices with pread, and writing them (fd_write.c) if they were opened for that.
 *
 * A block device is read through the page cache, which answers repeated reads and fails for a whole page if one sector
 * of it is bad. Past the cache (O_DIRECT) every sector is answered for itself, and what is in the cache from better
 * times is not mistaken for the medium. A file is left to its page cache: whether O_DIRECT means anything is up to the
 * file system below, and the medium of an image is not what anybody asks about.
 */
#include "device/device_backend.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device/fd_write.h"

#define SECTOR_BYTES 512u

struct backend_read {
	struct backend base;
	bool block;
	int fd;
	int direct_fd; /* -1: none */
};

static int read_from(int fd, uint64_t offset, void *to, size_t len, uint64_t *bad_at, struct error *err)
{
	size_t done = 0;

	*bad_at = BACKEND_NOWHERE;
	while (done < len) {
		ssize_t got = pread(fd, (uint8_t *)to + done, len - done, (off_t)(offset + done));

		if (got > 0) {
			done += (size_t)got;
		} else if (got == 0) {
			/* Shorter than it was when it was opened. */
			*bad_at = offset + done;
			return ERR_MEDIA;
		} else if (backend_media_errno(errno)) {
			return ERR_MEDIA;
		} else if (errno != EINTR) {
			return error_set_errno(err, ERR_IO, errno, "cannot read %zu bytes at %llu", len - done,
					       (unsigned long long)(offset + done));
		}
	}
	return 0;
}

static int read_cached(struct backend *backend, uint64_t offset, void *to, size_t len, uint64_t *bad_at,
		       struct error *err)
{
	return read_from(((struct backend_read *)backend)->fd, offset, to, len, bad_at, err);
}

static int read_medium(struct backend *backend, uint64_t offset, void *to, size_t len, uint64_t *bad_at,
		       struct error *err)
{
	const struct backend_read *self = (struct backend_read *)backend;

	return read_from(self->direct_fd >= 0 ? self->direct_fd : self->fd, offset, to, len, bad_at, err);
}

static void backend_close(struct backend *backend)
{
	struct backend_read *self = (struct backend_read *)backend;

	if (self->direct_fd >= 0)
		(void)close(self->direct_fd);
	free(self);
}

static int write_cached(struct backend *backend, uint64_t offset, const void *from, size_t len, uint64_t *bad_at,
			struct error *err)
{
	return fd_write(((struct backend_read *)backend)->fd, offset, from, len, bad_at, err);
}

static int zero(struct backend *backend, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	const struct backend_read *self = (struct backend_read *)backend;

	if (self->block)
		return fd_zero_block(self->fd, offset, len, bad_at, err);
	return fd_zero_file(self->fd, offset, len, bad_at, err);
}

static int flush(struct backend *backend, uint64_t *bad_at, struct error *err)
{
	return fd_flush(((struct backend_read *)backend)->fd, bad_at, err);
}

static int discard(struct backend *backend, uint64_t offset, uint64_t len, struct error *err)
{
	const struct backend_read *self = (struct backend_read *)backend;

	return fd_discard(self->fd, self->block, offset, len, err);
}

static const struct backend_ops read_ops = {
	.read = read_cached,
	.read_medium = read_medium,
	.write = write_cached,
	.zero = zero,
	.flush = flush,
	.discard = discard,
	.close = backend_close,
};

/* A second descriptor past the page cache. The first one's claim also holds for it. Else says why there is none. */
static const char *open_direct(struct backend_read *self, int fd)
{
	_Alignas(BACKEND_ALIGN) uint8_t buffer[BACKEND_ALIGN];
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(fd)];
	int sector_bytes;

	if (ioctl(fd, BLKSSZGET, &sector_bytes) != 0 || sector_bytes < (int)SECTOR_BYTES ||
	    sector_bytes > (int)BACKEND_ALIGN || (sector_bytes & (sector_bytes - 1)) != 0)
		return "its sector size is not known, so it is read through the page cache";
	/* The very same device, whatever has become of its name. */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	self->direct_fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (self->direct_fd < 0)
		return "it cannot be opened for direct reading, so it is read through the page cache";
	if (pread(self->direct_fd, buffer, (size_t)sector_bytes, 0) >= 0 || backend_media_errno(errno)) {
		self->base.unit_bytes = (uint32_t)sector_bytes;
		return NULL;
	}
	(void)close(self->direct_fd);
	self->direct_fd = -1;
	return "it refuses direct reads, so it is read through the page cache";
}

int backend_read_open(int fd, bool block, struct backend **out, struct error *err)
{
	struct backend_read *self = calloc(1, sizeof(*self));

	if (!self)
		return error_set(err, ERR_NOMEM, "no memory to read a device");
	*self = (struct backend_read){
		.base = {&read_ops, SECTOR_BYTES, NULL}, .block = block, .fd = fd, .direct_fd = -1};
	self->base.caveat = block ? open_direct(self, fd)
				  : "it is a file, of which the page cache may hold what its medium has lost";
	*out = &self->base;
	return 0;
}
