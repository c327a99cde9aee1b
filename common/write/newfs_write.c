/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a new file system in an order that leaves nothing to mount until it is whole: everything old is wiped first,
 * and the first superblock is written when all else is durable. Until then the kernel and our readers find no XFS.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "write/newfs_parts.h"

static const char pass[] = "writing";

struct writer {
	const struct newfs_layout *layout;
	struct device *device;
	const struct progress *progress;
	struct error *err;
	struct newfs_totals totals;
	uint8_t *buffer; /* for the largest part */
	size_t buffer_bytes;
};

static uint64_t block_offset(const struct writer *writer, uint32_t agno, uint32_t agbno)
{
	return geometry_block_offset(&writer->layout->geo, (struct agaddr){agno, agbno});
}

static size_t bytes_of(const struct writer *writer, uint32_t blocks)
{
	return (size_t)blocks << writer->layout->geo.block_log;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Sums up all groups, and finds how large their parts are. */
static int prepare(struct writer *writer)
{
	const struct newfs_layout *layout = writer->layout;
	struct newfs_group group;

	writer->buffer_bytes = newfs_log_bytes(layout);
	for (uint32_t agno = 0; agno < layout->geo.ag_count; agno++) {
		newfs_group_init(&group, layout, agno);
		writer->totals.free_blocks += newfs_group_free_blocks(&group) + group.free_list_count;
		writer->totals.inodes += newfs_group_inodes(&group, layout);
		writer->totals.inode_blocks += group.inodes.len;
		writer->buffer_bytes = larger(writer->buffer_bytes, bytes_of(writer, group.head_blocks));
		writer->buffer_bytes = larger(writer->buffer_bytes, bytes_of(writer, group.inodes.len));
	}
	assert(writer->totals.inodes >= NEWFS_USED_INODES);
	writer->buffer = malloc(writer->buffer_bytes);
	if (!writer->buffer)
		return error_set(writer->err, ERR_NOMEM, "no memory for %zu bytes of a new file system",
				 writer->buffer_bytes);
	return 0;
}

static uint8_t *empty_buffer(struct writer *writer)
{
	return memset(writer->buffer, 0, writer->buffer_bytes);
}

/* Headers and roots in one write. The sector of the first superblock stays as it is: zero. */
static int write_group(struct writer *writer, uint32_t agno)
{
	const struct newfs_layout *layout = writer->layout;
	size_t skip = agno == 0 ? layout->geo.sector_bytes : 0;
	uint8_t *buffer = empty_buffer(writer);
	struct newfs_group group;
	int rc;

	newfs_group_init(&group, layout, agno);
	newfs_fill_sb(buffer, layout, &writer->totals, agno);
	newfs_fill_headers(buffer, layout, &group);
	newfs_fill_roots(buffer, layout, &group);
	rc = device_write(writer->device, block_offset(writer, agno, 0) + skip, buffer + skip,
			  bytes_of(writer, group.head_blocks) - skip, writer->err);
	if (rc != 0 || group.inodes.len == 0)
		return rc;
	newfs_fill_inodes(empty_buffer(writer), layout, &group);
	return device_write(writer->device, block_offset(writer, agno, group.inodes.start), buffer,
			    bytes_of(writer, group.inodes.len), writer->err);
}

static int write_groups(struct writer *writer)
{
	uint32_t count = writer->layout->geo.ag_count;
	int rc = 0;

	for (uint32_t agno = 0; agno < count && rc == 0; agno++) {
		if (progress_step(writer->progress, pass, agno, count) != 0)
			return error_set(writer->err, ERR_CANCELLED, "stopped before the file system was complete");
		rc = write_group(writer, agno);
	}
	return rc;
}

static int write_log(struct writer *writer)
{
	const struct geometry *geo = &writer->layout->geo;
	uint64_t at = geometry_block_offset(geo, geo->log_start);
	int rc = device_zero(writer->device, at, (uint64_t)geo->log_blocks << geo->block_log, writer->err);

	if (rc != 0)
		return rc;
	newfs_fill_log(empty_buffer(writer), writer->layout);
	return device_write(writer->device, at, writer->buffer, newfs_log_bytes(writer->layout), writer->err);
}

/* What makes a file system of it. */
static int write_first_sb(struct writer *writer)
{
	int rc = device_flush(writer->device, writer->err);

	if (rc != 0)
		return rc;
	newfs_fill_sb(empty_buffer(writer), writer->layout, &writer->totals, 0);
	rc = device_write(writer->device, 0, writer->buffer, writer->layout->geo.sector_bytes, writer->err);
	return rc == 0 ? device_flush(writer->device, writer->err) : rc;
}

int newfs_write(const struct newfs_layout *layout, struct device *device, const struct progress *progress,
		struct error *err)
{
	struct writer writer = {.layout = layout, .device = device, .progress = progress, .err = err};
	const struct geometry *geo = &layout->geo;
	int rc;

	if (geo->blocks > device_size_bytes(device) >> geo->block_log)
		return error_set(err, ERR_INVALID, "%s is smaller than the file system that was planned for it",
				 device_path(device));
	rc = prepare(&writer);
	if (rc == 0)
		rc = newfs_wipe(device, err);
	if (rc == 0)
		rc = write_log(&writer);
	if (rc == 0)
		rc = write_groups(&writer);
	if (rc == 0)
		rc = write_first_sb(&writer);
	if (rc == 0)
		(void)progress_step(progress, pass, geo->ag_count, geo->ag_count);
	free(writer.buffer);
	return rc;
}
