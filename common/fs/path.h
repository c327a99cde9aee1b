/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths of inodes, offline, for many inodes together.
 *
 * With parent pointers each inode tells its names itself, and the way up is read from inode to inode
 * (path_parent.c). Without them, and for inodes whose pointers are damaged or too few, one parallel pass over
 * the directory tree looks for all wanted inodes at once (path_tree.c).
 */
#ifndef FS_PATH_H
#define FS_PATH_H

#include "fs/view.h"

/*
 * Hands every path of each of @inos (ascending, no duplicates, numbers that an inode can have) to @sink; with @one_path one of each, if it has any.
 * A path that is not connected begins with '/' and the first name below sink's @top_ino. Inodes without a name
 * (unlinked, quota, realtime), and directories that only their inode leads to, get none. What comes out, and in which
 * order, does not depend on the number of workers or on timing. @sink is called from the calling thread.
 *
 * Memory: in proportion to the directories of the file system (some 50 bytes each) and to the answers.
 * Returns 0, what a callback returned; ERR_CANCELLED, ERR_NOMEM, ERR_IO. Damage goes to sink->gap.
 */
int path_find(const struct fs *fs, struct pool *pool, const uint64_t *inos, size_t count, bool one_path,
	      const struct path_sink *sink, const struct progress *progress, struct error *err) MUST_CHECK;

#endif
