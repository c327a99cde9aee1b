/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The progress of passes as one, and what each pass took. */
#include "report/fsck_progress.h"

#include <check.h>

#include "report/pass_costs.h"

static const char *last_pass;
static uint64_t last_done, last_total;

static int keep(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)arg;
	last_pass = pass;
	last_done = done;
	last_total = total;
	return 7;
}

/* From 0 to all, never back, each pass under its name. */
START_TEST(test_whole)
{
	const struct progress to = {.step = keep};
	struct fsck_progress progress = {.to = &to};
	const struct progress hook = fsck_progress_hook(&progress);
	uint64_t before = 0;
	size_t count = 0;

	for (const struct fsck_pass_info *pass; (pass = fsck_pass_at(count)); count++) {
		fsck_progress_pass(&progress, pass, true);
		if (pass->share == 0) {
			/* Runs if something is wrong: has a progress of its own. */
			ck_assert_int_eq(progress_step(&hook, pass->name, 3, 4), 7);
			ck_assert_uint_eq(last_done, 3);
			ck_assert_uint_eq(last_total, 4);
			continue;
		}
		for (uint64_t done = 0; done <= 4; done++) {
			ck_assert_int_eq(progress_step(&hook, pass->name, done, 4), 7);
			ck_assert_ptr_eq(last_pass, pass->name);
			ck_assert_uint_eq(last_total, FSCK_PROGRESS_TOTAL);
			ck_assert_uint_ge(last_done, before);
			before = last_done;
		}
		fsck_progress_pass(&progress, pass, false);
	}
	ck_assert_uint_ge(count, 10);
	ck_assert_uint_eq(before, FSCK_PROGRESS_TOTAL);
}
END_TEST

/* What was not announced is told as it is. */
START_TEST(test_others)
{
	const struct progress to = {.step = keep};
	struct fsck_progress progress = {.to = &to};
	const struct progress hook = fsck_progress_hook(&progress);

	ck_assert_int_eq(progress_step(&hook, "paths", 3, 9), 7);
	ck_assert_uint_eq(last_done, 3);
	ck_assert_uint_eq(last_total, 9);
}
END_TEST

START_TEST(test_large)
{
	const struct progress to = {.step = keep};
	struct fsck_progress progress = {.to = &to};
	const struct progress hook = fsck_progress_hook(&progress);
	const struct fsck_pass_info *pass = fsck_pass_at(0);
	uint64_t half;

	fsck_progress_pass(&progress, pass, true);
	progress_step(&hook, pass->name, UINT64_MAX / 2, UINT64_MAX);
	half = last_done;
	progress_step(&hook, pass->name, UINT64_MAX, UINT64_MAX);
	ck_assert_uint_le(last_done, FSCK_PROGRESS_TOTAL);
	ck_assert_uint_ge(half * 2 + 2, last_done);
	ck_assert_uint_le(half * 2, last_done + 2);
}
END_TEST

static uint64_t clock_now;

static uint64_t read_clock(void)
{
	return clock_now;
}

START_TEST(test_costs)
{
	struct pass_costs costs = {.nanoseconds = read_clock};
	const struct fsck_pass_info *pass = fsck_pass_at(0);

	clock_now = 1000;
	pass_costs_take(&costs, pass, true, (struct device_cost){.reads = 5, .bytes = 100});
	clock_now = 1700;
	pass_costs_take(&costs, pass, false, (struct device_cost){.reads = 8, .bytes = 612});
	ck_assert_uint_eq(costs.count, 1);
	ck_assert_ptr_eq(costs.items[0].pass, pass);
	ck_assert_uint_eq(costs.items[0].nanoseconds, 700);
	ck_assert_uint_eq(costs.items[0].reads, 3);
	ck_assert_uint_eq(costs.items[0].bytes, 512);
	for (unsigned i = 0; i < 2 * PASS_COSTS_MAX; i++) {
		pass_costs_take(&costs, pass, true, (struct device_cost){0});
		pass_costs_take(&costs, pass, false, (struct device_cost){0});
	}
	ck_assert_uint_eq(costs.count, PASS_COSTS_MAX);
}
END_TEST

/* There is room for every pass. */
START_TEST(test_room)
{
	size_t count = 0;

	while (fsck_pass_at(count))
		count++;
	ck_assert_uint_le(count, PASS_COSTS_MAX);
}
END_TEST

Suite *fsck_progress_suite(void);

Suite *fsck_progress_suite(void)
{
	Suite *suite = suite_create("fsck_progress");
	TCase *tcase = tcase_create("fsck_progress");

	tcase_add_test(tcase, test_whole);
	tcase_add_test(tcase, test_others);
	tcase_add_test(tcase, test_large);
	tcase_add_test(tcase, test_costs);
	tcase_add_test(tcase, test_room);
	suite_add_tcase(suite, tcase);
	return suite;
}
