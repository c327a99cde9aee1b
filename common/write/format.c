/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formatting: what is asked of the device before and while it is written. */
#include "write/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/badblocks.h"
#include "device/topology.h"
#include "write/newfs_groups.h"

/* ------------------------------------------------------------------ the plan */

static struct newfs_device describe(const struct topology *seen)
{
	struct newfs_device device = {
		.size_bytes = seen->size_bytes,
		.logical_sector_bytes = seen->logical_sector_bytes,
		.physical_sector_bytes = seen->physical_sector_bytes,
		.start_bytes = seen->start_bytes,
		.is_partition = seen->is_partition,
		.is_file = seen->is_file,
		.dax_capable = seen->dax_capable,
	};

	/* Every device has a smallest transfer; a stripe is one only with a width beside it. */
	if (seen->optimal_io_bytes != 0 && seen->minimum_io_bytes > seen->physical_sector_bytes) {
		device.stripe_unit_bytes = seen->minimum_io_bytes;
		device.stripe_width_bytes = seen->optimal_io_bytes;
	}
	return device;
}

/* Whether the file is still to be made: not there, or with nothing in it. */
static bool is_new(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT;
	return S_ISREG(st.st_mode) && st.st_size == 0;
}

static uint64_t file_bytes(const struct format_options *options)
{
	return options->is_file ? options->newfs.data_bytes.value : 0;
}

static int look(const struct format_options *options, struct newfs_device *out, struct error *err)
{
	struct topology seen = {.logical_sector_bytes = 512, .physical_sector_bytes = 512, .is_file = true};
	int rc = 0;

	if (!options->is_file || !is_new(options->path))
		rc = topology_read(options->path, &seen, err);
	if (rc == 0 && options->is_file && !seen.is_file)
		rc = error_set(err, ERR_INVALID, "%.100s is a block device, not a file as -d file says", options->path);
	if (rc != 0)
		return rc;
	if (file_bytes(options) > seen.size_bytes)
		seen.size_bytes = file_bytes(options);
	*out = describe(&seen);
	return 0;
}

/* Refuses to write over what somebody may still want. */
static int refuse_content(const struct format_options *options, struct error *err)
{
	char *found = NULL;
	int rc;

	if (options->force || options->dry_run || (options->is_file && is_new(options->path)))
		return 0;
	rc = signature_find(options->path, &found, err);
	if (rc == 1)
		rc = error_set(err, ERR_INVALID, "%.100s already holds something (%.40s); -f overwrites it",
			       options->path, found);
	free(found);
	return rc;
}

int format_plan(const struct format_options *options, struct format_result *out, struct error *err)
{
	struct newfs_device device = {0};
	int rc = look(options, &device, err);

	if (rc == 0)
		rc = newfs_plan(&options->newfs, &device, &out->layout, err);
	if (rc == 0)
		rc = refuse_content(options, err);
	return rc;
}

void format_result_fini(struct format_result *result)
{
	interval_fini(&result->bad);
}

/* ------------------------------------------------------------------ bad blocks */

static int add_run(const struct geometry *geo, uint32_t agno, uint32_t start, uint32_t len, struct interval_set *set)
{
	uint64_t at = geometry_block_offset(geo, (struct agaddr){agno, start});

	return interval_add(set, at, at + ((uint64_t)len << geo->block_log));
}

/* Where the new file system keeps metadata from the start. */
static int gather_metadata(const struct newfs_layout *layout, struct interval_set *set)
{
	const struct geometry *geo = &layout->geo;
	int rc = 0;

	for (uint32_t agno = 0; agno < geo->ag_count && rc == 0; agno++) {
		struct newfs_group group;

		newfs_group_init(&group, layout, agno);
		rc = add_run(geo, agno, 0, group.head_blocks, set);
		if (rc == 0)
			rc = add_run(geo, agno, group.log.start, group.log.len, set);
		for (uint32_t i = 0; i < group.free_list_count && rc == 0; i++)
			rc = add_run(geo, agno, group.free_list[i], 1, set);
		if (rc == 0)
			rc = add_run(geo, agno, group.inodes.start, group.inodes.len, set);
	}
	interval_settle(set);
	return rc;
}

/* Splits @bad: what lies in @metadata goes to @inside, the rest to @outside. Both are settled. */
static int split(const struct interval_set *bad, const struct interval_set *metadata, struct interval_set *inside,
		 struct interval_set *outside)
{
	const struct interval *last = metadata->items + metadata->count;
	int rc = 0;

