/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices: opening, the choice of the backend, and reading around what is bad.
 *
 * Which backend serves which kind:
 * - regular file: pread. Measured with "bench/bench_device FILE" (1 GiB in the page cache, ext4, Linux 6.18, Xeon, two
 *   processors, best of 5): 4 KiB at random over all of it 1.1 us each, mapped 6 to 13 times that, as page faults cost
 *   more than calls and the mapping may keep but 16 MiB resident; within 8 MiB, where nothing faults, mapped takes
 *   0.35 of the time; 1 MiB in order, 0.85 to 1. Metadata lies spread wide: what is dear in the worst case loses.
 * - regular file on a DAX file system: mapped, so that nothing is copied through the page cache of another layer.
 * - block device: pread. Linux never maps a pmem block device with DAX, a mapping of it goes through the page cache;
 *   reads return EIO for poison instead of raising a signal, sector by sector past the cache.
 * - /dev/daxX.Y: mapped, it has no read.
 */
#include "device/device.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/claim.h"
#include "device/device_backend.h"
#include "device/sysfs.h"

#define SECTOR_BYTES 512u
#define CHUNK_BYTES ((size_t)1 << 20) /* the largest single read of a probe */

struct device {
	char *path;
	struct claim claim; /* fd -1: none yet */
	bool writable;
	bool mapped;
	uint64_t size_bytes;
	struct backend *backend;
	struct interval_set bad;
	_Atomic(uint64_t) reads;
	_Atomic(uint64_t) bytes;
};

static int find_size(struct device *device, struct error *err)
{
	const struct stat *st = &device->claim.st;
	int rc = 1;

	switch (device->claim.kind) {
	case DEVICE_FILE:
		device->size_bytes = (uint64_t)st->st_size;
		break;
	case DEVICE_BLOCK:
		if (ioctl(device->claim.fd, BLKGETSIZE64, &device->size_bytes) != 0)
			return error_set_errno(err, ERR_IO, errno, "cannot find the size of %s", device->path);
		break;
	case DEVICE_DAX:
		rc = sysfs_u64(&device->size_bytes, err, "%s/dev/char/%u:%u/size", system_paths_real.sys,
			       major(st->st_rdev), minor(st->st_rdev));
		break;
	}
	if (rc == 0)
		rc = error_set(err, ERR_IO, "sysfs does not know the size of %s", device->path);
	if (rc == 1 && device->size_bytes > INT64_MAX)
		rc = error_set(err, ERR_IO, "%s cannot be %llu bytes large", device->path,
			       (unsigned long long)device->size_bytes);
	return rc == 1 ? 0 : rc;
}

static bool is_on_dax(int fd)
{
	struct statx stx;

	/* Older kernels do not know the attribute and clear it in the mask. */
	return statx(fd, "", AT_EMPTY_PATH, 0, &stx) == 0 &&
	       (stx.stx_attributes & stx.stx_attributes_mask & STATX_ATTR_DAX);
}

static int pick_backend(struct device *device, unsigned flags, struct error *err)
{
	int fd = device->claim.fd;
	bool dax = device->claim.kind == DEVICE_DAX || (device->claim.kind == DEVICE_FILE && is_on_dax(fd));

	device->mapped = dax || (flags & DEVICE_MAPPED);
	if (device->mapped)
		return backend_map_open(fd, device->size_bytes, dax, device->writable, &device->backend, err);
	return backend_read_open(fd, device->claim.kind == DEVICE_BLOCK, &device->backend, err);
}

int device_open(const char *path, unsigned flags, struct device **out, struct error *err)
{
	struct device *device = calloc(1, sizeof(*device));
	int rc = 0;

	if (!device)
		return error_set(err, ERR_NOMEM, "no memory to open %s", path);
	device->claim.fd = -1;
	device->writable = flags & DEVICE_WRITE;
	device->path = strdup(path);
	if (!device->path)
		rc = error_set(err, ERR_NOMEM, "no memory to open %s", path);
	if (rc == 0)
		rc = claim_open(&system_paths_real, path, device->writable, &device->claim, err);
	if (rc == 0)
		rc = find_size(device, err);
	if (rc == 0)
		rc = pick_backend(device, flags, err);
	if (rc != 0) {
		device_close(device);
		return rc;
	}
	*out = device;
	return 0;
}

