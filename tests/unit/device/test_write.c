/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing: through calls and through a mapping the same bytes must be there afterwards, and no others; and nothing
 * writes on a device that was opened for reading.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/device.h"
#include "device/device_backend.h"
#include "unit/device/scratch.h"
#include "unit/random.h"

Suite *write_suite(void);

#define PAGE 4096u
#define SIZE (64u * PAGE + 700u) /* ends in the middle of a page and of a sector */

static struct scratch scratch;
static struct device *device;
static struct error err;
static const unsigned flags[] = {DEVICE_WRITE, DEVICE_WRITE | DEVICE_MAPPED};

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
	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), flags[way], &device, &err), 0);
}

/* What the device and, by a descriptor of its own, the file must hold. */
static void expect_content(const uint8_t *content)
{
	uint8_t *to = malloc(SIZE);
	int fd = open(scratch_path(&scratch, "img"), O_RDONLY);

	ck_assert_ptr_nonnull(to);
	ck_assert_int_eq(device_read(device, 0, to, SIZE, &err), 0);
	ck_assert_int_eq(memcmp(to, content, SIZE), 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, to, SIZE, 0), SIZE);
	ck_assert_int_eq(memcmp(to, content, SIZE), 0);
	(void)close(fd);
	free(to);
}

START_TEST(writes_what_it_is_told)
{
	uint8_t *content = malloc(SIZE);
	uint64_t state = 7;

	ck_assert_ptr_nonnull(content);
	open_image(_i);
	for (size_t i = 0; i < SIZE; i++)
		content[i] = image_byte(i);
	for (unsigned round = 0; round < 200; round++) {
		uint64_t offset = random_below(&state, SIZE);
		size_t len = 1 + (size_t)random_below(&state, SIZE - offset);

		if (round % 4 == 3) {
			memset(content + offset, 0, len);
			ck_assert_int_eq(device_zero(device, offset, len, &err), 0);
			continue;
		}
		for (size_t i = 0; i < len; i++)
			content[offset + i] = (uint8_t)(round + i * 3);
		ck_assert_int_eq(device_write(device, offset, content + offset, len, &err), 0);
	}
	ck_assert_int_eq(device_flush(device, &err), 0);
	expect_content(content);
	ck_assert_int_eq(device_write(device, SIZE, content, 0, &err), 0);
	ck_assert_int_eq(device_zero(device, SIZE, 0, &err), 0);
	ck_assert_uint_eq(device_size_bytes(device), SIZE);
	free(content);
}
END_TEST

START_TEST(nothing_beyond_the_end)
{
	static const uint64_t beyond[][2] = {{SIZE, 1}, {SIZE - 1, 2}, {SIZE + 1, 0}, {UINT64_MAX, 2}, {1, UINT64_MAX}};
	static const uint8_t from[2];
	struct stat st;

	open_image(_i);
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		ck_assert_int_eq(device_write(device, beyond[i][0], from, (size_t)beyond[i][1], &err), ERR_CORRUPT);
		ck_assert_int_eq(err.flaw, FLAW_RANGE);
		ck_assert_int_eq(device_zero(device, beyond[i][0], beyond[i][1], &err), ERR_CORRUPT);
		ck_assert_int_eq(device_discard(device, beyond[i][0], beyond[i][1], &err), ERR_CORRUPT);
	}
	ck_assert_int_eq(stat(scratch_path(&scratch, "img"), &st), 0);
	ck_assert_int_eq(st.st_size, SIZE);
}
END_TEST

