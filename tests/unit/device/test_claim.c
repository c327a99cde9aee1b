/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Claims against the kernel, with loop devices and mounts of our own: for root only.
 *
 * The mounts are made in a mount namespace of the test's process, and the loop devices clear themselves when nobody
 * uses them: nothing stays, however the test ends.
 */
#include "device/claim.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/device.h"
#include "device/mounts.h"
#include "unit/device/scratch.h"

Suite *claim_suite(void);

#define IMAGE_BYTES ((uint64_t)8 << 20)

static struct scratch scratch;
static struct error err;
static char image[96], folder[96];

/* A loop device over @path from @offset on; its descriptor keeps it. */
static int attach(const char *path, char *name, size_t room)
{
	struct loop_info64 info = {.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_PARTSCAN};
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), file = open(path, O_RDWR | O_CLOEXEC);
	int loop = -1;

	ck_assert_int_ge(control, 0);
	ck_assert_int_ge(file, 0);
	for (int attempt = 0; loop < 0 && attempt < 50; attempt++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		ck_assert_int_ge(number, 0);
		(void)snprintf(name, room, "/dev/loop%d", number);
		loop = open(name, O_RDWR | O_CLOEXEC);
		ck_assert_int_ge(loop, 0);
		/* Somebody else may have been quicker. */
		if (ioctl(loop, LOOP_SET_FD, file) != 0) {
			ck_assert_int_eq(errno, EBUSY);
			ck_assert_int_eq(close(loop), 0);
			loop = -1;
		}
	}
	ck_assert_int_ge(loop, 0);
	ck_assert_int_eq(ioctl(loop, LOOP_SET_STATUS64, &info), 0);
	(void)close(control);
	(void)close(file);
	return loop;
}

static void setup(void)
{
	scratch_init(&scratch);
	(void)snprintf(image, sizeof(image), "%s/img", scratch.dir);
	(void)snprintf(folder, sizeof(folder), "%s/mnt", scratch.dir);
	scratch_folder(&scratch, "mnt");
	scratch_image(&scratch, "img", IMAGE_BYTES);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
}

static void teardown(void)
{
	scratch_fini(&scratch);
}

/* A file system that the kernel mounts from so small an image. */
static void make_fs(const char *path)
{
	char command[256];

	(void)snprintf(command, sizeof(command), "mkfs.ext4 -q -F %s >/dev/null 2>&1", path);
	ck_assert_int_eq(system(command), 0);
}

static void expect_open(const char *path, int rc)
{
	struct device *device = NULL;

	ck_assert_int_eq(device_open(path, 0, &device, &err), rc);
	device_close(device);
}

START_TEST(block_device_is_exclusive)
{
	char name[32];
	int loop = attach(image, name, sizeof(name)), other;
	struct device *device;
	struct interval_set bad = {0};
	uint8_t to[5000];
	size_t wrong = 0;

	ck_assert_int_eq(device_open(name, 0, &device, &err), 0);
	ck_assert_int_eq(device_kind(device), DEVICE_BLOCK);
	ck_assert_uint_eq(device_size_bytes(device), IMAGE_BYTES);
	ck_assert_int_eq(device_read(device, 12345, to, sizeof(to), &err), 0);
	for (size_t i = 0; i < sizeof(to); i++)
		wrong += to[i] != image_byte(12345 + i);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_int_eq(device_probe(device, 0, IMAGE_BYTES, &bad, &err), 0);
	ck_assert_uint_eq(bad.count, 0);
	ck_assert_ptr_null(device_probe_caveat(device));
	expect_open(name, ERR_BUSY);
	ck_assert_int_eq(open(name, O_RDONLY | O_EXCL), -1);
	ck_assert_int_eq(errno, EBUSY);
	device_close(device);
	other = open(name, O_RDONLY | O_EXCL);
	ck_assert_int_ge(other, 0);
	(void)close(other);
	/* The image of a loop device that nobody uses may be read. */
	expect_open(image, 0);
	(void)close(loop);
}
END_TEST

