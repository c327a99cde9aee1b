/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths, as people type them, to inodes. */
#ifndef DB_RESOLVE_H
#define DB_RESOLVE_H

#include "session.h"

/*
 * The inode that @path names, from the root directory if it begins with a slash, or else from the current inode. "."
 * and
 * ".." are what the directories say; symbolic links are not followed.
 * ERR_NOT_FOUND, ERR_INVALID (a part of the way is no directory), and the errors of reading: each after a complaint
 * that names @path.
 */
int resolve_path(struct session *session, const char *path, uint64_t *ino) MUST_CHECK;

#endif
