/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From paths to mounts, with a table of mounts and a sysfs of our own. */
#include "device/mounts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "device/loop.h"
#include "device/mount_table.h"
#include "device/mounts_at.h"
#include "unit/device/scratch.h"

Suite *mounts_suite(void);

static struct scratch scratch;
static struct system_paths paths;
static char sys[80], dev[80], mountinfo[80];
static struct error err;

static const char mounts_text[] = "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
				  "22 21 0:20 / /sys rw - sysfs sysfs rw\n"
				  "30 21 7:0 / /mnt/with\\040space rw,relatime - xfs /dev/loop0 rw,attr2\n"
				  "31 21 8:1 /sub /mnt/part rw - xfs /dev/sda1 rw\n"
				  "32 21 8:1 / /mnt/whole rw - xfs /dev/sda1 rw\n"
				  "33 21 8:1 /sub /mnt/part2 rw - xfs /dev/sda1 rw\n"
				  "34 21 259:3 / /mnt/twice rw - xfs /dev/pmem0p3 rw\n"
				  "35 34 259:4 / /mnt/twice rw - ext4 /dev/pmem0p4 rw\n"
				  "36 21 7:129 / /mnt/loop1p1 rw - xfs /dev/loop1p1 rw\n";

static void setup(void)
{
	scratch_init(&scratch);
	(void)snprintf(sys, sizeof(sys), "%s/sys", scratch.dir);
	(void)snprintf(dev, sizeof(dev), "%s/dev", scratch.dir);
	(void)snprintf(mountinfo, sizeof(mountinfo), "%s/mountinfo", scratch.dir);
	paths = (struct system_paths){sys, dev, mountinfo};
	scratch_write(&scratch, "mountinfo", mounts_text);
}

static void teardown(void)
{
	scratch_fini(&scratch);
}

static void expect_target(int rc, struct mount_info *info, const char *target, const char *source, const char *fstype)
{
	ck_assert_int_eq(rc, 1);
	ck_assert_str_eq(info->target, target);
	ck_assert_str_eq(info->source, source);
	ck_assert_str_eq(info->fstype, fstype);
	mount_info_fini(info);
}

START_TEST(table_by_number)
{
	struct mount_table *table;
	struct mount_info info;

	ck_assert_int_eq(mount_table_open(mountinfo, &table, &err), 0);
	expect_target(mount_table_by_devno(table, makedev(7, 0), &info, &err), &info, "/mnt/with space", "/dev/loop0",
		      "xfs");
	/* The one that shows all of it. */
	expect_target(mount_table_by_devno(table, makedev(8, 1), &info, &err), &info, "/mnt/whole", "/dev/sda1", "xfs");
	ck_assert_int_eq(mount_table_by_devno(table, makedev(8, 2), &info, &err), 0);
	mount_table_close(table);
	mount_table_close(NULL);
	ck_assert_int_eq(mount_table_open(scratch_path(&scratch, "none"), &table, &err), ERR_IO);
}
END_TEST

START_TEST(table_by_target)
{
	struct mount_table *table;
	struct mount_info info;

	ck_assert_int_eq(mount_table_open(mountinfo, &table, &err), 0);
	expect_target(mount_table_by_target(table, "/mnt/with space", &info, &err), &info, "/mnt/with space",
		      "/dev/loop0", "xfs");
	expect_target(mount_table_by_target(table, "/mnt/twice", &info, &err), &info, "/mnt/twice", "/dev/pmem0p4",
		      "ext4");
	ck_assert_int_eq(mount_table_by_target(table, "/mnt", &info, &err), 0);
	mount_table_close(table);
}
END_TEST

START_TEST(folders_as_themselves)
{
	struct mount_info info;

	expect_target(mounts_find_at(&paths, "/", &info, &err), &info, "/", "/dev/vda", "ext4");
	expect_target(mounts_find_at(&paths, "/usr/..", &info, &err), &info, "/", "/dev/vda", "ext4");
	ck_assert_int_eq(mounts_find_at(&paths, scratch.dir, &info, &err), 0);
	ck_assert_int_eq(mounts_find_at(&paths, "/dev/null", &info, &err), 0);
	ck_assert_int_eq(mounts_find_at(&paths, scratch_path(&scratch, "none"), &info, &err), ERR_IO);
}
END_TEST

