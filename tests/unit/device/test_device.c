/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices as images: read and mapped must give the same answers, also where the image gets shorter under them and
 * where bytes are known to be bad. Poison in a mapping is a page of an empty file put over it.
 */
#include "device/device.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/device/scratch.h"
#include "unit/random.h"

Suite *device_suite(void);

#define PAGE 4096u
#define SIZE (64u * PAGE + 700u) /* ends in the middle of a page and of a sector */

static struct scratch scratch;
static struct device *device;
static const unsigned flags[] = {0, DEVICE_MAPPED};

static void setup(void)
{
	scratch_init(&scratch);
	scratch_image(&scratch, "img", SIZE);
	device = NULL;
}

static void teardown(void)
{
	device_close(device);
	scratch_fini(&scratch);
}

static void open_image(int way)
{
	struct error err;

	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), flags[way], &device, &err), 0);
}

static size_t wrong_bytes(const uint8_t *bytes, uint64_t offset, size_t len)
{
	size_t wrong = 0;

	for (size_t i = 0; i < len; i++)
		wrong += bytes[i] != image_byte(offset + i);
	return wrong;
}

START_TEST(knows_itself)
{
	open_image(_i);
	ck_assert_uint_eq(device_size_bytes(device), SIZE);
	ck_assert_int_eq(device_kind(device), DEVICE_FILE);
	ck_assert_str_eq(device_path(device), scratch_path(&scratch, "img"));
	ck_assert_ptr_nonnull(device_probe_caveat(device)); /* a file is never past the page cache */
}
END_TEST

START_TEST(reads_what_is_there)
{
	uint64_t state = 99;
	uint8_t *to = malloc(SIZE);
	struct error err;
	struct device_cost cost;
	uint64_t bytes = 0;

	ck_assert_ptr_nonnull(to);
	open_image(_i);
	for (unsigned i = 0; i < 500; i++) {
		uint64_t offset = random_below(&state, SIZE);
		size_t len = 1 + (size_t)random_below(&state, SIZE - offset);

		if (i == 0) {
			offset = 0;
			len = SIZE;
		}
		ck_assert_int_eq(device_read(device, offset, to, len, &err), 0);
		ck_assert_uint_eq(wrong_bytes(to, offset, len), 0);
		bytes += len;
	}
	cost = device_cost(device);
	ck_assert_uint_eq(cost.reads, 500);
	ck_assert_uint_eq(cost.bytes, bytes);
	free(to);
}
END_TEST

START_TEST(nothing_beyond_the_end)
{
	static const struct {
		uint64_t offset;
		size_t len;
	} beyond[] = {
		{SIZE, 1}, {SIZE - 1, 2}, {0, SIZE + 1}, {SIZE + 1, 0}, {UINT64_MAX, 1}, {UINT64_MAX, 2}, {1, SIZE_MAX},
	};
	uint8_t to[2];
	struct error err;

	open_image(_i);
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		ck_assert_int_eq(device_read(device, beyond[i].offset, to, beyond[i].len, &err), ERR_CORRUPT);
		ck_assert_int_eq(err.flaw, FLAW_RANGE);
		ck_assert(err.has_offset);
		ck_assert_uint_eq(err.offset_bytes, beyond[i].offset);
	}
	ck_assert_int_eq(device_read(device, SIZE, to, 0, &err), 0);
	ck_assert_int_eq(device_read(device, SIZE - 1, to, 1, &err), 0);
	ck_assert_uint_eq(to[0], image_byte(SIZE - 1));
	ck_assert_uint_eq(device_cost(device).reads, 1);
}
END_TEST

static void set_bad(uint64_t start, uint64_t end)
{
	struct interval_set bad = {0};
	struct error err;

	ck_assert_int_eq(interval_add(&bad, start, end), 0);
	ck_assert_int_eq(device_set_bad(device, &bad, &err), 0);
	interval_fini(&bad);
}

