/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claiming. */
#include "device/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/loop.h"
#include "device/mounts_at.h"

struct question {
	const struct system_paths *paths;
	const char *path;
};

static int first_name(void *arg, const char *name, struct error *err)
{
	(void)err;
	*(char **)arg = strdup(name);
	return 1;
}

/* 1 and *out (the caller's; NULL for want of memory): the name of a device that stands on the loop device @name. */
static int find_holder(const struct system_paths *paths, const char *name, char **out, struct error *err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/block/%s/holders", paths->sys, name) >= (int)sizeof(path))
		return error_set(err, ERR_INVALID, "the path of sysfs is too long");
	return sysfs_names(path, first_name, out, err);
}

static int refuse_busy_loop(void *arg, const char *name, dev_t devno, struct error *err)
{
	const struct question *question = arg;
	struct mount_info mount;
	char *holder = NULL;
	int rc = mounts_blocking(question->paths, devno, &mount, err);

	if (rc == 1) {
		rc = error_set(err, ERR_BUSY, "%s is mounted on %s, through %s", question->path, mount.target, name);
		mount_info_fini(&mount);
	} else if (rc == 0) {
		rc = find_holder(question->paths, name, &holder, err);
		if (rc == 1)
			rc = error_set(err, ERR_BUSY, "%s is in use by %s, through %s", question->path,
				       holder ? holder : "another device", name);
		free(holder);
	}
	return rc;
}

static int claim_file(const struct system_paths *paths, const char *path, bool writable, const struct claim *claim,
		      struct error *err)
{
	struct question question = {paths, path};

	/* Some network file systems have no locks; nobody can hold one there either. */
	if (flock(claim->fd, (writable ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 && errno != EOPNOTSUPP && errno != ENOLCK) {
		if (errno == EWOULDBLOCK)
			return error_set_errno(err, ERR_BUSY, errno, "%s is locked by another program", path);
		return error_set_errno(err, ERR_IO, errno, "cannot lock %s", path);
	}
	return loop_each(paths, &claim->st, refuse_busy_loop, &question, err);
}

/* What made the exclusive open fail, as far as it can be found out. */
static int explain_busy(const struct system_paths *paths, const char *path, dev_t devno, struct error *err)
{
	struct mount_info mount;
	int rc = mounts_blocking(paths, devno, &mount, err);

	if (rc == 1) {
		rc = error_set(err, ERR_BUSY, "%s is mounted on %s (%s)", path, mount.target, mount.source);
		mount_info_fini(&mount);
		return rc;
	}
	if (rc == 0)
		rc = error_set_errno(err, ERR_BUSY, EBUSY, "%s is in use", path);
	return rc;
}

/* A character device of the subsystem "dax". 1, 0, ERR_*. */
static int is_dax(const struct system_paths *paths, dev_t devno, struct error *err)
{
	char *name;
	int rc = sysfs_link_name(&name, err, "%s/dev/char/%u:%u/subsystem", paths->sys, major(devno), minor(devno));

	if (rc == 1) {
		rc = strcmp(name, "dax") == 0;
		free(name);
	}
	return rc;
}

static int find_kind(const struct system_paths *paths, const char *path, struct claim *claim, struct error *err)
{
	int rc = 0;

	if (stat(path, &claim->st) != 0)
		return error_set_errno(err, ERR_IO, errno, "cannot open %s", path);
	if (S_ISREG(claim->st.st_mode)) {
		claim->kind = DEVICE_FILE;
		return 0;
	}
	if (S_ISBLK(claim->st.st_mode)) {
		claim->kind = DEVICE_BLOCK;
		return 0;
	}
	if (S_ISCHR(claim->st.st_mode)) {
		claim->kind = DEVICE_DAX;
		rc = is_dax(paths, claim->st.st_rdev, err);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	return error_set(err, ERR_INVALID, "%s is neither a file nor a block device nor a DAX device", path);
}

int claim_open(const struct system_paths *paths, const char *path, bool writable, struct claim *out, struct error *err)
{
	struct claim claim = {.fd = -1};
	struct stat before;
	int rc = find_kind(paths, path, &claim, err);

	if (rc != 0)
		return rc;
	before = claim.st;
	/* Not before its kind is known: opening some devices does something. */
	claim.fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC |
				      (claim.kind == DEVICE_BLOCK ? O_EXCL : O_NONBLOCK));
	if (claim.fd < 0) {
		if (errno == EBUSY)
			return explain_busy(paths, path, claim.st.st_rdev, err);
		return error_set_errno(err, ERR_IO, errno, "cannot open %s", path);
	}
	if (fstat(claim.fd, &claim.st) != 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot look at %s", path);
	else if (claim.st.st_ino != before.st_ino || claim.st.st_dev != before.st_dev)
		rc = error_set(err, ERR_BUSY, "%s was replaced while it was opened", path);
	else if (claim.kind == DEVICE_FILE)
		rc = claim_file(paths, path, writable, &claim, err);
	if (rc != 0) {
		(void)close(claim.fd);
		return rc;
	}
	*out = claim;
	return 0;
}
