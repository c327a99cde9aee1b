/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking the devices below. */
#include "device/badblocks_walk.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/badblocks_text.h"

#define DEPTH_MAX 16u /* partitions and device-mapper devices on top of each other; the kernel allows no loops */

struct walk {
	const struct badblocks_sources *sources;
	unsigned depth;
	struct badblocks *out;
};

static int walk_down(const struct badblocks_sources *sources, dev_t devno, unsigned depth, struct badblocks *out,
		     struct error *err);

/* Whole sectors as bytes; false if that is more than a number holds. */
static bool in_bytes(uint64_t *sectors)
{
	if (*sectors > UINT64_MAX / 2 / BADBLOCKS_SECTOR_BYTES)
		return false;
	*sectors *= BADBLOCKS_SECTOR_BYTES;
	return true;
}

/* Adds the part [start, start + len) of what device @below knows, at @at. In sectors. */
static int take_part(const struct walk *walk, dev_t below, uint64_t start, uint64_t len, uint64_t at, struct error *err)
{
	struct badblocks bad = {0};
	int rc;

	if (!in_bytes(&start) || !in_bytes(&len) || !in_bytes(&at))
		return error_set(err, ERR_CORRUPT, "device %u:%u reaches beyond what a device can hold", major(below),
				 minor(below));
	rc = walk_down(walk->sources, below, walk->depth + 1, &bad, err);
	if (rc == 0 && badblocks_move(&bad.bytes, start, len, at, &walk->out->bytes) != 0)
		rc = error_set(err, ERR_NOMEM, "no memory for bad blocks");
	walk->out->maybe_incomplete |= bad.maybe_incomplete;
	walk->out->from_ndctl |= bad.from_ndctl;
	walk->out->from_sysfs |= bad.from_sysfs;
	badblocks_fini(&bad);
	return rc;
}

/* A disk that lies below in a way that is not known: if it has bad blocks, some of them may be ours. */
static int suspect_below(void *arg, const char *name, struct error *err)
{
	const struct walk *walk = arg;
	struct badblocks bad = {0};
	dev_t devno;
	int rc = sysfs_devno(&devno, err, "%s/class/block/%s/dev", walk->sources->paths->sys, name);

	if (rc != 1)
		return rc;
	rc = walk_down(walk->sources, devno, walk->depth + 1, &bad, err);
	if (rc == 0 && (bad.bytes.count > 0 || bad.maybe_incomplete))
		walk->out->maybe_incomplete = true;
	badblocks_fini(&bad);
	return rc;
}

static int ask_table(struct walk *walk, const char *folder, dev_t devno, struct error *err)
{
	struct dm_table table = {0};
	char slaves[PATH_MAX];
	bool all_known;
	int rc = walk->sources->table(devno, &table, err);

	if (rc < 0)
		return rc;
	all_known = rc == 1 && table.others == 0;
	rc = 0;
	for (size_t i = 0; rc == 0 && i < table.count; i++) {
		const struct dm_linear *part = &table.linear[i];

		rc = take_part(walk, part->below, part->below_start, part->len, part->start, err);
	}
	dm_table_fini(&table);
	if (rc != 0 || all_known)
		return rc;
	if (snprintf(slaves, sizeof(slaves), "%s/slaves", folder) >= (int)sizeof(slaves))
		return error_set(err, ERR_INVALID, "the path of sysfs is too long");
	return sysfs_names(slaves, suspect_below, walk, err);
}

static int ask_sysfs(const char *folder, struct badblocks *out, struct error *err)
{
	char *text;
	size_t len;
	int rc = sysfs_text(&text, &len, err, "%s/badblocks", folder);

	if (rc != 1)
		return rc;
	rc = badblocks_parse_sysfs(text, len, (size_t)sysconf(_SC_PAGESIZE), folder, out, err);
	out->from_sysfs = true;
	free(text);
	return rc;
}

