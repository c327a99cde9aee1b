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
 * When both are known: every inode that shares must carry the mark. It may stand without sharing, as the kernel does
 * not look for who shares no more.
 */
void sharing_compare(struct check_work *work);
/* The inode shares blocks, but does not carry the mark of those that do. */
void sharing_unmarked(struct check_work *work, uint64_t ino);

/* Whether its bit is set. */
bool sharing_noted(struct checker *checker, uint64_t ino);

#endif