START_TEST(known_bad_bytes_are_not_touched)
{
	uint8_t to[64];
	struct error err;

	open_image(_i);
	set_bad(5000, 5010);
	for (uint64_t offset = 4930; offset < 5020; offset++) {
		bool hit = offset < 5010 && offset + sizeof(to) > 5000;
		int rc = device_read(device, offset, to, sizeof(to), &err);

		ck_assert_int_eq(rc, hit ? ERR_MEDIA : 0);
		if (hit) {
			ck_assert(err.has_offset);
			ck_assert_uint_eq(err.offset_bytes, offset > 5000 ? offset : 5000);
		}
	}
	/* 63 + 10 starts hit; those were not read. */
	ck_assert_uint_eq(device_cost(device).reads, 90 - 73);
	set_bad(0, 0);
	ck_assert_int_eq(device_read(device, 5000, to, sizeof(to), &err), 0);
}
END_TEST

static void expect_bad_at(uint64_t offset, size_t len, uint64_t bad_at)
{
	uint8_t *to = malloc(len);
	struct error err;

	ck_assert_ptr_nonnull(to);
	ck_assert_int_eq(device_read(device, offset, to, len, &err), ERR_MEDIA);
	ck_assert_int_eq(err.code, ERR_MEDIA);
	ck_assert(err.has_offset);
	ck_assert_uint_eq(err.offset_bytes, bad_at);
	free(to);
}

static void expect_good(uint64_t offset, size_t len)
{
	uint8_t *to = malloc(len);
	struct error err;

	ck_assert_ptr_nonnull(to);
	ck_assert_int_eq(device_read(device, offset, to, len, &err), 0);
	ck_assert_uint_eq(wrong_bytes(to, offset, len), 0);
	free(to);
}

static void probe_all(const uint64_t (*pairs)[2], size_t count)
{
	struct interval_set bad = {0};
	struct error err;

	ck_assert_int_eq(device_probe(device, 0, SIZE, &bad, &err), 0);
	interval_settle(&bad);
	expect_ranges(&bad, pairs, count);
	interval_fini(&bad);
}

START_TEST(truncated_while_open)
{
	static const uint64_t read_loses[][2] = {{10240, SIZE}}, mapped_loses[][2] = {{3 * PAGE, SIZE}};
	/* What lies behind the end in the last page that a file has is zeroes in a mapping, not an error. */
	uint64_t end = _i == 0 ? 10300 : 3 * PAGE;

	open_image(_i);
	ck_assert_int_eq(truncate(scratch_path(&scratch, "img"), 10300), 0);
	expect_good(0, 10300);
	expect_bad_at(0, SIZE, end);
	expect_bad_at(10000, PAGE, end);
	expect_bad_at(end, 1, end);
	expect_bad_at(20000, 5000, 20000);
	expect_bad_at(20001, 1, 20001);
	expect_bad_at(SIZE - 1, 1, SIZE - 1);
	probe_all(_i == 0 ? read_loses : mapped_loses, 1);
	expect_good(10000, 300);
}
END_TEST

/* Where the image is mapped in this process. */
static uint8_t *find_mapping(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[8192];
	uintptr_t at = 0;

	ck_assert_ptr_nonnull(maps);
	while (!at && fgets(line, sizeof(line), maps))
		if (strstr(line, scratch.dir) && strstr(line, "/img")) {
			ck_assert_ptr_nonnull(strstr(line, " r--s ")); /* never writable */
			at = (uintptr_t)strtoull(line, NULL, 16);
		}
	ck_assert_int_eq(fclose(maps), 0);
	ck_assert_uint_ne(at, 0);
	return (uint8_t *)at;
}

/* An empty file has no bytes to give: SIGBUS for the whole page. */
static void poison(uint8_t *mapping, unsigned page)
{
	int empty = memfd_create("empty", 0);
	void *at = mapping + (size_t)page * PAGE;

	ck_assert_int_ge(empty, 0);
	ck_assert_ptr_eq(mmap(at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, empty, 0), at);
	ck_assert_int_eq(close(empty), 0);
}

