/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* That nothing outside can be reached, with offsets that wrap too. */
#include "base/span.h"

#include <check.h>

Suite *span_suite(void);

#define LEN 20u

START_TEST(gives_exactly_what_lies_inside)
{
	uint8_t bytes[LEN] = {0};
	struct span span = {bytes, LEN};

	for (uint64_t offset = 0; offset <= LEN + 3; offset++) {
		for (size_t len = 0; len <= LEN + 3; len++) {
			const void *at = span_at(span, offset, len);

			if (offset + len <= LEN)
				ck_assert_ptr_eq(at, bytes + offset);
			else
				ck_assert_ptr_null(at);
		}
	}
}
END_TEST

START_TEST(sums_that_wrap_are_outside)
{
	uint8_t bytes[LEN] = {0};
	struct span span = {bytes, LEN};

	ck_assert_ptr_null(span_at(span, UINT64_MAX, 1));
	ck_assert_ptr_null(span_at(span, UINT64_MAX - 3, 4));
	ck_assert_ptr_null(span_at(span, 1, SIZE_MAX));
	ck_assert_ptr_null(span_at(span, UINT64_MAX, SIZE_MAX));
	ck_assert_ptr_null(span_at((struct span){NULL, 0}, 0, 1));
}
END_TEST

START_TEST(rest_of_a_span)
{
	uint8_t bytes[LEN] = {0};
	struct span span = {bytes, LEN};

	for (uint64_t offset = 0; offset <= LEN; offset++) {
		ck_assert_ptr_eq(span_from(span, offset).bytes, bytes + offset);
		ck_assert_uint_eq(span_from(span, offset).len, LEN - offset);
	}
	ck_assert_uint_eq(span_from(span, LEN + 1).len, 0);
	ck_assert_uint_eq(span_from(span, UINT64_MAX).len, 0);
}
END_TEST

Suite *span_suite(void)
{
	Suite *suite = suite_create("span");
	TCase *tc = tcase_create("span");

	tcase_add_test(tc, gives_exactly_what_lies_inside);
	tcase_add_test(tc, sums_that_wrap_are_outside);
	tcase_add_test(tc, rest_of_a_span);
	suite_add_tcase(suite, tc);
	return suite;
}
