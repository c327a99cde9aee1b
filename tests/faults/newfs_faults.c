/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A new file system that is interrupted while it is written must never look like one.
 *
 * It is written over an old one of the very same geometry, the worst that can lie there: all its superblocks look like
 * ours.
 * - Stopped at each call in turn, which does nothing, or something of what it should: scattered pieces as small as 8
 * bytes, as stores to memory are torn. Through calls and through a mapping.
 * - As if power went after each call: of what was not flushed, any part may be there, in any order.
 *
 * usage: newfs_faults IMAGE COPY: all of this; COPY is overwritten
 *        newfs_faults --stop N IMAGE COPY: leaves COPY as stopped at call N, torn; exits with 2 if there is no such
 * call
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/device_backend.h"
#include "fs/superblock.h"
#include "lib/newfs_layout.h"
#include "unit/random.h"
#include "write/newfs.h"

#define HEAD_BYTES  65536u /* what decides whether there is a file system: the first superblock lies in it */
#define UNIT_BYTES  8u	   /* what memory stores at once */
#define PENDING_MAX 4096u
#define TORN_PIECES 64u
#define TORN_SEEDS  6u
#define POWER_SEEDS 40u
#define NEVER	    UINT_MAX

static unsigned long checks, failures, seen_old, seen_none, seen_new;

static void fail(const char *what, unsigned call, uint64_t seed)
{
	failures++;
	if (failures < 20)
		printf("FAIL call %u, seed %llu: %s\n", call, (unsigned long long)seed, what);
}

static void stop(const char *what, const struct error *err)
{
	fprintf(stderr, "newfs_faults: %s: %s\n", what, err ? err->text : strerror(errno));
	exit(99);
}

/* ---- A backend in front of the device's own: counts calls that change something, and stops one. ---- */

/* What a call did to the head. */
struct pending {
	uint32_t offset, len;
	uint8_t *bytes; /* NULL: zeroes */
	bool is_sb;	/* begins at the first byte */
};

struct front {
	struct backend base;
	struct backend *own;
	unsigned calls;	  /* so far */
	unsigned stop_at; /* this one fails */
	bool torn;	  /* after doing something of it */
	uint64_t state;	  /* of the random numbers */
	bool stopped;
	/* For cutting the power. */
	bool cut_power;
	bool sb_written;
	struct device *ghost; /* whose first bytes are head */
	uint8_t durable[HEAD_BYTES], head[HEAD_BYTES];
	const uint8_t *old;
	struct pending pending[PENDING_MAX];
	unsigned pending_count;
};

typedef int piece_fn(struct front *front, uint64_t offset, const uint8_t *from, size_t len);

/* Hands scattered pieces of a call to @fn. @from: NULL for zeroes. */
static int tear(struct front *front, uint64_t offset, const uint8_t *from, uint64_t len, piece_fn *fn)
{
	uint64_t units = len / UNIT_BYTES, head_units = units < 64 ? units : 64;
	int rc = 0;

	/* Unit by unit where the superblock would be, pieces elsewhere. */
	for (uint64_t i = 0; i < head_units && rc == 0; i++)
		if (random_below(&front->state, 2))
			rc = fn(front, offset + i * UNIT_BYTES, from ? from + i * UNIT_BYTES : NULL, UNIT_BYTES);
	for (unsigned i = 0; i < TORN_PIECES && units > head_units && rc == 0; i++) {
		uint64_t first = head_units + random_below(&front->state, units - head_units);
		uint64_t count = 1 + random_below(&front->state, (units - first) / 8 + 1);

		if (count > units - first)
			count = units - first;
		rc = fn(front, offset + first * UNIT_BYTES, from ? from + first * UNIT_BYTES : NULL,
			count * UNIT_BYTES);
	}
	return rc;
}

static int put_piece(struct front *front, uint64_t offset, const uint8_t *from, size_t len)
{
	uint64_t bad_at;

	return from ? front->own->ops->write(front->own, offset, from, len, &bad_at, NULL)
		    : front->own->ops->zero(front->own, offset, len, &bad_at, NULL);
}

/* ---- Power ---- */

