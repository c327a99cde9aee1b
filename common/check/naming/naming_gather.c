/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All users of a group in one list: the forks that were collected, and the group's own structures. */
#include <stdlib.h>

#include "check/space/claims.h"
#include "check/naming/naming_parts.h"
#include "check/space/space_parts.h"

int naming_compare(const void *one, const void *other)
{
	const struct holder *a = one, *b = other;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->fileoff != b->fileoff)
		return a->fileoff < b->fileoff ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

static int add_claim(void *arg, const struct rmap *claim)
{
	struct naming *naming = arg;
	struct holder holder = holder_of(claim);

	return holders_add(&naming->users, &holder);
}

static int add_range(struct naming *naming, uint64_t owner, uint32_t agbno, uint32_t len)
{
	struct rmap claim = claim_of_group(owner, (struct agaddr){naming->agno, agbno}, len);

	return add_claim(naming, &claim);
}

/* Takes over what the workers have collected of the group. */
static int add_forks(struct naming *naming)
{
	struct checker *checker = naming->work->checker;
	int rc = 0;

	for (unsigned worker = 0; worker < pool_workers(checker->pool) && rc == 0; worker++) {
		struct holders *from =
			checker->works[worker].users ? &checker->works[worker].users[naming->agno] : NULL;

		for (size_t i = 0; from && i < from->count && rc == 0; i++)
			rc = holders_add(&naming->users, &from->items[i]);
		if (!from)
			continue;
		free(from->items);
		*from = (struct holders){0};
	}
	return rc;
}

/* One tree. */
struct tree_users {
	struct naming *naming;
	enum btree_kind kind;
	uint64_t owner;
};

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	const struct tree_users *users = arg;

	(void)level;
	return add_range(users->naming, users->owner, at.agbno, 1);
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	return 0; /* leaves are not read */
}

static int on_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	const struct tree_users *users = arg;
	struct naming *naming = users->naming;

	(void)low;
	(void)high;
	if (naming->group->lost & LOST_TREE(users->kind))
		return 0; /* was said when the tree was checked */
	naming->group->lost |= LOST_TREE(users->kind);
	naming->group->worse = true;
	return check_worse(naming->work, at_group(naming->agno), why);
}

static int add_tree(struct naming *naming, enum btree_kind kind, uint64_t owner)
{
	struct tree_users users = {.naming = naming, .kind = kind, .owner = owner};
	struct btree_cursor_options options = {
		.high = BTREE_KEY_MAX, .skip_leaves = true, .block = on_block, .arg = &users};
	struct btree_walker walker = {.record = on_record, .bad = on_bad, .arg = &users};
	const struct group *group = naming->group;
	struct btree tree = btree_of_group(work_fs(naming->work), kind, naming->agno, &group->agf, &group->agi);

	return btree_walk(&tree, &options, &walker, NULL);
}

static int add_trees(struct naming *naming)
{
	const struct geometry *geo = &work_fs(naming->work)->geo;
	bool has_agf = !(naming->group->lost & LOST_AGF), has_agi = !(naming->group->lost & LOST_AGI);
	const struct {
		enum btree_kind kind;
		uint64_t owner;
		bool exists;
	} trees[] = {
		{BTREE_BNO, RMAP_OWN_AG, has_agf},
		{BTREE_CNT, RMAP_OWN_AG, has_agf},
		{BTREE_RMAP, RMAP_OWN_AG, has_agf && geo->has_rmapbt},
		{BTREE_REFCOUNT, RMAP_OWN_REFC, has_agf && geo->has_reflink},
		{BTREE_INO, RMAP_OWN_INOBT, has_agi},
		{BTREE_FINO, RMAP_OWN_INOBT, has_agi && geo->has_finobt},
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]) && rc == 0; i++)
		if (trees[i].exists)
			rc = add_tree(naming, trees[i].kind, trees[i].owner);
	return rc;
}

/* Each block once: where blocks hold several chunks, with the first of them. */
static int add_chunks(struct naming *naming)
{
	const struct geometry *geo = &work_fs(naming->work)->geo;
	uint32_t last = 0; /* no inodes there */
	int rc = 0;

	for (size_t i = 0; i < naming->group->chunk_count && rc == 0; i++) {
		const struct chunk *chunk = &naming->group->chunks[i];

		for (unsigned j = 0; j < INODES_PER_CHUNK && rc == 0; j++) {
			uint32_t in_block, agbno = geometry_agino_block(geo, chunk->first_agino + j, &in_block);

			if (!(chunk->present >> j & 1) || agbno == last)
				continue;
			rc = add_range(naming, RMAP_OWN_INODES, agbno, 1);
			last = agbno;
		}
	}
	return rc;
}

static int add_staging(struct naming *naming)
{
	struct tree_stream stream;
	struct refcount record;
	int rc = stream_open(&stream, naming->work, naming->agno, BTREE_REFCOUNT, false);

	while (rc == 0 && (rc = stream_refcount(&stream, &record)) == 1)
		rc = record.cow ? add_range(naming, RMAP_OWN_COW, record.run.start, record.run.end - record.run.start)
				: 0;
	stream_close(&stream);
	return rc;
}

int naming_gather(struct naming *naming)
{
	struct space_fixed fixed = {.claim = add_claim, .arg = naming};
	int rc = add_forks(naming);

	if (rc == 0)
		rc = space_fixed_walk(naming->work, naming->agno, &fixed);
	if (rc == 0)
		rc = add_trees(naming);
	if (rc == 0)
		rc = add_chunks(naming);
	if (rc == 0)
		rc = add_staging(naming);
	if (rc == 0 && naming->users.count > 0)
		qsort(naming->users.items, naming->users.count, sizeof(*naming->users.items), naming_compare);
	return rc;
}
