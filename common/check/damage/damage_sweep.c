/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cutting the bad ranges into pieces that each hit one thing.
 *
 * A sweep over the sorted owners: between two places where owners begin or end, the owners are the same. Cuts are
 * also made where the meaning changes inside an owner: at the sectors of a group's header, at the end of the group, and
 * at the end of a file. Pieces that only continue each other are joined, so that the result does not depend on how
 * the source of the owners had cut them.
 *
 * Where things of several kinds claim the same bytes (the file system is corrupt then) there is a piece for each kind.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/array.h"
#include "check/damage/damage_sweep.h"

/* Data of files together, so that who shares it stands side by side. */
static int compare_owners(const struct owner *a, const struct owner *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (damage_is_data(a) != damage_is_data(b))
		return damage_is_data(a) ? -1 : 1;
	if (a->ino != b->ino)
		return a->ino < b->ino ? -1 : 1;
	if (a->fork != b->fork)
		return a->fork < b->fork ? -1 : 1;
	if (a->bmbt != b->bmbt)
		return a->bmbt < b->bmbt ? -1 : 1;
	return (a->offset_bytes > b->offset_bytes) - (a->offset_bytes < b->offset_bytes);
}

/* Of the same owner the longer one first. */
static int by_owner(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;
	int order = compare_owners(a, b);

	if (order != 0)
		return order;
	return (a->end_bytes < b->end_bytes) - (a->end_bytes > b->end_bytes);
}

/* Two ways of knowing may both have named an owner: the longer one stays, written if one of them says so. */
static void drop_twice_named(struct damage_sweep *sweep)
{
	size_t kept = sweep->count > 0;

	for (size_t i = 1; i < sweep->count; i++) {
		if (compare_owners(&sweep->active[i], &sweep->active[kept - 1]) != 0)
			sweep->active[kept++] = sweep->active[i];
		else
			sweep->active[kept - 1].unwritten &= sweep->active[i].unwritten;
	}
	sweep->count = kept;
}

/* Moves to @at: owners that have ended leave, others are cut, those that begin join. */
static int move_to(struct damage_sweep *sweep, uint64_t at)
{
	const struct damage_build *build = sweep->build;
	size_t kept = 0;

	for (size_t i = 0; i < sweep->count; i++)
		if (owner_cut(&sweep->active[i], at, UINT64_MAX))
			sweep->active[kept++] = sweep->active[i];
	sweep->count = kept;
	while (sweep->next < build->found_count && build->found[sweep->next].start_bytes <= at) {
		struct owner owner = build->found[sweep->next++];

		if (!owner_cut(&owner, at, UINT64_MAX))
			continue;
		if (array_reserve(&sweep->active, sweep->count, 1, &sweep->room, sizeof(*sweep->active)) != 0)
			return error_set(sweep->err, ERR_NOMEM, "no memory for %zu owners", sweep->count);
		sweep->active[sweep->count++] = owner;
	}
	if (sweep->count > 1)
		qsort(sweep->active, sweep->count, sizeof(*sweep->active), by_owner);
	drop_twice_named(sweep);
	sweep->at = at;
	return 0;
}

static void lower(uint64_t *end, uint64_t to, uint64_t at)
{
	if (to > at && to < *end)
		*end = to;
}

/* How far from the place the owners, and what they mean, stay the same. */
static uint64_t stays_until(const struct damage_sweep *sweep, uint64_t range_end)
{
	const struct damage_build *build = sweep->build;
	const struct geometry *geo = &build->view->geo;
	uint64_t end = range_end, at = sweep->at, eof;
	struct agaddr block;

	if (sweep->next < build->found_count)
		lower(&end, build->found[sweep->next].start_bytes, at);
	lower(&end, geo->blocks << geo->block_log, at);
	if (geometry_block_of_offset(geo, at, &block))
		lower(&end,
		      geometry_block_offset(geo, (struct agaddr){block.agno, 0}) +
			      ((uint64_t)geo->ag_blocks << geo->block_log),
		      at);
	for (size_t i = 0; i < sweep->count; i++) {
		const struct owner *owner = &sweep->active[i];

		lower(&end, owner->end_bytes, at);
		if (owner->kind == OWNER_AG_HEADER) /* sector by sector */
			lower(&end, ((at >> geo->sector_log) + 1) << geo->sector_log, at);
		if (owner->kind == OWNER_SPACE || owner->kind == OWNER_INOBT) /* block by block */
			lower(&end, ((at >> geo->block_log) + 1) << geo->block_log, at);
		if (damage_ends_at_eof(sweep, owner, &eof)) {
			eof = (eof + geo->block_bytes - 1) >> geo->block_log << geo->block_log;
			if (eof > owner->offset_bytes)
				lower(&end, at + (eof - owner->offset_bytes), at);
		}
	}
	return end;
}

/* A kind that says nothing beside another one: what is both free and used is used. */
static bool is_weak(enum owner_kind kind)
{
	return kind == OWNER_FREE || kind == OWNER_UNKNOWN;
}

/* A piece for each kind of owner; forks' B+tree blocks and attribute forks count as kinds of their own. */
static int add_pieces(struct damage_sweep *sweep, struct damage_range *range, uint64_t end)
{
	struct damage_cut cut = {.start = sweep->at, .end = end};
	bool any_strong = false;
	int rc = 0;

	if (sweep->count == 0)
		return damage_add_piece(sweep, range, &cut);
	for (size_t i = 0; i < sweep->count; i++)
		any_strong |= !is_weak(sweep->active[i].kind);
	for (size_t i = 0; i < sweep->count && rc == 0; i += cut.count) {
		const struct owner *first = &sweep->active[i];

		cut.owners = first;
		cut.count = 1;
		while (i + cut.count < sweep->count && first[cut.count].kind == first->kind &&
		       damage_is_data(&first[cut.count]) == damage_is_data(first) &&
		       (damage_is_data(first) || first->kind != OWNER_FILE))
			cut.count++;
		if (!is_weak(first->kind) || !any_strong)
			rc = damage_add_piece(sweep, range, &cut);
	}
	return rc;
}

static int sweep_range(struct damage_sweep *sweep, struct damage_range *range)
{
	int rc = 0;

	range->piece = sweep->build->report->piece_count;
	sweep->open.count = 0;
	for (uint64_t at = range->start_bytes; at < range->end_bytes && rc == 0;) {
		struct piece_list ended = sweep->open;
		uint64_t end;

		rc = move_to(sweep, at);
		if (rc != 0)
			break;
		end = stays_until(sweep, range->end_bytes);
		assert(end > at);
		rc = add_pieces(sweep, range, end);
		sweep->open = sweep->growing;
		sweep->growing = ended;
		sweep->growing.count = 0;
		at = end;
	}
	return rc;
}

int damage_cut_pieces(struct damage_build *build, struct error *err)
{
	struct damage_sweep sweep = {.build = build, .err = err};
	int rc = 0;

	for (size_t i = 0; i < build->report->range_count && rc == 0; i++)
		rc = sweep_range(&sweep, &build->report->ranges[i]);
	free(sweep.active);
	free(sweep.open.items);
	free(sweep.growing.items);
	if (rc == ERR_NOMEM)
		return error_set(err, rc, "no memory for the list of damage");
	return rc;
}
