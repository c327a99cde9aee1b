/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Known bad blocks before formatting: sorted by whether metadata will lie there, cleared by writing, or refused. The
 * list of the system is made up here (the linker wraps badblocks_list).
 */
#include <check.h>
#include <string.h>

#include "device/badblocks.h"
#include "device/device_backend.h"
#include "unit/device/scratch.h"
#include "unit/random.h"
#include "write/newfs_bad.h"
#include "write/newfs_groups.h"

Suite *newfs_bad_suite(void);

#define SIZE  (64ull << 20)
#define SPACE 300u /* numbers that sets of the model are drawn from */

static struct scratch scratch;
static struct device *device;
static struct newfs_layout layout;
static struct newfs_bad bad;
static struct error err;

/* ------------------------------------------------------------------ the list of the system */

/* What is answered the first time and then. end 0: nothing more. */
static struct interval answers[2][3];
static unsigned asked;
static bool answer_full;
static int answer_rc;

int __wrap_badblocks_list(const char *path, struct badblocks *out, struct error *error);

int __wrap_badblocks_list(const char *path, struct badblocks *out, struct error *error)
{
	const struct interval *answer = answers[asked > 0];

	ck_assert_str_eq(path, "/dev/made-up");
	asked++;
	if (answer_rc != 0)
		return error_set(error, answer_rc, "no list today");
	for (unsigned i = 0; i < 3 && answer[i].end != 0; i++)
		ck_assert_int_eq(interval_add(&out->bytes, answer[i].start, answer[i].end), 0);
	interval_settle(&out->bytes);
	out->maybe_incomplete = answer_full;
	return 0;
}

static void setup(void)
{
	const struct newfs_options options = {.root_generation = 1};
	const struct newfs_device described = {
		.size_bytes = SIZE, .logical_sector_bytes = 512, .physical_sector_bytes = 512};

	scratch_init(&scratch);
	scratch_image(&scratch, "image", SIZE);
	ck_assert_int_eq(device_open(scratch_path(&scratch, "image"), DEVICE_WRITE, &device, &err), 0);
	ck_assert_int_eq(newfs_plan(&options, &described, &layout, &err), 0);
	ck_assert_uint_eq(layout.geo.block_bytes, 4096);
	memset(answers, 0, sizeof(answers));
	memset(&bad, 0, sizeof(bad));
	memset(&err, 0, sizeof(err));
	asked = 0;
	answer_full = false;
	answer_rc = 0;
}

static void teardown(void)
{
	newfs_bad_fini(&bad);
	device_close(device);
	scratch_fini(&scratch);
}

/* ------------------------------------------------------------------ splitting */

static void draw(uint64_t *state, struct interval_set *set, bool *holds)
{
	uint64_t count = random_below(state, 9);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t start = random_below(state, SPACE), end = start + random_below(state, SPACE - start) / 4;

		ck_assert_int_eq(interval_add(set, start, end), 0);
		for (uint64_t at = start; at < end; at++)
			holds[at] = true;
	}
	interval_settle(set);
}

START_TEST(splits_as_number_by_number)
{
	uint64_t state = 77;

	for (unsigned round = 0; round < 3000; round++) {
		struct interval_set all = {0}, metadata = {0}, inside = {0}, outside = {0};
		bool is_bad[SPACE] = {false}, is_metadata[SPACE] = {false};

		draw(&state, &all, is_bad);
		draw(&state, &metadata, is_metadata);
		ck_assert_int_eq(newfs_bad_split(&all, &metadata, &inside, &outside), 0);
		for (uint64_t at = 0; at < SPACE; at++) {
			ck_assert_int_eq(interval_overlaps(&inside, at, at + 1), is_bad[at] && is_metadata[at]);
			ck_assert_int_eq(interval_overlaps(&outside, at, at + 1), is_bad[at] && !is_metadata[at]);
		}
		ck_assert_uint_eq(interval_total(&inside) + interval_total(&outside), interval_total(&all));
		interval_fini(&all);
		interval_fini(&metadata);
		interval_fini(&inside);
		interval_fini(&outside);
	}
}
END_TEST

START_TEST(metadata_is_what_is_not_free)
{
	struct interval_set metadata = {0};
	uint64_t used = 0;

	ck_assert_int_eq(newfs_bad_metadata(&layout, &metadata), 0);
	for (uint32_t agno = 0; agno < layout.geo.ag_count; agno++) {
		struct newfs_group group;
		uint64_t first = (uint64_t)agno * layout.geo.ag_blocks * 4096;

		newfs_group_init(&group, &layout, agno);
		used += geometry_ag_blocks(&layout.geo, agno) - newfs_group_free_blocks(&group);
		ck_assert(interval_overlaps(&metadata, first, first + 1));
	}
	ck_assert_uint_eq(interval_total(&metadata), used * 4096);
	interval_fini(&metadata);
}
END_TEST

