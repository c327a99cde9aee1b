/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The AGF: sector 1 of an allocation group; free space, and the roots of its space B+trees.
 *
 * Format: design document, "AG Free Space Block".
 */
#ifndef FORMAT_AGF_H
#define FORMAT_AGF_H

#include "format/field.h"

#define AGF_MAGIC   0x58414746u /* "XAGF" */
#define AGF_VERSION 1u
#define AGF_SECTOR  1u /* of sb.sectsize bytes, from the start of the group */

struct disk_agf {
	be32 magicnum;
	be32 versionnum;
	be32 seqno;
	be32 length;
	be32 bnoroot;
	be32 cntroot;
	be32 rmaproot;
	be32 bnolevel; /* levels, a lone leaf is 1 */
	be32 cntlevel;
	be32 rmaplevel;
	be32 flfirst; /* first and last used slot of the AGFL ring */
	be32 fllast;
	be32 flcount;
	be32 freeblks;
	be32 longest;
	be32 btreeblks; /* blocks of the bnobt, cntbt and rmapbt beyond the roots */
	struct uuid uuid;
	be32 rmapblocks;
	be32 refcntblocks;
	be32 refcntroot;
	be32 refcntlevel;
	be64 spare64[14];
	be64 lsn;
	le32 crc;
	be32 spare2;
};
_Static_assert(sizeof(struct disk_agf) == 224, "AGF");

extern const struct field_table agf_table;

#endif
