/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A check from end to end: when it is made, when it stops, and the paths of what it names. */
#include "check/examine.h"

#include <check.h>
#include <string.h>

#include "base/crc32c.h"
#include "lib/fsck_case.h"

static struct fsck_case c;
static struct examine_options options;
static struct examine_result result;
static uint64_t file;

static void setup(void)
{
	fsck_case_open(&c, "norm");
	file = fsck_case_ino(&c, "links/place0/again00");
	options = (struct examine_options){.path = c.image.path, .threads = 2};
	result = (struct examine_result){0};
}

static void teardown(void)
{
	examine_result_fini(&result);
	fsck_case_close(&c);
}

static int run(void)
{
	struct error err = {0};

	examine_result_fini(&result);
	return examine_run(&options, &result, &err);
}

START_TEST(test_sound)
{
	ck_assert_int_eq(run(), 0);
	ck_assert(result.opened && result.checked && !result.cancelled);
	ck_assert_uint_eq(result.fsck.findings.count, 0);
	ck_assert_uint_gt(result.fsck.totals.files, 100);
	ck_assert_uint_eq(result.path_count, 0);
	ck_assert_int_eq(examine_status(&result), 0);
}
END_TEST

/* The file has names in several places: one of them, from the root on. */
START_TEST(test_paths)
{
	const struct examine_path *path;

	fsck_case_set_inode(&c, file, "nlink", 40);
	ck_assert_int_eq(run(), 0);
	ck_assert_int_eq(examine_status(&result), 4);
	path = examine_path_of(&result, file);
	ck_assert_ptr_nonnull(path);
	ck_assert(path->connected);
	ck_assert_uint_gt(path->len, strlen("/links/"));
	ck_assert_int_eq(memcmp(path->bytes, "/links/", strlen("/links/")), 0);
	ck_assert_ptr_null(examine_path_of(&result, c.fs->geo.root_ino));
	options.no_paths = true;
	ck_assert_int_eq(run(), 0);
	ck_assert_uint_eq(result.path_count, 0);
}
END_TEST

/* A number that no inode can have is a finding; nobody looks for a path of it. */
START_TEST(test_impossible_inode)
{
	struct disk_sb *sb = (struct disk_sb *)c.image.bytes;
	bool named = false;

	sb->rsumino = be64_of(UINT64_MAX);
	crc32c_block_seal(c.image.bytes, c.fs->geo.sector_bytes, offsetof(struct disk_sb, crc));
	ck_assert_int_eq(run(), 0);
	ck_assert_int_eq(examine_status(&result), 4);
	for (size_t i = 0; i < result.fsck.findings.count; i++)
		named |= result.fsck.findings.items[i].at.ino == UINT64_MAX;
	ck_assert(named);
}
END_TEST

/* At boot a sound superblock and a journal that is not damaged are enough. */
START_TEST(test_boot)
{
	options.at_boot = true;
	fsck_case_set_inode(&c, file, "nlink", 40);
	ck_assert_int_eq(run(), 0);
	ck_assert(result.opened && !result.checked);
	ck_assert_int_eq(examine_status(&result), 0);
	c.image.bytes[200] ^= 0xff; /* in the first superblock: its checksum is wrong now */
	ck_assert_int_eq(run(), 0);
	ck_assert(result.checked);
	ck_assert_uint_ne(result.sb_agno, 0);
	ck_assert_int_eq(examine_status(&result), 4);
}
END_TEST

static int stop(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	unsigned *steps = arg;

	(void)pass;
	(void)done;
	(void)total;
	return (*steps)-- == 0;
}

/* Wherever it is stopped, what was found until then is there. */
START_TEST(test_stopped)
{
	unsigned steps = (unsigned)_i;
	const struct progress progress = {.step = stop, .arg = &steps};

	options.progress = &progress;
	ck_assert_int_eq(run(), 0);
	ck_assert(result.checked && result.cancelled);
	ck_assert_int_eq(examine_status(&result), 32);
}
END_TEST

/* So is it while paths are looked for. */
START_TEST(test_stopped_late)
{
	unsigned steps = UINT32_MAX, whole;
	const struct progress progress = {.step = stop, .arg = &steps};

	fsck_case_set_inode(&c, file, "nlink", 40);
	options.progress = &progress;
	options.no_paths = true;
	ck_assert_int_eq(run(), 0);
	whole = UINT32_MAX - steps;
	steps = whole; /* the first step after the check */
	options.no_paths = false;
	ck_assert_int_eq(run(), 0);
	ck_assert(result.cancelled);
	ck_assert_uint_gt(result.fsck.findings.count, 0);
	ck_assert_int_eq(examine_status(&result), 32);
}
END_TEST

START_TEST(test_refused)
{
	options.badblocks = "/nowhere/at/all";
	ck_assert_int_lt(run(), 0);
	ck_assert(!result.opened);
	options.badblocks = NULL;
	options.path = "/nowhere/at/all";
	ck_assert_int_eq(run(), ERR_IO);
}
END_TEST

Suite *examine_suite(void);

Suite *examine_suite(void)
{
	Suite *suite = suite_create("examine");
	TCase *tcase = tcase_create("examine");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_sound);
	tcase_add_test(tcase, test_paths);
	tcase_add_test(tcase, test_impossible_inode);
	tcase_add_test(tcase, test_boot);
	tcase_add_loop_test(tcase, test_stopped, 0, 10);
	tcase_add_test(tcase, test_stopped_late);
	tcase_add_test(tcase, test_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
