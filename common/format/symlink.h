/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks of a symbolic link whose target does not fit into its inode: a header, then the target or a part of it.
 *
 * Format: design document, "Symbolic Links".
 */
#ifndef FORMAT_SYMLINK_H
#define FORMAT_SYMLINK_H

#include "format/field.h"

#define SYMLINK_MAGIC	   0x58534c4du /* "XSLM" */
#define SYMLINK_TARGET_MAX 1024u       /* bytes (xfs_format.h, XFS_SYMLINK_MAXLEN) */

#define SYMLINK_BLOCKS_MAX 3u /* of 512 bytes, each with a header (XFS_SYMLINK_MAPS) */

struct disk_symlink {
	be32 magic;
	be32 offset; /* of the first byte in the target */
	be32 bytes;  /* in this block */
	le32 crc;
	struct uuid uuid;
	be64 owner; /* inode */
	be64 blkno; /* own address in sectors */
	be64 lsn;
};
_Static_assert(sizeof(struct disk_symlink) == 56, "symbolic link block");

extern const struct field_table symlink_table;

#endif
