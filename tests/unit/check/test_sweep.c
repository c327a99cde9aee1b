/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sweep against looking at each block: segments are as long as can be, without gaps, with all that lie over them.
 */
#include "check/space/sweep.h"

#include <check.h>
#include <stdlib.h>

#include "unit/random.h"
#include "unit/runner.h"

Suite *sweep_suite(void);

#define BLOCKS 200u
#define RANGES 60u

static struct holder ranges[RANGES];
static unsigned sides[RANGES];
static uint32_t next_block; /* where the next segment must begin */
static int stop_at;	    /* segment that says 7, counted down */

static uint64_t hash_of(const struct holder *holder)
{
	return (holder->owner + 1) * 0x9e3779b97f4a7c15u;
}

/* What lies over a block: a sum of who it is. */
static uint64_t over_block(uint32_t block, unsigned side)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < RANGES; i++)
		if (sides[i] == side && ranges[i].start <= block && block < ranges[i].end)
			sum += hash_of(&ranges[i]);
	return sum;
}

static int on_segment(void *arg, struct sweep *sweep, uint32_t start, uint32_t end)
{
	(void)arg;
	ck_assert_uint_eq(start, next_block);
	ck_assert_uint_lt(start, end);
	next_block = end;
	for (unsigned side = 0; side < SWEEP_SIDES; side++) {
		const struct holders *holders = &sweep->sides[side];
		uint64_t sum = 0;

		for (size_t i = 0; i < holders->count; i++) {
			sum += hash_of(&holders->items[i]);
			ck_assert_uint_le(holders->items[0].end, holders->items[i].end);
		}
		for (uint32_t block = start; block < end; block++)
			ck_assert_uint_eq(over_block(block, side), sum);
	}
	return --stop_at == 0 ? 7 : 0;
}

static int compare_starts(const void *one, const void *other)
{
	const struct holder *a = one, *b = other;

	return (a->start > b->start) - (a->start < b->start);
}

static void make_ranges(uint64_t *random)
{
	for (unsigned i = 0; i < RANGES; i++) {
		uint32_t start = (uint32_t)random_below(random, BLOCKS);
		uint32_t room = BLOCKS - start;

		ranges[i] = (struct holder){.owner = i, .start = start};
		ranges[i].end = start + 1 + (uint32_t)random_below(random, room > 10 && i % 3 ? 10 : room);
		sides[i] = (unsigned)random_below(random, SWEEP_SIDES);
	}
	qsort(ranges, RANGES, sizeof(ranges[0]), compare_starts);
}

static int sweep_all(struct sweep *sweep)
{
	int rc = 0;

	for (unsigned i = 0; i < RANGES && rc == 0; i++)
		rc = sweep_take(sweep, sides[i], &ranges[i]);
	return rc == 0 ? sweep_to(sweep, BLOCKS) : rc;
}

START_TEST(segments)
{
	uint64_t random = (uint64_t)_i + 1;
	struct sweep sweep = {.segment = on_segment};

	make_ranges(&random);
	next_block = 0;
	stop_at = 0;
	ck_assert_int_eq(sweep_all(&sweep), 0);
	ck_assert_uint_eq(next_block, BLOCKS);
	ck_assert_uint_eq(sweep.sides[0].count + sweep.sides[1].count, 0);
	sweep_fini(&sweep);
}
END_TEST

START_TEST(stops)
{
	uint64_t random = 1;
	struct sweep sweep = {.segment = on_segment};

	make_ranges(&random);
	next_block = 0;
	stop_at = _i + 1;
	ck_assert_int_eq(sweep_all(&sweep), 7);
	sweep_fini(&sweep);
}
END_TEST

START_TEST(nothing)
{
	struct sweep sweep = {.segment = on_segment};

	for (unsigned i = 0; i < RANGES; i++)
		ranges[i] = (struct holder){0};
	next_block = 0;
	stop_at = 0;
	ck_assert_int_eq(sweep_to(&sweep, BLOCKS), 0);
	ck_assert_uint_eq(next_block, BLOCKS);
	sweep_fini(&sweep);
}
END_TEST

Suite *sweep_suite(void)
{
	Suite *suite = suite_create("sweep");
	TCase *tc = tcase_create("segments");

	tcase_add_loop_test(tc, segments, 0, 50);
	tcase_add_loop_test(tc, stops, 0, 10);
	tcase_add_test(tc, nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