static int put_in_head(struct front *front, uint64_t offset, const uint8_t *from, size_t len)
{
	size_t room = offset < HEAD_BYTES ? HEAD_BYTES - (size_t)offset : 0;

	if (len > room)
		len = room;
	if (len > 0 && from)
		memcpy(front->head + offset, from, len);
	else if (len > 0)
		memset(front->head + offset, 0, len);
	return 0;
}

static bool head_is_mounted(struct front *front)
{
	struct geometry geo;
	struct disk_sb sb;

	return superblock_read_first(front->ghost, &sb, &geo, NULL) == 0;
}

/* Which states of the head there can be now, if power goes: some of them. */
static void cut_power(struct front *front)
{
	/* Until the first flush only the first call of all is on its way, and it touches the first sector only. */
	bool may_be_old = memcmp(front->durable, front->old, HEAD_BYTES) == 0;
	/* The superblock comes alone, when everything else is durable, and nothing comes after it. */
	bool may_be_new = front->sb_written &&
			  (front->pending_count == 0 || (front->pending_count == 1 && front->pending[0].is_sb));

	for (uint64_t seed = 0; seed < POWER_SEEDS; seed++) {
		memcpy(front->head, front->durable, HEAD_BYTES);
		for (unsigned i = 0; i < front->pending_count; i++) {
			const struct pending *call = &front->pending[i];
			uint64_t choice = seed < 2 ? seed : random_below(&front->state, 3);

			if (choice == 1)
				(void)put_in_head(front, call->offset, call->bytes, call->len);
			else if (choice == 2)
				(void)tear(front, call->offset, call->bytes, call->len, put_in_head);
		}
		checks++;
		if (!head_is_mounted(front)) {
			seen_none++;
		} else if (may_be_old && memcmp(front->head, front->old, 512) == 0) {
			seen_old++;
			if (front->pending_count > 1)
				fail("an old superblock stands while more is changed", front->calls, seed);
		} else if (may_be_new) {
			seen_new++;
		} else {
			fail("there is a superblock", front->calls, seed);
		}
	}
}

static void remember(struct front *front, uint64_t offset, const uint8_t *from, uint64_t len)
{
	struct pending *call = &front->pending[front->pending_count];
	uint64_t room = offset < HEAD_BYTES ? HEAD_BYTES - offset : 0;

	if (front->pending_count == PENDING_MAX)
		stop("too many calls between two flushes", NULL);
	front->pending_count++;
	*call = (struct pending){(uint32_t)(room ? offset : 0), (uint32_t)(len < room ? len : room), NULL,
				 from && offset == 0};
	front->sb_written |= call->is_sb;
	if (from) {
		call->bytes = malloc(call->len + 1);
		if (!call->bytes)
			stop("no memory", NULL);
		memcpy(call->bytes, from, call->len);
	}
	cut_power(front);
}

static void forget(struct front *front, bool flushed)
{
	for (unsigned i = 0; i < front->pending_count; i++) {
		memcpy(front->head, front->durable, HEAD_BYTES);
		if (flushed)
			(void)put_in_head(front, front->pending[i].offset, front->pending[i].bytes,
					  front->pending[i].len);
		memcpy(front->durable, front->head, HEAD_BYTES);
		free(front->pending[i].bytes);
	}
	front->pending_count = 0;
}

/* ---- The calls ---- */

/* Whether this call is the one to fail. None may come after it. */
static bool is_last(struct front *front)
{
	if (front->stopped)
		fail("a call after one that failed", front->calls, 0);
	front->stopped |= front->calls++ == front->stop_at;
	return front->stopped;
}

static int front_write(struct backend *backend, uint64_t offset, const void *from, size_t len, uint64_t *bad_at,
		       struct error *err)
{
	struct front *front = (struct front *)backend;

	if (is_last(front)) {
		if (front->torn && tear(front, offset, from, len, put_piece) != 0)
			stop("a torn write", NULL);
		return error_set(err, ERR_IO, "stopped");
	}
	if (front->cut_power)
		remember(front, offset, from, len);
	return front->own->ops->write(front->own, offset, from, len, bad_at, err);
}

