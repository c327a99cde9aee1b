/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Findings about who shares blocks with whom, whether seen in the rmapbt or in the forks; internal to the layer.
 */
#ifndef CHECK_SHARING_H
#define CHECK_SHARING_H

#include "check/space/occupancy.h"
#include "check/range_findings.h"

/* @held owners have the blocks as data where the refcountbt counts @counted; less than two are 1. */
void sharing_miscount(struct range_findings *ranges, uint32_t agno, struct run run, uint64_t held, uint32_t counted,
		      const struct holder *one);

/* Bits of inodes that share, in the groups that they are in, as one worker sets them. With .checker set: none yet. */
struct sharing_marks {
	struct checker *checker;
	struct {
		uint64_t first_ino;
		_Atomic(uint64_t) *word; /* of 64 inodes from there on; NULL: none */
	} recent[64];
};

/* The inode shares blocks: sets its bit, if there is such an inode. */
void sharing_note(struct sharing_marks *marks, uint64_t ino);
/*
 * When it is known who shares and who carries the mark of that: every inode that shares must. It may stand without
 * sharing, as the kernel does not look for who shares no more. May be called again when more is known: each is told of
 * once.
 */
void sharing_compare(struct check_work *work);

#endif
