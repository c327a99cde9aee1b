/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks of a group that the kernel keeps back for the growth of its trees, so that a write of shared data or a new
 * inode never finds the group full.
 */
#ifndef FS_RESERVE_H
#define FS_RESERVE_H

#include "fs/fs.h"

struct reserve {
	uint64_t asked_blocks; /* as many as the trees could ever have */
	uint64_t used_blocks;  /* of these, what they have */
	uint64_t free_blocks;  /* of the group, those on the free list among them */
};

/*
 * Of group @agno, whose verified headers are @agf and @agi: the refcountbt, the finobt and the rmapbt, as far as the
 * file system has them. The finobt is walked where the header does not count its blocks. ERR_CORRUPT, ERR_MEDIA,
 * ERR_NOMEM, ERR_IO. What is reserved: compared with `agresv` of xfs_db 6.1 on images of many geometries,
 * tests/oracle/db-walk.
 */
int reserve_of_group(const struct fs *fs, uint32_t agno, const struct disk_agf *agf, const struct disk_agi *agi,
		     struct reserve *out, struct error *err) MUST_CHECK;

#endif
