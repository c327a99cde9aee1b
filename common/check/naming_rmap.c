/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The users of a group against its rmapbt, which cut the same blocks in different ways.
 *
 * Both are taken apart into edges: where somebody begins to have blocks, and where he ends, counted up for users and
 * down for the rmapbt. Sorted by who it is (owner, kind of mapping, and distance between place in the file and place in
 * the group) and by block, equal edges go away, and between those that are left lie the pieces that one side has more
 * often than the other.
 *
 * The pieces are then looked at in the order of blocks: users who are missing, next to records that are too much.
 */
#include <stdlib.h>

#include "check/claims.h"
#include "check/naming_parts.h"
#include "check/sharing.h"

struct edge {
	uint64_t owner;
	uint64_t distance; /* or 0, for who has no places */
	uint32_t agbno;
	int8_t step;
	uint8_t flags; /* the RMAP_OFFSET_* bits, moved to the lowest ones */
};

struct edges {
	struct edge *items;
	size_t count, room;
};

/* Users that meet, and free blocks that are used; ascending. */
struct conflict {
	struct run run;
	bool is_free;
	struct holder one, other;
};

struct conflicts {
	struct conflict *items;
	size_t count, room;
};

enum {
	MISSING,
	EXTRA,
};

struct comparison {
	struct naming *naming;
	struct edges edges;
	struct holders pieces[2]; /* MISSING, EXTRA */
	struct conflicts conflicts;
	size_t conflict;  /* the first that has not been passed */
	uint64_t follows; /* blocks of rmaps whose owner is lost */
};

#define OFFSET_FLAGS	 (RMAP_OFFSET_ATTR | RMAP_OFFSET_BMBT | RMAP_OFFSET_UNWRITTEN)
#define OFFSET_FLAGS_LOW 61

static bool has_places(uint64_t owner, uint64_t offset)
{
	return owner < RMAP_OWN_MIN && !(offset & RMAP_OFFSET_BMBT);
}

/* Room for one more thing of @size bytes in an array; NULL: no memory. */
static void *grown(void *items, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;

	if (count < *room)
		return items;
	items = reallocarray(items, more, size);
	if (items)
		*room = more;
	return items;
}

static int add_edge(struct edges *edges, const struct edge *edge)
{
	struct edge *items = grown(edges->items, edges->count, &edges->room, sizeof(*items));

	if (!items)
		return ERR_NOMEM;
	edges->items = items;
	edges->items[edges->count++] = *edge;
	return 0;
}

/* @step: 1 for a user, -1 for a record. Classes of which not all users are known are left out on both sides. */
static int add_edges(struct comparison *comparison, const struct holder *holder, int8_t step)
{
	struct rmap rmap = {.owner = holder->owner};
	struct edge edge = {
		.owner = holder->owner,
		.agbno = holder->start,
		.step = step,
		.flags = (uint8_t)((holder->fileoff & OFFSET_FLAGS) >> OFFSET_FLAGS_LOW),
	};
	int rc;

	if (!claims_whole(comparison->naming->group, claim_class_of(&rmap)))
		return 0;
	if (has_places(holder->owner, holder->fileoff))
		edge.distance = (holder->fileoff & RMAP_OFFSET_MASK) - holder->start;
	rc = add_edge(&comparison->edges, &edge);
	edge.agbno = holder->end;
	edge.step = (int8_t)-step;
	return rc == 0 ? add_edge(&comparison->edges, &edge) : rc;
}

static int load_rmaps(struct comparison *comparison)
{
	struct naming *naming = comparison->naming;
	struct tree_stream stream;
	struct rmap rmap;
	int rc = stream_open(&stream, naming->work, naming->agno, BTREE_RMAP, false);

	while (rc == 0 && (rc = stream_rmap(&stream, &rmap)) == 1) {
		struct holder holder = holder_of(&rmap);

		rc = add_edges(comparison, &holder, -1);
	}
	stream_close(&stream);
	return rc;
}

