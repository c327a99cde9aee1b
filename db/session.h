/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A session with one file system: where its output goes, and the place that is being looked at.
 *
 * A place is what a structure needs to be found again: type and bytes on the device. Being there means to have read the
 * bytes, whether they are sound or not: a debugger shows what is broken. Places visited lie in a ring (back, forward);
 * positions can be kept on a stack (push, pop).
 */
#ifndef DB_SESSION_H
#define DB_SESSION_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/progress.h"
#include "fs/fs.h"
#include "fs/inode.h"

struct type;

/* Bytes that lie together on the device: whole sectors of 512 bytes. */
struct piece {
	uint64_t offset_bytes;
	uint32_t len_bytes;
};

/* Only a directory block is in more than one: at most one for each of its file system blocks. */
#define PLACE_PIECES_MAX (SB_DIRBLOCK_MAX / SB_BLOCKSIZE_MIN)

struct place {
	const struct type *type; /* what the bytes are taken for; NULL: nowhere yet */
	struct piece pieces[PLACE_PIECES_MAX];
	uint32_t piece_count;
	uint32_t start, len; /* of the structure in the bytes of all pieces, in bytes */
	uint64_t ino;	     /* of the inode that was last gone to, or INO_NONE */
	uint64_t dir_ino;    /* the directory that it was reached through: itself, if it is one; or INO_NONE */
	uint16_t mode;	     /* of ino */
};
#define INO_NONE UINT64_MAX

struct position {
	struct place place;
	uint8_t *bytes; /* of all pieces, in a row; what cannot be read is zero */
	size_t bytes_len;
	/* ERR_NOT_FOUND: this type has no checks; ERR_CORRUPT, ERR_MEDIA...: what is wrong; 0: sound. */
	struct error flaw;
};

#define RING_PLACES 20u

struct session {
	const char *program; /* name, for messages */
	struct device *device;
	struct fs *fs;	       /* read-only: any layer's reading functions may be used on it */
	FILE *out;	       /* what was asked for */
	FILE *errors;	       /* what is wrong with the device */
	bool expert;	       /* -x */
	bool terminal;	       /* a terminal reads out: names must not give it orders */
	bool json;	       /* the command under way is to answer in JSON, one object a line */
	unsigned source_depth; /* files under way whose lines are commands */

	uint32_t agno; /* the current group, for commands that are given none */
	struct position now;
	struct position *stack;
	size_t stack_count;
	struct place ring[RING_PLACES]; /* a type of NULL: no place yet */
	size_t ring_at, ring_newest;	/* the current entry; where the next place makes the oldest go */

	/* Set by Ctrl-C: long commands look at it, clean up and return ERR_CANCELLED. */
	volatile sig_atomic_t *interrupted;
};

/* @session is zeroed by the caller, who fills in program, device, fs and streams, and keeps them. */
void session_init(struct session *session);
void session_fini(struct session *session);

/* Whether the command under way should stop. */
bool session_interrupted(const struct session *session);

/* Tells long walks of the library to stop after Ctrl-C. @session's. */
struct progress session_progress(struct session *session);

/* Says why something typed cannot be done, in the output, where scripts expect it. The caller adds the newline. */
void session_say(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Says what is wrong with the device or the world: one line on session->errors with the program's name and the place.
 * Returns @err->code, so that a command can end with it. Nothing is said of ERR_CANCELLED: whoever stops a command
 * knows.
 */
int session_complain(struct session *session, const struct error *err);

/* Complains that an answer is not complete, if @gaps, places that could not be read, is not 0. */
void session_tell_gaps(struct session *session, uint64_t gaps);

/* An inode number among the arguments. ERR_INVALID after having said that it is none. */
int session_ino(struct session *session, const char *text, uint64_t *out) MUST_CHECK;

/* An unsigned number as people type it here: decimal, 0x hexadecimal or 0 octal. false: it is none. */
bool session_number(const char *text, uint64_t *out);

#endif