void device_close(struct device *device)
{
	if (!device)
		return;
	if (device->backend)
		device->backend->ops->close(device->backend);
	if (device->claim.fd >= 0)
		(void)close(device->claim.fd);
	interval_fini(&device->bad);
	free(device->path);
	free(device);
}

uint64_t device_size_bytes(const struct device *device)
{
	return device->size_bytes;
}

enum device_kind device_kind(const struct device *device)
{
	return device->claim.kind;
}

const char *device_path(const struct device *device)
{
	return device->path;
}

const char *device_probe_caveat(const struct device *device)
{
	return device->backend->caveat;
}

int device_set_bad(struct device *device, const struct interval_set *bad_bytes, struct error *err)
{
	struct interval_set copy = {0};

	for (size_t i = 0; i < bad_bytes->count; i++) {
		if (interval_add(&copy, bad_bytes->items[i].start, bad_bytes->items[i].end) != 0) {
			interval_fini(&copy);
			return error_set(err, ERR_NOMEM, "no memory for %zu bad ranges", bad_bytes->count);
		}
	}
	interval_settle(&copy);
	interval_fini(&device->bad);
	device->bad = copy;
	return 0;
}

const struct interval *device_known_bad(const struct device *device, uint64_t at_bytes)
{
	return interval_find(&device->bad, at_bytes);
}

struct device_cost device_cost(const struct device *device)
{
	return (struct device_cost){
		.reads = atomic_load_explicit(&device->reads, memory_order_relaxed),
		.bytes = atomic_load_explicit(&device->bytes, memory_order_relaxed),
	};
}

