/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The users of a group against its rmapbt, which cut the same blocks in different ways.
 *
 * Both are taken apart into edges: where somebody begins to have blocks, and where he ends, counted up for users and
 * down for the rmapbt. Sorted by who it is (owner, kind of mapping, and distance between place in the file and place in
 * the group) and by block, equal edges go away, and between those that are left lie the pieces that one side has more
 * often than the other.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/space/claims.h"
#include "check/naming/naming_parts.h"

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

/* Pieces in the making. */
struct building {
	struct naming *naming;
	struct edges edges;
	struct holders *pieces; /* MISSING, EXTRA */
};

#define OFFSET_FLAGS	 (RMAP_OFFSET_ATTR | RMAP_OFFSET_BMBT | RMAP_OFFSET_UNWRITTEN)
#define OFFSET_FLAGS_LOW 61

static bool has_places(uint64_t owner, uint64_t offset)
{
	return owner < RMAP_OWN_MIN && !(offset & RMAP_OFFSET_BMBT);
}

static int add_edge(struct edges *edges, const struct edge *edge)
{
	if (array_reserve(&edges->items, edges->count, 1, &edges->room, sizeof(*edges->items)) != 0)
		return ERR_NOMEM;
	edges->items[edges->count++] = *edge;
	return 0;
}

/* @step: 1 for a user, -1 for a record. Classes of which not all users are known are left out on both sides. */
static int add_edges(struct building *building, const struct holder *holder, int8_t step)
{
	struct rmap rmap = {.owner = holder->owner};
	struct edge edge = {
		.owner = holder->owner,
		.agbno = holder->start,
		.step = step,
		.flags = (uint8_t)((holder->fileoff & OFFSET_FLAGS) >> OFFSET_FLAGS_LOW),
	};
	int rc;

	if (!claims_whole(building->naming->group, claim_class_of(&rmap)))
		return 0;
	if (has_places(holder->owner, holder->fileoff))
		edge.distance = (holder->fileoff & RMAP_OFFSET_MASK) - holder->start;
	rc = add_edge(&building->edges, &edge);
	edge.agbno = holder->end;
	edge.step = (int8_t)-step;
	return rc == 0 ? add_edge(&building->edges, &edge) : rc;
}

static int load_rmaps(struct building *building)
{
	struct naming *naming = building->naming;
	struct tree_stream stream;
	struct rmap rmap;
	int rc = stream_open(&stream, naming->work, naming->agno, BTREE_RMAP, false);

	while (rc == 0 && (rc = stream_rmap(&stream, &rmap)) == 1) {
		struct holder holder = holder_of(&rmap);

		rc = add_edges(building, &holder, -1);
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
static int add_piece(struct building *building, const struct edge *who, struct run run, int64_t more)
{
	struct holder holder = {
		.owner = who->owner,
		.fileoff = (uint64_t)who->flags << OFFSET_FLAGS_LOW,
		.start = run.start,
		.end = run.end,
	};

	if (has_places(holder.owner, holder.fileoff))
		holder.fileoff |= (who->distance + run.start) & RMAP_OFFSET_MASK;
	return holders_add(&building->pieces[more > 0 ? MISSING : EXTRA], &holder);
}

static int make_pieces(struct building *building)
{
	struct edges *edges = &building->edges;
	int64_t more = 0;
	int rc = 0;

	if (edges->count > 0)
		qsort(edges->items, edges->count, sizeof(*edges->items), compare_edges);
	/* Who begins, ends: behind the last edge of each, more is 0. */
	for (size_t i = 0; i < edges->count && rc == 0; i++) {
		const struct edge *edge = &edges->items[i];

		if (more != 0 && edge->agbno > edge[-1].agbno)
			rc = add_piece(building, edge, (struct run){edge[-1].agbno, edge->agbno}, more);
		more += edge->step;
	}
	for (unsigned side = 0; side < 2; side++)
		if (building->pieces[side].count > 0)
			qsort(building->pieces[side].items, building->pieces[side].count, sizeof(struct holder),
			      naming_compare);
	return rc;
}

int naming_pieces(struct naming *naming, struct holders pieces[2])
{
	struct building building = {.naming = naming, .pieces = pieces};
	int rc = 0;

	for (size_t i = 0; i < naming->users.count && rc == 0; i++)
		rc = add_edges(&building, &naming->users.items[i], 1);
	if (rc == 0)
		rc = load_rmaps(&building);
	if (rc == 0)
		rc = make_pieces(&building);
	free(building.edges.items);
	return rc;
}
