/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sorting more than memory should hold: a part of the keys at a time. */
#include <stdlib.h>

#include "base/array.h"
#include "check/dir/dir_parts.h"

#define WINDOW_ITEMS (1u << 18) /* 4 MiB */

void window_begin(struct window *window, uint64_t low, unsigned group_bits)
{
	window->count = 0;
	window->limit = WINDOW_ITEMS;
	window->group_bits = group_bits;
	window->low = low;
	window->high = UINT64_MAX;
}

static int compare(const void *a, const void *b)
{
	const struct window_item *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

void window_sort(struct window *window)
{
	if (window->count > 1)
		qsort(window->items, window->count, sizeof(*window->items), compare);
}

/* Gives up the upper half; if that is one with the lower half, more is kept. */
static void shrink(struct window *window)
{
	unsigned bits = window->group_bits;
	uint64_t middle;

	window_sort(window);
	middle = window->items[window->count / 2].key >> bits;
	if (middle == window->items[0].key >> bits) {
		window->limit *= 2;
		return;
	}
	window->high = (middle << bits) - 1;
	while (window->items[window->count - 1].key > window->high)
		window->count--;
}

int window_add(struct window *window, uint64_t key, uint64_t value)
{
	if (key < window->low || key > window->high)
		return 0;
	if (window->count >= window->limit)
		shrink(window);
	if (key > window->high)
		return 0;
	if (array_reserve(&window->items, window->count, 1, &window->room, sizeof(*window->items)) != 0)
		return ERR_NOMEM;
	window->items[window->count++] = (struct window_item){key, value};
	return 0;
}
