/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges of the device as people name them here. */
#ifndef DB_RANGE_H
#define DB_RANGE_H

#include "base/interval.h"
#include "session.h"

/* For the help of commands that take one. */
#define RANGE_HELP                                                                                                     \
	" A block is a packed fsblock, or AGNO/AGBNO; a range is BLOCK+COUNT, or bytes as OFFSET:LENGTH (with K, M, "  \
	"G, T).\n"

/*
 * Bytes of the device that @text names; NULL: the file system block of the current structure. All of it lies in the
 * file system. ERR_INVALID after having said why.
 */
int range_parse(struct session *session, const char *text, struct interval *out) MUST_CHECK;

/* The same for one block. */
int range_block(struct session *session, const char *text, struct agaddr *out) MUST_CHECK;

#endif