static int compare_who(const struct edge *a, const struct edge *b)
{
	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->flags != b->flags)
		return a->flags < b->flags ? -1 : 1;
	return (a->distance > b->distance) - (a->distance < b->distance);
}

static int compare_edges(const void *one, const void *other)
{
	const struct edge *a = one, *b = other;
	int order = compare_who(a, b);

	return order != 0 ? order : (a->agbno > b->agbno) - (a->agbno < b->agbno);
}

/* @more: how often the users have it more than the rmapbt, or less. */
static int add_piece(struct comparison *comparison, const struct edge *who, struct run run, int64_t more)
{
	struct holder holder = {
		.owner = who->owner,
		.fileoff = (uint64_t)who->flags << OFFSET_FLAGS_LOW,
		.start = run.start,
		.end = run.end,
	};

	if (has_places(holder.owner, holder.fileoff))
		holder.fileoff |= (who->distance + run.start) & RMAP_OFFSET_MASK;
	return holders_add(&comparison->pieces[more > 0 ? MISSING : EXTRA], &holder);
}

static int make_pieces(struct comparison *comparison)
{
	struct edges *edges = &comparison->edges;
	int64_t more = 0;
	int rc = 0;

	if (edges->count > 0)
		qsort(edges->items, edges->count, sizeof(*edges->items), compare_edges);
	/* Who begins, ends: behind the last edge of each, more is 0. */
	for (size_t i = 0; i < edges->count && rc == 0; i++) {
		const struct edge *edge = &edges->items[i];

		if (more != 0 && edge->agbno > edge[-1].agbno)
			rc = add_piece(comparison, edge, (struct run){edge[-1].agbno, edge->agbno}, more);
		more += edge->step;
	}
	for (unsigned side = 0; side < 2; side++)
		if (comparison->pieces[side].count > 0)
			qsort(comparison->pieces[side].items, comparison->pieces[side].count, sizeof(struct holder),
			      naming_compare);
	return rc;
}

static int add_conflict(struct comparison *comparison, const struct conflict *conflict)
{
	struct conflicts *all = &comparison->conflicts;
	struct conflict *items;

	/* One is enough of what is wrong with the same blocks. */
	if (all->count > 0 && all->items[all->count - 1].run.end > conflict->run.start)
		return 0;
	items = grown(all->items, all->count, &all->room, sizeof(*items));
	if (!items)
		return ERR_NOMEM;
	all->items = items;
	all->items[all->count++] = *conflict;
	return 0;
}

static int on_free_and_held(void *arg, struct run run, const struct holder *holder)
{
	return add_conflict(arg, &(struct conflict){.run = run, .is_free = true, .one = *holder});
}

static int on_clash(void *arg, struct run run, const struct holder *one, const struct holder *other)
{
	return add_conflict(arg, &(struct conflict){.run = run, .one = *one, .other = *other});
}

/* Only that there are more users than are counted makes them meet. */
static int on_miscount(void *arg, struct run run, uint64_t held, uint32_t counted, const struct holder *one,
		       const struct holder *other)
{
	if (held <= counted)
		return 0;
	return add_conflict(arg, &(struct conflict){.run = run, .one = *one, .other = *other});
}

static const struct occupancy_ops conflict_ops = {
	.free_and_held = on_free_and_held,
	.clash = on_clash,
	.miscount = on_miscount,
};

static int find_conflicts(struct comparison *comparison)
{
	struct naming *naming = comparison->naming;
	struct tree_stream free_space, refcounts = {0};
	struct occupancy occupancy;
	int rc = stream_open(&free_space, naming->work, naming->agno, BTREE_BNO, false);

	if (rc == 0)
		rc = stream_open(&refcounts, naming->work, naming->agno, BTREE_REFCOUNT, false);
	occupancy_init(&occupancy, &free_space, &refcounts, &conflict_ops, comparison);
	for (size_t i = 0; i < naming->users.count && rc == 0; i++)
		rc = occupancy_take(&occupancy, &naming->users.items[i]);
	if (rc == 0)
		rc = occupancy_end(&occupancy, geometry_ag_blocks(&work_fs(naming->work)->geo, naming->agno));
	occupancy_fini(&occupancy);
	stream_close(&free_space);
	stream_close(&refcounts);
	return rc;
}