START_TEST(poison_in_a_mapping)
{
	static const uint64_t lost[][2] = {{3 * PAGE, 4 * PAGE}, {5 * PAGE, 7 * PAGE}};
	uint8_t *mapping;

	open_image(1);
	mapping = find_mapping();
	poison(mapping, 3);
	poison(mapping, 5);
	poison(mapping, 6);
	expect_good(0, 3 * PAGE);
	expect_good(4 * PAGE, PAGE);
	expect_good(7 * PAGE, SIZE - 7 * PAGE);
	expect_bad_at(0, SIZE, 3 * PAGE);
	expect_bad_at(3 * PAGE - 1, 2, 3 * PAGE);
	expect_bad_at(3 * PAGE + 77, 2, 3 * PAGE + 77);
	expect_bad_at(4 * PAGE + 77, 2 * PAGE, 5 * PAGE);
	expect_bad_at(7 * PAGE - 1, 100, 7 * PAGE - 1);
	probe_all(lost, 2);
	/* And with part of it known: the same answer. */
	set_bad(6 * PAGE, 6 * PAGE + 1);
	probe_all(lost, 2);
}
END_TEST

START_TEST(probe_rounds_to_sectors_and_keeps_to_what_was_asked)
{
	static const uint64_t expected[][2] = {{4608, 5120}, {SIZE - SIZE % 512, SIZE}};
	static const uint64_t part[][2] = {{4608, 5120}};
	struct interval_set bad = {0}, known = {0};
	struct error err;

	open_image(_i);
	ck_assert_int_eq(interval_add(&known, SIZE - 1, UINT64_MAX), 0);
	ck_assert_int_eq(interval_add(&known, 5000, 5010), 0); /* settled by device_set_bad */
	ck_assert_int_eq(device_set_bad(device, &known, &err), 0);
	probe_all(expected, 2);
	ck_assert_int_eq(device_probe(device, 5000, 5001, &bad, &err), 0);
	expect_ranges(&bad, part, 1);
	ck_assert_int_eq(device_probe(device, 5120, SIZE - SIZE % 512, &bad, &err), 0);
	ck_assert_int_eq(device_probe(device, 0, 4608, &bad, &err), 0);
	ck_assert_int_eq(device_probe(device, 4700, 4700, &bad, &err), 0);
	expect_ranges(&bad, part, 1);
	ck_assert_int_eq(device_probe(device, 0, SIZE + 1, &bad, &err), ERR_CORRUPT);
	ck_assert_int_eq(device_probe(device, 2, 1, &bad, &err), ERR_CORRUPT);
	interval_fini(&bad);
	interval_fini(&known);
}
END_TEST

START_TEST(probe_does_not_touch_what_is_known)
{
	struct interval_set bad = {0};
	struct error err;
	uint64_t before;

	open_image(_i);
	set_bad(100, SIZE);
	before = device_cost(device).bytes;
	ck_assert_int_eq(device_probe(device, 0, SIZE, &bad, &err), 0);
	ck_assert_uint_eq(device_cost(device).bytes, before);
	ck_assert_uint_eq(interval_total(&bad), SIZE);
	interval_fini(&bad);
}
END_TEST

START_TEST(empty_image)
{
	struct interval_set bad = {0};
	struct error err;
	uint8_t to;

	scratch_write(&scratch, "img", "");
	open_image(_i);
	ck_assert_uint_eq(device_size_bytes(device), 0);
	ck_assert_int_eq(device_read(device, 0, &to, 1, &err), ERR_CORRUPT);
	ck_assert_int_eq(device_read(device, 0, &to, 0, &err), 0);
	ck_assert_int_eq(device_probe(device, 0, 0, &bad, &err), 0);
	ck_assert_uint_eq(bad.count, 0);
}
END_TEST

START_TEST(what_is_no_device)
{
	struct error err;

	ck_assert_int_eq(device_open(scratch.dir, 0, &device, &err), ERR_INVALID);
	ck_assert_int_eq(device_open("/dev/null", 0, &device, &err), ERR_INVALID);
	ck_assert_int_eq(device_open("/dev/zero", 0, &device, &err), ERR_INVALID);
	ck_assert_int_eq(mkfifo(scratch_path(&scratch, "fifo"), 0600), 0);
	ck_assert_int_eq(device_open(scratch_path(&scratch, "fifo"), 0, &device, &err), ERR_INVALID);
	ck_assert_int_eq(device_open(scratch_path(&scratch, "none"), 0, &device, &err), ERR_IO);
	ck_assert_int_eq(err.sys_errno, ENOENT);
	ck_assert_ptr_null(device);
}
END_TEST

