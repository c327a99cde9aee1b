/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What differs in a group, block by block, from a list of all its users: against the rmapbt (naming_rmap.c), or, where
 * there is none to rely on, against the free space and the refcountbt.
 */
#include "check/naming/naming_parts.h"

#include <stdlib.h>

#include "check/inode/inode_parts.h"
#include "check/pass.h"
#include "check/space/sharing.h"
#include "check/space/space_parts.h"

void naming_claimed_twice(struct naming *naming, struct run run, const struct holder *one, const struct holder *other)
{
	bool one_is_file = one->owner < RMAP_OWN_MIN, other_is_file = other->owner < RMAP_OWN_MIN;

	range_finding(&naming->claimed_twice,
		      &(struct finding){.code = FINDING_BLOCK_CLAIMED_TWICE,
					.at = holder_place(naming->agno, run, one_is_file ? one : other),
					.field = one_is_file ? holder_name(other) : holder_name(one),
					.other_ino = one_is_file && other_is_file ? other->owner : 0});
}

void naming_used_and_free(struct naming *naming, struct run run, const struct holder *user)
{
	range_finding(&naming->used_and_free, &(struct finding){.code = FINDING_BLOCK_USED_AND_FREE,
								.at = holder_place(naming->agno, run, user),
								.field = holder_name(user)});
}

/* Trees or forks cannot be read as they were when their sums were made. */
static bool is_worse(const struct naming *naming)
{
	return naming->group->worse || atomic_load(&naming->work->checker->users_worse);
}

static int on_free_and_held(void *arg, struct run run, const struct holder *holder)
{
	naming_used_and_free(arg, run, holder);
	return 0;
}

static int on_neither(void *arg, struct run run)
{
	struct naming *naming = arg;

	space_lost(&naming->lost, naming->agno, run);
	return 0;
}

static int on_clash(void *arg, struct run run, const struct holder *one, const struct holder *other)
{
	naming_claimed_twice(arg, run, one, other);
	return 0;
}

static int on_miscount(void *arg, struct run run, uint64_t held, uint32_t counted, const struct holder *one,
		       const struct holder *other)
{
	struct naming *naming = arg;

	if (counted < 2)
		naming_claimed_twice(naming, run, one, other);
	else
		sharing_miscount(&naming->miscounts, naming->agno, run, held, counted, one);
	return 0;
}

/* Without rmapbt the pass over space could not know who shares. */
static int on_sharer(void *arg, const struct holder *holder)
{
	struct naming *naming = arg;

	if (!is_worse(naming))
		sharing_note(&naming->marks, holder->owner);
	return 0;
}

static const struct occupancy_ops user_ops = {
	.free_and_held = on_free_and_held,
	.neither = on_neither,
	.clash = on_clash,
	.miscount = on_miscount,
	.sharer = on_sharer,
};

/* Whether somebody may use blocks of the group whom nobody knows. */
static bool users_lost(const struct naming *naming)
{
	const struct checker *checker = naming->work->checker;

	return atomic_load(&checker->inodes_lost) || checker->tables.lost_count > 0 || naming->group->lost != 0;
}

int naming_walk(struct naming *naming, const struct occupancy_ops *ops, void *arg, bool incomplete)
{
	struct tree_stream free_space, refcounts = {0};
	struct occupancy occupancy;
	int rc = space_open_free(&free_space, naming->work, naming->agno);

	if (rc == 0)
		rc = stream_open(&refcounts, naming->work, naming->agno, BTREE_REFCOUNT, false);
	occupancy_init(&occupancy, &free_space, &refcounts, ops, arg);
	occupancy.incomplete = incomplete;
	for (size_t i = 0; i < naming->users.count && rc == 0; i++)
		rc = occupancy_take(&occupancy, &naming->users.items[i]);
	if (rc == 0)
		rc = occupancy_end(&occupancy, geometry_ag_blocks(&work_fs(naming->work)->geo, naming->agno));
	occupancy_fini(&occupancy);
	stream_close(&free_space);
	stream_close(&refcounts);
	return rc;
}

/* Every block must be free or have a user, and only shared data several. */
static int compare_space(struct naming *naming)
{
	bool incomplete = users_lost(naming);

	if (incomplete)
		check_not_done(naming->work, at_group(naming->agno), "blocks that nobody uses");
	return naming_walk(naming, &user_ops, naming, incomplete);
}

static void raise_ranges(struct naming *naming)
{
	range_findings_end(&naming->claimed_twice);
	range_findings_end(&naming->used_and_free);
	range_findings_end(&naming->lost);
	range_findings_end(&naming->miscounts);
	range_findings_end(&naming->missing);
	range_findings_end(&naming->extra);
	range_findings_end(&naming->wrong);
}

/*
 * The trees or the forks cannot be read as they were when their sums were made: what differs now says nothing. What is
 * left is that they cannot be read.
 */
static void drop_comparison(struct check_work *work, uint32_t agno)
{
	struct findings all = work->findings;

	work->findings = (struct findings){0};
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].code == FINDING_MEDIA_ERROR || all.items[i].code == FINDING_NOT_CHECKED)
			finding_raise(&work->findings, &all.items[i]);
	work->findings.no_memory |= all.no_memory;
	findings_fini(&all);
	check_not_done(work, at_group(agno), "who uses which blocks, as the medium gets worse");
}

int naming_unit(struct check_work *work, size_t unit)
{
	uint32_t agno = (uint32_t)unit;
	struct range_findings none = {.to = &work->findings};
	struct naming naming = {.work = work,
				.agno = agno,
				.group = &work->checker->groups[agno],
				.marks = {.checker = work->checker},
				.claimed_twice = none,
				.used_and_free = none,
				.lost = none,
				.miscounts = none,
				.missing = none,
				.extra = none,
				.wrong = none};
	bool has_rmapbt = work_fs(work)->geo.has_rmapbt && !(naming.group->lost & LOST_TREE(BTREE_RMAP));
	int rc;

	if (!naming.group->name_users)
		return 0;
	rc = naming_gather(&naming);
	if (rc == 0)
		rc = has_rmapbt ? naming_rmap(&naming) : compare_space(&naming);
	raise_ranges(&naming);
	if (is_worse(&naming))
		drop_comparison(work, agno);
	free(naming.users.items);
	return rc;
}

/* Unless what could be read of an rmapbt had already told of them. */
int naming_end(struct check_work *work)
{
	sharing_compare(work);
	return 0;
}