/* Whether it is not known what the inode uses. */
static bool is_lost(const struct checker *checker, uint64_t owner)
{
	const struct unit_tables *tables = &checker->tables;
	size_t low = 0, high = tables->lost_count;
	uint32_t agno, agino;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tables->lost_inodes[middle] < owner)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < tables->lost_count && tables->lost_inodes[low] == owner)
		return true;
	return geometry_ino_split(&checker->fs->geo, owner, &agno, &agino) &&
	       (checker->groups[agno].lost & (LOST_AGI | LOST_TREE(BTREE_INO))) &&
	       !group_chunk(&checker->groups[agno], agino);
}

static void raise_missing(struct naming *naming, struct run run, const struct holder *user)
{
	range_finding(&naming->missing, naming->work,
		      &(struct finding){.code = FINDING_RMAP_MISSING,
					.at = holder_place(naming->agno, run, user),
					.field = holder_name(user)});
}

static void raise_extra(struct comparison *comparison, struct run run, const struct holder *record)
{
	struct naming *naming = comparison->naming;

	if (is_lost(naming->work->checker, record->owner)) {
		comparison->follows += run.end - run.start;
		return;
	}
	range_finding(&naming->extra, naming->work,
		      &(struct finding){.code = FINDING_RMAP_EXTRA,
					.at = holder_place(naming->agno, run, record),
					.field = holder_name(record)});
}

/* The field of an rmap record in which two differ that have the same owner, and what they have there. */
static const char *differing_field(const struct holder *user, const struct holder *record, struct finding *finding)
{
	static const struct {
		uint64_t flag;
		const char *field;
	} flags[] = {
		{RMAP_OFFSET_ATTR, "attrfork"},
		{RMAP_OFFSET_BMBT, "bmbtblock"},
		{RMAP_OFFSET_UNWRITTEN, "extentflag"},
	};

	finding->has_expected = finding->has_found = true;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		finding->expected = (user->fileoff & flags[i].flag) != 0;
		finding->found = (record->fileoff & flags[i].flag) != 0;
		if (finding->expected != finding->found)
			return flags[i].field;
	}
	finding->expected = (user->fileoff & RMAP_OFFSET_MASK) + (finding->at.agbno - user->start);
	finding->found = (record->fileoff & RMAP_OFFSET_MASK) + (finding->at.agbno - record->start);
	return "offset";
}

static void raise_wrong(struct naming *naming, struct run run, const struct holder *user, const struct holder *record)
{
	bool user_is_file = user->owner < RMAP_OWN_MIN, record_is_file = record->owner < RMAP_OWN_MIN;
	struct finding finding = {.code = FINDING_RMAP_WRONG, .at = holder_place(naming->agno, run, user)};

	if (user->owner == record->owner)
		finding.field = differing_field(user, record, &finding);
	else
		finding.field = user_is_file ? holder_name(record) : holder_name(user);
	if (record_is_file && user->owner != record->owner)
		finding.other_ino = record->owner;
	range_finding(&naming->wrong, naming->work, &finding);
}

/* Users and records at the same blocks, nothing else being wrong with these. */
static void raise_pairs(struct comparison *comparison, struct run run, const struct sweep *sweep)
{
	const struct holders *missing = &sweep->sides[MISSING], *extra = &sweep->sides[EXTRA];
	/* As soon as no more are kept: no need to go through depths. */
	size_t most = comparison->naming->work->findings.count < FINDINGS_KEPT_MAX ? SIZE_MAX : 1;

	for (size_t i = 0; i < most && (i < missing->count || i < extra->count); i++) {
		if (i >= extra->count)
			raise_missing(comparison->naming, run, &missing->items[i]);
		else if (i >= missing->count)
			raise_extra(comparison, run, &extra->items[i]);
		else
			raise_wrong(comparison->naming, run, &missing->items[i], &extra->items[i]);
	}
}