START_TEST(block_device_that_loses_its_end)
{
	static const uint64_t lost[][2] = {{IMAGE_BYTES / 2, IMAGE_BYTES}};
	char name[32];
	int loop = attach(image, name, sizeof(name));
	struct interval_set bad = {0};
	struct device *device;
	uint8_t to[8192];

	/* The loop driver fails what its file no longer has: a media error, as far as a reader can see. */
	ck_assert_int_eq(device_open(name, 0, &device, &err), 0);
	ck_assert_int_eq(truncate(image, IMAGE_BYTES / 2), 0);
	ck_assert_int_eq(device_read(device, IMAGE_BYTES / 2 - 4096, to, sizeof(to), &err), ERR_MEDIA);
	ck_assert_uint_eq(err.offset_bytes, IMAGE_BYTES / 2);
	ck_assert_int_eq(device_probe(device, 0, IMAGE_BYTES, &bad, &err), 0);
	interval_settle(&bad);
	expect_ranges(&bad, lost, 1);
	interval_fini(&bad);
	device_close(device);
	(void)close(loop);
}
END_TEST

START_TEST(block_device_is_written)
{
	char name[32];
	int loop = attach(image, name, sizeof(name));
	uint8_t from[5000], to[5000];
	struct device *device;

	memset(from, 0xa5, sizeof(from));
	ck_assert_int_eq(device_open(name, DEVICE_WRITE, &device, &err), 0);
	ck_assert_int_eq(device_zero(device, 1000, 70000, &err), 0);
	ck_assert_int_eq(device_write(device, 12345, from, sizeof(from), &err), 0);
	ck_assert_int_eq(device_flush(device, &err), 0);
	ck_assert_int_eq(device_discard(device, IMAGE_BYTES / 2, IMAGE_BYTES / 4, &err), 0);
	expect_open(name, ERR_BUSY);
	for (unsigned round = 0; round < 2; round++) {
		ck_assert_int_eq(device_read(device, 12345, to, sizeof(to), &err), 0);
		ck_assert_int_eq(memcmp(from, to, sizeof(to)), 0);
		ck_assert_int_eq(device_read(device, 998, to, 4, &err), 0);
		ck_assert_uint_eq(to[0], image_byte(998));
		ck_assert_uint_eq(to[1], image_byte(999));
		ck_assert_uint_eq(to[2] | to[3], 0);
		ck_assert_int_eq(device_read(device, 70998, to, 4, &err), 0);
		ck_assert_uint_eq(to[0] | to[1], 0);
		ck_assert_uint_eq(to[2], image_byte(71000));
		ck_assert_uint_eq(to[3], image_byte(71001));
		device_close(device);
		/* The same from what is behind the device. */
		ck_assert_int_eq(device_open(image, 0, &device, &err), 0);
	}
	device_close(device);
	(void)close(loop);
}
END_TEST

START_TEST(block_device_that_cannot_be_written)
{
	char name[32];
	int loop = attach(image, name, sizeof(name));
	struct device *device;
	uint8_t from[4096] = {0};

	/* Part of a page: the rest has to be read first, which fails here and now. */
	ck_assert_int_eq(device_open(name, DEVICE_WRITE, &device, &err), 0);
	ck_assert_int_eq(truncate(image, IMAGE_BYTES / 2), 0);
	ck_assert_int_eq(device_write(device, IMAGE_BYTES / 2 - 4096, from, 4096, &err), 0);
	ck_assert_int_eq(device_write(device, IMAGE_BYTES * 3 / 4 + 512, from, 512, &err), ERR_MEDIA);
	ck_assert(err.has_offset);
	ck_assert_uint_eq(err.offset_bytes, IMAGE_BYTES * 3 / 4 + 512);
	device_close(device);
	(void)close(loop);
}
END_TEST

