/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What bytes can be taken for: the types of xfs_db, each with its layout, its size, and how to tell that it is sound.
 */
#ifndef DB_TYPE_H
#define DB_TYPE_H

#include "fs/fs.h"
#include "report/layout.h"

struct position;

enum type_show {
	SHOW_FIELDS, /* by its layout */
	SHOW_WORDS,  /* as hexadecimal words */
	SHOW_TEXT,   /* as bytes and characters */
	SHOW_NOTHING,
};

/* How long the structure is. */
enum type_size {
	TYPE_512, /* a sector of 512 bytes */
	TYPE_SECTOR,
	TYPE_BLOCK,
	TYPE_DIRBLOCK,
	TYPE_INODE,
};

struct type {
	const char *name;
	const struct layout *layout; /* NULL unless SHOW_FIELDS */
	enum type_show show;
	enum type_size size;
	/* Checks the structure at @position; NULL: there is nothing to check. 0 or ERR_CORRUPT. */
	int (*verify)(const struct fs *fs, const struct position *position, struct error *err);
};

/* In the order in which they are listed; ends with a name of NULL. */
extern const struct type types[];

const struct type *type_find(const char *name);

/* Bytes of a structure of the type. */
uint32_t type_bytes(const struct type *type, const struct geometry *geo);

#endif
