/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the report says that a bad byte lies in a file, the kernel must read that very byte of the device: every sector
 * of every piece of file data of a whole image is compared with what the kernel reads through every path at the
 * reported offset.
 *
 * usage: test_content IMAGE MOUNTPOINT, where another copy of the same image is mounted
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/damage/damage.h"
#include "fs/fs.h"

#define SECTOR 512u

static unsigned long checks, failures, sectors;

static void fail(const char *path, uint64_t offset, const char *what)
{
	failures++;
	if (failures < 20)
		printf("FAIL %s at %llu: %s\n", path, (unsigned long long)offset, what);
}

/* Opens a path below the mount point step by step: paths may be longer than the kernel takes at once. */
static int open_below(int root, const char *path)
{
	char name[256];
	int at = dup(root);

	while (at >= 0 && *path) {
		size_t len = strcspn(path + 1, "/");
		int next;

		if (len >= sizeof(name))
			return -1;
		memcpy(name, path + 1, len);
		name[len] = '\0';
		next = openat(at, name, (path[1 + len] ? O_PATH : O_RDONLY | O_NONBLOCK) | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
		path += 1 + len;
	}
	return at;
}

/* One owner's bytes through one path, against the device's. */
static void compare(struct device *device, int root, const char *path, const struct damage_piece *piece,
		    const struct damage_owner *owner)
{
	uint64_t len = piece->end_bytes - piece->start_bytes - owner->past_eof_bytes;
	int fd = open_below(root, path);

	checks++;
	if (fd < 0) {
		fail(path, owner->offset_bytes, "cannot be opened");
		return;
	}
	for (uint64_t at = 0; at < len; at += SECTOR) {
		char by_kernel[SECTOR], on_device[SECTOR];
		size_t want = len - at < SECTOR ? (size_t)(len - at) : SECTOR;
		struct error err;

		sectors++;
		if (pread(fd, by_kernel, want, (off_t)(owner->offset_bytes + at)) != (ssize_t)want)
			fail(path, owner->offset_bytes + at, "the kernel reads less");
		else if (device_read(device, piece->start_bytes + at, on_device, want, &err) != 0)
			fail(path, owner->offset_bytes + at, err.text);
		else if (memcmp(by_kernel, on_device, want) != 0)
			fail(path, owner->offset_bytes + at, "other bytes than on the device");
	}
	close(fd);
}

static void check_report(struct device *device, int root, const struct damage_report *report)
{
	for (size_t i = 0; i < report->piece_count; i++) {
		const struct damage_piece *piece = &report->pieces[i];

		if (piece->code != DAMAGE_DATA && piece->code != DAMAGE_SHARED_DATA)
			continue;
		for (size_t k = 0; k < piece->owner_count; k++) {
			const struct damage_owner *owner = &report->owners[piece->owner + k];
			const struct damage_file *file = &report->files[owner->file];

			/* One path: that all of them lead to the inode, test_paths shows. */
			if (file->path_count > 0)
				compare(device, root, file->paths[0].bytes, piece, owner);
			else if (file->info.nlink > 0)
				fail("(no path)", file->info.ino, "a linked file without a path");
		}
	}
}

int main(int argc, char **argv)
{
	struct damage_options options = {0};
	struct damage_report report = {0};
	struct interval_set whole = {0};
	struct device *device = NULL;
	struct pool *pool = NULL;
	struct view view = {0};
	struct fs *fs = NULL;
	struct error err;
	int root, rc;

	if (argc != 3) {
		fprintf(stderr, "usage: test_content IMAGE MOUNTPOINT\n");
		return 99;
	}
	root = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
	rc = device_open(argv[1], 0, &device, &err);
	if (rc == 0)
		rc = fs_open(device, &fs, &err);
	if (rc == 0)
		rc = pool_open(2, &pool, &err);
	if (rc == 0)
		rc = view_offline_open(fs, pool, &view, &err);
	if (rc == 0)
		rc = interval_add(&whole, 0, fs->geo.blocks << fs->geo.block_log);
	if (rc == 0)
		rc = damage_find(&view, &whole, &options, &report, &err);
	if (rc != 0 || root < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], rc != 0 ? err.text : "no mount point");
		return 99;
	}
	check_report(device, root, &report);
	damage_report_fini(&report);
	interval_fini(&whole);
	view_close(&view);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
	close(root);
	printf("%lu sectors compared\n%lu passed, %lu failed\n", sectors, checks - (failures < checks ? failures : checks),
	       failures);
	return failures || checks == 0 ? 1 : 0;
}
