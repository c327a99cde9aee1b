/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what the device layer sees of a device to what planning asks about it. */
#include "probe.h"

#include <errno.h>
#include <sys/stat.h>

#include "device/topology.h"

static struct newfs_device described(const struct topology *seen)
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

int probe_device(const char *path, uint64_t file_bytes, struct newfs_device *out, struct error *err)
{
	struct topology seen = {.logical_sector_bytes = 512, .physical_sector_bytes = 512, .is_file = true};
	int rc = 0;

	if (file_bytes == 0 || !is_new(path))
		rc = topology_read(path, &seen, err);
	if (rc == 0 && file_bytes != 0 && !seen.is_file)
		rc = error_set(err, ERR_INVALID, "%.100s is a block device, not a file as -d file says", path);
	if (rc != 0)
		return rc;
	if (file_bytes > seen.size_bytes)
		seen.size_bytes = file_bytes;
	*out = described(&seen);
	return 0;
}
