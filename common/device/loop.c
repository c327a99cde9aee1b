/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking through the loop devices. */
#include "device/loop.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct search {
	const struct system_paths *paths;
	const struct stat *file;
	loop_fn *fn;
	void *arg;
};

/* The loop driver gives the device number in the kernel's own coding: 12 bits of major, minor around it. */
static dev_t devno_of_loop(uint64_t coded)
{
	return makedev((unsigned)(coded >> 8) & 0xfffu,
		       ((unsigned)coded & 0xffu) | ((unsigned)(coded >> 12) & 0xfff00u));
}

/* 1: is backed by the file, 0: by another, -1: does not say. */
static int ask_driver(const struct search *search, const char *name, dev_t devno)
{
	char path[PATH_MAX];
	struct loop_info64 info;
	struct stat st;
	int fd, answer = -1;

	if (snprintf(path, sizeof(path), "%s/%s", search->paths->dev, name) >= (int)sizeof(path))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	/* The node may be anything, in a container for example. */
	if (fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == devno &&
	    ioctl(fd, LOOP_GET_STATUS64, &info) == 0)
		answer = devno_of_loop(info.lo_device) == search->file->st_dev && info.lo_inode == search->file->st_ino;
	(void)close(fd);
	return answer;
}

static bool is_named(const struct search *search, char *backing)
{
	struct stat st;

	backing[strcspn(backing, "\n")] = '\0';
	return stat(backing, &st) == 0 && st.st_dev == search->file->st_dev && st.st_ino == search->file->st_ino;
}

static int look(void *arg, const char *name, struct error *err)
{
	const struct search *search = arg;
	char *backing;
	dev_t devno;
	size_t len;
	int rc;
	bool same;

	if (strncmp(name, "loop", 4) != 0)
		return 0;
	/* Not there: the loop device is free. */
	rc = sysfs_text(&backing, &len, err, "%s/block/%s/loop/backing_file", search->paths->sys, name);
	if (rc != 1)
		return rc;
	rc = sysfs_devno(&devno, err, "%s/block/%s/dev", search->paths->sys, name);
	if (rc == 1) {
		rc = ask_driver(search, name, devno);
		same = rc == -1 ? is_named(search, backing) : rc == 1;
		rc = same ? search->fn(search->arg, name, devno, err) : 0;
	}
	free(backing);
	return rc;
}

int loop_each(const struct system_paths *paths, const struct stat *file, loop_fn *fn, void *arg, struct error *err)
{
	struct search search = {paths, file, fn, arg};
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/block", paths->sys) >= (int)sizeof(path))
		return error_set(err, ERR_INVALID, "the path of sysfs is too long");
	return sysfs_names(path, look, &search, err);
}
