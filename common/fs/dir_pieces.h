/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories piece by piece: every block and entry verified by itself, in memory that the caller has read. The walks
 * of fs/dir.h and the complete check of directories are both made of this, so each fact is looked at in one place.
 *
 * Nothing here reads the device.
 */
#ifndef FS_DIR_PIECES_H
#define FS_DIR_PIECES_H

#include "fs/dir.h"

/* What lies in a block of names. */
enum dir_piece_kind {
	DIR_PIECE_END,	     /* nothing any more */
	DIR_PIECE_ENTRY,     /* sound */
	DIR_PIECE_UNUSED,    /* unused space */
	DIR_PIECE_BAD_ENTRY, /* an entry in its bounds, with something that cannot be in it: dir_piece.flaw */
	DIR_PIECE_LOST,	     /* length or tag cannot be believed: all to the end of the block is lost */
};

struct dir_piece {
	enum dir_piece_kind kind;
	enum flaw flaw;
	uint32_t at, bytes; /* in the block */
	uint8_t ftype;	    /* of an entry, as it stands there */
	struct dir_entry entry;
};

/* A block of names whose header is sound. */
struct dir_names {
	struct span block;
	uint64_t offset_bytes; /* on the device */
	uint32_t first_cookie; /* of the block's first byte */
	uint32_t at;	       /* of the next piece */
	uint32_t end;	       /* where the entries end */
	/* The hash index behind them, in the block form only: NULL if there is none. */
	const struct disk_dir_leaf_entry *leaf;
	uint32_t leaf_count, leaf_stale;
};

/*
 * Verifies the header of directory block @index, which lies at byte @offset of the device: dirblock_bytes at @block,
 * borrowed while *out is in use. ERR_CORRUPT.
 */
int dir_names_open(const struct fs *fs, uint64_t ino, uint64_t index, struct span block, uint64_t offset,
		   struct dir_names *out, struct error *why) MUST_CHECK;

/*
 * Finds the hash index at the end of the block, and so the end of the entries: for blocks that by their magic number
 * have none; dir_names_open does it for the others. ERR_CORRUPT, *names unchanged: there cannot be one.
 */
int dir_names_find_leaf(uint64_t ino, struct dir_names *names, struct error *why) MUST_CHECK;

/* The next piece; what lies behind a lost one is passed over. */
enum dir_piece_kind dir_names_next(const struct geometry *geo, struct dir_names *names, struct dir_piece *out);

/*
 * Verifies the hash index of the block form by itself: order and count of stale entries, not where they point.
 * ERR_CORRUPT.
 */
int dir_names_verify_leaf(uint64_t ino, const struct dir_names *names, struct error *why) MUST_CHECK;

/*
 * Verifies a leaf, a node or a block of the free index by itself: header, counts, order, ranges. @names_bytes: where
 * the names' part of the fork ends, behind which nothing may point; UINT64_MAX: others look at that. Else as
 * dir_names_open.
 */
int dir_index_verify(const struct fs *fs, uint64_t ino, uint64_t names_bytes, uint64_t index, struct span block,
		     uint64_t offset, struct error *why) MUST_CHECK;

/* A directory in its inode. */
struct dir_short {
	struct span fork; /* as long as the file says it is, and no longer than the fork */
	uint8_t count, i8count;
	bool long_ino;
	uint64_t parent;
	uint32_t bytes; /* of the header */
};

/* false: not even the header fits in. Borrows from the inode. */
bool dir_short_open(const struct inode *inode, struct dir_short *out);

/* The entry at byte @at of dir->fork: DIR_PIECE_ENTRY, _BAD_ENTRY or _LOST. *offset: what it says about itself. */
enum dir_piece_kind dir_short_next(const struct geometry *geo, const struct dir_short *dir, uint32_t at,
				   struct dir_piece *out, uint16_t *offset);

/* Whether name, inode number and type may stand in a directory; if not, the first flaw. */
enum flaw dir_entry_flaw(const struct geometry *geo, const struct dir_entry *entry, uint8_t ftype);
/* The name and the number alone. */
bool dir_name_possible(struct span name);
bool dir_ino_possible(const struct geometry *geo, uint64_t ino);

#endif
