/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the headers of B+tree blocks. */
#include "format/btree_block.h"

/* clang-format off */
#define S(member, unit) FIELD(struct disk_btree_short, member, unit)
static const struct field short_fields[] = {
	S(magic,	UNIT_MAGIC),
	S(level,	UNIT_NONE),
	S(numrecs,	UNIT_NONE),
	S(leftsib,	UNIT_AGBLOCK),
	S(rightsib,	UNIT_AGBLOCK),
	S(blkno,	UNIT_DADDR),
	S(lsn,		UNIT_LSN),
	S(uuid,		UNIT_NONE),
	S(owner,	UNIT_AGNO),
	S(crc,		UNIT_CRC),
};

#define L(member, unit) FIELD(struct disk_btree_long, member, unit)
static const struct field long_fields[] = {
	L(magic,	UNIT_MAGIC),
	L(level,	UNIT_NONE),
	L(numrecs,	UNIT_NONE),
	L(leftsib,	UNIT_FSBLOCK),
	L(rightsib,	UNIT_FSBLOCK),
	L(blkno,	UNIT_DADDR),
	L(lsn,		UNIT_LSN),
	L(uuid,		UNIT_NONE),
	L(owner,	UNIT_INO),
	L(crc,		UNIT_CRC),
	L(pad,		UNIT_PAD),
};

#define R(member, unit) FIELD(struct disk_bmap_root, member, unit)
static const struct field root_fields[] = {
	R(level,	UNIT_NONE),
	R(numrecs,	UNIT_NONE),
};
/* clang-format on */

const struct field_table btree_short_table = FIELD_TABLE("btree_short", struct disk_btree_short, short_fields);
const struct field_table btree_long_table = FIELD_TABLE("btree_long", struct disk_btree_long, long_fields);
const struct field_table bmap_root_table = FIELD_TABLE("bmap_root", struct disk_bmap_root, root_fields);
