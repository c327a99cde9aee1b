/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a path to the mount on it. */
#include "device/mounts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "device/loop.h"
#include "device/mount_table.h"
#include "device/mounts_at.h"

void mount_info_fini(struct mount_info *info)
{
	free(info->target);
	free(info->source);
	free(info->fstype);
	*info = (struct mount_info){0};
}

struct search {
	const struct system_paths *paths;
	const struct mount_table *table;
	const char *disk; /* whose partitions are looked at */
	struct mount_info *out;
};

static int on_loop(void *arg, const char *name, dev_t devno, struct error *err)
{
	struct search *search = arg;

	(void)name;
	return mount_table_by_devno(search->table, devno, search->out, err);
}

static int on_folder(const struct mount_table *table, const char *path, struct mount_info *out, struct error *err)
{
	char *canonical = realpath(path, NULL);
	int rc;

	if (!canonical)
		return error_set_errno(err, ERR_IO, errno, "cannot find %s", path);
	rc = mount_table_by_target(table, canonical, out, err);
	free(canonical);
	return rc;
}

int mounts_find_at(const struct system_paths *paths, const char *path, struct mount_info *out, struct error *err)
{
	struct search search = {.paths = paths, .out = out};
	struct mount_table *table;
	struct stat st;
	int rc;

	if (stat(path, &st) != 0)
		return error_set_errno(err, ERR_IO, errno, "cannot find %s", path);
	rc = mount_table_open(paths->mountinfo, &table, err);
	if (rc != 0)
		return rc;
	search.table = table;
	if (S_ISDIR(st.st_mode))
		rc = on_folder(table, path, out, err);
	else if (S_ISBLK(st.st_mode))
		rc = mount_table_by_devno(table, st.st_rdev, out, err);
	else if (S_ISREG(st.st_mode))
		rc = loop_each(paths, &st, on_loop, &search, err);
	mount_table_close(table);
	return rc;
}

int mounts_find(const char *path, struct mount_info *out, struct error *err)
{
	return mounts_find_at(&system_paths_real, path, out, err);
}

/* The partitions of a disk are the folders below its own that have a "partition". */
static int on_partition(void *arg, const char *name, struct error *err)
{
	struct search *search = arg;
	uint64_t number;
	dev_t devno;
	int rc = sysfs_u64(&number, err, "%s/%s/partition", search->disk, name);

	if (rc == 1)
		rc = sysfs_devno(&devno, err, "%s/%s/dev", search->disk, name);
	if (rc == 1)
		rc = mount_table_by_devno(search->table, devno, search->out, err);
	return rc;
}

int mounts_blocking(const struct system_paths *paths, dev_t devno, struct mount_info *out, struct error *err)
{
	char disk[PATH_MAX];
	struct search search = {.paths = paths, .disk = disk, .out = out};
	struct mount_table *table;
	int rc;

	if (snprintf(disk, sizeof(disk), "%s/dev/block/%u:%u", paths->sys, major(devno), minor(devno)) >=
	    (int)sizeof(disk))
		return error_set(err, ERR_INVALID, "the path of sysfs is too long");
	rc = mount_table_open(paths->mountinfo, &table, err);
	if (rc != 0)
		return rc;
	search.table = table;
	rc = mount_table_by_devno(table, devno, out, err);
	if (rc == 0)
		rc = sysfs_names(disk, on_partition, &search, err);
	mount_table_close(table);
	return rc;
}
