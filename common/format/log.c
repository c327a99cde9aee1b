/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of the journal's records, their size and their checksum. */
#include "format/log.h"

#include <string.h>

#include "base/crc32c.h"

/* clang-format off */
#define R(member, unit) FIELD(struct disk_log_record, member, unit)
static const struct field log_record_fields[] = {
	R(magicno,	UNIT_MAGIC),
	R(cycle,	UNIT_NONE),
	R(version,	UNIT_FLAGS),
	R(len,		UNIT_BYTES),
	R(lsn,		UNIT_LSN),
	R(tail_lsn,	UNIT_LSN),
	R(crc,		UNIT_CRC),
	R(prev_block,	UNIT_SECTORS),
	R(num_logops,	UNIT_NONE),
	R(cycle_data,	UNIT_NONE),
	R(fmt,		UNIT_NONE),
	R(fs_uuid,	UNIT_NONE),
	R(size,		UNIT_BYTES),
	R(pad,		UNIT_PAD),
};

#define E(member, unit) FIELD(struct disk_log_ext, member, unit)
static const struct field log_ext_fields[] = {
	E(cycle,	UNIT_NONE),
	E(cycle_data,	UNIT_NONE),
};

#define O(member, unit) FIELD(struct disk_log_op, member, unit)
static const struct field log_op_fields[] = {
	O(tid,		UNIT_NONE),
	O(len,		UNIT_BYTES),
	O(clientid,	UNIT_NONE),
	O(flags,	UNIT_FLAGS),
	O(res2,		UNIT_PAD),
};
/* clang-format on */

const struct field_table log_record_table = FIELD_TABLE("log_record", struct disk_log_record, log_record_fields);
const struct field_table log_ext_table = FIELD_TABLE("log_ext", struct disk_log_ext, log_ext_fields);
const struct field_table log_op_table = FIELD_TABLE("log_op", struct disk_log_op, log_op_fields);

uint32_t log_block_cycle(const void *block)
{
	be32 word[2];

	memcpy(word, block, sizeof(word));
	return be32_get(word[0]) == LOG_MAGIC ? be32_get(word[1]) : be32_get(word[0]);
}

uint32_t log_header_blocks(const struct disk_log_record *header)
{
	const uint32_t covered = LOG_CYCLE_WORDS * LOG_BLOCK_BYTES;
	uint32_t size = be32_get(header->size);

	if (!(be32_get(header->version) & LOG_VERSION_2) || size <= covered)
		return 1;
	return size / covered + (size % covered != 0);
}

uint32_t log_data_blocks(const struct disk_log_record *header)
{
	uint32_t len = be32_get(header->len);

	return len / LOG_BLOCK_BYTES + (len % LOG_BLOCK_BYTES != 0);
}

/*
 * Of each header block only the structure counts, and of the extended ones only as many as the data needs, which can be
 * fewer than there are.
 */
static uint32_t record_crc(struct span record, size_t header_bytes)
{
	const uint32_t covered = LOG_CYCLE_WORDS * LOG_BLOCK_BYTES;
	struct disk_log_record header;
	const void *at = span_at(record, 0, sizeof(header));
	uint32_t raw, len, blocks, needed;

	if (!at)
		return 0;
	memcpy(&header, at, sizeof(header));
	header.crc = le32_of(0);
	raw = crc32c_update(UINT32_MAX, &header, header_bytes);
	len = be32_get(header.len);
	blocks = log_header_blocks(&header);
	needed = be32_get(header.version) & LOG_VERSION_2 ? len / covered + (len % covered != 0) : 1;
	for (uint32_t i = 1; i < needed; i++) {
		at = span_at(record, (uint64_t)i * LOG_BLOCK_BYTES, sizeof(struct disk_log_ext));
		if (!at)
			return 0;
		raw = crc32c_update(raw, at, sizeof(struct disk_log_ext));
	}
	at = span_at(record, (uint64_t)blocks * LOG_BLOCK_BYTES, len);
	return at ? ~crc32c_update(raw, at, len) : 0;
}

uint32_t log_record_crc(struct span record)
{
	return record_crc(record, sizeof(struct disk_log_record));
}

bool log_record_crc_ok(struct span record)
{
	const struct disk_log_record *header = span_at(record, 0, sizeof(*header));
	uint32_t stored, computed;

	if (!header)
		return false;
	stored = le32_get(header->crc);
	computed = log_record_crc(record);
	if (stored == 0)
		return span_at(record, (uint64_t)log_header_blocks(header) * LOG_BLOCK_BYTES, be32_get(header->len));
	if (stored == computed)
		return true;
	/* On 32-bit x86 the header's structure ends without the pad, and the kernel sums up the structure. */
	return stored == record_crc(record, offsetof(struct disk_log_record, pad));
}
