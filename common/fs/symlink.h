/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets of symbolic links. */
#ifndef FS_SYMLINK_H
#define FS_SYMLINK_H

#include "format/symlink.h"
#include "fs/inode.h"

/*
 * Copies the target of link @inode to @target, its length (1 to SYMLINK_TARGET_MAX, no NUL among the bytes) to *len.
 * ERR_INVALID: not a symbolic link; ERR_CORRUPT, ERR_MEDIA, ERR_NOMEM, ERR_IO.
 */
int symlink_read(const struct fs *fs, const struct inode *inode, uint8_t target[SYMLINK_TARGET_MAX], size_t *len,
		 struct error *err) MUST_CHECK;

#endif
