/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a strict walk over a B+tree verifies beyond what makes a block usable (struct btree_strict); internal to the
 * cursor.
 *
 * The watch sees the blocks of every level from left to right. Where one could not be read, its neighbours are only
 * held against its address; where not even that is known, the chain begins anew.
 */
#ifndef FS_BTREE_WATCH_H
#define FS_BTREE_WATCH_H

#include "fs/btree.h"

/* The block before, on one level. */
struct btree_neighbour {
	enum {
		NEIGHBOUR_NONE,	   /* the next one is the first */
		NEIGHBOUR_READ,	   /* at and right say something */
		NEIGHBOUR_UNREAD,  /* at says something */
		NEIGHBOUR_UNKNOWN, /* some block was there */
	} state;
	struct agaddr at;
	uint64_t right; /* as on the device */
};

struct btree_watch {
	const struct btree *tree;
	const struct btree_strict *strict;
	struct btree_neighbour last[BTREE_LEVELS_MAX];
};

/* A block that was read. */
struct btree_seen {
	unsigned depth; /* level, 0: a leaf */
	struct agaddr at;
	const uint8_t *block;
	uint32_t count, capacity;
	bool may_be_poor; /* less than half full is fine */
	const struct btree_key *high,
		*highest; /* what the parent says of the last key below, and what it is; or NULL */
};

/* Each returns 0 or what the callback returned. */
int btree_watch_block(struct btree_watch *watch, const struct btree_seen *seen) MUST_CHECK;
/* A block that cannot be used; nothing is known of those below it. */
int btree_watch_unread(struct btree_watch *watch, unsigned depth, struct agaddr at) MUST_CHECK;
/* A pointer that leads nowhere: a block of level @depth is missing with all below it. */
void btree_watch_missing(struct btree_watch *watch, unsigned depth);
/* The walk is over. */
int btree_watch_end(struct btree_watch *watch) MUST_CHECK;

#endif
