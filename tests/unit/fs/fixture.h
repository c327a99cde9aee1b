/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file system built by hand: an empty file as its device, a geometry, and blocks and inodes as a test writes them.
 * Two groups of 256 blocks, 512-byte inodes. Every failure ends the test.
 */
#ifndef UNIT_FS_FIXTURE_H
#define UNIT_FS_FIXTURE_H

#include "fs/inode.h"

struct fixture {
	struct device *device;
	struct fs fs;
	int fd;
	char path[64];
};

/* With @block_log and directory blocks of 2^dirblock_log blocks; features ftype. */
void fixture_init(struct fixture *fixture, unsigned block_log, unsigned dirblock_log);
void fixture_fini(struct fixture *fixture);

/* Stores bytes at a block. */
void fixture_write(struct fixture *fixture, struct agaddr at, const void *bytes, size_t len);

/* The inode number of the first inode in block @agbno of group 0, plus @index. */
uint64_t fixture_ino(const struct fixture *fixture, uint32_t agbno, uint32_t index);

/* An inode with an empty data fork in @format, in memory only. Generation: the low bits of its number. */
void fixture_inode(const struct fixture *fixture, uint64_t ino, uint16_t mode, enum fork_format format,
		   struct inode *out);
/* Puts the attribute fork in the last 176 bytes. */
void fixture_attr_fork(struct inode *inode, enum fork_format format);
/* Copies content to a fork in format FORK_LOCAL, and for the data fork sets the size. */
void fixture_local(struct inode *inode, enum fork_kind kind, const void *bytes, size_t len);
/* Adds an extent to a fork in format FORK_EXTENTS. */
void fixture_map(const struct fixture *fixture, struct inode *inode, enum fork_kind kind, uint64_t fileoff,
		 struct agaddr at, uint32_t len_blocks, bool unwritten);
/* Writes the inode to its place, sealed. */
void fixture_put(struct fixture *fixture, const struct inode *inode);

/* A short directory under construction. */
struct short_dir {
	uint8_t bytes[512];
	size_t len;
};
void short_dir_init(struct short_dir *dir, uint64_t parent, bool long_ino);
void short_dir_add(struct short_dir *dir, const char *name, uint64_t ino, int ftype); /* < 0: without type */

/* What a walk said. */
struct heard {
	char names[4096]; /* "name=ino/type " for each, in order */
	size_t entries, dots, bad;
	enum flaw first_flaw;
};
int hear_bad(void *heard, const struct error *why);
/* Appends to heard->names. */
void hear(struct heard *heard, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
