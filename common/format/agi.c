/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The AGI's fields. */
#include "format/agi.h"

/* clang-format off */
#define F(member, unit) FIELD(struct disk_agi, member, unit)
static const struct field agi_fields[] = {
	F(magicnum,	UNIT_MAGIC),
	F(versionnum,	UNIT_NONE),
	F(seqno,	UNIT_AGNO),
	F(length,	UNIT_BLOCKS),
	F(count,	UNIT_NONE),
	F(root,		UNIT_AGBLOCK),
	F(level,	UNIT_NONE),
	F(freecount,	UNIT_NONE),
	F(newino,	UNIT_AGINO),
	F(dirino,	UNIT_AGINO),
	F(unlinked,	UNIT_AGINO),
	F(uuid,		UNIT_NONE),
	F(crc,		UNIT_CRC),
	F(pad32,	UNIT_PAD),
	F(lsn,		UNIT_LSN),
	F(free_root,	UNIT_AGBLOCK),
	F(free_level,	UNIT_NONE),
	F(iblocks,	UNIT_BLOCKS),
	F(fblocks,	UNIT_BLOCKS),
};
/* clang-format on */

const struct field_table agi_table = FIELD_TABLE("agi", struct disk_agi, agi_fields);
