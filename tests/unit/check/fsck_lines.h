/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of inodes by themselves share: a case, its findings of this subject, and fields in its blocks. */
#ifndef UNIT_CHECK_FSCK_LINES_H
#define UNIT_CHECK_FSCK_LINES_H

#include "lib/fsck_case.h"

/*
 * Runs the check and keeps the lines about inodes, forks, links and attributes by themselves: what the change means for
 * owners and names has tests of its own. Borrowed until the next call.
 */
const char *fsck_lines(struct fsck_case *c);

/* Compares these lines with those of printf. */
void fsck_expect(struct fsck_case *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes of block @fileoff of a fork in the image. */
uint8_t *fsck_fork_block(const struct fsck_case *c, uint64_t ino, enum fork_kind kind, uint64_t fileoff,
			 struct agaddr *at);
/* Makes the checksum of a block right that has it @crc_at. */
void fsck_seal_block(const struct fsck_case *c, uint8_t *block, size_t crc_at);

/* A fork in its inode in the image. */
uint8_t *fsck_fork(const struct fsck_case *c, uint64_t ino, enum fork_kind kind);

#endif
