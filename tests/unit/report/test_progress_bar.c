/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bar: what it draws, when it does, and that a signal stops the pass. */
#include "report/progress_bar.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(test_draws)
{
	char *text = NULL;
	size_t len, before;
	struct progress_bar bar = {.out = open_memstream(&text, &len), .columns = 40};
	const struct progress hook = progress_bar_hook(&bar);

	ck_assert_int_eq(progress_step(&hook, "inodes", 0, 1000), 0);
	ck_assert_int_eq(progress_step(&hook, "inodes", 500, 1000), 0);
	/* "inodes " 7, brackets and blank 3, "100.0 %" 7, one free: 22 for the bar */
	ck_assert_str_eq(text, "\r\033[Kinodes [                      ] 0.0 %"
			       "\r\033[Kinodes [===========           ] 50.0 %");
	before = len;
	/* looks the same: not drawn */
	ck_assert_int_eq(progress_step(&hook, "inodes", 500, 1000), 0);
	ck_assert_uint_eq(len, before);
	ck_assert_int_eq(progress_step(&hook, "paths", 7, 0), 0);
	ck_assert_str_eq(text + before, "\r\033[Kpaths ...");
	before = len;
	progress_bar_clear(&bar);
	ck_assert_str_eq(text + before, "\r\033[K");
	before = len;
	progress_bar_clear(&bar);
	ck_assert_uint_eq(len, before);
	fclose(bar.out);
	free(text);
}
END_TEST

static const struct {
	unsigned columns;
	uint64_t done, total;
	const char *percentage;
} widths[] = {
	{10, 1, 3, "33.3 %"},
	{20, 3, 3, "100.0 %"},
	{80, 1, 3, "33.3 %"},
	{500, 999, 1000, "99.9 %"},
	{80, 2000, 1000, "100.0 %"}, /* more than was expected */
	{80, UINT64_MAX - 1, UINT64_MAX, "99.9 %"},
	{80, UINT64_MAX / 2, UINT64_MAX, "49.9 %"},
};

/* Never wider than the terminal, where that can hold the name and the number. */
START_TEST(test_widths)
{
	char *text = NULL;
	size_t len;
	struct progress_bar bar = {.out = open_memstream(&text, &len), .columns = widths[_i].columns};
	const struct progress hook = progress_bar_hook(&bar);

	ck_assert_int_eq(progress_step(&hook, "p", widths[_i].done, widths[_i].total), 0);
	ck_assert_msg(strlen(text) - 4 < widths[_i].columns, "%zu columns: %s", strlen(text) - 4, text + 4);
	ck_assert_ptr_nonnull(strstr(text, widths[_i].percentage));
	fclose(bar.out);
	free(text);
}
END_TEST

/* Also where nothing is shown. */
START_TEST(test_stops)
{
	volatile sig_atomic_t stop = 0;
	struct progress_bar bar = {.stop = &stop};
	const struct progress hook = progress_bar_hook(&bar);

	ck_assert_int_eq(progress_step(&hook, "inodes", 1, 10), 0);
	stop = SIGINT;
	ck_assert_int_ne(progress_step(&hook, "inodes", 2, 10), 0);
	progress_bar_clear(&bar);
}
END_TEST

static uint64_t clock_now;

static uint64_t read_clock(void)
{
	return clock_now;
}

/* Half in 30 s: 30 s are left. Nothing is said before there is enough to judge by. */
START_TEST(test_time_left)
{
	char *text = NULL;
	size_t len, before;
	struct progress_bar bar = {.out = open_memstream(&text, &len), .columns = 60, .seconds = read_clock};
	const struct progress hook = progress_bar_hook(&bar);

	clock_now = 5000;
	ck_assert_int_eq(progress_step(&hook, "all", 0, 1000), 0);
	clock_now += 1;
	ck_assert_int_eq(progress_step(&hook, "all", 100, 1000), 0);
	ck_assert_ptr_null(strstr(text, "left"));
	clock_now += 29;
	ck_assert_int_eq(progress_step(&hook, "all", 500, 1000), 0);
	ck_assert_ptr_nonnull(strstr(text, "50.0 %, 0:30 left"));
	ck_assert_uint_le(strlen(strrchr(text, '\r') + 4), 59);
	/* the clock alone changes what is seen */
	before = len;
	clock_now += 10;
	ck_assert_int_eq(progress_step(&hook, "all", 500, 1000), 0);
	ck_assert_ptr_nonnull(strstr(text + before, "50.0 %, 0:40 left"));
	/* another pass begins: the estimate as well */
	before = len;
	ck_assert_int_eq(progress_step(&hook, "next", 0, 1000), 0);
	clock_now += 7200;
	ck_assert_int_eq(progress_step(&hook, "next", 500, 1000), 0);
	ck_assert_ptr_nonnull(strstr(text + before, "50.0 %, 2:00:00 left"));
	fclose(bar.out);
	free(text);
}
END_TEST

Suite *progress_bar_suite(void);

Suite *progress_bar_suite(void)
{
	Suite *suite = suite_create("progress_bar");
	TCase *tcase = tcase_create("progress_bar");

	tcase_add_test(tcase, test_draws);
	tcase_add_loop_test(tcase, test_widths, 0, sizeof(widths) / sizeof(widths[0]));
	tcase_add_test(tcase, test_stops);
	tcase_add_test(tcase, test_time_left);
	suite_add_tcase(suite, tcase);
	return suite;
}
