/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the space of a device is used for: the whole of it, or cell by cell for a picture.
 */
#ifndef FS_USAGE_H
#define FS_USAGE_H

#include "fs/view.h"

enum usage_kind {
	USAGE_FREE,
	USAGE_DATA,	 /* of regular files, written */
	USAGE_UNWRITTEN, /* of regular files, reserved and never written */
	USAGE_COW,	 /* CoW staging */
	USAGE_DIRECTORY,
	USAGE_ATTRIBUTES,
	USAGE_SYMLINK,
	USAGE_FORK_BTREE,
	USAGE_INTERNAL, /* quota files */
	USAGE_INODES,
	USAGE_INODE_TREES,
	USAGE_SPACE_TREES, /* bnobt, cntbt, rmapbt and the blocks kept for them */
	USAGE_REFCOUNTBT,
	USAGE_AG_HEADER,
	USAGE_LOG,
	USAGE_UNKNOWN, /* neither free nor owned by anybody who could be read */
	USAGE_KINDS,
};

/* Stable, in JSON, such as "directory"; and for people. */
extern const char *const usage_names[USAGE_KINDS];
extern const char *const usage_titles[USAGE_KINDS];

/* Some bytes of the device. */
struct usage_cell {
	uint64_t start_bytes, end_bytes; /* filled by the caller */
	/* In a sound file system disjoint: they add up to the cell, as far as the file system reaches into it. */
	uint64_t bytes[USAGE_KINDS];
	uint64_t seen_bytes; /* of USAGE_DATA, what files see: a block with three owners counts three times */
};

/*
 * Fills @cells (ascending, disjoint, otherwise zeroed). Data that several files own counts once in bytes. What cannot
 * be read is USAGE_UNKNOWN where nobody else owns it; *gaps counts the reasons.
 * Memory: 16 bytes and more for each inode that is no regular file, and the owners of one piece of the device at a
 * time. ERR_CANCELLED, ERR_NOMEM, ERR_IO.
 */
int usage_find(const struct fs *fs, struct pool *pool, struct usage_cell *cells, size_t count,
	       const struct progress *progress, uint64_t *gaps, struct error *err) MUST_CHECK;

#endif
