/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines that fsck(8) reads. */
#include "report/progress_lines.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int ends[2];
static struct progress_lines lines;

static void open_lines(const char *device)
{
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	lines = (struct progress_lines){.fd = ends[1], .device = device};
}

static void close_lines(void)
{
	close(ends[0]);
	close(ends[1]);
}

/* What was written since the last call. */
static const char *written(void)
{
	static char text[100000];
	ssize_t len = read(ends[0], text, sizeof(text) - 1);

	text[len > 0 ? len : 0] = '\0';
	return text;
}

/* Five passes, of 70, 20, 2, 3 and 5 parts of 100. */
START_TEST(test_passes)
{
	struct progress hook;

	open_lines("/dev/pmem0");
	hook = progress_lines_hook(&lines);
	ck_assert_int_eq(progress_step(&hook, "a", 0, 1000000), 0);
	ck_assert_str_eq(written(), "1 0 700 /dev/pmem0\n");
	ck_assert_int_eq(progress_step(&hook, "a", 100, 1000000), 0);
	ck_assert_str_eq(written(), ""); /* less than a thousandth */
	ck_assert_int_eq(progress_step(&hook, "a", 350000, 1000000), 0);
	ck_assert_str_eq(written(), "1 350 700 /dev/pmem0\n");
	ck_assert_int_eq(progress_step(&hook, "a", 700000, 1000000), 0);
	ck_assert_str_eq(written(), "1 700 700 /dev/pmem0\n");
	ck_assert_int_eq(progress_step(&hook, "b", 701000, 1000000), 0);
	ck_assert_str_eq(written(), "2 1 200 /dev/pmem0\n");
	ck_assert_int_eq(progress_step(&hook, "c", 920000, 1000000), 0);
	ck_assert_str_eq(written(), "3 20 20 /dev/pmem0\n");
	ck_assert_int_eq(progress_step(&hook, "c", 935000, 1000000), 0);
	ck_assert_str_eq(written(), "4 15 30 /dev/pmem0\n");
	ck_assert_int_eq(progress_step(&hook, "d", 1000000, 1000000), 0);
	ck_assert_str_eq(written(), "5 50 50 /dev/pmem0\n");
	/* again from the start, as the search for paths is: nobody could make sense of it */
	ck_assert_int_eq(progress_step(&hook, "paths", 1, 2), 0);
	ck_assert_int_eq(progress_step(&hook, "paths", 1, 0), 0);
	ck_assert_str_eq(written(), "");
	close_lines();
}
END_TEST

/* Never more than a line for each thousandth, and each with five words at most. */
START_TEST(test_amount)
{
	unsigned count = 0;
	struct progress hook;

	open_lines("d");
	hook = progress_lines_hook(&lines);
	for (uint64_t done = 0; done <= 100000; done++)
		ck_assert_int_eq(progress_step(&hook, "a", done, 100000), 0);
	for (const char *at = written(); *at; at++)
		count += *at == '\n';
	ck_assert_uint_eq(count, 1001);
	close_lines();
}
END_TEST

/* A name cannot forge a line. */
START_TEST(test_name)
{
	struct progress hook;

	open_lines("a\nb");
	hook = progress_lines_hook(&lines);
	ck_assert_int_eq(progress_step(&hook, "a", 0, 10), 0);
	ck_assert_str_eq(written(), "1 0 700 a\\nb\n");
	close_lines();
}
END_TEST

START_TEST(test_stops)
{
	volatile sig_atomic_t stop = 0;
	struct progress hook;

	open_lines("d");
	lines.stop = &stop;
	hook = progress_lines_hook(&lines);
	ck_assert_int_eq(progress_step(&hook, "a", 0, 10), 0);
	stop = SIGINT;
	ck_assert_int_ne(progress_step(&hook, "a", 1, 10), 0);
	close_lines();
}
END_TEST

Suite *progress_lines_suite(void);

Suite *progress_lines_suite(void)
{
	Suite *suite = suite_create("progress_lines");
	TCase *tcase = tcase_create("progress_lines");

	tcase_add_test(tcase, test_passes);
	tcase_add_test(tcase, test_amount);
	tcase_add_test(tcase, test_name);
	tcase_add_test(tcase, test_stops);
	suite_add_tcase(suite, tcase);
	return suite;
}
