/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inode chunks: 64 inodes that are allocated together; with sparse inodes some of them have no space.
 *
 * Format: design document, "Inode B+trees", "Sparse Inodes".
 */
#ifndef FS_CHUNK_H
#define FS_CHUNK_H

#include "format/records.h"
#include "fs/fs.h"

struct chunk {
	uint32_t agno;
	uint32_t first_agino;
	uint64_t present;   /* a bit for each inode that has space, the lowest for the first */
	uint64_t allocated; /* of these */
};

/* Checks and unpacks an inobt record of group @agno; false if it cannot be true. */
bool chunk_unpack(const struct fs *fs, uint32_t agno, const struct disk_inobt_rec *rec, struct chunk *out);

/* The chunk that holds inode @ino: 1 and *out, 0 if there is none, ERR_CORRUPT, ERR_MEDIA, ERR_NOMEM, ERR_IO. */
int chunk_find(const struct fs *fs, uint64_t ino, struct chunk *out, struct error *err) MUST_CHECK;

/* Where inode @index (0 .. 63) of the chunk lies, in bytes on the device. */
uint64_t chunk_inode_offset(const struct fs *fs, const struct chunk *chunk, unsigned index);

struct chunk_walker {
	int (*chunk)(void *arg, const struct chunk *chunk);
	/* Chunks may be missing. Without it the walk ends. */
	int (*bad)(void *arg, const struct error *why);
	void *arg;
};

/* All chunks of a group, ascending. Returns 0, what a callback returned, ERR_*. */
int chunk_walk(const struct fs *fs, uint32_t agno, const struct chunk_walker *walker, struct error *err) MUST_CHECK;

#endif
