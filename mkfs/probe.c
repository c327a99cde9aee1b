/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What planning needs to know of a device: sizes from ioctls and libblkid, the place of a partition from sysfs. */
#include "probe.h"

#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A number from the folder of a block device in sysfs, or of the disk that a partition is on; false: there is none. */
static bool sysfs_number(dev_t device, const char *name, uint64_t *out)
{
	char path[128];
	unsigned long long value;
	FILE *file;
	bool found;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(device), minor(device), name);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fscanf(file, "%llu", &value) == 1;
	fclose(file);
	if (found)
		*out = value;
	return found;
}

static void probe_place(dev_t device, struct newfs_device *out)
{
	uint64_t value;

	out->is_partition = sysfs_number(device, "partition", &value);
	if (out->is_partition && sysfs_number(device, "start", &value))
		out->start_bytes = value * 512;
	if (sysfs_number(device, out->is_partition ? "../queue/dax" : "queue/dax", &value))
		out->dax_capable = value == 1;
}

/* A device of which libblkid knows nothing has no stripe. */
static void probe_stripe(int fd, struct newfs_device *out)
{
	blkid_probe probe = blkid_new_probe();
	blkid_topology topology;

	if (probe && blkid_probe_set_device(probe, fd, 0, 0) == 0) {
		topology = blkid_probe_get_topology(probe);
		if (topology) {
			out->stripe_unit_bytes = blkid_topology_get_minimum_io_size(topology);
			out->stripe_width_bytes = blkid_topology_get_optimal_io_size(topology);
		}
	}
	blkid_free_probe(probe);
	/* Every device names a smallest transfer; a stripe is one only with a width beside it. */
	if (out->stripe_width_bytes == 0 || out->stripe_unit_bytes <= out->physical_sector_bytes)
		out->stripe_unit_bytes = out->stripe_width_bytes = 0;
}

static int probe_block(const char *path, int fd, dev_t device, struct newfs_device *out, struct error *err)
{
	unsigned int physical = 0;
	int logical = 0;

	if (ioctl(fd, BLKGETSIZE64, &out->size_bytes) != 0 || ioctl(fd, BLKSSZGET, &logical) != 0 ||
	    ioctl(fd, BLKPBSZGET, &physical) != 0)
		return error_set_errno(err, ERR_IO, errno, "cannot learn the size of %.100s", path);
	out->logical_sector_bytes = (uint32_t)logical;
	out->physical_sector_bytes = physical;
	probe_place(device, out);
	probe_stripe(fd, out);
	return 0;
}

static int probe_open(const char *path, int fd, struct newfs_device *out, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return error_set_errno(err, ERR_IO, errno, "cannot look at %.100s", path);
	if (S_ISBLK(st.st_mode))
		return probe_block(path, fd, st.st_rdev, out, err);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_INVALID, "%.100s is neither a file nor a block device", path);
	*out = (struct newfs_device){.size_bytes = (uint64_t)st.st_size,
				     .logical_sector_bytes = 512,
				     .physical_sector_bytes = 512,
				     .is_file = true};
	return 0;
}

int probe_device(const char *path, uint64_t file_bytes, struct newfs_device *out, struct error *err)
{
	struct newfs_device device = {0};
	int rc, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && !(errno == ENOENT && file_bytes != 0))
		return error_set_errno(err, ERR_IO, errno, "cannot open %.100s", path);
	device.is_file = true;
	device.logical_sector_bytes = device.physical_sector_bytes = 512;
	rc = fd < 0 ? 0 : probe_open(path, fd, &device, err);
	if (fd >= 0)
		close(fd);
	if (rc == 0 && file_bytes != 0 && !device.is_file)
		rc = error_set(err, ERR_INVALID, "%.100s is a block device, not a file as -d file says", path);
	if (rc != 0)
		return rc;
	if (file_bytes > device.size_bytes)
		device.size_bytes = file_bytes;
	*out = device;
	return 0;
}
