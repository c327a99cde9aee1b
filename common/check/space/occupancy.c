/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The comparisons, segment by segment of the sweep.
 *
 * What is lost makes some of them unsound, and only those are left out: without all holders nobody can be said not to
 * hold a block, without all free space a block not to be free, without all counts one not to be counted.
 */
#include "check/space/occupancy.h"

#include "check/space/claims.h"

/* The sides of the sweep. */
enum {
	SHARERS,
	OTHERS,
};

/* Behind the end of every group. */
#define NO_BLOCK UINT32_MAX

void occupancy_fini(struct occupancy *occupancy)
{
	sweep_fini(&occupancy->sweep);
}

struct place holder_place(uint32_t agno, struct run run, const struct holder *holder)
{
	struct place at = at_blocks((struct agaddr){agno, run.start}, run.end - run.start);

	if (holder->owner >= RMAP_OWN_MIN)
		return at;
	at.in_inode = at.in_fork = true;
	at.ino = holder->owner;
	at.fork = holder->fileoff & RMAP_OFFSET_ATTR ? FORK_ATTR : FORK_DATA;
	at.has_fileoff = !(holder->fileoff & RMAP_OFFSET_BMBT);
	if (at.has_fileoff)
		at.fileoff = (holder->fileoff & RMAP_OFFSET_MASK) + (run.start - holder->start);
	return at;
}

const char *holder_name(const struct holder *holder)
{
	struct rmap rmap = {.owner = holder->owner};
	enum claim_class class = claim_class_of(&rmap);

	return class == CLAIM_FILES ? NULL : claim_class_names[class];
}

static const struct holder *any_holder(const struct sweep *sweep)
{
	const struct holders *sharers = &sweep->sides[SHARERS], *others = &sweep->sides[OTHERS];

	return others->count > 0 ? others->items : sharers->count > 0 ? sharers->items : NULL;
}

/* Free space that ends behind @at. */
static int seek_free(struct occupancy *occupancy, uint32_t at)
{
	while (occupancy->free_run.end <= at) {
		int rc = stream_free(occupancy->free, &occupancy->free_run);

		if (rc < 0)
			return rc;
		if (rc == 0)
			occupancy->free_run = (struct run){NO_BLOCK, NO_BLOCK};
	}
	return 0;
}

static int compare_free(struct occupancy *occupancy, uint32_t start, uint32_t end)
{
	const struct occupancy_ops *ops = occupancy->ops;
	const struct holder *holder = any_holder(&occupancy->sweep);
	int rc = 0;

	while (start < end && rc == 0) {
		const struct run *run = &occupancy->free_run;
		bool is_free;
		uint32_t stop;

		rc = seek_free(occupancy, start);
		if (rc != 0)
			return rc;
		is_free = run->start <= start;
		stop = is_free ? run->end : run->start;
		if (stop > end)
			stop = end;
		if (is_free && holder && ops->free_and_held)
			rc = ops->free_and_held(occupancy->arg, (struct run){start, stop}, holder);
		else if (!is_free && !holder && !occupancy->incomplete && !occupancy->free->lost && ops->neither)
			rc = ops->neither(occupancy->arg, (struct run){start, stop});
		start = stop;
	}
	return rc;
}

/* A count of sharers that ends behind @at. */
static int seek_refcount(struct occupancy *occupancy, uint32_t at)
{
	while (occupancy->refcount.run.end <= at) {
		int rc = stream_refcount(occupancy->refcounts, &occupancy->refcount);

		if (rc < 0)
			return rc;
		if (rc == 1 && occupancy->refcount.cow)
			occupancy->refcount.run.end = 0; /* counts nobody: on to the next */
		else if (rc == 0)
			occupancy->refcount.run = (struct run){NO_BLOCK, NO_BLOCK};
	}
	return 0;
}

