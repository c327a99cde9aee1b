/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who holds the blocks of a group, against the free space (every block is either free or held) and against the
 * refcountbt (blocks that several hold are counted there, and only file data can be).
 *
 * Those who hold blocks come in ascending order from the rmapbt, or from what was collected of everybody. Nothing but
 * the holders of one place is kept in memory; internal to the layer.
 */
#ifndef CHECK_OCCUPANCY_H
#define CHECK_OCCUPANCY_H

#include "check/space/stream.h"
#include "check/space/sweep.h"

struct occupancy;

/* What is wrong with blocks [start, end). NULL: not asked for. */
struct occupancy_ops {
	/* Free, though held; one who holds them. */
	int (*free_and_held)(void *arg, struct run run, const struct holder *holder);
	int (*neither)(void *arg, struct run run);
	/* Two hold them, and at least one of them holds no written data. */
	int (*clash)(void *arg, struct run run, const struct holder *one, const struct holder *other);
	/*
	 * @held have them as data where the refcountbt counts @counted; each is 1 for less than two. Two of those who
	 * hold them, as far as there are.
	 */
	int (*miscount)(void *arg, struct run run, uint64_t held, uint32_t counted, const struct holder *one,
			const struct holder *other);
	/* One who shares blocks with another where the refcountbt counts several; once for each holder. */
	int (*sharer)(void *arg, const struct holder *holder);
};

struct occupancy {
	struct sweep sweep;
	struct tree_stream *free, *refcounts; /* borrowed; each may be without a tree */
	struct run free_run;
	struct refcount refcount;
	const struct occupancy_ops *ops;
	void *arg;
	/* Set by the caller when holders are missing from here on: what needs all of them is no longer said. */
	bool incomplete;
};

/* @free, @refcounts: just opened. */
void occupancy_init(struct occupancy *occupancy, struct tree_stream *free, struct tree_stream *refcounts,
		    const struct occupancy_ops *ops, void *arg);

/* Returns 0, what an op returned, ERR_NOMEM, ERR_IO. */
int occupancy_take(struct occupancy *occupancy, struct holder *holder) MUST_CHECK;
/* All were given; @end: blocks of the group. Reads the streams to their end. */
int occupancy_end(struct occupancy *occupancy, uint32_t end) MUST_CHECK;
void occupancy_fini(struct occupancy *occupancy);

/* Whether blocks of the holder can be shared: written data of a file. */
static inline bool holder_may_share(const struct holder *holder)
{
	return holder->owner < RMAP_OWN_MIN &&
	       !(holder->fileoff & (RMAP_OFFSET_ATTR | RMAP_OFFSET_BMBT | RMAP_OFFSET_UNWRITTEN));
}

/* One by one, in place: a struct that is copied right after it was put together stalls the processor. */
static inline void holder_set(struct holder *out, const struct rmap *rmap)
{
	out->owner = rmap->owner;
	out->fileoff = rmap->fileoff | (rmap->attr_fork ? RMAP_OFFSET_ATTR : 0) |
		       (rmap->bmbt_block ? RMAP_OFFSET_BMBT : 0) | (rmap->unwritten ? RMAP_OFFSET_UNWRITTEN : 0);
	out->start = rmap->start.agbno;
	out->end = rmap->start.agbno + rmap->len_blocks;
	out->noted = false;
}

static inline struct holder holder_of(const struct rmap *rmap)
{
	struct holder holder;

	holder_set(&holder, rmap);
	return holder;
}

/* Blocks of group @agno that the holder has: with the inode, its fork and the place in it, if it is a file. */
struct place holder_place(uint32_t agno, struct run run, const struct holder *holder);
/* For finding.field: the name of a holder that is no file, or NULL. */
const char *holder_name(const struct holder *holder);

#endif
