/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing files and block devices through the page cache. */
#include "device/fd_write.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device/device_backend.h"

/* What a failed call means. */
static int failed(const char *verb, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	if (backend_media_errno(errno)) {
		*bad_at = offset;
		return ERR_MEDIA;
	}
	return error_set_errno(err, ERR_IO, errno, "cannot %s %llu bytes at %llu", verb, (unsigned long long)len,
			       (unsigned long long)offset);
}

int fd_write(int fd, uint64_t offset, const void *from, size_t len, uint64_t *bad_at, struct error *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t put = pwrite(fd, (const uint8_t *)from + done, len - done, (off_t)(offset + done));

		if (put > 0) {
			done += (size_t)put;
		} else if (put == 0) {
			return error_set(err, ERR_IO, "nothing can be written at %llu",
					 (unsigned long long)(offset + done));
		} else if (errno != EINTR) {
			return failed("write", offset + done, len - done, bad_at, err);
		}
	}
	return 0;
}

static int write_zeroes(int fd, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	static const uint8_t zeros[65536];
	int rc = 0;

	while (len > 0 && rc == 0) {
		size_t piece = len < sizeof(zeros) ? (size_t)len : sizeof(zeros);

		rc = fd_write(fd, offset, zeros, piece, bad_at, err);
		offset += piece;
		len -= piece;
	}
	return rc;
}

int fd_zero_file(int fd, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	int rc;

	do
		rc = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)len);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return 0;
	if (errno == EOPNOTSUPP)
		return write_zeroes(fd, offset, len, bad_at, err);
	return failed("zero", offset, len, bad_at, err);
}

/* The device takes whole sectors only: the edges are written. */
int fd_zero_block(int fd, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	uint64_t end = offset + len, range[2];
	int sector_bytes, rc;

	if (ioctl(fd, BLKSSZGET, &sector_bytes) != 0 || sector_bytes <= 0)
		return error_set_errno(err, ERR_IO, errno, "cannot find the sector size");
	range[0] = (offset + (unsigned)sector_bytes - 1) / (unsigned)sector_bytes * (unsigned)sector_bytes;
	range[1] = end - end % (unsigned)sector_bytes;
	if (range[0] >= range[1])
		return write_zeroes(fd, offset, len, bad_at, err);
	rc = write_zeroes(fd, offset, range[0] - offset, bad_at, err);
	if (rc == 0)
		rc = write_zeroes(fd, range[1], end - range[1], bad_at, err);
	if (rc != 0)
		return rc;
	range[1] -= range[0];
	if (ioctl(fd, BLKZEROOUT, range) == 0)
		return 0;
	if (errno == EOPNOTSUPP || errno == ENOTTY)
		return write_zeroes(fd, range[0], range[1], bad_at, err);
	return failed("zero", range[0], range[1], bad_at, err);
}

int fd_flush(int fd, uint64_t *bad_at, struct error *err)
{
	if (fsync(fd) == 0)
		return 0;
	*bad_at = BACKEND_NOWHERE;
	if (backend_media_errno(errno))
		return ERR_MEDIA;
	return error_set_errno(err, ERR_IO, errno, "cannot make durable what was written");
}

int fd_discard(int fd, bool block, uint64_t offset, uint64_t len, struct error *err)
{
	uint64_t range[2] = {offset, len};
	int rc;

	if (block)
		rc = ioctl(fd, BLKDISCARD, range);
	else
		rc = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)len);
	if (rc == 0 || errno == EOPNOTSUPP || errno == ENOTTY)
		return 0;
	return error_set_errno(err, ERR_IO, errno, "cannot discard %llu bytes at %llu", (unsigned long long)len,
			       (unsigned long long)offset);
}
