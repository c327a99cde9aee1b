/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Free space of a group by block and by size: what one tree has without the other, and the one in place of the other.
 * Takes the cntbt into memory: this runs only when something is wrong with one of them.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/space/space_parts.h"

struct runs {
	struct run *items;
	size_t count, room;
	bool whole; /* all that the cntbt has */
};

static int by_block(const void *a, const void *b)
{
	const struct run *one = a, *other = b;

	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	return (one->end > other->end) - (one->end < other->end);
}

static int load_by_size(struct check_work *work, uint32_t agno, struct runs *out)
{
	struct tree_stream stream;
	struct run run;
	int rc = stream_open(&stream, work, agno, BTREE_CNT, false);

	while (rc == 0 && (rc = stream_free(&stream, &run)) == 1)
		rc = array_append(&out->items, &out->count, &run, 1, &out->room, sizeof(run));
	out->whole = !stream.lost;
	stream_close(&stream);
	if (rc == 0 && out->count > 0)
		qsort(out->items, out->count, sizeof(*out->items), by_block);
	return rc;
}

static bool are_disjoint(const struct runs *runs)
{
	for (size_t i = 1; i < runs->count; i++)
		if (runs->items[i].start < runs->items[i - 1].end)
			return false;
	return true;
}

int space_open_free(struct tree_stream *stream, struct check_work *work, uint32_t agno)
{
	struct runs by_size = {0};
	int rc = stream_open(stream, work, agno, BTREE_BNO, false);

	if (rc != 0 || !stream->lost)
		return rc;
	rc = load_by_size(work, agno, &by_size);
	if (rc == 0 && by_size.count > 0 && by_size.whole && are_disjoint(&by_size)) {
		stream_close(stream);
		stream_open_runs(stream, work, agno, by_size.items, by_size.count);
	} else {
		free(by_size.items);
	}
	return rc;
}

/* A run that is in one of both only. */
static void raise_run(struct check_work *work, uint32_t agno, struct run run, bool in_cntbt)
{
	finding_raise(&work->findings,
		      &(struct finding){
			      .code = in_cntbt ? FINDING_FREE_BY_SIZE_EXTRA : FINDING_FREE_BY_SIZE_MISSING,
			      .at = at_blocks((struct agaddr){agno, run.start}, run.end - run.start),
		      });
}

static int compare(struct check_work *work, uint32_t agno, const struct runs *by_size)
{
	struct tree_stream stream;
	struct run run;
	size_t i = 0;
	int rc = stream_open(&stream, work, agno, BTREE_BNO, false);

	while (rc == 0 && (rc = stream_free(&stream, &run)) == 1) {
		while (i < by_size->count && by_block(&by_size->items[i], &run) < 0)
			raise_run(work, agno, by_size->items[i++], true);
		if (i < by_size->count && by_block(&by_size->items[i], &run) == 0)
			i++;
		else
			raise_run(work, agno, run, false);
		rc = 0;
	}
	stream_close(&stream);
	while (rc == 0 && i < by_size->count)
		raise_run(work, agno, by_size->items[i++], true);
	return rc;
}

int space_name_free(struct check_work *work, uint32_t agno)
{
	struct runs by_size = {0};
	int rc = load_by_size(work, agno, &by_size);

	if (rc == 0)
		rc = compare(work, agno, &by_size);
	free(by_size.items);
	return rc;
}
