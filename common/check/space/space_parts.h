/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the checks of space, by the files that have them; internal to the layer. */
#ifndef CHECK_SPACE_PARTS_H
#define CHECK_SPACE_PARTS_H

#include "check/range_findings.h"
#include "check/space/stream.h"

/* space.c: blocks that are not free and that nobody has. */
void space_lost(struct range_findings *ranges, uint32_t agno, struct run run);

/* space_free.c: bnobt and cntbt, both read in whole, do not hold the same: says what differs. ERR_NOMEM, ERR_IO. */
int space_name_free(struct check_work *work, uint32_t agno) MUST_CHECK;

/*
 * space_free.c: opens the free space by block for a later reading: the bnobt, or where a part of that is lost, and the
 * cntbt is not, what that says. stream->lost: neither is whole. As stream_open.
 */
int space_open_free(struct tree_stream *stream, struct check_work *work, uint32_t agno) MUST_CHECK;

/*
 * space_fixed.c: what the geometry and the free list give to somebody: headers, journal, kept-back blocks.
 */
struct space_fixed {
	/* Each range with its owner. Non-zero ends the walk. */
	int (*claim)(void *arg, const struct rmap *claim);
	void *arg;
};
int space_fixed_walk(struct check_work *work, uint32_t agno, const struct space_fixed *fixed) MUST_CHECK;
/* Adds them to the claims of the group. */
int space_claim_fixed(struct check_work *work, uint32_t agno) MUST_CHECK;

#endif
