/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the blocks of symbolic links. */
#include "format/symlink.h"

/* clang-format off */
#define F(member, unit) FIELD(struct disk_symlink, member, unit)
static const struct field symlink_fields[] = {
	F(magic,	UNIT_MAGIC),
	F(offset,	UNIT_BYTES),
	F(bytes,	UNIT_BYTES),
	F(crc,		UNIT_CRC),
	F(uuid,		UNIT_NONE),
	F(owner,	UNIT_INO),
	F(blkno,	UNIT_DADDR),
	F(lsn,		UNIT_LSN),
};
/* clang-format on */

const struct field_table symlink_table = FIELD_TABLE("symlink", struct disk_symlink, symlink_fields);
