/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The journal on the device: records of a header block, more header blocks for long records, and data.
 *
 * The log is an array of 512-byte blocks. The first word of each block says in which pass ("cycle") over the log it
 * was written; in a header the magic number stands there and the cycle follows it. What the data held in the place of
 * that word is kept in the headers.
 *
 * Format: design document, "Journaling Log"; xfs_log_format.h of xfsprogs 6.1. What the checksum covers, and that
 * mkfs.xfs leaves it 0: seen in kernel images, test_journal.c and tests/oracle/journal.sh.
 */
#ifndef FORMAT_LOG_H
#define FORMAT_LOG_H

#include <stdbool.h>

#include "base/span.h"
#include "format/field.h"

#define LOG_MAGIC	     0xfeedbabeu
#define LOG_BLOCK_BYTES	     512u
#define LOG_CYCLE_WORDS	     64u     /* words kept in one header block: 32 KiB of data */
#define LOG_RECORD_BYTES_MAX 262144u /* of a record with all its headers */
#define LOG_WRITES_MAX	     8u	     /* records that the kernel has under way at once */

/* version: bits */
#define LOG_VERSION_1 1u
#define LOG_VERSION_2 2u

/* fmt: the byte order of the machine that wrote the data */
#define LOG_FMT_UNKNOWN	  0u
#define LOG_FMT_LINUX_LE  1u
#define LOG_FMT_LINUX_BE  2u
#define LOG_FMT_IRIX_BE	  3u

struct disk_log_record {
	be32 magicno;
	be32 cycle;
	be32 version;
	be32 len; /* bytes of data, without headers */
	be64 lsn; /* cycle and block of this record */
	be64 tail_lsn; /* of the oldest record that is still needed */
	le32 crc;
	be32 prev_block;
	be32 num_logops;
	be32 cycle_data[LOG_CYCLE_WORDS];
	be32 fmt;
	struct uuid fs_uuid;
	be32 size; /* of the buffer that was written: says how many header blocks there are */
	be32 pad; /* brings the header to a multiple of 8 bytes, except on 32-bit x86 */
};
_Static_assert(sizeof(struct disk_log_record) == 328, "log record header");

/* A further header block of a record whose buffer is longer than 32 KiB. */
struct disk_log_ext {
	be32 cycle;
	be32 cycle_data[LOG_CYCLE_WORDS];
};
_Static_assert(sizeof(struct disk_log_ext) == 260, "log record extended header");

/* Stands before each region of data in a record. */
struct disk_log_op {
	be32 tid;
	be32 len;
	uint8_t clientid;
	uint8_t flags;
	be16 res2;
};
_Static_assert(sizeof(struct disk_log_op) == 12, "log operation header");

/* clientid */
#define LOG_CLIENT_TRANSACTION 0x69u
#define LOG_CLIENT_LOG	       0xaau

/* flags of an operation */
#define LOG_OP_START	0x01u
#define LOG_OP_COMMIT	0x02u
#define LOG_OP_CONTINUE 0x04u
#define LOG_OP_WAS_CONT 0x08u
#define LOG_OP_END	0x10u
#define LOG_OP_UNMOUNT	0x20u

extern const struct field_table log_record_table;
extern const struct field_table log_ext_table;
extern const struct field_table log_op_table;

/* An LSN: the cycle above, the block below. */
static inline uint32_t lsn_cycle(uint64_t lsn)
{
	return (uint32_t)(lsn >> 32);
}

static inline uint32_t lsn_block(uint64_t lsn)
{
	return (uint32_t)lsn;
}

static inline uint64_t lsn_of(uint32_t cycle, uint32_t block)
{
	return (uint64_t)cycle << 32 | block;
}

/* The cycle in which the LOG_BLOCK_BYTES bytes at @block were written. */
uint32_t log_block_cycle(const void *block);

/* Header blocks and data blocks of a record, from its header. Not limited: the caller checks. */
uint32_t log_header_blocks(const struct disk_log_record *header);
uint32_t log_data_blocks(const struct disk_log_record *header);

/*
 * Whether the checksum of a record is right. @record: all its blocks as they lie on the device. A checksum of 0
 * counts as right: mkfs.xfs and xfs_repair write none. false too if the record does not fit into the span.
 */
bool log_record_crc_ok(struct span record);

/* The checksum that a record should have; 0 if the record does not fit into the span. */
uint32_t log_record_crc(struct span record);

#endif
