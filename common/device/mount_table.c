/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searching the mount table. */
#include "device/mount_table.h"

#include <errno.h>
#include <libmount.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct mount_table {
	struct libmnt_table *entries;
};

int mount_table_open(const char *mountinfo, struct mount_table **out, struct error *err)
{
	struct mount_table *table = calloc(1, sizeof(*table));
	int rc = 0;

	if (!table)
		return error_set(err, ERR_NOMEM, "no memory for the table of mounts");
	table->entries = mnt_new_table();
	if (!table->entries)
		rc = error_set(err, ERR_NOMEM, "no memory for the table of mounts");
	else if ((rc = mnt_table_parse_file(table->entries, mountinfo)) != 0)
		rc = error_set_errno(err, ERR_IO, rc < 0 ? -rc : EINVAL, "cannot read %s", mountinfo);
	if (rc != 0) {
		mount_table_close(table);
		return rc;
	}
	*out = table;
	return 0;
}

void mount_table_close(struct mount_table *table)
{
	if (!table)
		return;
	mnt_unref_table(table->entries);
	free(table);
}

static char *copy_or_empty(const char *text)
{
	return strdup(text ? text : "");
}

static int describe(struct libmnt_fs *entry, struct mount_info *out, struct error *err)
{
	struct mount_info info = {
		.target = copy_or_empty(mnt_fs_get_target(entry)),
		.source = copy_or_empty(mnt_fs_get_source(entry)),
		.fstype = copy_or_empty(mnt_fs_get_fstype(entry)),
	};

	if (!info.target || !info.source || !info.fstype) {
		mount_info_fini(&info);
		return error_set(err, ERR_NOMEM, "no memory to describe a mount");
	}
	*out = info;
	return 1;
}

/*
 * Mostly the table has the device's number. A file system that may span devices (btrfs) shows a number of its own
 * with major 0, and then the name of the source must do.
 */
static bool is_on(struct libmnt_fs *entry, dev_t devno)
{
	const char *source = mnt_fs_get_srcpath(entry);
	struct stat st;

	if (mnt_fs_get_devno(entry) == devno)
		return true;
	return major(mnt_fs_get_devno(entry)) == 0 && source && source[0] == '/' && stat(source, &st) == 0 &&
	       S_ISBLK(st.st_mode) && st.st_rdev == devno;
}

static bool shows_all(struct libmnt_fs *entry)
{
	const char *root = mnt_fs_get_root(entry);

	return !root || strcmp(root, "/") == 0;
}

int mount_table_by_devno(const struct mount_table *table, dev_t devno, struct mount_info *out, struct error *err)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *entry, *best = NULL;

	if (!iter)
		return error_set(err, ERR_NOMEM, "no memory to search the table of mounts");
	while (mnt_table_next_fs(table->entries, iter, &entry) == 0)
		if (is_on(entry, devno) && (!best || (shows_all(entry) && !shows_all(best))))
			best = entry;
	mnt_free_iter(iter);
	return best ? describe(best, out, err) : 0;
}

static bool is_at(struct libmnt_fs *entry, const char *path)
{
	const char *target = mnt_fs_get_target(entry);

	return target && strcmp(target, path) == 0;
}

int mount_table_by_target(const struct mount_table *table, const char *target, struct mount_info *out,
			  struct error *err)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *entry;
	int rc = 0;

	if (!iter)
		return error_set(err, ERR_NOMEM, "no memory to search the table of mounts");
	/* The last one lies on top of all others on that folder. */
	while (rc == 0 && mnt_table_next_fs(table->entries, iter, &entry) == 0)
		if (is_at(entry, target))
			rc = describe(entry, out, err);
	mnt_free_iter(iter);
	return rc;
}