	for (size_t i = 0; i < bad->count && rc == 0; i++) {
		uint64_t at = bad->items[i].start, end = bad->items[i].end;

		for (const struct interval *used = interval_find(metadata, at); at < end && rc == 0; used++) {
			bool hits = used && used < last && used->start < end;
			uint64_t from = hits ? (used->start > at ? used->start : at) : end;

			rc = interval_add(outside, at, from);
			at = from;
			if (!hits || rc != 0)
				break;
			from = used->end < end ? used->end : end;
			rc = interval_add(inside, at, from);
			at = from;
		}
	}
	interval_settle(inside);
	interval_settle(outside);
	return rc;
}

/* Asks for the known bad ranges, and sorts them by whether metadata will lie there. */
static int ask_bad(const struct format_options *options, const struct interval_set *metadata,
		   struct interval_set *inside, struct format_result *result, struct error *err)
{
	struct badblocks list = {0};
	int rc = badblocks_list(options->path, &list, err);

	if (rc != 0)
		return rc;
	interval_fini(inside);
	interval_fini(&result->bad);
	result->bad_maybe_incomplete = list.maybe_incomplete;
	rc = split(&list.bytes, metadata, inside, &result->bad);
	badblocks_fini(&list);
	return rc == 0 ? 0 : error_set(err, rc, "no memory for the list of bad blocks");
}

static int refuse_bad(const struct interval *range, struct error *err)
{
	return error_set_at(err, ERR_MEDIA, range->start,
			    "%llu bytes that metadata needs are bad, and writing does not clear them",
			    (unsigned long long)(range->end - range->start));
}

/* Clears what is bad under metadata by writing to it, and looks whether that has helped. */
static int clear_bad(const struct format_options *options, struct device *device, struct format_result *result,
		     struct error *err)
{
	struct interval_set metadata = {0}, inside = {0};
	int rc = gather_metadata(&result->layout, &metadata);

	if (rc != 0)
		rc = error_set(err, rc, "no memory for the places of metadata");
	if (rc == 0)
		rc = ask_bad(options, &metadata, &inside, result, err);
	for (size_t i = 0; i < inside.count && rc == 0; i++) {
		rc = device_zero(device, inside.items[i].start, inside.items[i].end - inside.items[i].start, err);
		if (rc == ERR_MEDIA)
			rc = refuse_bad(&inside.items[i], err);
	}
	if (rc == 0 && inside.count > 0) {
		result->cleared_bytes = interval_total(&inside);
		rc = device_flush(device, err);
		if (rc == 0)
			rc = ask_bad(options, &metadata, &inside, result, err);
		if (rc == 0 && inside.count > 0)
			rc = refuse_bad(&inside.items[0], err);
	}
	interval_fini(&metadata);
	interval_fini(&inside);
	return rc;
}

/* ------------------------------------------------------------------ writing */

/* Makes the file, or makes it longer; never shorter. */
static int make_file(const struct format_options *options, struct error *err)
{
	struct stat st;
	int rc = 0, fd = open(options->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return error_set_errno(err, ERR_IO, errno, "cannot make %.100s", options->path);
	if (fstat(fd, &st) != 0 ||
	    ((uint64_t)st.st_size < file_bytes(options) && ftruncate(fd, (off_t)file_bytes(options)) != 0))
		rc = error_set_errno(err, ERR_IO, errno, "cannot make %.100s as large as is asked", options->path);
	if (close(fd) != 0 && rc == 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot make %.100s", options->path);
	return rc;
}

int format_write(const struct format_options *options, struct format_result *result, struct error *err)
{
	const struct geometry *geo = &result->layout.geo;
	struct device *device = NULL;
	int rc = options->is_file ? make_file(options, err) : 0;

	if (rc == 0)
		rc = device_open(options->path, DEVICE_WRITE, &device, err);
	if (rc == 0 && device_kind(device) == DEVICE_BLOCK) {
		rc = clear_bad(options, device, result, err);
		if (rc == 0 && !options->no_discard)
			rc = device_discard(device, 0, geo->blocks << geo->block_log, err);
	}
	if (rc == 0)
		rc = newfs_write(&result->layout, device, options->progress, err);
	device_close(device);
	return rc;
}
