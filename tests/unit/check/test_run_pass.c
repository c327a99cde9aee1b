/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units that end in any order: what they find comes in theirs, and the first failure counts. */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "check/pass.h"

Suite *run_pass_suite(void);

#define UNITS	300u
#define WORKERS 4u
#define NOBODY	UINT32_MAX

static struct fsck_options options;
static struct fsck_result result;
static struct checker checker;
static struct check_work works[WORKERS];
static struct pool *pool;
static uint32_t fails_at, also_fails_at, ended;
static atomic_uint highest;

static void raise(struct check_work *work, uint32_t unit)
{
	finding_raise(&work->findings, &(struct finding){.code = FINDING_BLOCKS_LOST, .at = at_group(unit)});
}

static size_t count_units(const struct checker *of)
{
	ck_assert_ptr_eq(of, &checker);
	return UNITS;
}

/* Every seventh takes as long as many others. */
static int run_unit(struct check_work *work, size_t unit)
{
	struct timespec a_while = {.tv_nsec = unit % 7 == 0 ? 2000000 : 1000};
	unsigned before = atomic_load(&highest);

	while (before < unit && !atomic_compare_exchange_weak(&highest, &before, (unsigned)unit))
		;
	nanosleep(&a_while, NULL);
	raise(work, (uint32_t)unit);
	if (tables_add_lost(&work->tables, unit) != 0)
		return ERR_NOMEM;
	if (unit == fails_at)
		return ERR_IO;
	return unit == also_fails_at ? ERR_CORRUPT : 0;
}

static int run_end(struct check_work *work)
{
	ended++;
	raise(work, UNITS);
	return 0;
}

static const struct pass pass = {
	.info = {"test", "units that take their time", 1}, .units = count_units, .unit = run_unit, .end = run_end};

static void setup(void)
{
	options = (struct fsck_options){0};
	result = (struct fsck_result){0};
	fails_at = also_fails_at = NOBODY;
	ended = 0;
	atomic_store(&highest, 0);
	ck_assert_int_eq(pool_open(WORKERS, &pool, NULL), 0);
	checker = (struct checker){.options = &options, .pool = pool, .result = &result, .works = works};
	for (unsigned i = 0; i < WORKERS; i++)
		works[i] = (struct check_work){.checker = &checker, .worker = i};
}

static void teardown(void)
{
	findings_fini(&result.findings);
	tables_fini(&checker.tables);
	pool_close(pool);
}

/* Findings and tables of units [0, count), ascending. */
static void expect_units(size_t count)
{
	ck_assert_uint_ge(result.findings.count, count);
	ck_assert_uint_eq(checker.tables.lost_count, result.findings.count - ended);
	for (size_t i = 0; i < result.findings.count; i++) {
		uint32_t unit = result.findings.items[i].at.agno;

		ck_assert(i >= count ? i == 0 || unit > result.findings.items[i - 1].at.agno : unit == i);
	}
}

static const size_t aheads[] = {1, 2, 5, 299, 300, 301, 10000};

START_TEST(joins_in_order)
{
	ck_assert_int_eq(pass_run(&checker, &pass, aheads[_i]), 0);
	ck_assert_uint_eq(ended, 1);
	ck_assert_uint_eq(result.findings.count, UNITS + 1);
	expect_units(UNITS + 1);
}
END_TEST

/* The first failure counts, what was found before it is there, and units do not run far beyond. */
START_TEST(ends_with_the_first_failure)
{
	fails_at = 100;
	also_fails_at = 102;
	ck_assert_int_eq(pass_run(&checker, &pass, aheads[_i]), ERR_IO);
	ck_assert_uint_eq(ended, 0);
	expect_units(101);
	if (aheads[_i] < UNITS)
		ck_assert_uint_le(atomic_load(&highest), 100 + aheads[_i] + WORKERS);
}
END_TEST

static int stop_at_50(void *arg, const char *name, uint64_t done, uint64_t total)
{
	(void)arg;
	ck_assert_str_eq(name, "test");
	ck_assert_uint_eq(total, UNITS);
	return done == 50;
}

START_TEST(is_cancelled)
{
	const struct progress progress = {.step = stop_at_50};

	options.progress = &progress;
	ck_assert_int_eq(pass_run(&checker, &pass, aheads[_i]), ERR_CANCELLED);
	ck_assert_uint_ge(result.findings.count, 50);
	ck_assert_uint_lt(result.findings.count, 50 + WORKERS + 1);
	expect_units(0);
}
END_TEST

static bool is_not_wanted(const struct checker *of)
{
	(void)of;
	return false;
}

static size_t none(const struct checker *of)
{
	(void)of;
	return 0;
}

START_TEST(runs_what_is_wanted)
{
	struct pass other = pass;

	other.wanted = is_not_wanted;
	ck_assert_int_eq(pass_run(&checker, &other, 10), 0);
	ck_assert_uint_eq(ended, 0);
	other.wanted = NULL;
	other.units = none;
	ck_assert_int_eq(pass_run(&checker, &other, 10), 0);
	ck_assert_uint_eq(ended, 1);
	ck_assert_uint_eq(result.findings.count, 1);
}
END_TEST

Suite *run_pass_suite(void)
{
	Suite *suite = suite_create("run_pass");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, joins_in_order, 0, 7);
	tcase_add_loop_test(tcase, ends_with_the_first_failure, 0, 7);
	tcase_add_loop_test(tcase, is_cancelled, 0, 7);
	tcase_add_test(tcase, runs_what_is_wanted);
	suite_add_tcase(suite, tcase);
	return suite;
}