static void count(struct device *device, size_t len)
{
	atomic_fetch_add_explicit(&device->reads, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&device->bytes, len, memory_order_relaxed);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t down_to(uint64_t value, uint64_t unit)
{
	return value - value % unit;
}

/* The next multiple of @unit, but at most @limit. */
static uint64_t up_to(uint64_t value, uint64_t unit, uint64_t limit)
{
	return value > down_to(limit, unit) ? limit : (value + unit - 1) / unit * unit;
}

/*
 * Reading the medium unit by unit where it fails.
 */

/* Takes a unit that cannot be read, first byte and end. Positive stops. */
typedef int bad_fn(void *arg, uint64_t start, uint64_t end);

struct examination {
	struct device *device;
	uint8_t *buffer; /* of the chunk from @base on */
	uint64_t base;
	bad_fn *bad;
	void *arg;
	struct error *err;
};

/*
 * Reads [start, end), of one chunk, both multiples of the unit unless the device ends there; halves what fails, down
 * to one unit. So at most twice as many reads as there are units, and a dozen deep.
 */
static int examine(struct examination *ex, uint64_t start, uint64_t end)
{
	struct backend *backend = ex->device->backend;
	size_t len = (size_t)(end - start);
	uint64_t middle, bad_at = BACKEND_NOWHERE;
	int rc;

	rc = backend->ops->read_medium(backend, start, ex->buffer + (start - ex->base), len, &bad_at, ex->err);
	count(ex->device, len);
	if (rc != ERR_MEDIA)
		return rc;
	if (len <= backend->unit_bytes)
		return ex->bad(ex->arg, larger(start, bad_at == BACKEND_NOWHERE ? start : bad_at), end);
	middle = start + len / 2 / backend->unit_bytes * backend->unit_bytes;
	if (middle == start)
		middle += backend->unit_bytes; /* one unit and the rest of another at the end of the device */
	rc = examine(ex, start, middle);
	return rc == 0 ? examine(ex, middle, end) : rc;
}

static int examine_chunks(struct device *device, uint64_t start, uint64_t end,
			  int (*after)(void *arg, const uint8_t *chunk, uint64_t base, uint64_t chunk_end),
			  bad_fn *bad, void *arg, struct error *err)
{
	uint64_t unit = device->backend->unit_bytes;
	struct examination ex = {.device = device, .bad = bad, .arg = arg, .err = err};
	void *buffer;
	int rc = 0;

	start = down_to(start, unit);
	end = up_to(end, unit, device->size_bytes);
	/* A rescue reads a few sectors, and there can be very many of them: no more memory than one chunk takes. */
	if (posix_memalign(&buffer, BACKEND_ALIGN, (size_t)smaller(CHUNK_BYTES, end - start + unit)) != 0)
		return error_set(err, ERR_NOMEM, "no memory to read %s", device->path);
	ex.buffer = buffer;
	while (rc == 0 && start < end) {
		uint64_t chunk_end = smaller(end, (start / CHUNK_BYTES + 1) * CHUNK_BYTES);

		ex.base = start;
		rc = examine(&ex, start, chunk_end);
		if (rc == 0 && after)
			rc = after(arg, buffer, start, chunk_end);
		start = chunk_end;
	}
	free(buffer);
	return rc;
}

struct rescue {
	uint64_t offset;
	uint64_t end;
	uint8_t *to;
	uint64_t bad_at;
};

static int rescue_stop(void *arg, uint64_t start, uint64_t end)
{
	struct rescue *rescue = arg;

	(void)end;
	rescue->bad_at = larger(start, rescue->offset);
	return 1;
}

static int rescue_keep(void *arg, const uint8_t *chunk, uint64_t base, uint64_t chunk_end)
{
	struct rescue *rescue = arg;
	uint64_t from = larger(base, rescue->offset), to = smaller(chunk_end, rescue->end);

	memcpy(rescue->to + (from - rescue->offset), chunk + (from - base), (size_t)(to - from));
	return 0;
}

/*
 * What could not be read in one go: finds the first byte that is really lost, if any. The page cache fails for a whole
 * page if one sector of it is bad, but in the sectors beside it an AG header may lie.
 */
static int read_rescued(struct device *device, uint64_t offset, void *to, size_t len, struct error *err)
{
	struct rescue rescue = {offset, offset + len, to, 0};
	int rc = examine_chunks(device, offset, offset + len, rescue_keep, rescue_stop, &rescue, err);

	if (rc > 0)
		return error_set_at(err, ERR_MEDIA, rescue.bad_at, "the medium cannot be read");
	return rc;
}

int device_read(struct device *device, uint64_t offset_bytes, void *to, size_t len, struct error *err)
{
	const struct interval *bad;
	uint64_t bad_at;
	int rc;

	if (offset_bytes > device->size_bytes || len > device->size_bytes - offset_bytes)
		return error_corrupt(err, FLAW_RANGE, offset_bytes, "%zu bytes at %llu reach beyond the end of %s",
				     len, (unsigned long long)offset_bytes, device->path);
	if (len == 0)
		return 0;
	bad = interval_find(&device->bad, offset_bytes);
	if (bad && bad->start < offset_bytes + len) {
		bad_at = larger(bad->start, offset_bytes);
		return error_set_at(err, ERR_MEDIA, bad_at, "the medium is known to be bad");
	}
	rc = device->backend->ops->read(device->backend, offset_bytes, to, len, &bad_at, err);
	count(device, len);
	if (rc != ERR_MEDIA)
		return rc;
	if (bad_at == BACKEND_NOWHERE)
		return read_rescued(device, offset_bytes, to, len, err);
	return error_set_at(err, ERR_MEDIA, bad_at, "the device ends before its time");
}

struct probe {
	uint64_t start; /* what was asked for, whole sectors */
	uint64_t end;
	struct interval_set *bad;
};

/* Adds whole sectors, but nothing that was not asked for or lies beyond the device. */
static int probe_add(void *arg, uint64_t start, uint64_t end)
{
	struct probe *probe = arg;

	start = larger(down_to(start, SECTOR_BYTES), probe->start);
	return interval_add(probe->bad, start, smaller(end, probe->end));
}

int device_probe(struct device *device, uint64_t start_bytes, uint64_t end_bytes, struct interval_set *bad,
		 struct error *err)
{
	uint64_t unit = device->backend->unit_bytes;
	struct probe probe = {.bad = bad};
	uint64_t end;
	int rc = 0;

	if (start_bytes > end_bytes || end_bytes > device->size_bytes)
		return error_corrupt(err, FLAW_RANGE, start_bytes, "bytes %llu to %llu are not all inside %s",
				     (unsigned long long)start_bytes, (unsigned long long)end_bytes, device->path);
	if (start_bytes == end_bytes)
		return 0;
	probe.start = down_to(start_bytes, SECTOR_BYTES);
	probe.end = up_to(end_bytes, SECTOR_BYTES, device->size_bytes);
	end = up_to(end_bytes, unit, device->size_bytes);
	for (uint64_t at = down_to(start_bytes, unit); rc == 0 && at < end;) {
		const struct interval *known = interval_find(&device->bad, at);
		uint64_t stop = known ? smaller(larger(down_to(known->start, unit), at), end) : end;

		if (stop > at)
			rc = examine_chunks(device, at, stop, NULL, probe_add, &probe, err);
		at = stop;
		if (rc == 0 && known && at < end) {
			stop = up_to(known->end, unit, end);
			rc = probe_add(&probe, at, stop);
			at = stop;
		}
	}
	if (rc == ERR_NOMEM)
		return error_set(err, ERR_NOMEM, "no memory for the bad ranges of %s", device->path);
	return rc;
}

/*
 * Writing.
 */

static int check_writable(const struct device *device, uint64_t offset, uint64_t len, struct error *err)
{
	const struct interval *bad;

	assert(device->writable);
	if (offset > device->size_bytes || len > device->size_bytes - offset)
		return error_corrupt(err, FLAW_RANGE, offset, "%llu bytes at %llu reach beyond the end of %s",
				     (unsigned long long)len, (unsigned long long)offset, device->path);
	/* A write call is how a device replaces a bad sector; a store into bad memory is a machine check at best. */
	bad = device->mapped && len > 0 ? interval_find(&device->bad, offset) : NULL;
	if (bad && bad->start < offset + len)
		return error_set_at(err, ERR_MEDIA, larger(bad->start, offset), "the medium is known to be bad");
	return 0;
}

/* The sentence for what a backend only said the code of. */
static int refused(const struct device *device, int rc, uint64_t bad_at, struct error *err)
{
	if (rc != ERR_MEDIA)
		return rc;
	if (bad_at == BACKEND_NOWHERE)
		return error_set(err, ERR_MEDIA, "the medium of %s did not take all that was written", device->path);
	return error_set_at(err, ERR_MEDIA, bad_at, "the medium cannot be written");
}

int device_write(struct device *device, uint64_t offset_bytes, const void *from, size_t len, struct error *err)
{
	uint64_t bad_at = BACKEND_NOWHERE;
	int rc = check_writable(device, offset_bytes, len, err);

	if (rc != 0 || len == 0)
		return rc;
	rc = device->backend->ops->write(device->backend, offset_bytes, from, len, &bad_at, err);
	return refused(device, rc, bad_at, err);
}

int device_zero(struct device *device, uint64_t offset_bytes, uint64_t len, struct error *err)
{
	uint64_t bad_at = BACKEND_NOWHERE;
	int rc = check_writable(device, offset_bytes, len, err);

	if (rc != 0 || len == 0)
		return rc;
	rc = device->backend->ops->zero(device->backend, offset_bytes, len, &bad_at, err);
	return refused(device, rc, bad_at, err);
}

int device_flush(struct device *device, struct error *err)
{
	uint64_t bad_at = BACKEND_NOWHERE;

	assert(device->writable);
	return refused(device, device->backend->ops->flush(device->backend, &bad_at, err), bad_at, err);
}

int device_discard(struct device *device, uint64_t offset_bytes, uint64_t len, struct error *err)
{
	int rc = check_writable(device, offset_bytes, len, err);

	if (rc != 0 || len == 0)
		return rc;
	return device->backend->ops->discard(device->backend, offset_bytes, len, err);
}

struct backend *device_swap_backend(struct device *device, struct backend *front)
{
	struct backend *own = device->backend;

	device->backend = front;
	return own;
}
