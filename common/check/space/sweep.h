/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A sweep over the blocks of a group: ranges come in ascending order of their start, as the rmapbt has them, and go
 * out as segments from block 0 on, without a gap, along each of which the same ranges lie. Memory: the ranges that lie
 * over each other at one place; internal to the layer.
 */
#ifndef CHECK_SWEEP_H
#define CHECK_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A range, from where it was given to the sweep, and who has it. */
struct holder {
	uint64_t owner;	  /* inode or RMAP_OWN_* */
	uint64_t fileoff; /* of its first block, with RMAP_OFFSET_* flags */
	uint32_t start, end;
	bool noted;    /* for who sweeps */
};

struct holders {
	struct holder *items;
	size_t count, room;
};

/* Appends. ERR_NOMEM. */
int holders_add(struct holders *holders, const struct holder *holder) MUST_CHECK;

/* Two kinds of ranges are kept apart. */
#define SWEEP_SIDES 2u

struct sweep {
	/* Those that lie over the segment, the one that ends first in front. */
	struct holders sides[SWEEP_SIDES];
	uint32_t at; /* first block not yet in a segment */
	/* Blocks [start, end), not empty. Non-zero ends the sweep. */
	int (*segment)(void *arg, struct sweep *sweep, uint32_t start, uint32_t end);
	void *arg;
};

/* Takes a range that begins no earlier than the one before. Returns 0, what segment returned, ERR_NOMEM. */
int sweep_take(struct sweep *sweep, unsigned side, const struct holder *holder) MUST_CHECK;

int sweep_on(struct sweep *sweep, uint32_t target) MUST_CHECK;

/* The segments up to block @target, before which no more range begins. */
static inline MUST_CHECK int sweep_to(struct sweep *sweep, uint32_t target)
{
	return sweep->at < target ? sweep_on(sweep, target) : 0;
}

void sweep_fini(struct sweep *sweep);

#endif
