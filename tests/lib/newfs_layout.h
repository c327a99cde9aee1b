/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The layout of a file system that is there already, as if it had just been planned: for writing it once more without
 * asking the planner.
 */
#ifndef TESTS_LIB_NEWFS_LAYOUT_H
#define TESTS_LIB_NEWFS_LAYOUT_H

#include "fs/fs.h"
#include "write/newfs.h"

/* From the first superblock and the root inode. 0 or ERR_*. */
int newfs_layout_read(const struct fs *fs, struct newfs_layout *out, struct error *err) MUST_CHECK;

#endif
