/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copying files out of a file system that is not mounted: bytes, holes, hard links, modes, owners, times and extended
 * attributes. Project numbers and the flags of chattr stay behind, and shared blocks are copied like others.
 *
 * Names come from the image and are hostile: each is used once, relative to an open directory that was made here, never
 * through a symbolic link, and nothing that exists is opened or replaced.
 */
#ifndef DB_EXTRACT_H
#define DB_EXTRACT_H

#include "session.h"

struct extraction;

/*
 * @destination: a directory, made if there is none. @strict: the first thing that goes wrong is the end. ERR_IO,
 * ERR_NOMEM.
 */
int extract_open(struct session *session, const char *destination, bool strict, struct extraction **out,
		 struct error *err) MUST_CHECK;

/*
 * Copies inode @ino with all below it to @name in the destination. @name NULL: a directory, of which what it holds goes
 * to the destination itself. Says on session->errors what could not be copied, and goes on unless strict.
 * 0; ERR_CANCELLED; the first error with strict, which has been said.
 */
int extract_tree(struct extraction *extraction, uint64_t ino, const char *name) MUST_CHECK;

/* Says how much was copied. Returns how many things went wrong. */
uint64_t extract_close(struct extraction *extraction);

#endif