/* ------------------------------------------------------------------ clearing */

static bool is_zero(uint64_t at, size_t len)
{
	uint8_t bytes[8192];

	ck_assert_uint_le(len, sizeof(bytes));
	ck_assert_int_eq(device_read(device, at, bytes, len, &err), 0);
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static int clear(void)
{
	return newfs_bad_clear("/dev/made-up", &layout, device, &bad, &err);
}

START_TEST(nothing_bad)
{
	ck_assert_int_eq(clear(), 0);
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(bad.outside.count, 0);
	ck_assert_uint_eq(bad.cleared_bytes, 0);
	ck_assert(!bad.maybe_incomplete);
}
END_TEST

START_TEST(bad_free_space_is_listed_and_not_touched)
{
	answers[0][0] = (struct interval){9 << 20, (9 << 20) + 4096};
	answer_full = true;
	ck_assert_int_eq(clear(), 0);
	ck_assert_uint_eq(asked, 1);
	expect_ranges(&bad.outside, (const uint64_t[][2]){{9 << 20, (9 << 20) + 4096}}, 1);
	ck_assert_uint_eq(bad.cleared_bytes, 0);
	ck_assert(bad.maybe_incomplete);
	ck_assert(!is_zero(9 << 20, 512));
}
END_TEST

START_TEST(bad_metadata_is_cleared)
{
	/* The last of these reaches from the superblock of group 1 beyond its metadata. */
	const uint64_t group = (uint64_t)layout.geo.ag_blocks * 4096;

	answers[0][0] = (struct interval){0, 512};
	answers[0][1] = (struct interval){4608, 5120};
	answers[0][2] = (struct interval){group + 512, group + (1 << 20)};
	/* The part beyond stays. */
	answers[1][0] = (struct interval){group + (512 << 10), group + (1 << 20)};
	ck_assert_int_eq(clear(), 0);
	ck_assert_uint_eq(asked, 2);
	ck_assert_uint_gt(bad.cleared_bytes, 1024);
	ck_assert_uint_lt(bad.cleared_bytes, 512 << 10);
	ck_assert(is_zero(0, 512) && is_zero(4608, 512) && is_zero(group + 512, 4096));
	ck_assert(!is_zero(512, 512) && !is_zero(5120, 512) && !is_zero(group, 512));
	ck_assert(!is_zero(group + (1 << 20) - 512, 512));
	expect_ranges(&bad.outside, (const uint64_t[][2]){{group + (512 << 10), group + (1 << 20)}}, 1);
}
END_TEST

START_TEST(what_stays_bad_is_refused)
{
	answers[0][0] = answers[1][0] = (struct interval){8192, 8704};
	ck_assert_int_eq(clear(), ERR_MEDIA);
	ck_assert_uint_eq(asked, 2);
	ck_assert_str_eq(err.text, "512 bytes that metadata needs are bad, and writing does not clear them");
	ck_assert_uint_eq(err.offset_bytes, 8192);
	ck_assert_uint_eq(bad.cleared_bytes, 0);
}
END_TEST

static struct backend *own;

static int refuse_zero(struct backend *backend, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *error)
{
	(void)backend, (void)len, (void)error;
	*bad_at = offset;
	return ERR_MEDIA;
}

START_TEST(what_cannot_be_written_is_refused)
{
	static const struct backend_ops ops = {.zero = refuse_zero};
	struct backend front = {.ops = &ops};
	int rc;

	answers[0][0] = (struct interval){8192, 9216};
	own = device_swap_backend(device, &front);
	rc = clear();
	(void)device_swap_backend(device, own);
	ck_assert_int_eq(rc, ERR_MEDIA);
	ck_assert_uint_eq(asked, 1);
	ck_assert_str_eq(err.text, "1024 bytes that metadata needs are bad, and writing does not clear them");
	ck_assert_uint_eq(err.offset_bytes, 8192);
}
END_TEST

START_TEST(no_list_is_an_error)
{
	answer_rc = ERR_IO;
	ck_assert_int_eq(clear(), ERR_IO);
	ck_assert_str_eq(err.text, "no list today");
}
END_TEST

Suite *newfs_bad_suite(void)
{
	Suite *suite = suite_create("newfs_bad");
	TCase *tcase = tcase_create("newfs_bad");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, splits_as_number_by_number);
	tcase_add_test(tcase, metadata_is_what_is_not_free);
	tcase_add_test(tcase, nothing_bad);
	tcase_add_test(tcase, bad_free_space_is_listed_and_not_touched);
	tcase_add_test(tcase, bad_metadata_is_cleared);
	tcase_add_test(tcase, what_stays_bad_is_refused);
	tcase_add_test(tcase, what_cannot_be_written_is_refused);
	tcase_add_test(tcase, no_list_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
