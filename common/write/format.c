/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formatting: what is asked of the device before and while it is written. */
#include "write/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/topology.h"

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
	newfs_bad_fini(&result->bad);
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
		rc = newfs_bad_clear(options->path, &result->layout, device, &result->bad, err);
		if (rc == 0 && !options->no_discard)
			rc = device_discard(device, 0, geo->blocks << geo->block_log, err);
	}
	if (rc == 0)
		rc = newfs_write(&result->layout, device, options->progress, err);
	device_close(device);
	return rc;
}
