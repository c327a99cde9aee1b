/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the blocks and entries of directories. */
#include "format/dir.h"

/* clang-format off */
#define S4(member, unit) FIELD(struct disk_dir_short4, member, unit)
static const struct field short4_fields[] = {
	S4(count,	UNIT_NONE),
	S4(i8count,	UNIT_NONE),
	S4(parent,	UNIT_INO),
};

#define S8(member, unit) FIELD(struct disk_dir_short8, member, unit)
static const struct field short8_fields[] = {
	S8(count,	UNIT_NONE),
	S8(i8count,	UNIT_NONE),
	S8(parent,	UNIT_INO),
};

#define SE(member, unit) FIELD(struct disk_dir_short_entry, member, unit)
static const struct field short_entry_fields[] = {
	SE(namelen,	UNIT_BYTES),
	SE(offset,	UNIT_BYTES),
};

#define HEADER(type)							\
	FIELD(type, header.magic,	UNIT_MAGIC),			\
	FIELD(type, header.crc,		UNIT_CRC),			\
	FIELD(type, header.blkno,	UNIT_DADDR),			\
	FIELD(type, header.lsn,		UNIT_LSN),			\
	FIELD(type, header.uuid,	UNIT_NONE),			\
	FIELD(type, header.owner,	UNIT_INO)

#define D(member, unit) FIELD(struct disk_dir_data, member, unit)
static const struct field data_fields[] = {
	HEADER(struct disk_dir_data),
	D(bestfree[0].offset,	UNIT_BYTES),
	D(bestfree[0].length,	UNIT_BYTES),
	D(bestfree[1].offset,	UNIT_BYTES),
	D(bestfree[1].length,	UNIT_BYTES),
	D(bestfree[2].offset,	UNIT_BYTES),
	D(bestfree[2].length,	UNIT_BYTES),
	D(pad,			UNIT_PAD),
};

#define E(member, unit) FIELD(struct disk_dir_entry, member, unit)
static const struct field entry_fields[] = {
	E(inumber,	UNIT_INO),
	E(namelen,	UNIT_BYTES),
};

#define U(member, unit) FIELD(struct disk_dir_unused, member, unit)
static const struct field unused_fields[] = {
	U(freetag,	UNIT_MAGIC),
	U(length,	UNIT_BYTES),
};

#define BT(member, unit) FIELD(struct disk_dir_block_tail, member, unit)
static const struct field block_tail_fields[] = {
	BT(count,	UNIT_NONE),
	BT(stale,	UNIT_NONE),
};

#define L(member, unit) FIELD(struct disk_dir_leaf, member, unit)
static const struct field leaf_fields[] = {
	DA_INFO_FIELDS(struct disk_dir_leaf),
	L(count,	UNIT_NONE),
	L(stale,	UNIT_NONE),
	L(pad,		UNIT_PAD),
};

#define LE(member, unit) FIELD(struct disk_dir_leaf_entry, member, unit)
static const struct field leaf_entry_fields[] = {
	LE(hashval,	UNIT_NONE),
	LE(address,	UNIT_NONE),
};

#define LT(member, unit) FIELD(struct disk_dir_leaf_tail, member, unit)
static const struct field leaf_tail_fields[] = {
	LT(bestcount,	UNIT_NONE),
};

#define FR(member, unit) FIELD(struct disk_dir_free, member, unit)
static const struct field free_fields[] = {
	HEADER(struct disk_dir_free),
	FR(firstdb,	UNIT_NONE),
	FR(nvalid,	UNIT_NONE),
	FR(nused,	UNIT_NONE),
	FR(pad,		UNIT_PAD),
};
/* clang-format on */

const struct field_table dir_short4_table = FIELD_TABLE("dir_short4", struct disk_dir_short4, short4_fields);
const struct field_table dir_short8_table = FIELD_TABLE("dir_short8", struct disk_dir_short8, short8_fields);
const struct field_table dir_short_entry_table =
	FIELD_TABLE("dir_short_entry", struct disk_dir_short_entry, short_entry_fields);
const struct field_table dir_data_table = FIELD_TABLE("dir_data", struct disk_dir_data, data_fields);
const struct field_table dir_entry_table = FIELD_TABLE("dir_entry", struct disk_dir_entry, entry_fields);
const struct field_table dir_unused_table = FIELD_TABLE("dir_unused", struct disk_dir_unused, unused_fields);
const struct field_table dir_block_tail_table =
	FIELD_TABLE("dir_block_tail", struct disk_dir_block_tail, block_tail_fields);
const struct field_table dir_leaf_table = FIELD_TABLE("dir_leaf", struct disk_dir_leaf, leaf_fields);
const struct field_table dir_leaf_entry_table =
	FIELD_TABLE("dir_leaf_entry", struct disk_dir_leaf_entry, leaf_entry_fields);
const struct field_table dir_leaf_tail_table =
	FIELD_TABLE("dir_leaf_tail", struct disk_dir_leaf_tail, leaf_tail_fields);
const struct field_table dir_free_table = FIELD_TABLE("dir_free", struct disk_dir_free, free_fields);
