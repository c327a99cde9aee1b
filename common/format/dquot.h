/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Quota records: the files that the superblock names as quota inodes are arrays of them, as many as fit into a block.
 *
 * Format: design document, "Quota Inodes".
 */
#ifndef FORMAT_DQUOT_H
#define FORMAT_DQUOT_H

#include "format/field.h"

#define DQUOT_MAGIC   0x4451u /* "DQ" */
#define DQUOT_VERSION 1u

/* type */
#define DQUOT_TYPE_USER	   0x01u
#define DQUOT_TYPE_PROJECT 0x02u
#define DQUOT_TYPE_GROUP   0x04u
#define DQUOT_TYPE_BIGTIME 0x80u /* the timers count 4 seconds each */

struct disk_dquot {
	be16 magic;
	uint8_t version;
	uint8_t type;
	be32 id; /* user, group or project */
	be64 blk_hardlimit;
	be64 blk_softlimit;
	be64 ino_hardlimit;
	be64 ino_softlimit;
	be64 bcount;
	be64 icount;
	be32 itimer;
	be32 btimer;
	be16 iwarns;
	be16 bwarns;
	be32 pad0;
	be64 rtb_hardlimit;
	be64 rtb_softlimit;
	be64 rtbcount;
	be32 rtbtimer;
	be16 rtbwarns;
	be16 pad;
};
_Static_assert(sizeof(struct disk_dquot) == 104, "quota record");

/* As it lies in the quota file. */
struct disk_dqblk {
	struct disk_dquot dquot;
	uint8_t fill[4];
	le32 crc;
	be64 lsn;
	struct uuid uuid;
};
_Static_assert(sizeof(struct disk_dqblk) == 136, "quota record in its file");

extern const struct field_table dqblk_table;

#endif
