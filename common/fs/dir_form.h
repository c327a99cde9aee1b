/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the walks over directories share: dir.c picks the form, one file each reads it. */
#ifndef FS_DIR_FORM_H
#define FS_DIR_FORM_H

#include "fs/dir_pieces.h"
#include "fs/fork.h"

/* One walk. */
struct dir_walk {
	const struct fs *fs;
	const struct inode *inode;
	const struct dir_walker *walker;
	uint8_t *buffer; /* dirblock_bytes */
	uint64_t next;	 /* in dir_read_blocks: the first directory block not yet looked at, */
	uint64_t end;	 /* the one at which to stop, */
	int (*fn)(const struct dir_walk *walk, uint64_t index, uint64_t offset_bytes); /* and what to do with each */
	struct error *err;							       /* of who asked for the walk */
};

/* Passes @why to the walker, or if it does not want to know, makes it the end of the walk. */
int dir_report(const struct dir_walk *walk, const struct error *why);

/* Calls the walker's function for that entry. */
int dir_hand_out(const struct dir_walk *walk, const struct dir_entry *entry);

int dir_walk_short(const struct dir_walk *walk);
/* ERR_NOT_FOUND: no entry there. */
int dir_short_entry_at(const struct fs *fs, const struct inode *inode, uint32_t cookie, struct dir_entry *out,
		       struct error *err);

/* The forms that keep names in blocks. */
int dir_walk_blocks(struct dir_walk *walk);
/* Their leaves, nodes and free index. */
int dir_verify_blocks(struct dir_walk *walk);
int dir_block_entry_at(const struct dir_walk *walk, uint32_t cookie, struct dir_entry *out);

/*
 * Reads each directory block of the fork between two byte offsets once, however it lies in extents, and calls @fn
 * with it in walk->buffer. @index: in the directory; @offset_bytes: of its first byte on the device. What cannot be
 * read is reported. Stops with what @fn or a report returns.
 */
typedef int dir_block_fn(const struct dir_walk *walk, uint64_t index, uint64_t offset_bytes);
int dir_read_blocks(struct dir_walk *walk, uint64_t from_bytes, uint64_t to_bytes, dir_block_fn *fn);

/* Says in @why what is wrong with a block at byte @offset of the device; returns ERR_CORRUPT. */
int dir_bad_block(uint64_t ino, enum flaw flaw, uint64_t offset, const char *what, struct error *why);

#endif