static void add_loop(const char *name, const char *number, const char *backing)
{
	char path[128], text[256];

	(void)snprintf(path, sizeof(path), "sys/block/%s/dev", name);
	scratch_write(&scratch, path, number);
	if (backing) {
		(void)snprintf(path, sizeof(path), "sys/block/%s/loop/backing_file", name);
		(void)snprintf(text, sizeof(text), "%s\n", backing);
		scratch_write(&scratch, path, text);
	}
}

START_TEST(file_behind_a_loop_device)
{
	struct mount_info info;

	scratch_write(&scratch, "img", "x");
	scratch_write(&scratch, "other", "x");
	scratch_link(&scratch, "link", "img");
	add_loop("loop5", "7:5", NULL);
	add_loop("loop2", "7:2", scratch_path(&scratch, "other"));
	add_loop("sda", "8:0", scratch_path(&scratch, "img")); /* no loop device, whatever it says */
	ck_assert_int_eq(mounts_find_at(&paths, scratch_path(&scratch, "img"), &info, &err), 0);
	add_loop("loop0", "7:0", scratch_path(&scratch, "img"));
	expect_target(mounts_find_at(&paths, scratch_path(&scratch, "img"), &info, &err), &info, "/mnt/with space",
		      "/dev/loop0", "xfs");
	expect_target(mounts_find_at(&paths, scratch_path(&scratch, "link"), &info, &err), &info, "/mnt/with space",
		      "/dev/loop0", "xfs");
	ck_assert_int_eq(mounts_find_at(&paths, scratch_path(&scratch, "other"), &info, &err), 0);
}
END_TEST

START_TEST(second_loop_device_is_the_mounted_one)
{
	struct mount_info info;

	scratch_write(&scratch, "img", "x");
	add_loop("loop7", "7:7", scratch_path(&scratch, "img"));
	add_loop("loop0", "7:0", scratch_path(&scratch, "img"));
	expect_target(mounts_find_at(&paths, scratch_path(&scratch, "img"), &info, &err), &info, "/mnt/with space",
		      "/dev/loop0", "xfs");
}
END_TEST

START_TEST(partitions_stand_in_the_way)
{
	struct mount_info info;

	scratch_write(&scratch, "sys/dev/block/7:1/loop1p1/partition", "1\n");
	scratch_write(&scratch, "sys/dev/block/7:1/loop1p1/dev", "7:129\n");
	scratch_write(&scratch, "sys/dev/block/7:1/queue/scheduler", "none\n");
	scratch_write(&scratch, "sys/dev/block/7:2/loop2p1/partition", "1\n");
	scratch_write(&scratch, "sys/dev/block/7:2/loop2p1/dev", "7:130\n");
	expect_target(mounts_blocking(&paths, makedev(7, 1), &info, &err), &info, "/mnt/loop1p1", "/dev/loop1p1",
		      "xfs");
	ck_assert_int_eq(mounts_blocking(&paths, makedev(7, 2), &info, &err), 0);
	expect_target(mounts_blocking(&paths, makedev(7, 0), &info, &err), &info, "/mnt/with space", "/dev/loop0",
		      "xfs");
	/* A mounted partition does not make the disk mounted. */
	scratch_write(&scratch, "img", "x");
	add_loop("loop1", "7:1", scratch_path(&scratch, "img"));
	ck_assert_int_eq(mounts_find_at(&paths, scratch_path(&scratch, "img"), &info, &err), 0);
}
END_TEST

START_TEST(this_system)
{
	struct mount_info info;

	ck_assert_int_eq(mounts_find("/proc", &info, &err), 1);
	ck_assert_str_eq(info.fstype, "proc");
	mount_info_fini(&info);
	ck_assert_int_eq(mounts_find(mountinfo, &info, &err), 0);
}
END_TEST

Suite *mounts_suite(void)
{
	Suite *suite = suite_create("mounts");
	TCase *tc = tcase_create("mounts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, table_by_number);
	tcase_add_test(tc, table_by_target);
	tcase_add_test(tc, folders_as_themselves);
	tcase_add_test(tc, file_behind_a_loop_device);
	tcase_add_test(tc, second_loop_device_is_the_mounted_one);
	tcase_add_test(tc, partitions_stand_in_the_way);
	tcase_add_test(tc, this_system);
	suite_add_tcase(suite, tc);
	return suite;
}
