/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The journal of a new file system: one record at its start that says that it was unmounted cleanly; all else is zero.
 *
 * Format: design document, "Journaling Log"; the length of the record with a log stripe unit, and that it has no
 * checksum: seen in images of mkfs.xfs 6.1 (tests/oracle/mkfs-bytes).
 */
#include <string.h>

#include "format/log.h"
#include "write/newfs_parts.h"

#define BUFFER_BYTES_MIN 32768u /* what the record says of the buffer that it was written from, at least */
#define UNMOUNT_TID	 0xb0c0d0d0u
#define FIRST_CYCLE	 1u

/* What follows the operation's header, in the byte order of the machine that fmt names. */
static const uint8_t unmount_body[8] = {0x6e, 0x55};

static uint32_t header_blocks(uint32_t unit_bytes)
{
	return unit_bytes > BUFFER_BYTES_MIN ? (unit_bytes + BUFFER_BYTES_MIN - 1) / BUFFER_BYTES_MIN : 1;
}

/* A record is padded to the log stripe unit, and never shorter than a header and one block. */
uint32_t newfs_log_bytes(const struct newfs_layout *layout)
{
	return layout->log_unit_bytes > 2 * LOG_BLOCK_BYTES ? layout->log_unit_bytes : 2 * LOG_BLOCK_BYTES;
}

void newfs_fill_log(uint8_t *record, const struct newfs_layout *layout)
{
	uint32_t bytes = newfs_log_bytes(layout), headers = header_blocks(layout->log_unit_bytes);
	struct disk_log_op op = {
		/* The transaction's number stands in the first word of the block, so it moves to the header. */
		.tid = be32_of(FIRST_CYCLE),
		.len = be32_of(sizeof(unmount_body)),
		.clientid = LOG_CLIENT_LOG,
		.flags = LOG_OP_UNMOUNT,
	};
	struct disk_log_record header = {
		.magicno = be32_of(LOG_MAGIC),
		.cycle = be32_of(FIRST_CYCLE),
		.version = be32_of(LOG_VERSION_2),
		.len = be32_of(bytes - headers * LOG_BLOCK_BYTES),
		.lsn = be64_of(lsn_of(FIRST_CYCLE, 0)),
		.tail_lsn = be64_of(lsn_of(FIRST_CYCLE, 0)),
		.prev_block = be32_of(UINT32_MAX),
		.num_logops = be32_of(1),
		.cycle_data = {be32_of(UNMOUNT_TID)},
		.fmt = be32_of(LOG_FMT_LINUX_LE),
		.fs_uuid = layout->geo.uuid,
		.size = be32_of(layout->log_unit_bytes > BUFFER_BYTES_MIN ? layout->log_unit_bytes : BUFFER_BYTES_MIN),
	};
	be32 cycle = be32_of(FIRST_CYCLE);
	uint8_t *data = record + (size_t)headers * LOG_BLOCK_BYTES;

	for (uint32_t at = LOG_BLOCK_BYTES; at < bytes; at += LOG_BLOCK_BYTES)
		memcpy(record + at, &cycle, sizeof(cycle));
	memcpy(record, &header, sizeof(header));
	memcpy(data, &op, sizeof(op));
	memcpy(data + sizeof(op), unmount_body, sizeof(unmount_body));
}