static int front_zero(struct backend *backend, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err)
{
	struct front *front = (struct front *)backend;

	if (is_last(front)) {
		if (front->torn && tear(front, offset, NULL, len, put_piece) != 0)
			stop("torn zeroes", NULL);
		return error_set(err, ERR_IO, "stopped");
	}
	if (front->cut_power)
		remember(front, offset, NULL, len);
	return front->own->ops->zero(front->own, offset, len, bad_at, err);
}

static int front_flush(struct backend *backend, uint64_t *bad_at, struct error *err)
{
	struct front *front = (struct front *)backend;

	(void)bad_at;
	if (is_last(front))
		return error_set(err, ERR_IO, "stopped");
	if (front->cut_power) {
		forget(front, true);
		cut_power(front);
	}
	/* Not to the disk: nothing is really cut. */
	return 0;
}

static int front_read(struct backend *backend, uint64_t offset, void *to, size_t len, uint64_t *bad_at,
		      struct error *err)
{
	struct front *front = (struct front *)backend;

	return front->own->ops->read(front->own, offset, to, len, bad_at, err);
}

static const struct backend_ops front_ops = {
	.read = front_read,
	.write = front_write,
	.zero = front_zero,
	.flush = front_flush,
};

/* ---- The device whose first bytes are a head. ---- */

struct ghost {
	struct backend base;
	const uint8_t *head;
};

static int ghost_read(struct backend *backend, uint64_t offset, void *to, size_t len, uint64_t *bad_at,
		      struct error *err)
{
	(void)bad_at, (void)err;
	if (offset > HEAD_BYTES || len > HEAD_BYTES - offset)
		stop("a superblock is looked for elsewhere", NULL);
	memcpy(to, ((struct ghost *)backend)->head + offset, len);
	return 0;
}

static const struct backend_ops ghost_ops = {.read = ghost_read};

/* ---- Running it ---- */

/* Makes @copy what @image is, and as sparse. */
static void restore(const char *image, const char *copy)
{
	static uint8_t buffer[1 << 20];
	int from = open(image, O_RDONLY | O_CLOEXEC), to = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	off_t size = lseek(from, 0, SEEK_END), at = 0;

	if (from < 0 || to < 0 || ftruncate(to, size) != 0)
		stop(copy, NULL);
	while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
		off_t end = lseek(from, at, SEEK_HOLE);

		while (at < end) {
			size_t len = end - at < (off_t)sizeof(buffer) ? (size_t)(end - at) : sizeof(buffer);

			if (pread(from, buffer, len, at) != (ssize_t)len || pwrite(to, buffer, len, at) != (ssize_t)len)
				stop(copy, NULL);
			at += (off_t)len;
		}
	}
	(void)close(from);
	(void)close(to);
}

static bool files_equal(const char *a, const char *b)
{
	static uint8_t left[65536], right[65536];
	int fds[] = {open(a, O_RDONLY | O_CLOEXEC), open(b, O_RDONLY | O_CLOEXEC)};
	bool equal = lseek(fds[0], 0, SEEK_END) == lseek(fds[1], 0, SEEK_END);
	ssize_t got = 1;

	for (off_t at = 0; equal && got > 0; at += got) {
		got = pread(fds[0], left, sizeof(left), at);
		equal = got >= 0 && pread(fds[1], right, sizeof(right), at) == got &&
			memcmp(left, right, (size_t)got) == 0;
	}
	(void)close(fds[0]);
	(void)close(fds[1]);
	return equal;
}

/* Writes over a fresh copy with @front before the device. What newfs_write said. */
static int run(const struct newfs_layout *layout, const char *image, const char *copy, unsigned flags,
	       struct front *front)
{
	struct device *device = NULL;
	struct error err;
	int rc;

	restore(image, copy);
	if (device_open(copy, flags | DEVICE_WRITE, &device, &err) != 0)
		stop(copy, &err);
	front->own = device_swap_backend(device, &front->base);
	rc = newfs_write(layout, device, NULL, &err);
	(void)device_swap_backend(device, front->own);
	device_close(device);
	if (rc != 0 && rc != ERR_IO)
		stop("newfs_write", &err);
	return rc;
}

static bool is_mounted(const char *path)
{
	struct device *device = NULL;
	struct geometry geo;
	struct disk_sb sb;
	struct error err;
	int rc;

	if (device_open(path, 0, &device, &err) != 0)
		stop(path, &err);
	rc = superblock_read_first(device, &sb, &geo, &err);
	device_close(device);
	return rc == 0;
}

