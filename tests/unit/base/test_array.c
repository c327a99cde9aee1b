/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow: what is in them stays, and what cannot be had leaves them as they were. */
#include "base/array.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "unit/random.h"

Suite *array_suite(void);

struct item {
	uint64_t number;
	uint8_t more[5];
};

START_TEST(keeps_what_it_has)
{
	struct item *items = NULL, new[40];
	size_t count = 0, room = 0;
	uint64_t random = 11;

	while (count < 5000) {
		size_t more = random_below(&random, sizeof(new) / sizeof(new[0]) + 1), before = count;

		for (size_t i = 0; i < more; i++)
			new[i] = (struct item){.number = before + i};
		ck_assert_int_eq(array_append(&items, &count, new, more, &room, sizeof(*items)), 0);
		ck_assert_uint_eq(count, before + more);
		ck_assert_uint_ge(room, count);
		ck_assert_int_eq(array_reserve(&items, count, 3, &room, sizeof(*items)), 0);
		ck_assert_uint_ge(room - count, 3);
	}
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(items[i].number, i);
	free(items);
}
END_TEST

START_TEST(refuses_what_cannot_be)
{
	static const size_t too_many[] = {SIZE_MAX - 1, SIZE_MAX / 2 + 10, SIZE_MAX / sizeof(struct item) + 1};
	struct item *items = NULL, *before, one = {.number = 7};
	size_t count = 0, room = 0, had;

	ck_assert_int_eq(array_append(&items, &count, &one, 1, &room, sizeof(one)), 0);
	before = items;
	had = room;
	ck_assert_int_eq(array_reserve(&items, count, too_many[_i], &room, sizeof(one)), ERR_NOMEM);
	ck_assert_ptr_eq(items, before);
	ck_assert_uint_eq(room, had);
	ck_assert_uint_eq(items[0].number, 7);
	free(items);
}
END_TEST

START_TEST(takes_nothing)
{
	struct item *items = NULL;
	size_t count = 0, room = 0;

	ck_assert_int_eq(array_append(&items, &count, NULL, 0, &room, sizeof(*items)), 0);
	ck_assert_ptr_null(items);
	ck_assert_uint_eq(room, 0);
}
END_TEST

static bool is_less(const void *item, const void *wanted)
{
	return ((const struct item *)item)->number < *(const uint64_t *)wanted;
}

/* Against a search from the beginning, in arrays with gaps and doubles. */
START_TEST(finds_the_first)
{
	struct item items[40];
	uint64_t random = 23;

	for (size_t count = 0; count <= sizeof(items) / sizeof(items[0]); count++) {
		for (size_t i = 0; i < count; i++)
			items[i].number = (i > 0 ? items[i - 1].number : 0) + random_below(&random, 3);
		for (uint64_t wanted = 0; wanted < 90; wanted++) {
			size_t first = 0;

			while (first < count && items[first].number < wanted)
				first++;
			ck_assert_uint_eq(array_first(items, count, sizeof(items[0]), is_less, &wanted), first);
		}
	}
	ck_assert_uint_eq(array_first(NULL, 0, sizeof(items[0]), is_less, &random), 0);
}
END_TEST

Suite *array_suite(void)
{
	Suite *suite = suite_create("array");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, keeps_what_it_has);
	tcase_add_loop_test(tcase, refuses_what_cannot_be, 0, 3);
	tcase_add_test(tcase, takes_nothing);
	tcase_add_test(tcase, finds_the_first);
	suite_add_tcase(suite, tcase);
	return suite;
}
