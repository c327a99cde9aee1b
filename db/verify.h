/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a structure is what its type promises: magic, checksum, UUID, own address. For the table of types. */
#ifndef DB_VERIFY_H
#define DB_VERIFY_H

#include "fs/fs.h"

struct position;

#define VERIFY(name)                                                                                                   \
	int verify_##name(const struct fs *fs, const struct position *position, struct error *err) MUST_CHECK
VERIFY(sb);
VERIFY(agf);
VERIFY(agi);
VERIFY(agfl);
VERIFY(bnobt);
VERIFY(cntbt);
VERIFY(inobt);
VERIFY(finobt);
VERIFY(rmapbt);
VERIFY(refcountbt);
VERIFY(bmapbt);
VERIFY(inode);
VERIFY(dir);
VERIFY(attr);
VERIFY(symlink);
VERIFY(dqblk);
#undef VERIFY

#endif
