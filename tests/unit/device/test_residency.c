/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* That reading far more than may stay does not make it stay: in order, at random, and all in one read. */
#include "device/residency.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "device/device.h"
#include "unit/device/scratch.h"
#include "unit/random.h"

Suite *residency_suite(void);

#define SIZE_BYTES  ((uint64_t)160 << 20)
#define CHUNK_BYTES ((size_t)256 << 10)
#define SLACK_BYTES ((size_t)4 << 20) /* the piece being copied, and what else the process needs meanwhile */

static struct scratch scratch;
static struct device *device;

/* Pages of files that are resident: not the memory of the process itself, nor of the sanitizers. */
static size_t resident_file_bytes(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	size_t kib = 0;

	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "RssFile: %zu kB", &kib) == 1)
			break;
	ck_assert_int_eq(fclose(status), 0);
	return kib << 10;
}

static void setup(void)
{
	struct error err;

	scratch_init(&scratch);
	scratch_image(&scratch, "img", SIZE_BYTES);
	ck_assert_int_eq(device_open(scratch_path(&scratch, "img"), DEVICE_MAPPED, &device, &err), 0);
}

static void teardown(void)
{
	device_close(device);
	scratch_fini(&scratch);
}

static void read_at(uint64_t offset, void *to, size_t *most)
{
	struct error err;
	size_t now;

	ck_assert_int_eq(device_read(device, offset, to, CHUNK_BYTES, &err), 0);
	ck_assert_uint_eq(((uint8_t *)to)[0], image_byte(offset));
	now = resident_file_bytes();
	*most = now > *most ? now : *most;
}

START_TEST(mapping_stays_small)
{
	size_t before = resident_file_bytes(), most = 0;
	uint64_t state = 1;
	void *to = malloc(CHUNK_BYTES);

	ck_assert_ptr_nonnull(to);
	for (uint64_t at = 0; at < SIZE_BYTES; at += CHUNK_BYTES)
		read_at(at, to, &most);
	for (unsigned i = 0; i < 600; i++)
		read_at(random_below(&state, SIZE_BYTES - CHUNK_BYTES), to, &most);
	ck_assert_uint_lt(most, before + RESIDENCY_BYTES + SLACK_BYTES);
	/* It does stay mapped a while: else every read would fault. */
	ck_assert_uint_gt(most, before + RESIDENCY_BYTES / 4);
	free(to);
}
END_TEST

START_TEST(one_large_read_stays_small)
{
	size_t before = resident_file_bytes();
	void *to = malloc(SIZE_BYTES);
	struct error err;

	ck_assert_ptr_nonnull(to);
	ck_assert_int_eq(device_read(device, 0, to, SIZE_BYTES, &err), 0);
	ck_assert_uint_lt(resident_file_bytes(), before + RESIDENCY_BYTES + SLACK_BYTES);
	free(to);
}
END_TEST

Suite *residency_suite(void)
{
	Suite *suite = suite_create("residency");
	TCase *tc = tcase_create("residency");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, mapping_stays_small);
	tcase_add_test(tc, one_large_read_stays_small);
	suite_add_tcase(suite, tc);
	return suite;
}
