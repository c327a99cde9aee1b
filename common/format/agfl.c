/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The AGFL header's fields. */
#include "format/agfl.h"

/* clang-format off */
#define F(member, unit) FIELD(struct disk_agfl, member, unit)
static const struct field agfl_fields[] = {
	F(magicnum,	UNIT_MAGIC),
	F(seqno,	UNIT_AGNO),
	F(uuid,		UNIT_NONE),
	F(lsn,		UNIT_LSN),
	F(crc,		UNIT_CRC),
};
/* clang-format on */

const struct field_table agfl_table = FIELD_TABLE("agfl", struct disk_agfl, agfl_fields);
