/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two ways in which the offline view knows owners. Private to the view. */
#ifndef FS_VIEW_OFFLINE_H
#define FS_VIEW_OFFLINE_H

#include "base/pool.h"
#include "base/progress.h"
#include "fs/fs.h"
#include "fs/owner.h"

/*
 * Owners from the rmapbt, free space from the bnobt: costs the height of the trees and the answers.
 * Returns 0, what @sink returned, ERR_NOMEM, ERR_IO.
 */
int owners_by_rmap(const struct fs *fs, const struct interval_set *wanted, const struct owner_sink *sink,
		   struct error *err) MUST_CHECK;

/*
 * Owners from everything that points at blocks: trees, free lists, and the forks of every inode. Reads all inodes,
 * unless trees and inode chunks alone explain all that is wanted; for file systems without rmapbt, and for ranges of
 * which the rmapbt cannot be read. Headers and journal are left to owners_by_geometry.
 * @sink is called by one thread at a time.
 * Returns 0, what @sink returned, ERR_CANCELLED, ERR_NOMEM, ERR_IO.
 */
int owners_by_scan(const struct fs *fs, struct pool *pool, const struct interval_set *wanted,
		   const struct owner_sink *sink, const struct progress *progress, struct error *err) MUST_CHECK;

#endif