static int compare_count(struct occupancy *occupancy, uint32_t start, uint32_t end)
{
	const struct holders *sharers = &occupancy->sweep.sides[SHARERS];
	uint64_t held = sharers->count >= 2 ? sharers->count : 1;
	int rc = 0;

	while (start < end && rc == 0) {
		const struct refcount *refcount = &occupancy->refcount;
		uint32_t counted = 1, stop;

		rc = seek_refcount(occupancy, start);
		if (rc != 0)
			return rc;
		stop = refcount->run.start;
		if (refcount->run.start <= start) {
			counted = refcount->count;
			stop = refcount->run.end;
		}
		if (stop > end)
			stop = end;
		if (occupancy->ops->miscount &&
		    ((held > counted && !occupancy->refcounts->lost) || (held < counted && !occupancy->incomplete)))
			rc = occupancy->ops->miscount(occupancy->arg, (struct run){start, stop}, held, counted,
						      sharers->count > 0 ? &sharers->items[0] : NULL,
						      sharers->count > 1 ? &sharers->items[1] : NULL);
		start = stop;
	}
	return rc;
}

static int compare_segment(void *arg, struct sweep *sweep, uint32_t start, uint32_t end)
{
	struct occupancy *occupancy = arg;
	const struct holders *sharers = &sweep->sides[SHARERS], *others = &sweep->sides[OTHERS];
	int rc = 0;

	/* Of those who must not share nobody knows how they should be counted. */
	if (others->count == 0 || others->count + sharers->count == 1)
		rc = compare_count(occupancy, start, end);
	else if (occupancy->ops->clash)
		rc = occupancy->ops->clash(occupancy->arg, (struct run){start, end}, &others->items[0],
					   others->count > 1 ? &others->items[1] : &sharers->items[0]);
	return rc == 0 ? compare_free(occupancy, start, end) : rc;
}

void occupancy_init(struct occupancy *occupancy, struct tree_stream *free, struct tree_stream *refcounts,
		    const struct occupancy_ops *ops, void *arg)
{
	*occupancy = (struct occupancy){.free = free, .refcounts = refcounts, .ops = ops, .arg = arg};
	occupancy->sweep.segment = compare_segment;
	occupancy->sweep.arg = occupancy;
}

/*
 * Where the new one will lie, others already do: it shares, and so does the one that was alone so far. Unless the
 * refcountbt does not count them: then they have no right to.
 */
static int note_sharers(struct occupancy *occupancy, struct holder *holder)
{
	struct holders *sharers = &occupancy->sweep.sides[SHARERS];
	int rc = 0;

	if (sharers->count == 0 || !occupancy->ops->sharer)
		return 0;
	rc = seek_refcount(occupancy, holder->start);
	if (rc != 0 || (occupancy->refcount.run.start > holder->start && !occupancy->refcounts->lost))
		return rc;
	if (sharers->count == 1 && !sharers->items[0].noted) {
		sharers->items[0].noted = true;
		rc = occupancy->ops->sharer(occupancy->arg, &sharers->items[0]);
	}
	holder->noted = true;
	return rc == 0 ? occupancy->ops->sharer(occupancy->arg, holder) : rc;
}

int occupancy_take(struct occupancy *occupancy, struct holder *holder)
{
	int rc = sweep_to(&occupancy->sweep, holder->start);

	if (rc != 0)
		return rc;
	holder->noted = false;
	if (!holder_may_share(holder))
		return sweep_take(&occupancy->sweep, OTHERS, holder);
	rc = note_sharers(occupancy, holder);
	return rc == 0 ? sweep_take(&occupancy->sweep, SHARERS, holder) : rc;
}

int occupancy_end(struct occupancy *occupancy, uint32_t end)
{
	int rc = sweep_to(&occupancy->sweep, end);

	/* What lies behind the last block cannot be, but the streams count while they are read. */
	if (rc == 0)
		rc = seek_free(occupancy, NO_BLOCK - 1);
	return rc == 0 ? seek_refcount(occupancy, NO_BLOCK - 1) : rc;
}
