/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What users and rmapbt of a group do not have in common, in the order of blocks: users who are missing there, next to
 * records that are too much, and users who meet each other or free space, which is why they are missing.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/space/claims.h"
#include "check/naming/naming_parts.h"
#include "check/space/sharing.h"

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

struct runs {
	struct run *items;
	size_t count, room;
};

struct comparison {
	struct naming *naming;
	struct holders pieces[2]; /* MISSING, EXTRA */
	struct conflicts conflicts;
	size_t conflict; /* the first that has not been passed */
	/* Blocks where the rmapbt is wrong because a record is missing, or is too much; ascending. */
	struct runs wrong[2];
	uint64_t follows; /* blocks of rmaps whose owner is lost */
};

static int add_conflict(struct comparison *comparison, const struct conflict *conflict)
{
	struct conflicts *all = &comparison->conflicts;
	/* One is enough of what is wrong with the same blocks. */
	if (all->count > 0 && all->items[all->count - 1].run.end > conflict->run.start)
		return 0;
	if (array_reserve(&all->items, all->count, 1, &all->room, sizeof(*all->items)) != 0)
		return ERR_NOMEM;
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

/* Whether it is not known what the inode uses. */
static bool is_lost(const struct checker *checker, uint64_t owner)
{
	uint32_t agno, agino;

	if (check_inode_lost(checker, owner))
		return true;
	return geometry_ino_split(&checker->fs->geo, owner, &agno, &agino) &&
	       (checker->groups[agno].lost & (LOST_AGI | LOST_TREE(BTREE_INO))) &&
	       !group_chunk(&checker->groups[agno], agino);
}

static void raise_missing(struct naming *naming, struct run run, const struct holder *user)
{
	range_finding(&naming->missing, &(struct finding){.code = FINDING_RMAP_MISSING,
							  .at = holder_place(naming->agno, run, user),
							  .field = holder_name(user)});
}

/* false: it may be right. */
static bool raise_extra(struct comparison *comparison, struct run run, const struct holder *record)
{
	struct naming *naming = comparison->naming;

	if (is_lost(naming->work->checker, record->owner)) {
		comparison->follows += run.end - run.start;
		return false;
	}
	range_finding(&naming->extra, &(struct finding){.code = FINDING_RMAP_EXTRA,
							.at = holder_place(naming->agno, run, record),
							.field = holder_name(record)});
	return true;
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
	range_finding(&naming->wrong, &finding);
}

static int add_wrong(struct comparison *comparison, unsigned side, struct run run)
{
	struct runs *wrong = &comparison->wrong[side];

	if (array_reserve(&wrong->items, wrong->count, 1, &wrong->room, sizeof(*wrong->items)) != 0)
		return ERR_NOMEM;
	wrong->items[wrong->count++] = run;
	return 0;
}

/* Users and records at the same blocks, nothing else being wrong with these. */
static int raise_pairs(struct comparison *comparison, struct run run, const struct sweep *sweep)
{
	const struct holders *missing = &sweep->sides[MISSING], *extra = &sweep->sides[EXTRA];
	/* As soon as no more are kept: no need to go through depths. */
	size_t most = comparison->naming->work->findings.count < FINDINGS_KEPT_MAX ? SIZE_MAX : 1;
	bool too_much = false;

	for (size_t i = 0; i < most && (i < missing->count || i < extra->count); i++) {
		if (i >= extra->count)
			raise_missing(comparison->naming, run, &missing->items[i]);
		else if (i >= missing->count)
			too_much |= raise_extra(comparison, run, &extra->items[i]);
		else
			raise_wrong(comparison->naming, run, &missing->items[i], &extra->items[i]);
		too_much |= i < missing->count && i < extra->count;
	}
	return too_much ? add_wrong(comparison, EXTRA, run) : 0;
}

/* Where users meet, or the blocks are free, that is why records are missing. */
static int raise_conflict(struct comparison *comparison, struct run run, const struct conflict *conflict,
			  const struct sweep *sweep)
{
	const struct holders *extra = &sweep->sides[EXTRA];

	if (conflict->is_free)
		naming_used_and_free(comparison->naming, run, &conflict->one);
	else
		naming_claimed_twice(comparison->naming, run, &conflict->one, &conflict->other);
	if (extra->count > 0 && raise_extra(comparison, run, &extra->items[0]))
		return add_wrong(comparison, EXTRA, run);
	return 0;
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
	int rc;

	if (sweep->sides[MISSING].count == 0)
		return raise_pairs(comparison, (struct run){start, end}, sweep);
	rc = add_wrong(comparison, MISSING, (struct run){start, end});
	while (start < end && rc == 0) {
		const struct conflict *conflict = next_conflict(comparison, start);
		bool inside = conflict && conflict->run.start <= start;
		uint32_t stop = !conflict ? end : inside ? conflict->run.end : conflict->run.start;

		if (stop > end)
			stop = end;
		rc = inside ? raise_conflict(comparison, (struct run){start, stop}, conflict, sweep)
			    : raise_pairs(comparison, (struct run){start, stop}, sweep);
		start = stop;
	}
	return rc;
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

/* The part [start, end) of a finding about blocks. */
static void raise_part(struct naming *naming, const struct finding *whole, uint32_t start, uint32_t end)
{
	struct finding part = *whole;

	part.at.agbno = start;
	part.at.len_blocks = end - start;
	if (part.at.has_fileoff)
		part.at.fileoff += start - whole->at.agbno;
	finding_raise(&naming->work->findings, &part);
}

static bool ends_before(const void *item, const void *wanted)
{
	return ((const struct run *)item)->end <= *(const uint32_t *)wanted;
}

/* The first run that ends behind @at. */
static struct run next_run(const struct runs *runs, uint32_t at)
{
	size_t i = array_first(runs->items, runs->count, sizeof(*runs->items), ends_before, &at);

	return i < runs->count ? runs->items[i] : (struct run){UINT32_MAX, UINT32_MAX};
}

/* The first run behind @at where a contradiction of that code needs no other reason. */
static struct run next_wrong(const struct comparison *comparison, enum finding_code code, uint32_t at)
{
	struct run missing = next_run(&comparison->wrong[MISSING], at);
	struct run extra = next_run(&comparison->wrong[EXTRA], at);

	if (code == FINDING_BLOCKS_LOST)
		return missing;
	if (code == FINDING_FREE_AND_OWNED || code == FINDING_RMAP_OVERLAP)
		return extra;
	return missing.start < extra.start ? missing : extra; /* counts of owners */
}

/*
 * Where the rmapbt is wrong, what contradicts it needs no other reason. So of what the pass over space has found, only
 * the blocks of which that cannot be said are told of.
 */
static void raise_doubts(const struct comparison *comparison)
{
	const struct findings *doubts = &comparison->naming->group->doubts;

	for (size_t i = 0; i < doubts->count; i++) {
		const struct finding *doubt = &doubts->items[i];
		uint32_t start = doubt->at.agbno, end = start + doubt->at.len_blocks;

		while (start < end) {
			struct run wrong = next_wrong(comparison, doubt->code, start);

			if (wrong.start > start)
				raise_part(comparison->naming, doubt, start, wrong.start < end ? wrong.start : end);
			start = wrong.end;
		}
	}
	for (unsigned code = 0; code < FINDING_CODES; code++)
		comparison->naming->work->findings.raised[code] += doubts->raised[code] - doubts->kept[code];
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
	int rc = naming_pieces(naming, comparison.pieces);

	if (rc == 0)
		rc = naming_walk(naming, &conflict_ops, &comparison, false);
	if (rc == 0)
		rc = raise_pieces(&comparison);
	if (rc == 0)
		raise_follows(&comparison);
	if (rc == 0)
		raise_doubts(&comparison);
	if (rc == 0 && comparison.pieces[MISSING].count + comparison.pieces[EXTRA].count == 0 && !naming->group->worse)
		check_not_done(naming->work, at_group(naming->agno), "what differed at the first look only");
	free(comparison.pieces[MISSING].items);
	free(comparison.pieces[EXTRA].items);
	free(comparison.conflicts.items);
	free(comparison.wrong[MISSING].items);
	free(comparison.wrong[EXTRA].items);
	return rc;
}