static int ask_disk(const struct badblocks_sources *sources, const char *folder, struct badblocks *out,
		    struct error *err)
{
	char *name;
	int rc;

	if (!sources->disk)
		return 0;
	rc = sysfs_link_name(&name, err, "%s", folder);
	if (rc == 1) {
		rc = sources->disk(name, out, err);
		free(name);
	}
	return rc;
}

static int ask_whole(struct walk *walk, const char *folder, dev_t devno, struct error *err)
{
	char dm[PATH_MAX];
	int rc = ask_sysfs(folder, walk->out, err);

	if (rc == 0)
		rc = ask_disk(walk->sources, folder, walk->out, err);
	if (rc != 0)
		return rc;
	if (snprintf(dm, sizeof(dm), "%s/dm", folder) >= (int)sizeof(dm))
		return error_set(err, ERR_INVALID, "the path of sysfs is too long");
	return access(dm, F_OK) == 0 ? ask_table(walk, folder, devno, err) : 0;
}

static int ask_partition(struct walk *walk, const char *folder, struct error *err)
{
	uint64_t start, len;
	dev_t disk;
	int rc = sysfs_u64(&start, err, "%s/start", folder);

	if (rc == 1)
		rc = sysfs_u64(&len, err, "%s/size", folder);
	/* The folder is a link to one inside that of the disk. */
	if (rc == 1)
		rc = sysfs_devno(&disk, err, "%s/../dev", folder);
	return rc == 1 ? take_part(walk, disk, start, len, 0, err) : rc;
}

/* A device that sysfs does not know has no bad blocks that anybody knows of. */
static int walk_down(const struct badblocks_sources *sources, dev_t devno, unsigned depth, struct badblocks *out,
		     struct error *err)
{
	struct walk walk = {sources, depth, out};
	char folder[PATH_MAX];
	uint64_t number;
	int rc;

	if (depth > DEPTH_MAX)
		return error_set(err, ERR_CORRUPT, "devices lie on top of each other %u deep", depth);
	if (snprintf(folder, sizeof(folder), "%s/dev/block/%u:%u", sources->paths->sys, major(devno), minor(devno)) >=
	    (int)sizeof(folder) - 16)
		return error_set(err, ERR_INVALID, "the path of sysfs is too long");
	rc = sysfs_u64(&number, err, "%s/partition", folder);
	if (rc == 1)
		return ask_partition(&walk, folder, err);
	return rc == 0 ? ask_whole(&walk, folder, devno, err) : rc;
}

int badblocks_walk(const struct badblocks_sources *sources, dev_t devno, struct badblocks *out, struct error *err)
{
	struct badblocks bad = {0};
	int rc = walk_down(sources, devno, 0, &bad, err);

	if (rc != 0) {
		badblocks_fini(&bad);
		return rc;
	}
	*out = bad;
	return 0;
}

static int list_dax(const struct badblocks_sources *sources, dev_t devno, struct badblocks *out, struct error *err)
{
	struct badblocks bad = {0};
	char *name;
	int rc;

	if (!sources->dax) {
		*out = bad;
		return 0;
	}
	rc = sysfs_link_name(&name, err, "%s/dev/char/%u:%u", sources->paths->sys, major(devno), minor(devno));
	if (rc == 1) {
		rc = sources->dax(name, &bad, err);
		free(name);
	}
	if (rc != 0) {
		badblocks_fini(&bad);
		return rc;
	}
	*out = bad;
	return 0;
}

int badblocks_list_from(const struct badblocks_sources *sources, const char *path, struct badblocks *out,
			struct error *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return error_set_errno(err, ERR_IO, errno, "cannot find %s", path);
	if (S_ISBLK(st.st_mode))
		return badblocks_walk(sources, st.st_rdev, out, err);
	if (S_ISCHR(st.st_mode))
		return list_dax(sources, st.st_rdev, out, err);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_INVALID, "%s is neither a file nor a device", path);
	*out = (struct badblocks){0};
	return 0;
}
