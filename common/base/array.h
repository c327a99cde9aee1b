/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow by doubling: a pointer to items, how many there are, and how many there is room for. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Where there is no room: see array_reserve. */
int array_grow(void *array, size_t count, size_t more, size_t *room, size_t item_bytes) MUST_CHECK;

/*
 * Makes room for @more items of @item_bytes bytes behind the @count that are there. @array: the address of the pointer
 * to them, NULL at first, to be freed by the caller. 0, or ERR_NOMEM, which leaves everything as it was.
 */
static inline int array_reserve(void *array, size_t count, size_t more, size_t *room, size_t item_bytes)
{
	return more <= *room - count ? 0 : array_grow(array, count, more, room, item_bytes);
}

/* Copies @more items behind the *count that are there. 0, or ERR_NOMEM, which leaves everything as it was. */
int array_append(void *array, size_t *count, const void *items, size_t more, size_t *room,
		 size_t item_bytes) MUST_CHECK;

/* Whether an item of a sorted array comes before what is wanted. */
typedef bool array_before(const void *item, const void *wanted);

/* The first of the items that does not come before what is wanted; @count: all do. Those that do must come first. */
size_t array_first(const void *items, size_t count, size_t item_bytes, array_before *before, const void *wanted);

#endif
