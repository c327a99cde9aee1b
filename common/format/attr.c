/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of extended attributes. */
#include "format/attr.h"

/* clang-format off */
#define S(member, unit) FIELD(struct disk_attr_short, member, unit)
static const struct field short_fields[] = {
	S(totsize,	UNIT_BYTES),
	S(count,	UNIT_NONE),
	S(padding,	UNIT_PAD),
};

#define SE(member, unit) FIELD(struct disk_attr_short_entry, member, unit)
static const struct field short_entry_fields[] = {
	SE(namelen,	UNIT_BYTES),
	SE(valuelen,	UNIT_BYTES),
	SE(flags,	UNIT_FLAGS),
};

#define L(member, unit) FIELD(struct disk_attr_leaf, member, unit)
static const struct field leaf_fields[] = {
	DA_INFO_FIELDS(struct disk_attr_leaf),
	L(count,		UNIT_NONE),
	L(usedbytes,		UNIT_BYTES),
	L(firstused,		UNIT_BYTES),
	L(holes,		UNIT_NONE),
	L(pad1,			UNIT_PAD),
	L(freemap[0].base,	UNIT_BYTES),
	L(freemap[0].size,	UNIT_BYTES),
	L(freemap[1].base,	UNIT_BYTES),
	L(freemap[1].size,	UNIT_BYTES),
	L(freemap[2].base,	UNIT_BYTES),
	L(freemap[2].size,	UNIT_BYTES),
	L(pad2,			UNIT_PAD),
};

#define E(member, unit) FIELD(struct disk_attr_leaf_entry, member, unit)
static const struct field leaf_entry_fields[] = {
	E(hashval,	UNIT_NONE),
	E(nameidx,	UNIT_BYTES),
	E(flags,	UNIT_FLAGS),
	E(pad2,		UNIT_PAD),
};

#define LO(member, unit) FIELD(struct disk_attr_local, member, unit)
static const struct field local_fields[] = {
	LO(valuelen,	UNIT_BYTES),
	LO(namelen,	UNIT_BYTES),
};

#define RE(member, unit) FIELD(struct disk_attr_remote, member, unit)
static const struct field remote_fields[] = {
	RE(valueblk,	UNIT_DABLOCK),
	RE(valuelen,	UNIT_BYTES),
	RE(namelen,	UNIT_BYTES),
};

#define V(member, unit) FIELD(struct disk_attr_value, member, unit)
static const struct field value_fields[] = {
	V(magic,	UNIT_MAGIC),
	V(offset,	UNIT_BYTES),
	V(bytes,	UNIT_BYTES),
	V(crc,		UNIT_CRC),
	V(uuid,		UNIT_NONE),
	V(owner,	UNIT_INO),
	V(blkno,	UNIT_DADDR),
	V(lsn,		UNIT_LSN),
};

#define P(member, unit) FIELD(struct disk_parent, member, unit)
static const struct field parent_fields[] = {
	P(ino,		UNIT_INO),
	P(gen,		UNIT_NONE),
};
/* clang-format on */

const struct field_table attr_short_table = FIELD_TABLE("attr_short", struct disk_attr_short, short_fields);
const struct field_table attr_short_entry_table =
	FIELD_TABLE("attr_short_entry", struct disk_attr_short_entry, short_entry_fields);
const struct field_table attr_leaf_table = FIELD_TABLE("attr_leaf", struct disk_attr_leaf, leaf_fields);
const struct field_table attr_leaf_entry_table =
	FIELD_TABLE("attr_leaf_entry", struct disk_attr_leaf_entry, leaf_entry_fields);
const struct field_table attr_local_table = FIELD_TABLE("attr_local", struct disk_attr_local, local_fields);
const struct field_table attr_remote_table = FIELD_TABLE("attr_remote", struct disk_attr_remote, remote_fields);
const struct field_table attr_value_table = FIELD_TABLE("attr_value", struct disk_attr_value, value_fields);
const struct field_table parent_table = FIELD_TABLE("parent", struct disk_parent, parent_fields);