START_TEST(needs_no_permission_to_write)
{
	uint8_t to;
	struct error err;
	FILE *info;
	char path[64], line[256];
	unsigned long open_flags = 0;
	int fd;

	ck_assert_int_eq(chmod(scratch_path(&scratch, "img"), 0400), 0);
	fd = open("/dev/null", O_RDONLY); /* the number that the device gets next */
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	open_image(_i);
	ck_assert_int_eq(device_read(device, 0, &to, 1, &err), 0);
	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "r");
	ck_assert_ptr_nonnull(info);
	while (fgets(line, sizeof(line), info))
		if (sscanf(line, "flags: %lo", &open_flags) == 1)
			break;
	ck_assert_int_eq(fclose(info), 0);
	ck_assert_uint_ne(open_flags, 0);
	ck_assert_uint_eq(open_flags & O_ACCMODE, O_RDONLY);
}
END_TEST

START_TEST(lock_of_a_writer_keeps_readers_out)
{
	int fd = open(scratch_path(&scratch, "img"), O_RDWR);
	struct device *other;
	struct error err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), flags[_i], &device, &err), ERR_BUSY);
	ck_assert_int_eq(flock(fd, LOCK_UN), 0);
	open_image(_i);
	/* Readers share; a writer has to wait. */
	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), flags[_i], &other, &err), 0);
	device_close(other);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), -1);
	device_close(device);
	device = NULL;
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

static void *read_many(void *arg)
{
	uint64_t state = (uint64_t)(uintptr_t)arg + 5;
	uint8_t to[3 * PAGE];
	struct error err;
	size_t wrong = 0;

	for (unsigned i = 0; i < 3000; i++) {
		uint64_t offset = random_below(&state, SIZE - sizeof(to));
		bool hit = offset + sizeof(to) > 30 * PAGE && offset < 31 * PAGE;
		int rc = device_read(device, offset, to, sizeof(to), &err);

		wrong += rc != (hit ? ERR_MEDIA : 0);
		wrong += rc == 0 ? wrong_bytes(to, offset, sizeof(to)) : 0;
		wrong += hit && err.offset_bytes != (offset > 30 * PAGE ? offset : 30 * PAGE);
	}
	return (void *)wrong;
}

START_TEST(many_threads_read_at_once)
{
	pthread_t threads[4];
	void *wrong;

	open_image(_i);
	if (_i == 0)
		set_bad(30 * PAGE, 31 * PAGE);
	else
		poison(find_mapping(), 30);
	for (uintptr_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_many, (void *)i), 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
}
END_TEST

Suite *device_suite(void)
{
	Suite *suite = suite_create("device");
	TCase *tc = tcase_create("device");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, knows_itself, 0, 2);
	tcase_add_loop_test(tc, reads_what_is_there, 0, 2);
	tcase_add_loop_test(tc, nothing_beyond_the_end, 0, 2);
	tcase_add_loop_test(tc, known_bad_bytes_are_not_touched, 0, 2);
	tcase_add_loop_test(tc, truncated_while_open, 0, 2);
	if (sysconf(_SC_PAGESIZE) == PAGE)
		tcase_add_test(tc, poison_in_a_mapping);
	else
		printf("skipped: poison_in_a_mapping: pages are not %u bytes\n", PAGE);
	tcase_add_loop_test(tc, probe_rounds_to_sectors_and_keeps_to_what_was_asked, 0, 2);
	tcase_add_loop_test(tc, probe_does_not_touch_what_is_known, 0, 2);
	tcase_add_loop_test(tc, empty_image, 0, 2);
	tcase_add_test(tc, what_is_no_device);
	tcase_add_loop_test(tc, needs_no_permission_to_write, 0, 2);
	tcase_add_loop_test(tc, lock_of_a_writer_keeps_readers_out, 0, 2);
	tcase_add_loop_test(tc, many_threads_read_at_once, 0, 2);
	suite_add_tcase(suite, tc);
	return suite;
}
