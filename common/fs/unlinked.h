/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inodes without a name that were still open when the file system stopped: 64 lists in each allocation group, linked
 * through the inodes.
 */
#ifndef FS_UNLINKED_H
#define FS_UNLINKED_H

#include "fs/inode.h"

/* What a walk hands out. Each may be NULL. A positive value stops the walk and is returned. */
struct unlinked_walker {
	int (*inode)(void *arg, uint32_t bucket, const struct inode *inode);
	/*
	 * Inode @agino of the group does not belong where the list has it. FLAW_FORMAT: it is free, FLAW_COUNT: it has
	 * links; the walk goes on behind it. Anything else (it cannot be read, is of another list, comes by again): the
	 * list cannot be followed further.
	 */
	int (*bad)(void *arg, uint32_t bucket, uint32_t agino, const struct error *why);
	void *arg;
};

/*
 * Walks the lists of group @agno, whose verified AGI is @agi. Every inode is handed out at most once.
 * Returns 0, what a callback returned, or without walker->bad the first ERR_CORRUPT or ERR_MEDIA; ERR_NOMEM, ERR_IO.
 */
int unlinked_walk(const struct fs *fs, uint32_t agno, const struct disk_agi *agi, const struct unlinked_walker *walker,
		  struct error *err) MUST_CHECK;

#endif
