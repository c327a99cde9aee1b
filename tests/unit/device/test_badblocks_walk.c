/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Partitions and device-mapper devices, in a sysfs of our own and with tables of our own. */
#include "device/badblocks_walk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "unit/device/scratch.h"

Suite *badblocks_walk_suite(void);

#define SECTOR 512u

static struct scratch scratch;
static struct system_paths paths;
static struct error err;
static struct badblocks bad;

/* Device mapper answers from here: device 253:minor. */
static const struct dm_linear *parts;
static size_t part_count, others;
static bool table_refused;

static int table(dev_t devno, struct dm_table *out, struct error *why)
{
	(void)why;
	if (table_refused || major(devno) != 253)
		return 0;
	/* One table for each minor: every part knows where it belongs by the order of minors. */
	*out = (struct dm_table){.linear = calloc(part_count + 1, sizeof(*parts)), .others = others};
	ck_assert_ptr_nonnull(out->linear);
	for (size_t i = 0; i < part_count; i++)
		if (minor(devno) == 0)
			out->linear[out->count++] = parts[i];
	return 1;
}

/* Adds what it knows of "pmem0", and nothing of others. */
static int disk(const char *name, struct badblocks *out, struct error *why)
{
	(void)why;
	if (strcmp(name, "pmem0") != 0)
		return 0;
	out->from_ndctl = true;
	ck_assert_int_eq(interval_add(&out->bytes, 200 * SECTOR, 201 * SECTOR), 0);
	interval_settle(&out->bytes);
	return 0;
}

static int disk_fails(const char *name, struct badblocks *out, struct error *why)
{
	(void)name, (void)out;
	return error_set(why, ERR_IO, "no");
}

static struct badblocks_sources sources;

/* A folder of a disk, and the link that finds it by number. */
static void add_disk(const char *name, const char *number, const char *badblocks)
{
	char path[128], target[128];

	(void)snprintf(path, sizeof(path), "devices/%s/dev", name);
	scratch_write(&scratch, path, number);
	(void)snprintf(path, sizeof(path), "dev/block/%s", number);
	(void)snprintf(target, sizeof(target), "../../devices/%s", name);
	scratch_link(&scratch, path, target);
	(void)snprintf(path, sizeof(path), "class/block/%s", name);
	scratch_link(&scratch, path, target);
	if (badblocks) {
		(void)snprintf(path, sizeof(path), "devices/%s/badblocks", name);
		scratch_write(&scratch, path, badblocks);
	}
}

static void add_partition(const char *disk_name, const char *name, const char *number, const char *start,
			  const char *size)
{
	char path[128], target[128];
	const char *const texts[][2] = {{"partition", "1\n"}, {"start", start}, {"size", size}, {"dev", number}};

	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof(path), "devices/%s/%s/%s", disk_name, name, texts[i][0]);
		scratch_write(&scratch, path, texts[i][1]);
	}
	(void)snprintf(path, sizeof(path), "dev/block/%s", number);
	(void)snprintf(target, sizeof(target), "../../devices/%s/%s", disk_name, name);
	scratch_link(&scratch, path, target);
}

static void add_dm(const char *name, const char *number, const char *below)
{
	char path[128], target[128];

	add_disk(name, number, "\n");
	(void)snprintf(path, sizeof(path), "devices/%s/dm/name", name);
	scratch_write(&scratch, path, "x\n");
	(void)snprintf(path, sizeof(path), "devices/%s/slaves/%s", name, below);
	(void)snprintf(target, sizeof(target), "../../%s", below);
	scratch_link(&scratch, path, target);
}

static void setup(void)
{
	scratch_init(&scratch);
	paths = (struct system_paths){scratch.dir, "/dev", "/proc/self/mountinfo"};
	sources = (struct badblocks_sources){.paths = &paths, .table = table};
	bad = (struct badblocks){0};
	parts = NULL;
	part_count = others = 0;
	table_refused = false;
	add_disk("sda", "8:0", "10 2\n100 50\n1000 1\n");
	add_disk("sdb", "8:16", "\n");
	add_disk("pmem0", "259:0", "205 1\n");
}

static void teardown(void)
{
	badblocks_fini(&bad);
	scratch_fini(&scratch);
}

static void walk(unsigned major_no, unsigned minor_no)
{
	badblocks_fini(&bad);
	ck_assert_int_eq(badblocks_walk(&sources, makedev(major_no, minor_no), &bad, &err), 0);
}

START_TEST(whole_disk)
{
	static const uint64_t sda[][2] = {{5120, 6144}, {51200, 76800}, {512000, 512512}};

	walk(8, 0);
	expect_ranges(&bad.bytes, sda, 3);
	ck_assert(bad.from_sysfs && !bad.from_ndctl && !bad.maybe_incomplete);
	walk(8, 16);
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert(bad.from_sysfs);
	walk(7, 0); /* not known to sysfs */
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert(!bad.from_sysfs);
}
END_TEST

START_TEST(partition_gets_its_part)
{
	static const uint64_t first[][2] = {{8 * SECTOR, 10 * SECTOR}, {98 * SECTOR, 110 * SECTOR}};
	static const uint64_t second[][2] = {{0, 38 * SECTOR}, {888 * SECTOR, 889 * SECTOR}};

	add_partition("sda", "sda1", "8:1", "2\n", "110\n");
	add_partition("sda", "sda2", "8:2", "112\n", "5000\n");
	add_partition("sda", "sda3", "8:3", "5112\n", "100\n");
	walk(8, 1);
	expect_ranges(&bad.bytes, first, 2);
	ck_assert(bad.from_sysfs);
	walk(8, 2);
	expect_ranges(&bad.bytes, second, 2);
	walk(8, 3);
	ck_assert_uint_eq(bad.bytes.count, 0);
}
END_TEST

