/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of quota records. */
#include "format/dquot.h"

/* clang-format off */
#define F(member, unit) FIELD(struct disk_dqblk, member, unit)
static const struct field dqblk_fields[] = {
	F(dquot.magic,		UNIT_MAGIC),
	F(dquot.version,	UNIT_NONE),
	F(dquot.type,		UNIT_FLAGS),
	F(dquot.id,		UNIT_NONE),
	F(dquot.blk_hardlimit,	UNIT_BLOCKS),
	F(dquot.blk_softlimit,	UNIT_BLOCKS),
	F(dquot.ino_hardlimit,	UNIT_NONE),
	F(dquot.ino_softlimit,	UNIT_NONE),
	F(dquot.bcount,		UNIT_BLOCKS),
	F(dquot.icount,		UNIT_NONE),
	F(dquot.itimer,		UNIT_NONE),
	F(dquot.btimer,		UNIT_NONE),
	F(dquot.iwarns,		UNIT_NONE),
	F(dquot.bwarns,		UNIT_NONE),
	F(dquot.pad0,		UNIT_PAD),
	F(dquot.rtb_hardlimit,	UNIT_BLOCKS),
	F(dquot.rtb_softlimit,	UNIT_BLOCKS),
	F(dquot.rtbcount,	UNIT_BLOCKS),
	F(dquot.rtbtimer,	UNIT_NONE),
	F(dquot.rtbwarns,	UNIT_NONE),
	F(dquot.pad,		UNIT_PAD),
	F(fill,			UNIT_PAD),
	F(crc,			UNIT_CRC),
	F(lsn,			UNIT_LSN),
	F(uuid,			UNIT_NONE),
};
/* clang-format on */

const struct field_table dqblk_table = FIELD_TABLE("dqblk", struct disk_dqblk, dqblk_fields);
