/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map against an array, with keys as inode numbers come: runs, strides, and high bits only. */
#include "base/idmap.h"

#include <check.h>
#include <stdlib.h>

#include "unit/random.h"

Suite *idmap_suite(void);

#define KEYS 4096u

START_TEST(empty_map_has_nothing)
{
	struct idmap map = {0};

	ck_assert_ptr_null(idmap_get(&map, 0));
	ck_assert_ptr_null(idmap_get(&map, IDMAP_NO_KEY));
	idmap_fini(&map);
	idmap_fini(&map);
}
END_TEST

/* How small numbers are turned into keys: all of them different for different numbers. */
static uint64_t key_of(unsigned shape, uint64_t number)
{
	switch (shape) {
	case 0:
		return number;
	case 1:
		return number << 52; /* differ in the highest bits only */
	case 2:
		return (number / 64) * 0x100000 + number % 64; /* runs of inodes, groups apart */
	default:
		return IDMAP_NO_KEY - 1 - number;
	}
}

START_TEST(agrees_with_an_array)
{
	static uint64_t value[KEYS];
	static bool there[KEYS];
	uint64_t state = 0x1234567 + (uint64_t)_i;
	struct idmap map = {0};
	size_t count = 0;

	for (unsigned step = 0; step < 4 * KEYS; step++) {
		uint64_t number = random_below(&state, KEYS);
		uint64_t wanted = random_next(&state);
		uint64_t *found = idmap_get(&map, key_of((unsigned)_i, number));

		ck_assert_int_eq(found != NULL, there[number]);
		if (found)
			ck_assert_uint_eq(*found, value[number]);
		ck_assert_int_eq(idmap_put(&map, key_of((unsigned)_i, number), wanted), !there[number]);
		if (!there[number]) {
			there[number] = true;
			value[number] = wanted;
			count++;
		} else if (wanted & 1) {
			*idmap_get(&map, key_of((unsigned)_i, number)) = value[number] = wanted;
		}
		ck_assert_uint_eq(map.count, count);
		ck_assert(map.count <= map.room / 4 * 3);
	}
	for (uint64_t number = 0; number < KEYS; number++) {
		uint64_t *found = idmap_get(&map, key_of((unsigned)_i, number));

		ck_assert_int_eq(found != NULL, there[number]);
		if (found)
			ck_assert_uint_eq(*found, value[number]);
	}
	idmap_fini(&map);
}
END_TEST

Suite *idmap_suite(void)
{
	Suite *suite = suite_create("idmap");
	TCase *tc = tcase_create("idmap");

	tcase_add_test(tc, empty_map_has_nothing);
	tcase_add_loop_test(tc, agrees_with_an_array, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
