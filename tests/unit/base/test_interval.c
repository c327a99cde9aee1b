/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The set against an array of bools, and the ends of the number range. */
#include "base/interval.h"

#include <check.h>

#include "unit/random.h"

Suite *interval_suite(void);

#define NUMBERS 200u

static void compare(const struct interval_set *set, const bool *there)
{
	uint64_t total = 0;
	unsigned wrong = 0;

	/* Sorted, not empty, and with a gap between each two. */
	for (size_t i = 0; i < set->count; i++) {
		ck_assert_uint_lt(set->items[i].start, set->items[i].end);
		if (i > 0)
			ck_assert_uint_lt(set->items[i - 1].end, set->items[i].start);
	}
	for (uint64_t at = 0; at < NUMBERS; at++) {
		const struct interval *found = interval_find(set, at);
		uint64_t next = at;

		while (next < NUMBERS && !there[next])
			next++;
		total += there[at];
		if (next == NUMBERS) {
			ck_assert_ptr_null(found);
		} else {
			ck_assert_ptr_nonnull(found);
			ck_assert_uint_eq(found->start > at ? found->start : at, next);
		}
		/* One assertion for many answers: Check takes its time over each. */
		for (uint64_t end = at; end <= NUMBERS; end++)
			wrong += interval_overlaps(set, at, end) != (next < end);
		ck_assert_uint_eq(wrong, 0);
	}
	ck_assert_uint_eq(interval_total(set), total);
}

START_TEST(agrees_with_an_array)
{
	uint64_t state = 0xabcdef + (uint64_t)_i;
	struct interval_set set = {0};
	bool there[NUMBERS] = {false};

	for (unsigned step = 0; step < 40; step++) {
		uint64_t start = random_below(&state, NUMBERS), len = random_below(&state, 12);
		uint64_t end = start + len < NUMBERS ? start + len : NUMBERS;

		ck_assert_int_eq(interval_add(&set, start, end), 0);
		for (uint64_t i = start; i < end; i++)
			there[i] = true;
		/* Settling in between, or not. */
		if (random_below(&state, 3) == 0) {
			interval_settle(&set);
			compare(&set, there);
		}
	}
	interval_settle(&set);
	compare(&set, there);
	interval_fini(&set);
}
END_TEST

START_TEST(ascending_needs_no_settling)
{
	struct interval_set set = {0};

	for (uint64_t i = 0; i < 1000; i++)
		ck_assert_int_eq(interval_add(&set, i * 10, i * 10 + 5), 0);
	ck_assert_int_eq(interval_add(&set, 9995, 10000), 0); /* touches the last */
	ck_assert(!set.unsettled);
	ck_assert_uint_eq(set.count, 1000);
	ck_assert_uint_eq(set.items[999].end, 10000);
	interval_fini(&set);
}
END_TEST

START_TEST(empty_intervals_change_nothing)
{
	struct interval_set set = {0};

	ck_assert_int_eq(interval_add(&set, 5, 5), 0);
	ck_assert_int_eq(interval_add(&set, 6, 5), 0);
	ck_assert_uint_eq(set.count, 0);
	interval_settle(&set);
	ck_assert_ptr_null(interval_find(&set, 0));
	ck_assert_uint_eq(interval_total(&set), 0);
	interval_fini(&set);
}
END_TEST

START_TEST(reaches_the_last_number)
{
	struct interval_set set = {0};

	ck_assert_int_eq(interval_add(&set, UINT64_MAX - 10, UINT64_MAX), 0);
	ck_assert_int_eq(interval_add(&set, 0, 1), 0);
	interval_settle(&set);
	ck_assert_uint_eq(set.count, 2);
	ck_assert(interval_overlaps(&set, UINT64_MAX - 1, UINT64_MAX));
	ck_assert(!interval_overlaps(&set, 1, UINT64_MAX - 10));
	ck_assert_ptr_null(interval_find(&set, UINT64_MAX));
	interval_fini(&set);
}
END_TEST

Suite *interval_suite(void)
{
	Suite *suite = suite_create("interval");
	TCase *tc = tcase_create("interval");

	tcase_add_loop_test(tc, agrees_with_an_array, 0, 40);
	tcase_add_test(tc, ascending_needs_no_settling);
	tcase_add_test(tc, empty_intervals_change_nothing);
	tcase_add_test(tc, reaches_the_last_number);
	suite_add_tcase(suite, tc);
	return suite;
}