START_TEST(mounted_is_refused_by_device_and_by_image)
{
	char name[32];
	int loop = attach(image, name, sizeof(name));
	struct mount_info info;

	make_fs(name);
	ck_assert_int_eq(mounts_find(image, &info, &err), 0);
	ck_assert_int_eq(mount(name, folder, "ext4", 0, NULL), 0);
	expect_open(name, ERR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, folder));
	/* Also by another name: the driver knows the file by its number. */
	ck_assert_int_eq(rename(image, scratch_path(&scratch, "renamed")), 0);
	expect_open(scratch_path(&scratch, "renamed"), ERR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, folder));
	ck_assert_ptr_nonnull(strstr(err.text, name + strlen("/dev/")));
	for (int i = 0; i < 3; i++) {
		const char *const asked[] = {name, folder, scratch_path(&scratch, "renamed")};

		ck_assert_int_eq(mounts_find(asked[i], &info, &err), 1);
		ck_assert_str_eq(info.target, folder);
		ck_assert_str_eq(info.source, name);
		ck_assert_str_eq(info.fstype, "ext4");
		mount_info_fini(&info);
	}
	ck_assert_int_eq(umount(folder), 0);
	expect_open(name, 0);
	expect_open(scratch_path(&scratch, "renamed"), 0);
	(void)close(loop);
}
END_TEST

START_TEST(mounted_partition_is_refused)
{
	char name[32], node[96];
	int loop = attach(image, name, sizeof(name));
	struct blkpg_partition part = {.start = 1 << 20, .length = 6 << 20, .pno = 1};
	struct blkpg_ioctl_arg arg = {.op = BLKPG_ADD_PARTITION, .datalen = sizeof(part), .data = &part};
	char path[128];
	unsigned major_no, minor_no;
	FILE *file;

	ck_assert_int_eq(ioctl(loop, BLKPG, &arg), 0);
	(void)snprintf(path, sizeof(path), "/sys/block/%s/%sp1/dev", name + 5, name + 5);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%u:%u", &major_no, &minor_no), 2);
	(void)fclose(file);
	(void)snprintf(node, sizeof(node), "%s/p1", scratch.dir);
	ck_assert_int_eq(mknod(node, S_IFBLK | 0600, makedev(major_no, minor_no)), 0);
	make_fs(node);
	expect_open(name, 0);
	expect_open(image, 0);
	ck_assert_int_eq(mount(node, folder, "ext4", 0, NULL), 0);
	expect_open(node, ERR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, folder));
	expect_open(name, ERR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, folder));
	expect_open(image, ERR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, folder));
	ck_assert_int_eq(umount(folder), 0);
	expect_open(image, 0);
	arg.op = BLKPG_DEL_PARTITION;
	ck_assert_int_eq(ioctl(loop, BLKPG, &arg), 0);
	(void)close(loop);
}
END_TEST

/* Why these tests cannot run here, or NULL. */
static const char *obstacle(void)
{
	if (geteuid() != 0)
		return "not root";
	if (access("/dev/loop-control", R_OK | W_OK) != 0)
		return "no /dev/loop-control";
	if (system("command -v mkfs.ext4 >/dev/null 2>&1") != 0)
		return "no mkfs.ext4";
	return NULL;
}

Suite *claim_suite(void)
{
	Suite *suite = suite_create("claim");
	TCase *tc = tcase_create("claim");
	const char *why = obstacle();

	if (why) {
		printf("skipped: 6 tests of claim (loop devices and mounts): %s\n", why);
		return suite;
	}
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, block_device_is_exclusive);
	tcase_add_test(tc, block_device_that_loses_its_end);
	tcase_add_test(tc, block_device_is_written);
	tcase_add_test(tc, block_device_that_cannot_be_written);
	tcase_add_test(tc, mounted_is_refused_by_device_and_by_image);
	tcase_add_test(tc, mounted_partition_is_refused);
	suite_add_tcase(suite, tc);
	return suite;
}
