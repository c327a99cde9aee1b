/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 16u

int array_grow(void *array, size_t count, size_t more, size_t *room, size_t item_bytes)
{
	size_t larger = *room ? *room : ROOM_FIRST;
	void *items;

	while (larger - count < more) {
		if (larger > SIZE_MAX / 2)
			return ERR_NOMEM;
		larger *= 2;
	}
	if (larger > SIZE_MAX / item_bytes)
		return ERR_NOMEM;
	/* A pointer to any type has the bytes of one to void. */
	memcpy(&items, array, sizeof(items));
	items = realloc(items, larger * item_bytes);
	if (!items)
		return ERR_NOMEM;
	memcpy(array, &items, sizeof(items));
	*room = larger;
	return 0;
}

int array_append(void *array, size_t *count, const void *items, size_t more, size_t *room, size_t item_bytes)
{
	char *all;

	if (more == 0)
		return 0;
	if (array_reserve(array, *count, more, room, item_bytes) != 0)
		return ERR_NOMEM;
	memcpy(&all, array, sizeof(all));
	memcpy(all + *count * item_bytes, items, more * item_bytes);
	*count += more;
	return 0;
}

size_t array_first(const void *items, size_t count, size_t item_bytes, array_before *before, const void *wanted)
{
	const char *bytes = items;
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (before(bytes + middle * item_bytes, wanted))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