/* Where users meet, or the blocks are free, that is why records are missing. */
static void raise_conflict(struct comparison *comparison, struct run run, const struct conflict *conflict,
			   const struct sweep *sweep)
{
	const struct holders *extra = &sweep->sides[EXTRA];

	if (conflict->is_free)
		naming_used_and_free(comparison->naming, run, &conflict->one);
	else
		naming_claimed_twice(comparison->naming, run, &conflict->one, &conflict->other);
	if (extra->count > 0)
		raise_extra(comparison, run, &extra->items[0]);
}

/* The conflict that comes next at block @at or behind it; NULL: none. */
static const struct conflict *next_conflict(struct comparison *comparison, uint32_t at)
{
	const struct conflicts *all = &comparison->conflicts;

	while (comparison->conflict < all->count && all->items[comparison->conflict].run.end <= at)
		comparison->conflict++;
	return comparison->conflict < all->count ? &all->items[comparison->conflict] : NULL;
}

static int on_segment(void *arg, struct sweep *sweep, uint32_t start, uint32_t end)
{
	struct comparison *comparison = arg;

	if (sweep->sides[MISSING].count == 0) {
		raise_pairs(comparison, (struct run){start, end}, sweep);
		return 0;
	}
	while (start < end) {
		const struct conflict *conflict = next_conflict(comparison, start);
		bool inside = conflict && conflict->run.start <= start;
		uint32_t stop = !conflict ? end : inside ? conflict->run.end : conflict->run.start;

		if (stop > end)
			stop = end;
		if (inside)
			raise_conflict(comparison, (struct run){start, stop}, conflict, sweep);
		else
			raise_pairs(comparison, (struct run){start, stop}, sweep);
		start = stop;
	}
	return 0;
}

/* Through all pieces in the order of blocks. */
static int raise_pieces(struct comparison *comparison)
{
	const struct holders *missing = &comparison->pieces[MISSING], *extra = &comparison->pieces[EXTRA];
	struct sweep sweep = {.segment = on_segment, .arg = comparison};
	size_t i = 0, j = 0;
	int rc = 0;

	while ((i < missing->count || j < extra->count) && rc == 0) {
		bool take_missing =
			j >= extra->count || (i < missing->count && missing->items[i].start <= extra->items[j].start);

		rc = take_missing ? sweep_take(&sweep, MISSING, &missing->items[i++])
				  : sweep_take(&sweep, EXTRA, &extra->items[j++]);
	}
	if (rc == 0)
		rc = sweep_to(&sweep,
			      geometry_ag_blocks(&work_fs(comparison->naming->work)->geo, comparison->naming->agno));
	sweep_fini(&sweep);
	return rc;
}

/* Records of owners of whom it is not known what they use: no problem of their own. */
static void raise_follows(const struct comparison *comparison)
{
	if (comparison->follows > 0)
		finding_raise(&comparison->naming->work->findings,
			      &(struct finding){.code = FINDING_RMAP_OWNER_LOST,
						.at = at_group(comparison->naming->agno),
						.follows = true,
						.count = comparison->follows});
}

int naming_rmap(struct naming *naming)
{
	struct comparison comparison = {.naming = naming};
	int rc = 0;

	for (size_t i = 0; i < naming->users.count && rc == 0; i++)
		rc = add_edges(&comparison, &naming->users.items[i], 1);
	if (rc == 0)
		rc = load_rmaps(&comparison);
	if (rc == 0)
		rc = make_pieces(&comparison);
	if (rc == 0)
		rc = find_conflicts(&comparison);
	if (rc == 0)
		rc = raise_pieces(&comparison);
	if (rc == 0)
		raise_follows(&comparison);
	if (rc == 0 && comparison.pieces[MISSING].count + comparison.pieces[EXTRA].count == 0)
		check_not_done(naming->work, at_group(naming->agno), "what differed at the first look only");
	free(comparison.edges.items);
	free(comparison.pieces[MISSING].items);
	free(comparison.pieces[EXTRA].items);
	free(comparison.conflicts.items);
	return rc;
}
