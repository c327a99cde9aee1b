/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set of numbers as sorted, disjoint, non-empty half-open intervals. Neighbours that touch are one.
 *
 * Adding in ascending order costs nothing; in any other order the set is sorted by interval_settle, which every
 * reader of the set must have been preceded by.
 */
#ifndef BASE_INTERVAL_H
#define BASE_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct interval {
	uint64_t start;
	uint64_t end; /* first number that does not belong */
};

struct interval_set {
	struct interval *items;
	size_t count;
	size_t room;
	bool unsettled;
};

/* A zeroed struct is an empty set. */
void interval_fini(struct interval_set *set);

/* Adds [start, end); an empty interval changes nothing. ERR_NOMEM leaves the set as it was. */
int interval_add(struct interval_set *set, uint64_t start, uint64_t end) MUST_CHECK;

/* Sorts and merges what was added out of order. */
void interval_settle(struct interval_set *set);

/*
 * The first interval that ends after @at, so the one that holds @at or else the next one. NULL if there is none.
 * Borrowed until the next change of the set.
 */
const struct interval *interval_find(const struct interval_set *set, uint64_t at);

/* Whether any number of [start, end) is in the set. */
bool interval_overlaps(const struct interval_set *set, uint64_t start, uint64_t end);

/* How many numbers the set holds. */
uint64_t interval_total(const struct interval_set *set);

#endif