START_TEST(partition_that_cannot_be)
{
	add_partition("sda", "sda1", "8:1", "18446744073709551\n", "18446744073709551\n");
	add_partition("sda", "sda2", "8:2", "x\n", "5000\n");
	add_partition("sda", "sda3", "8:3", "9999999999999999999\n", "1\n");
	ck_assert_int_eq(badblocks_walk(&sources, makedev(8, 2), &bad, &err), ERR_CORRUPT);
	ck_assert_int_eq(badblocks_walk(&sources, makedev(8, 3), &bad, &err), ERR_CORRUPT);
	ck_assert_int_eq(badblocks_walk(&sources, makedev(8, 1), &bad, &err), ERR_CORRUPT);
}
END_TEST

START_TEST(linear_targets_are_translated_each)
{
	const struct dm_linear two[] = {
		{0, 50, makedev(8, 0), 90},	   /* 100..140 -> 10..50 */
		{50, 1000, makedev(8, 1), 5},	   /* sda1 starts at 2: 7..1007 of sda -> 50.. */
		{1050, 10, makedev(8, 16), 0},	   /* nothing there */
		{1060, 300, makedev(259, 0), 200}, /* 200 by the other source, 205 by sysfs */
	};
	static const uint64_t expected[][2] = {
		{10 * SECTOR, 50 * SECTOR},	{53 * SECTOR, 55 * SECTOR},	{143 * SECTOR, 193 * SECTOR},
		{1043 * SECTOR, 1044 * SECTOR}, {1060 * SECTOR, 1061 * SECTOR}, {1065 * SECTOR, 1066 * SECTOR},
	};

	add_partition("sda", "sda1", "8:1", "2\n", "1100\n");
	add_dm("dm-0", "253:0", "sda");
	parts = two;
	part_count = 4;
	sources.disk = disk;
	walk(253, 0);
	expect_ranges(&bad.bytes, expected, 6);
	ck_assert(bad.from_sysfs && bad.from_ndctl && !bad.maybe_incomplete);
}
END_TEST

START_TEST(other_targets_make_the_list_doubtful_only_over_bad_disks)
{
	const struct dm_linear one[] = {{0, 50, makedev(8, 0), 90}};
	static const uint64_t expected[][2] = {{10 * SECTOR, 50 * SECTOR}};

	add_dm("dm-0", "253:0", "sda");
	add_dm("dm-1", "253:1", "sdb");
	others = 1;
	walk(253, 0);
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert(bad.maybe_incomplete);
	walk(253, 1);
	ck_assert(!bad.maybe_incomplete);
	parts = one;
	part_count = 1;
	walk(253, 0);
	expect_ranges(&bad.bytes, expected, 1);
	ck_assert(bad.maybe_incomplete);
	/* The same if device mapper does not say. */
	others = 0;
	table_refused = true;
	walk(253, 0);
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert(bad.maybe_incomplete);
	walk(253, 1);
	ck_assert(!bad.maybe_incomplete);
}
END_TEST

START_TEST(loops_end)
{
	const struct dm_linear itself[] = {{0, 50, makedev(253, 0), 1}};

	add_dm("dm-0", "253:0", "sda");
	parts = itself;
	part_count = 1;
	ck_assert_int_eq(badblocks_walk(&sources, makedev(253, 0), &bad, &err), ERR_CORRUPT);
}
END_TEST

START_TEST(union_of_both_sources)
{
	static const uint64_t expected[][2] = {{200 * SECTOR, 201 * SECTOR}, {205 * SECTOR, 206 * SECTOR}};

	sources.disk = disk;
	walk(259, 0);
	expect_ranges(&bad.bytes, expected, 2);
	ck_assert(bad.from_sysfs && bad.from_ndctl);
	walk(8, 16);
	ck_assert(bad.from_sysfs && !bad.from_ndctl);
	sources.disk = disk_fails;
	ck_assert_int_eq(badblocks_walk(&sources, makedev(8, 0), &bad, &err), ERR_IO);
}
END_TEST

START_TEST(full_list_of_the_disk_makes_that_of_the_partition_doubtful)
{
	char text[8192];
	size_t used = 0;

	for (unsigned i = 0; i < 512; i++)
		used += (size_t)sprintf(text + used, "%u 1\n", 2 * i);
	scratch_write(&scratch, "devices/sda/badblocks", text);
	add_partition("sda", "sda1", "8:1", "5000\n", "110\n");
	walk(8, 1);
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert(bad.maybe_incomplete);
}
END_TEST

START_TEST(this_system)
{
	ck_assert_int_eq(badblocks_list("/dev/null", &bad, &err), 0);
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert_int_eq(badblocks_list(scratch_path(&scratch, "devices/sda/dev"), &bad, &err), 0);
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert_int_eq(badblocks_list(scratch.dir, &bad, &err), ERR_INVALID);
	ck_assert_int_eq(badblocks_list(scratch_path(&scratch, "none"), &bad, &err), ERR_IO);
}
END_TEST

Suite *badblocks_walk_suite(void)
{
	Suite *suite = suite_create("badblocks_walk");
	TCase *tc = tcase_create("badblocks_walk");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, whole_disk);
	tcase_add_test(tc, partition_gets_its_part);
	tcase_add_test(tc, partition_that_cannot_be);
	tcase_add_test(tc, linear_targets_are_translated_each);
	tcase_add_test(tc, other_targets_make_the_list_doubtful_only_over_bad_disks);
	tcase_add_test(tc, loops_end);
	tcase_add_test(tc, union_of_both_sources);
	tcase_add_test(tc, full_list_of_the_disk_makes_that_of_the_partition_doubtful);
	tcase_add_test(tc, this_system);
	suite_add_tcase(suite, tc);
	return suite;
}