START_TEST(a_large_file_stays_sparse)
{
	const uint64_t huge = (uint64_t)1 << 40;
	const char *path = scratch_path(&scratch, "img");
	uint8_t byte = 1;
	struct stat st;

	if (truncate(path, (off_t)huge) != 0) {
		printf("skipped: a_large_file_stays_sparse: no files of 1 TiB here\n");
		return;
	}
	ck_assert_int_eq(device_open(path, flags[_i], &device, &err), 0);
	ck_assert_int_eq(device_zero(device, 0, huge, &err), 0);
	ck_assert_int_eq(device_write(device, huge - 1, &byte, 1, &err), 0);
	ck_assert_int_eq(device_zero(device, 12345, huge - 20000, &err), 0);
	ck_assert_int_eq(device_flush(device, &err), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_le(st.st_blocks, 128 * 1024 / 512);
	byte = 0;
	ck_assert_int_eq(device_read(device, huge - 1, &byte, 1, &err), 0);
	ck_assert_uint_eq(byte, 1);
	/* Anything may be there now, but not an error, and nothing around it changes. */
	ck_assert_int_eq(device_discard(device, 0, huge - PAGE, &err), 0);
	ck_assert_int_eq(device_read(device, huge - 1, &byte, 1, &err), 0);
	ck_assert_uint_eq(byte, 1);
}
END_TEST

/* The open flags of this process's descriptor of the image; there must be one. */
static int flags_of_image(void)
{
	struct stat image, st;

	ck_assert_int_eq(stat(scratch_path(&scratch, "img"), &image), 0);
	for (int fd = 3; fd < 100; fd++)
		if (fstat(fd, &st) == 0 && st.st_ino == image.st_ino && st.st_dev == image.st_dev)
			return fcntl(fd, F_GETFL);
	ck_abort_msg("no descriptor of the image");
}

/* Whether the image is mapped writable: in a shared mapping, "rw-s". */
static bool image_is_mapped_writable(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[600];
	bool found = false;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof(line), maps))
		found |= strstr(line, scratch_path(&scratch, "img")) && strstr(line, " rw-s ");
	(void)fclose(maps);
	return found;
}

START_TEST(reading_means_read_only)
{
	unsigned mapped = _i ? DEVICE_MAPPED : 0;

	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), mapped, &device, &err), 0);
	ck_assert_int_eq(flags_of_image() & O_ACCMODE, O_RDONLY);
	ck_assert(!image_is_mapped_writable());
	device_close(device);
	open_image(_i);
	ck_assert_int_eq(flags_of_image() & O_ACCMODE, O_RDWR);
	ck_assert(image_is_mapped_writable() == (_i == 1));
}
END_TEST

START_TEST(a_write_without_leave_is_a_mistake)
{
	static const uint8_t from[1];

	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), 0, &device, &err), 0);
	(void)!device_write(device, 0, from, 1, &err);
}
END_TEST

START_TEST(zeroes_without_leave_are_a_mistake)
{
	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), DEVICE_MAPPED, &device, &err), 0);
	(void)!device_zero(device, 0, 1, &err);
}
END_TEST

START_TEST(a_writer_is_alone)
{
	const char *path = scratch_path(&scratch, "img");
	struct device *other = NULL;

	open_image(_i);
	ck_assert_int_eq(device_open(path, 0, &other, &err), ERR_BUSY);
	ck_assert_int_eq(device_open(path, DEVICE_WRITE, &other, &err), ERR_BUSY);
	device_close(device);
	device = NULL;
	ck_assert_int_eq(device_open(path, 0, &device, &err), 0);
	ck_assert_int_eq(device_open(path, DEVICE_WRITE, &other, &err), ERR_BUSY);
	ck_assert_int_eq(device_open(path, 0, &other, &err), 0);
	device_close(other);
}
END_TEST

START_TEST(known_bad_bytes)
{
	uint8_t bytes[600];
	struct interval_set bad = {0};

	memset(bytes, 0x5a, sizeof(bytes));
	open_image(_i);
	ck_assert_int_eq(interval_add(&bad, 1024, 1536), 0);
	ck_assert_int_eq(device_set_bad(device, &bad, &err), 0);
	interval_fini(&bad);
	if (_i == 0) {
		/* A call may put a good sector in the place of the bad one; reading is for who looked at it again. */
		ck_assert_int_eq(device_write(device, 1000, bytes, sizeof(bytes), &err), 0);
		ck_assert_int_eq(device_zero(device, 0, SIZE, &err), 0);
	} else {
		ck_assert_int_eq(device_write(device, 1000, bytes, sizeof(bytes), &err), ERR_MEDIA);
		ck_assert_uint_eq(err.offset_bytes, 1024);
		ck_assert_int_eq(device_zero(device, 1030, 1, &err), ERR_MEDIA);
		ck_assert_uint_eq(err.offset_bytes, 1030);
		ck_assert_int_eq(device_write(device, 1536, bytes, 100, &err), 0);
		ck_assert_int_eq(device_write(device, 1000, bytes, 24, &err), 0);
	}
	ck_assert_int_eq(device_read(device, 1024, bytes, 1, &err), ERR_MEDIA);
}
END_TEST

