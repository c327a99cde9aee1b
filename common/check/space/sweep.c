/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sweep: a heap of ends for each side. */
#include "check/space/sweep.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"

int holders_add(struct holders *holders, const struct holder *holder)
{
	if (array_reserve(&holders->items, holders->count, 1, &holders->room, sizeof(*holders->items)) != 0)
		return ERR_NOMEM;
	holders->items[holders->count++] = *holder;
	return 0;
}

static void push(struct holders *side, const struct holder *holder)
{
	size_t i = side->count++;

	for (; i > 0 && side->items[(i - 1) / 2].end > holder->end; i = (i - 1) / 2)
		side->items[i] = side->items[(i - 1) / 2];
	side->items[i] = *holder;
}

/* Takes off the one that ends first. */
static void pop(struct holders *side)
{
	struct holder last = side->items[--side->count];
	size_t i = 0;

	if (side->count == 0)
		return; /* as nearly always */
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < side->count && side->items[child + 1].end < side->items[child].end)
			child++;
		if (child >= side->count || side->items[child].end >= last.end)
			break;
		side->items[i] = side->items[child];
		i = child;
	}
	side->items[i] = last;
}

/* Where the next range of a side ends, or @limit if that comes first. */
static uint32_t next_end(const struct holders *side, uint32_t limit)
{
	return side->count > 0 && side->items[0].end < limit ? side->items[0].end : limit;
}

static void pop_ended(struct holders *side, uint32_t end)
{
	while (side->count > 0 && side->items[0].end <= end)
		pop(side);
}

/* One call for many ranges: kept short. */
int sweep_on(struct sweep *sweep, uint32_t target)
{
	while (sweep->at < target) {
		uint32_t stop = next_end(&sweep->sides[0], next_end(&sweep->sides[1], target));
		int rc = sweep->segment(sweep->arg, sweep, sweep->at, stop);

		sweep->at = stop;
		pop_ended(&sweep->sides[0], stop);
		pop_ended(&sweep->sides[1], stop);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int sweep_take(struct sweep *sweep, unsigned side, const struct holder *holder)
{
	struct holders *to = &sweep->sides[side];
	int rc;

	assert(side < SWEEP_SIDES && holder->start >= sweep->at && holder->end > holder->start);
	rc = sweep_to(sweep, holder->start);
	if (rc == 0)
		rc = array_reserve(&to->items, to->count, 1, &to->room, sizeof(*to->items));
	if (rc == 0)
		push(to, holder);
	return rc;
}

void sweep_fini(struct sweep *sweep)
{
	for (unsigned i = 0; i < SWEEP_SIDES; i++)
		free(sweep->sides[i].items);
	*sweep = (struct sweep){0};
}
