/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The AGF's fields. */
#include "format/agf.h"

/* clang-format off */
#define F(member, unit) FIELD(struct disk_agf, member, unit)
static const struct field agf_fields[] = {
	F(magicnum,	UNIT_MAGIC),
	F(versionnum,	UNIT_NONE),
	F(seqno,	UNIT_AGNO),
	F(length,	UNIT_BLOCKS),
	F(bnoroot,	UNIT_AGBLOCK),
	F(cntroot,	UNIT_AGBLOCK),
	F(rmaproot,	UNIT_AGBLOCK),
	F(bnolevel,	UNIT_NONE),
	F(cntlevel,	UNIT_NONE),
	F(rmaplevel,	UNIT_NONE),
	F(flfirst,	UNIT_NONE),
	F(fllast,	UNIT_NONE),
	F(flcount,	UNIT_NONE),
	F(freeblks,	UNIT_BLOCKS),
	F(longest,	UNIT_BLOCKS),
	F(btreeblks,	UNIT_BLOCKS),
	F(uuid,		UNIT_NONE),
	F(rmapblocks,	UNIT_BLOCKS),
	F(refcntblocks,	UNIT_BLOCKS),
	F(refcntroot,	UNIT_AGBLOCK),
	F(refcntlevel,	UNIT_NONE),
	F(spare64,	UNIT_PAD),
	F(lsn,		UNIT_LSN),
	F(crc,		UNIT_CRC),
	F(spare2,	UNIT_PAD),
};
/* clang-format on */

const struct field_table agf_table = FIELD_TABLE("agf", struct disk_agf, agf_fields);