START_TEST(a_file_that_gets_shorter_while_it_is_mapped)
{
	uint8_t *from = calloc(1, SIZE);

	ck_assert_ptr_nonnull(from);
	open_image(1);
	ck_assert_int_eq(truncate(scratch_path(&scratch, "img"), 8 * PAGE), 0);
	ck_assert_int_eq(device_write(device, 4 * PAGE, from, 4 * PAGE, &err), 0);
	ck_assert_int_eq(device_write(device, 9 * PAGE, from, 8, &err), ERR_MEDIA);
	ck_assert_uint_eq(err.offset_bytes, 9 * PAGE);
	free(from);
}
END_TEST

/* A backend that refuses, to see what becomes of its answers. */
static int front_rc;
static uint64_t front_at;

static int front_write(struct backend *backend, uint64_t offset, const void *from, size_t len, uint64_t *bad_at,
		       struct error *error)
{
	(void)backend, (void)offset, (void)from, (void)len;
	*bad_at = front_at;
	return front_rc == ERR_IO ? error_set(error, ERR_IO, "refused") : front_rc;
}

static int front_flush(struct backend *backend, uint64_t *bad_at, struct error *error)
{
	return front_write(backend, 0, NULL, 0, bad_at, error);
}

START_TEST(what_a_backend_says)
{
	static const struct backend_ops ops = {.write = front_write, .flush = front_flush};
	struct backend front = {.ops = &ops}, *own;
	static const uint8_t from[1];

	open_image(0);
	own = device_swap_backend(device, &front);
	front_rc = ERR_MEDIA;
	front_at = 777;
	ck_assert_int_eq(device_write(device, 0, from, 1, &err), ERR_MEDIA);
	ck_assert(err.has_offset);
	ck_assert_uint_eq(err.offset_bytes, 777);
	front_at = BACKEND_NOWHERE;
	ck_assert_int_eq(device_flush(device, &err), ERR_MEDIA);
	ck_assert(!err.has_offset);
	front_rc = ERR_IO;
	ck_assert_int_eq(device_flush(device, &err), ERR_IO);
	ck_assert_str_eq(err.text, "refused");
	ck_assert_ptr_eq(device_swap_backend(device, own), &front);
}
END_TEST

Suite *write_suite(void)
{
	Suite *suite = suite_create("write");
	TCase *tc = tcase_create("write");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, writes_what_it_is_told, 0, 2);
	tcase_add_loop_test(tc, nothing_beyond_the_end, 0, 2);
	tcase_add_loop_test(tc, a_large_file_stays_sparse, 0, 2);
	tcase_add_loop_test(tc, reading_means_read_only, 0, 2);
	tcase_add_loop_test(tc, a_writer_is_alone, 0, 2);
	tcase_add_loop_test(tc, known_bad_bytes, 0, 2);
	tcase_add_test(tc, a_file_that_gets_shorter_while_it_is_mapped);
	tcase_add_test(tc, what_a_backend_says);
	suite_add_tcase(suite, tc);
	/* Without teardown: the process ends inside. */
	tc = tcase_create("mistakes");
	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_add_test_raise_signal(tc, a_write_without_leave_is_a_mistake, SIGABRT);
	tcase_add_test_raise_signal(tc, zeroes_without_leave_are_a_mistake, SIGABRT);
	suite_add_tcase(suite, tc);
	return suite;
}
