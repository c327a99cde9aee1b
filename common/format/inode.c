/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inode core's fields. */
#include "format/inode.h"

/* clang-format off */
#define F(member, unit)		FIELD(struct disk_inode, member, unit)
#define FIF(member, unit, when)	FIELD_IF(struct disk_inode, member, unit, when)
static const struct field inode_fields[] = {
	F(magic,		UNIT_MAGIC),
	F(mode,			UNIT_MODE),
	F(version,		UNIT_NONE),
	F(format,		UNIT_NONE),
	F(onlink,		UNIT_PAD),
	F(uid,			UNIT_NONE),
	F(gid,			UNIT_NONE),
	F(nlink,		UNIT_NONE),
	F(projid_lo,		UNIT_NONE),
	F(projid_hi,		UNIT_NONE),
	FIF(big_nextents,	UNIT_NONE, WHEN_NREXT64),
	FIF(v2_pad,		UNIT_PAD, WHEN_NO_NREXT64),
	FIF(flushiter,		UNIT_NONE, WHEN_NO_NREXT64),
	F(atime,		UNIT_NONE),
	F(mtime,		UNIT_NONE),
	F(ctime,		UNIT_NONE),
	F(size,			UNIT_BYTES),
	F(nblocks,		UNIT_BLOCKS),
	F(extsize,		UNIT_BLOCKS),
	FIF(nextents,		UNIT_NONE, WHEN_NO_NREXT64),
	FIF(anextents,		UNIT_NONE, WHEN_NO_NREXT64),
	FIF(big_anextents,	UNIT_NONE, WHEN_NREXT64),
	FIF(nrext64_pad,	UNIT_PAD, WHEN_NREXT64),
	F(forkoff,		UNIT_NONE),
	F(aformat,		UNIT_NONE),
	F(dmevmask,		UNIT_FLAGS),
	F(dmstate,		UNIT_NONE),
	F(flags,		UNIT_FLAGS),
	F(gen,			UNIT_NONE),
	F(next_unlinked,	UNIT_AGINO),
	F(crc,			UNIT_CRC),
	F(changecount,		UNIT_NONE),
	F(lsn,			UNIT_LSN),
	F(flags2,		UNIT_FLAGS),
	F(cowextsize,		UNIT_BLOCKS),
	F(pad2,			UNIT_PAD),
	F(crtime,		UNIT_NONE),
	F(ino,			UNIT_INO),
	F(uuid,			UNIT_NONE),
};
/* clang-format on */

const struct field_table inode_table = FIELD_TABLE("inode", struct disk_inode, inode_fields);
