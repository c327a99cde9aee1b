/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going to places, and remembering where one was. */
#ifndef DB_PLACE_H
#define DB_PLACE_H

#include "session.h"
#include "type.h"

/*
 * @len_bytes bytes at @offset_bytes as @type. The inodes of the place that @session is at are kept.
 */
struct place place_at(const struct session *session, const struct type *type, uint64_t offset_bytes,
		      uint32_t len_bytes);

/*
 * Goes there: reads the bytes, checks them, and complains of what is wrong. What cannot be read is shown as zeros.
 * @remember: in the ring. 0; what lies outside the device, or cannot be had for want of memory, leaves the session
 * where it was: ERR_CORRUPT, ERR_NOMEM, ERR_IO after a complaint.
 */
int place_go(struct session *session, const struct place *place, bool remember);

/* Goes to an inode, or to the structure that begins at a block. */
int place_go_inode(struct session *session, uint64_t ino);
int place_go_block(struct session *session, const struct type *type, struct agaddr at);

/* Goes to a block of a fork of the current inode, as what that fork keeps. */
int place_go_fork(struct session *session, enum fork_kind fork, uint64_t fileoff);

/* The source of the structure at hand for its layout. */
struct layout_source place_source(const struct session *session);

/* Group in which a place lies. */
uint32_t place_agno(const struct session *session, const struct place *place);

/* "byte offset ..., inode ..., type ...": three lines. */
void place_print(FILE *out, const struct session *session, const struct place *place);

#endif
