/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The AGI: sector 2 of an allocation group; inodes, the roots of its inode B+trees, the lists of unlinked inodes.
 *
 * Format: design document, "AG Inode Management".
 */
#ifndef FORMAT_AGI_H
#define FORMAT_AGI_H

#include "format/field.h"

#define AGI_MAGIC	     0x58414749u /* "XAGI" */
#define AGI_VERSION	     1u
#define AGI_SECTOR	     2u
#define AGI_UNLINKED_BUCKETS 64u
#define AGINO_NULL	     0xffffffffu

struct disk_agi {
	be32 magicnum;
	be32 versionnum;
	be32 seqno;
	be32 length;
	be32 count;
	be32 root;
	be32 level; /* levels, a lone leaf is 1 */
	be32 freecount;
	be32 newino;
	be32 dirino;
	be32 unlinked[AGI_UNLINKED_BUCKETS]; /* first inode of each list, by inode number modulo 64 */
	struct uuid uuid;
	le32 crc;
	be32 pad32;
	be64 lsn;
	be32 free_root;
	be32 free_level;
	be32 iblocks; /* blocks of the inode B+trees, with feature inobtcount */
	be32 fblocks;
};
_Static_assert(sizeof(struct disk_agi) == 344, "AGI");

extern const struct field_table agi_table;

#endif
