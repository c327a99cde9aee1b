/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the suites of the complete check share: the findings of their subject out of all, and bytes of forks. */
#ifndef UNIT_CHECK_FSCK_LINES_H
#define UNIT_CHECK_FSCK_LINES_H

#include "lib/fsck_case.h"

/*
 * Runs the check and keeps the lines of some codes (a list that ends with NULL; one that ends in '_' stands for all
 * that begin so; NULL: all lines): what the same change means elsewhere has tests of its own. The check must have kept
 * all it found. Borrowed until the next call.
 */
const char *fsck_lines(struct fsck_case *c, const char *const *codes);

/* Compares these lines with those of printf. */
void fsck_expect(struct fsck_case *c, const char *const *codes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Of inodes, forks, links and attributes by themselves. */
extern const char *const fsck_inode_codes[];

/* The bytes of block @fileoff of a fork in the image. */
uint8_t *fsck_fork_block(const struct fsck_case *c, uint64_t ino, enum fork_kind kind, uint64_t fileoff,
			 struct agaddr *at);
/* Makes the checksum of a block right that has it @crc_at. */
void fsck_seal_block(const struct fsck_case *c, uint8_t *block, size_t crc_at);

/* A fork in its inode in the image. */
uint8_t *fsck_fork(const struct fsck_case *c, uint64_t ino, enum fork_kind kind);

#endif
