/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The space trees of a group record by record, unpacked and checked one by one: what the comparisons of a group pull
 * along each other; internal to the layer.
 *
 * The first reading of a tree raises what is wrong with it by itself, remembers in the group that a part of it is lost,
 * and claims its blocks and the staging space it lists; later ones are silent.
 */
#ifndef CHECK_STREAM_H
#define CHECK_STREAM_H

#include "check/checker.h"
#include "fs/btree.h"

/* Blocks [start, end). */
struct run {
	uint32_t start, end;
};

/* A record of the refcountbt. */
struct refcount {
	struct run run;
	uint32_t count;
	bool cow; /* staging: these come after all others */
};

struct tree_stream {
	struct check_work *work;
	struct group *group;
	uint32_t agno;
	enum btree_kind kind;
	bool first; /* reading of the tree in this run */
	bool lost;  /* a part of it cannot be used: records may be missing */
	struct btree_strict strict;
	struct btree_cursor *cursor; /* NULL: there is nothing to be read */
	struct agaddr place;	     /* of the block that holds the record just returned */
	struct run *items;	     /* free runs in memory, instead of a tree; or NULL */
	size_t item_count, next;

	/* As far as the walk has come: */
	uint32_t tree_blocks;
	uint64_t total_blocks;	 /* free, or shared */
	uint32_t longest_blocks; /* of free runs */
	struct hash_sum runs;	 /* of free runs, in whatever order */
	struct refcount before;	 /* the last record of bnobt or refcountbt */
};

/* Must stay where it is and be closed, whatever it returns; a zeroed one may be. ERR_NOMEM. */
int stream_open(struct tree_stream *stream, struct check_work *work, uint32_t agno, enum btree_kind kind,
		bool first) MUST_CHECK;
/* Free runs, disjoint and ascending, in place of a bnobt; they become the stream's. */
void stream_open_runs(struct tree_stream *stream, struct check_work *work, uint32_t agno, struct run *items,
		      size_t count);
void stream_close(struct tree_stream *stream);

/*
 * The next record that can be true: 1, or 0 at the end. Runs are not empty, lie inside the group, and those of bnobt
 * and refcountbt are disjoint and ascend. What ends the check: ERR_NOMEM, ERR_IO.
 */
int stream_free(struct tree_stream *stream, struct run *out) MUST_CHECK; /* BTREE_BNO, BTREE_CNT */
int stream_rmap(struct tree_stream *stream, struct rmap *out) MUST_CHECK;
int stream_refcount(struct tree_stream *stream, struct refcount *out) MUST_CHECK;

#endif
