/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of intervals in one sorted array. */
#include "base/interval.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"

void interval_fini(struct interval_set *set)
{
	free(set->items);
	*set = (struct interval_set){0};
}

int interval_add(struct interval_set *set, uint64_t start, uint64_t end)
{
	struct interval *last = set->count ? &set->items[set->count - 1] : NULL;

	if (start >= end)
		return 0;
	if (last && !set->unsettled && start >= last->start && start <= last->end) {
		if (end > last->end)
			last->end = end;
		return 0;
	}
	if (array_reserve(&set->items, set->count, 1, &set->room, sizeof(*set->items)) != 0)
		return ERR_NOMEM;
	last = set->count ? &set->items[set->count - 1] : NULL; /* they may have moved */
	if (last && start < last->start)
		set->unsettled = true;
	set->items[set->count++] = (struct interval){start, end};
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

void interval_settle(struct interval_set *set)
{
	size_t kept = 0;

	if (!set->unsettled)
		return;
	qsort(set->items, set->count, sizeof(*set->items), by_start);
	for (size_t i = 1; i < set->count; i++) {
		struct interval *last = &set->items[kept];

		if (set->items[i].start > last->end)
			set->items[++kept] = set->items[i];
		else if (set->items[i].end > last->end)
			last->end = set->items[i].end;
	}
	set->count = kept + 1;
	set->unsettled = false;
}

const struct interval *interval_find(const struct interval_set *set, uint64_t at)
{
	size_t low = 0, high = set->count;

	assert(!set->unsettled);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->items[middle].end > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low < set->count ? &set->items[low] : NULL;
}

bool interval_overlaps(const struct interval_set *set, uint64_t start, uint64_t end)
{
	const struct interval *found = interval_find(set, start);

	return found && start < end && found->start < end;
}

uint64_t interval_total(const struct interval_set *set)
{
	uint64_t total = 0;

	assert(!set->unsettled);
	for (size_t i = 0; i < set->count; i++)
		total += set->items[i].end - set->items[i].start;
	return total;
}
