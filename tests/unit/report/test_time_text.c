/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times as RFC 3339. */
#include "report/time_text.h"

#include <check.h>

static const struct {
	int64_t seconds;
	const char *text;
} times[] = {
	{0, "1970-01-01T00:00:00Z"},
	{-1, "1969-12-31T23:59:59Z"},
	{951782400, "2000-02-29T00:00:00Z"},
	{-2147483648ll, "1901-12-13T20:45:52Z"},
	{16299260424ll, "2486-07-02T20:20:24Z"},
	{253402300799ll, "9999-12-31T23:59:59Z"},
	{253402300800ll, NULL},
	{INT64_MAX, NULL},
	{INT64_MIN, NULL},
	{-99999999999ll, NULL}, /* the year -1199 */
};

START_TEST(test_time)
{
	char text[TIME_TEXT];
	const char *got = time_text(text, times[_i].seconds);

	if (times[_i].text)
		ck_assert_str_eq(got, times[_i].text);
	else
		ck_assert_ptr_null(got);
}
END_TEST

Suite *time_text_suite(void);

Suite *time_text_suite(void)
{
	Suite *suite = suite_create("time_text");
	TCase *tcase = tcase_create("time_text");

	tcase_add_loop_test(tcase, test_time, 0, (int)(sizeof(times) / sizeof(times[0])));
	suite_add_tcase(suite, tcase);
	return suite;
}
