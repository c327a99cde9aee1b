/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes and alignment from libblkid, DAX from sysfs. */
#include "device/topology.h"

#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/sysfs.h"

/* Sectors in sysfs are of 512 bytes, whatever the device has. */
#define SYSFS_SECTOR 512u

/* The device of a partition has the queue of its disk beside it, one folder up. */
static int read_sysfs(dev_t devno, struct topology *out, struct error *err)
{
	unsigned major_number = major(devno), minor_number = minor(devno);
	const char *sys = system_paths_real.sys;
	uint64_t number = 0;
	int rc = sysfs_u64(&number, err, "%s/dev/block/%u:%u/partition", sys, major_number, minor_number);

	if (rc < 0)
		return rc;
	out->is_partition = rc == 1;
	if (out->is_partition) {
		rc = sysfs_u64(&number, err, "%s/dev/block/%u:%u/start", sys, major_number, minor_number);
		if (rc < 0)
			return rc;
		out->start_bytes = rc == 1 ? number * SYSFS_SECTOR : 0;
	}
	rc = sysfs_u64(&number, err, "%s/dev/block/%u:%u/%squeue/dax", sys, major_number, minor_number,
		       out->is_partition ? "../" : "");
	if (rc < 0)
		return rc;
	out->dax_capable = rc == 1 && number == 1;
	return 0;
}

static int read_probe(int fd, const char *path, struct topology *out, struct error *err)
{
	blkid_probe probe = blkid_new_probe();
	blkid_topology limits;

	if (!probe)
		return error_set(err, ERR_NOMEM, "no memory to look at %s", path);
	if (blkid_probe_set_device(probe, fd, 0, 0) != 0) {
		blkid_free_probe(probe);
		return error_set(err, ERR_IO, "cannot look at %s", path);
	}
	out->size_bytes = (uint64_t)blkid_probe_get_size(probe);
	out->logical_sector_bytes = blkid_probe_get_sectorsize(probe);
	out->physical_sector_bytes = out->logical_sector_bytes;
	limits = out->is_file ? NULL : blkid_probe_get_topology(probe);
	if (limits) {
		out->logical_sector_bytes = (uint32_t)blkid_topology_get_logical_sector_size(limits);
		out->physical_sector_bytes = (uint32_t)blkid_topology_get_physical_sector_size(limits);
		out->minimum_io_bytes = blkid_topology_get_minimum_io_size(limits);
		out->optimal_io_bytes = blkid_topology_get_optimal_io_size(limits);
	}
	blkid_free_probe(probe);
	return 0;
}

int topology_read(const char *path, struct topology *out, struct error *err)
{
	struct topology found = {0};
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc = 0;

	if (fd < 0)
		return error_set_errno(err, ERR_IO, errno, "cannot open %s", path);
	if (fstat(fd, &st) != 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot look at %s", path);
	else if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		rc = error_set(err, ERR_INVALID, "%s is neither a block device nor a file", path);
	if (rc == 0) {
		found.is_file = S_ISREG(st.st_mode);
		rc = read_probe(fd, path, &found, err);
	}
	if (rc == 0 && !found.is_file)
		rc = read_sysfs(st.st_rdev, &found, err);
	close(fd);
	if (rc == 0)
		*out = found;
	return rc;
}

/* What was found, in words: 1 and *out, 0 if it has no name, ERR_NOMEM. */
static int describe(blkid_probe probe, char **out)
{
	const char *name;

	if (blkid_probe_lookup_value(probe, "TYPE", &name, NULL) == 0) {
		*out = strdup(name);
		return *out ? 1 : ERR_NOMEM;
	}
	if (blkid_probe_lookup_value(probe, "PTTYPE", &name, NULL) == 0)
		return asprintf(out, "%s partition table", name) < 0 ? ERR_NOMEM : 1;
	return 0;
}

static int probe_signature(blkid_probe probe, const char *path, char **out, struct error *err)
{
	int found, rc;

	if (blkid_probe_enable_superblocks(probe, 1) != 0 ||
	    blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE) != 0 ||
	    blkid_probe_enable_partitions(probe, 1) != 0)
		return error_set(err, ERR_IO, "libblkid cannot look for signatures");
	found = blkid_do_safeprobe(probe);
	if (found == 1)
		return 0;
	if (found == -1)
		return error_set(err, ERR_IO, "cannot look for signatures on %s", path);
	if (found == -2) {
		*out = strdup("several signatures");
		rc = *out ? 1 : ERR_NOMEM;
	} else {
		/* Where the device has bad blocks libblkid says that it has found something, but names neither type. */
		rc = describe(probe, out);
	}
	return rc < 0 ? error_set(err, rc, "no memory to name a signature") : rc;
}

int signature_find(const char *path, char **out, struct error *err)
{
	blkid_probe probe = blkid_new_probe();
	int fd, rc;

	if (!probe)
		return error_set(err, ERR_NOMEM, "no memory to look at %s", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot open %s", path);
	else if (blkid_probe_set_device(probe, fd, 0, 0) != 0)
		rc = error_set(err, ERR_IO, "cannot look at %s", path);
	else
		rc = probe_signature(probe, path, out, err);
	blkid_free_probe(probe);
	if (fd >= 0)
		close(fd);
	return rc;
}
