/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the inodes that a copy of the superblock does not name. */
#ifndef FS_UNNAMED_H
#define FS_UNNAMED_H

#include "fs/fs.h"

/*
 * Completes @fs->geo, taken from a copy of the superblock: the root directory and the two realtime files, where their
 * numbers cannot be. What is not to be found stays as it is; what quota has is found by nothing but its content.
 * ERR_NOMEM, ERR_IO.
 */
int unnamed_find(struct fs *fs, struct error *err) MUST_CHECK;

#endif
