/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the pass "naming" share; internal to it. */
#ifndef CHECK_NAMING_PARTS_H
#define CHECK_NAMING_PARTS_H

#include "check/space/occupancy.h"
#include "check/space/sharing.h"
#include "check/range_findings.h"

/* A group in work. */
struct naming {
	struct check_work *work;
	uint32_t agno;
	struct group *group;
	struct holders users; /* ascending: all of whom it is known that they use blocks of the group */
	struct sharing_marks marks;
	/* Findings of each kind, as they are joined by themselves. */
	struct range_findings claimed_twice, used_and_free, lost, miscounts, missing, extra, wrong;
};

/* naming_gather.c: fills naming->users. ERR_NOMEM, ERR_IO. */
int naming_gather(struct naming *naming) MUST_CHECK;

/*
 * naming_pieces.c: what users and rmapbt do not have in common, ascending: users that the rmapbt does not list, and
 * records of what the owner does not use. *pieces: zeroed, to be freed. ERR_NOMEM, ERR_IO.
 */
enum {
	MISSING,
	EXTRA,
};
int naming_pieces(struct naming *naming, struct holders pieces[2]) MUST_CHECK;

/* naming_rmap.c: users that the rmapbt, which was read in whole, does not list, and the other way round. */
int naming_rmap(struct naming *naming) MUST_CHECK;

/* naming.c: two users of blocks that are not shared; a user of free blocks. */
void naming_claimed_twice(struct naming *naming, struct run run, const struct holder *one, const struct holder *other);
void naming_used_and_free(struct naming *naming, struct run run, const struct holder *user);

/*
 * naming.c: goes along all users, the free space and the refcounts. @incomplete: there may be users that are not known.
 * 0, what an op returned, ERR_NOMEM, ERR_IO.
 */
int naming_walk(struct naming *naming, const struct occupancy_ops *ops, void *arg, bool incomplete) MUST_CHECK;

/* naming_gather.c: the order in which the rmapbt has them. */
int naming_compare(const void *one, const void *other);

#endif
