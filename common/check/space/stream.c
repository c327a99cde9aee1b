/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pulling the records of the space trees. */
#include "check/space/stream.h"

#include <stdlib.h>

#include "check/space/claims.h"

/* The findings of each tree. */
static const struct codes {
	enum finding_code unreadable, block, record;
} codes[BTREE_KINDS] = {
	[BTREE_BNO] = {FINDING_FREE_SPACE_UNREADABLE, FINDING_FREE_SPACE_BLOCK, FINDING_FREE_SPACE_RECORD},
	[BTREE_CNT] = {FINDING_FREE_SPACE_UNREADABLE, FINDING_FREE_SPACE_BLOCK, FINDING_FREE_SPACE_RECORD},
	[BTREE_RMAP] = {FINDING_RMAPBT_UNREADABLE, FINDING_RMAPBT_BLOCK, FINDING_RMAPBT_RECORD},
	[BTREE_REFCOUNT] = {FINDING_REFCOUNTBT_UNREADABLE, FINDING_REFCOUNTBT_BLOCK, FINDING_REFCOUNTBT_RECORD},
};

/* Blocks of the tree belong to whom the rmapbt names for its kind. */
static void claim_block(struct tree_stream *stream, struct agaddr at)
{
	uint64_t owner = stream->kind == BTREE_REFCOUNT ? RMAP_OWN_REFC : RMAP_OWN_AG;
	struct rmap claim = claim_of_group(owner, at, 1);

	claim_add(work_secret(stream->work), &stream->group->claimed[claim_class_of(&claim)], &claim);
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	struct tree_stream *stream = arg;

	(void)level;
	stream->tree_blocks++;
	if (stream->first)
		claim_block(stream, at);
	return 0;
}

/* Something is wrong with a block, but its records can be used. */
static int on_flaw(void *arg, const struct error *why)
{
	const struct tree_stream *stream = arg;

	return check_trouble(stream->work, codes[stream->kind].block, at_group(stream->agno), why);
}

static void lose(struct tree_stream *stream)
{
	stream->group->worse |= !stream->first && !stream->lost;
	stream->lost = true;
	stream->group->lost |= LOST_TREE(stream->kind);
}

/* A block cannot be used, nor what hangs below it. */
static int raise_block(struct tree_stream *stream, const struct error *why)
{
	bool known = stream->lost;

	if (why->code != ERR_CORRUPT && why->code != ERR_MEDIA)
		return why->code;
	lose(stream);
	if (!stream->first)
		return known ? 0 : check_worse(stream->work, at_group(stream->agno), why);
	return check_trouble(stream->work, codes[stream->kind].unreadable, at_group(stream->agno), why);
}

/* A record that cannot be true says nothing, so it is as good as lost. */
static void raise_record(struct tree_stream *stream, uint32_t start)
{
	lose(stream);
	if (stream->first)
		finding_raise(&stream->work->findings, &(struct finding){.code = codes[stream->kind].record,
									 .at = at_blocks(stream->place, 1),
									 .field = "startblock",
									 .has_found = true,
									 .found = start});
}

static bool tree_exists(const struct geometry *geo, enum btree_kind kind)
{
	return kind == BTREE_RMAP ? geo->has_rmapbt : kind != BTREE_REFCOUNT || geo->has_reflink;
}

int stream_open(struct tree_stream *stream, struct check_work *work, uint32_t agno, enum btree_kind kind, bool first)
{
	struct group *group = &work->checker->groups[agno];
	struct btree_cursor_options options = {
		.high = BTREE_KEY_MAX, .block = on_block, .arg = stream, .strict = first ? &stream->strict : NULL};
	struct btree tree;

	*stream = (struct tree_stream){.work = work, .group = group, .agno = agno, .kind = kind, .first = first};
	if (!tree_exists(&work_fs(work)->geo, kind))
		return 0;
	if (group->lost & LOST_AGF)
		group->lost |= LOST_TREE(kind);
	stream->lost = group->lost & LOST_TREE(kind);
	if (group->lost & LOST_AGF)
		return 0;
	stream->strict = (struct btree_strict){on_flaw, stream, check_lsn_max(work)};
	tree = btree_of_group(work_fs(work), kind, agno, &group->agf, NULL);
	return btree_cursor_open(&tree, &options, &stream->cursor, NULL);
}

void stream_open_runs(struct tree_stream *stream, struct check_work *work, uint32_t agno, struct run *items,
		      size_t count)
{
	*stream = (struct tree_stream){.work = work,
				       .group = &work->checker->groups[agno],
				       .agno = agno,
				       .kind = BTREE_BNO,
				       .items = items,
				       .item_count = count};
}

