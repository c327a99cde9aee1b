/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A test of the complete check: a private copy of a committed image, things of it that a test changes, checksums
 * made right again, and what the check then finds, as text.
 *
 * A mistake of the test ends the program with a message.
 */
#ifndef LIB_FSCK_CASE_H
#define LIB_FSCK_CASE_H

#include "check/fsck.h"
#include "fs/dir.h"
#include "lib/memory_image.h"

struct fsck_case {
	struct memory_image image;
	struct device *device;
	struct fs *fs;		 /* as the superblock was when the case was opened */
	struct interval_set bad; /* bytes that the check cannot read */
	char said[8192];
	bool whole; /* nothing was left out of said */
};

/* @name: of a committed image, without ".img"; IMAGES in the environment says where they are. */
void fsck_case_open(struct fsck_case *c, const char *name);
void fsck_case_close(struct fsck_case *c);

/* The inode of a path from the root on, such as "dirs/leaf"; "" is the root. */
uint64_t fsck_case_ino(const struct fsck_case *c, const char *path);

/* An inode in the image, to be changed and then sealed. */
struct disk_inode *fsck_case_inode(const struct fsck_case *c, uint64_t ino);
void fsck_case_seal_inode(const struct fsck_case *c, uint64_t ino);
/* Sets a field of an inode by its name in the table, and seals. */
void fsck_case_set_inode(const struct fsck_case *c, uint64_t ino, const char *field, uint64_t value);

/* An entry of a directory, or "..", in the image. */
struct fsck_entry {
	uint8_t *ino;
	unsigned ino_bytes;
	uint8_t *ftype; /* NULL: ".." of a directory in its inode has none */
	uint8_t *block; /* that is to be sealed; NULL: the inode is */
	uint64_t dir;
};
struct fsck_entry fsck_case_entry(const struct fsck_case *c, uint64_t dir, const char *name);
uint64_t fsck_entry_ino(const struct fsck_entry *entry);
/* Changes what it names, and the type if @ftype is not negative, and seals. */
void fsck_entry_set(const struct fsck_case *c, const struct fsck_entry *entry, uint64_t ino, int ftype);

/* A header of a group in the image; sealed by the second. */
struct disk_agi *fsck_case_agi(const struct fsck_case *c, uint32_t agno);
void fsck_case_seal_agi(const struct fsck_case *c, uint32_t agno);

/* Lets reads of some bytes fail. */
void fsck_case_bad(struct fsck_case *c, uint64_t start_bytes, uint64_t end_bytes);

/*
 * Runs the check: a line a finding, such as "LINK_COUNT ino 131 nlink 2!=3" with the parts that it has: "group 1",
 * "block 7+3", "ino 131", "data" or "attr" for a fork, "at 5" (block in it), "other 140", "'name'", the field,
 * EXPECTED!=FOUND, "id 1000", "x 5" (count), "follows", and "(FLAW)" or "(media)" for what a reader said. Borrowed
 * until the next run.
 */
const char *fsck_case_run(struct fsck_case *c);

#endif