static struct front *new_front(unsigned stop_at, uint64_t seed)
{
	struct front *front = calloc(1, sizeof(*front));

	if (!front)
		stop("no memory", NULL);
	front->base.ops = &front_ops;
	front->stop_at = stop_at;
	front->torn = seed > 0;
	front->state = (1 + seed + stop_at * 1000ull) * 0x9e3779b97f4a7c15u;
	return front;
}

/* Stopped at each call in turn. @whole: what a complete run makes. */
static void stop_everywhere(const struct newfs_layout *layout, const char *image, const char *copy, const char *whole,
			    unsigned calls, unsigned flags)
{
	for (unsigned call = 0; call < calls; call++) {
		for (uint64_t seed = 0; seed <= TORN_SEEDS; seed++) {
			struct front *front = new_front(call, seed);

			checks++;
			if (run(layout, image, copy, flags, front) != ERR_IO)
				fail("a call failed, and nobody noticed", call, seed);
			free(front);
			if (!is_mounted(copy))
				seen_none++;
			else if (files_equal(copy, image))
				seen_old++;
			else if (files_equal(copy, whole))
				seen_new++;
			else
				fail("something half-made can be mounted", call, seed);
		}
	}
}

static void cut_power_everywhere(const struct newfs_layout *layout, const char *image, const char *copy)
{
	struct front *front = new_front(NEVER, 1);
	struct ghost ghost = {{.ops = &ghost_ops}, front->head};
	static uint8_t old[HEAD_BYTES];
	struct backend *own;
	struct error err;

	if (device_open(image, 0, &front->ghost, &err) != 0 || device_read(front->ghost, 0, old, HEAD_BYTES, &err) != 0)
		stop(image, &err);
	own = device_swap_backend(front->ghost, &ghost.base);
	memcpy(front->durable, old, HEAD_BYTES);
	front->old = old;
	front->cut_power = true;
	if (run(layout, image, copy, 0, front) != 0)
		fail("it does not go through", 0, 0);
	forget(front, false);
	(void)device_swap_backend(front->ghost, own);
	device_close(front->ghost);
	free(front);
}

static void read_layout(const char *path, struct newfs_layout *layout)
{
	struct device *device = NULL;
	struct error err;
	struct fs *fs = NULL;

	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    newfs_layout_read(fs, layout, &err) != 0)
		stop(path, &err);
	fs_close(fs);
	device_close(device);
}

int main(int argc, char **argv)
{
	struct newfs_layout layout;
	struct front *front;
	char whole[4096];
	unsigned calls;

	if (argc == 5 && strcmp(argv[1], "--stop") == 0) {
		read_layout(argv[3], &layout);
		front = new_front((unsigned)strtoul(argv[2], NULL, 10), 1);
		return run(&layout, argv[3], argv[4], 0, front) == 0 ? 2 : 0;
	}
	if (argc != 3)
		return fprintf(stderr, "usage: newfs_faults [--stop N] IMAGE COPY\n"), 99;
	read_layout(argv[1], &layout);
	(void)snprintf(whole, sizeof(whole), "%s.whole", argv[2]);
	front = new_front(NEVER, 0);
	if (run(&layout, argv[1], whole, 0, front) != 0 || !is_mounted(whole))
		fail("it does not go through", 0, 0);
	calls = front->calls;
	free(front);
	stop_everywhere(&layout, argv[1], argv[2], whole, calls, 0);
	stop_everywhere(&layout, argv[1], argv[2], whole, calls, DEVICE_MAPPED);
	cut_power_everywhere(&layout, argv[1], argv[2]);
	if (unlink(whole) != 0)
		stop(whole, NULL);
	/* All three must have come up, or nothing was tested. */
	if (seen_old == 0 || seen_none == 0 || seen_new == 0)
		fail("not all outcomes were seen", calls, 0);
	printf("%u calls; after a stop: the old file system %lu times, none %lu, the new one %lu\n", calls, seen_old,
	       seen_none, seen_new);
	printf("%lu passed, %lu failed\n", checks - (failures < checks ? failures : checks), failures);
	return failures ? 1 : 0;
}