void stream_close(struct tree_stream *stream)
{
	btree_cursor_close(stream->cursor);
	stream->cursor = NULL;
	free(stream->items);
	stream->items = NULL;
}

/* Any record. */
static int pull(struct tree_stream *stream, const void **record)
{
	struct error why;
	int rc;

	if (!stream->cursor)
		return 0;
	while ((rc = btree_next(stream->cursor, record, &why)) < 0) {
		rc = raise_block(stream, &why);
		if (rc != 0)
			return rc;
	}
	if (rc == 1)
		stream->place = btree_place(stream->cursor);
	return rc;
}

static bool run_fits(const struct tree_stream *stream, uint32_t start, uint32_t len, struct run *out)
{
	*out = (struct run){start, start + len};
	return len > 0 && geometry_holds(&work_fs(stream->work)->geo, (struct agaddr){stream->agno, start}, len);
}

static struct place at_run(const struct tree_stream *stream, struct run run)
{
	return at_blocks((struct agaddr){stream->agno, run.start}, run.end - run.start);
}

/* The first reading of a run of bnobt or cntbt. The kernel joins free space wherever it meets. */
static void note_free(struct tree_stream *stream, struct run run)
{
	uint32_t len = run.end - run.start;

	stream->total_blocks += len;
	if (len > stream->longest_blocks)
		stream->longest_blocks = len;
	hash_sum_add(&stream->runs, hash_words(work_secret(stream->work), run.start, len, 0, 0));
	if (stream->kind == BTREE_BNO && stream->before.run.end == run.start && run.start != 0)
		finding_raise(&stream->work->findings,
			      &(struct finding){.code = FINDING_FREE_NOT_JOINED, .at = at_run(stream, run)});
	stream->before.run = run;
}

/* The first reading of a record of the refcountbt: staging is its own owner. */
static void note_refcount(struct tree_stream *stream, const struct refcount *record)
{
	const struct refcount *before = &stream->before;
	struct agaddr at = {stream->agno, record->run.start};
	uint32_t len = record->run.end - record->run.start;

	if (record->cow) {
		struct rmap claim = claim_of_group(RMAP_OWN_COW, at, len);

		claim_add(work_secret(stream->work), &stream->group->claimed[CLAIM_COW], &claim);
	} else {
		stream->total_blocks += len;
	}
	if (before->run.end == record->run.start && before->count == record->count && before->cow == record->cow)
		finding_raise(&stream->work->findings, &(struct finding){.code = FINDING_REFCOUNT_NOT_JOINED,
									 .at = at_run(stream, record->run)});
	stream->before = *record;
}

int stream_free(struct tree_stream *stream, struct run *out)
{
	const void *record;
	int rc;

	if (stream->items) {
		if (stream->next == stream->item_count)
			return 0;
		*out = stream->items[stream->next++];
		return 1;
	}
	while ((rc = pull(stream, &record)) == 1) {
		const struct disk_alloc_rec *rec = record;

		if (run_fits(stream, be32_get(rec->startblock), be32_get(rec->blockcount), out)) {
			if (stream->first)
				note_free(stream, *out);
			return 1;
		}
		raise_record(stream, be32_get(rec->startblock));
	}
	return rc;
}

int stream_rmap(struct tree_stream *stream, struct rmap *out)
{
	const void *record;
	int rc;

	while ((rc = pull(stream, &record)) == 1) {
		if (rmap_unpack(&work_fs(stream->work)->geo, stream->agno, record, out))
			return 1;
		raise_record(stream, out->start.agbno);
	}
	return rc;
}

int stream_refcount(struct tree_stream *stream, struct refcount *out)
{
	const void *record;
	int rc;

	while ((rc = pull(stream, &record)) == 1) {
		const struct disk_refcount_rec *rec = record;
		uint32_t start = be32_get(rec->startblock);

		out->cow = start & REFCOUNT_COW_FLAG;
		out->count = be32_get(rec->refcount);
		/* One owner needs no record, and nobody else has what is staged. */
		if (run_fits(stream, start & ~REFCOUNT_COW_FLAG, be32_get(rec->blockcount), &out->run) &&
		    (out->cow ? out->count == 1 : out->count >= 2)) {
			if (stream->first)
				note_refcount(stream, out);
			return 1;
		}
		raise_record(stream, start & ~REFCOUNT_COW_FLAG);
	}
	return rc;
}
