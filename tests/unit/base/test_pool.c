/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every unit exactly once, whatever the number of workers, and which failure counts. */
#include "base/pool.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "unit/random.h"

Suite *pool_suite(void);

#define UNITS_MAX 3000u

struct run {
	unsigned workers;
	uint64_t result[UNITS_MAX];
	atomic_uint calls[UNITS_MAX];
	atomic_uint wrong_worker;
	const bool *fails; /* or NULL */
};

static int work(void *arg, unsigned worker, size_t unit)
{
	struct run *run = arg;
	uint64_t state = unit + 1;

	if (worker >= run->workers)
		atomic_fetch_add(&run->wrong_worker, 1);
	atomic_fetch_add(&run->calls[unit], 1);
	for (unsigned i = 0; i < 50; i++)
		run->result[unit] = random_next(&state);
	return run->fails && run->fails[unit] ? -(int)unit - 1 : 0;
}

static uint64_t expected(size_t unit)
{
	uint64_t state = unit + 1, result = 0;

	for (unsigned i = 0; i < 50; i++)
		result = random_next(&state);
	return result;
}

START_TEST(runs_every_unit_once)
{
	static const size_t units[] = {0, 1, 2, 3, 64, UNITS_MAX};
	struct pool *pool;
	struct error err;
	unsigned wrong = 0;

	ck_assert_int_eq(pool_open((unsigned)_i, &pool, &err), 0);
	ck_assert_uint_eq(pool_workers(pool), (unsigned)_i);
	/* One pool, many runs. */
	for (size_t i = 0; i < 60; i++) {
		struct run *run = calloc(1, sizeof(*run));
		size_t count = units[i % (sizeof(units) / sizeof(units[0]))];

		ck_assert_ptr_nonnull(run);
		run->workers = (unsigned)_i;
		ck_assert_int_eq(pool_run(pool, count, work, run), 0);
		ck_assert_uint_eq(atomic_load(&run->wrong_worker), 0);
		/* Counted, as Check takes its time over each assertion. */
		for (size_t unit = 0; unit < UNITS_MAX; unit++) {
			wrong += atomic_load(&run->calls[unit]) != (unit < count);
			wrong += run->result[unit] != (unit < count ? expected(unit) : 0);
		}
		ck_assert_uint_eq(wrong, 0);
		free(run);
	}
	pool_close(pool);
}
END_TEST

START_TEST(returns_the_lowest_failure)
{
	uint64_t state = 77 + (uint64_t)_i;
	struct pool *pool;
	struct error err;
	unsigned wrong = 0;
	bool *fails = calloc(UNITS_MAX, sizeof(*fails));

	ck_assert_ptr_nonnull(fails);
	ck_assert_int_eq(pool_open((unsigned)_i, &pool, &err), 0);
	for (unsigned round = 0; round < 100; round++) {
		struct run *run = calloc(1, sizeof(*run));
		size_t first = UNITS_MAX;

		ck_assert_ptr_nonnull(run);
		*run = (struct run){.workers = (unsigned)_i, .fails = fails};
		for (size_t unit = 0; unit < UNITS_MAX; unit++) {
			fails[unit] = random_below(&state, 400) == 0;
			if (fails[unit] && unit < first)
				first = unit;
		}
		ck_assert_int_eq(pool_run(pool, UNITS_MAX, work, run), first == UNITS_MAX ? 0 : -(int)first - 1);
		/* What comes before the failure was done, and nothing was done twice. */
		for (size_t unit = 0; unit < UNITS_MAX; unit++) {
			wrong += unit <= first && atomic_load(&run->calls[unit]) != 1;
			wrong += atomic_load(&run->calls[unit]) > 1;
		}
		ck_assert_uint_eq(wrong, 0);
		free(run);
	}
	pool_close(pool);
	free(fails);
}
END_TEST

/* Only comes to an end if as many threads as workers are inside at once. */
static int meet(void *arg, unsigned worker, size_t unit)
{
	(void)worker, (void)unit;
	pthread_barrier_wait(arg);
	return 0;
}

START_TEST(workers_run_at_the_same_time)
{
	struct pool *pool;
	pthread_barrier_t barrier;
	struct error err;

	ck_assert_int_eq(pool_open(4, &pool, &err), 0);
	ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, 4), 0);
	ck_assert_int_eq(pool_run(pool, 4, meet, &barrier), 0);
	pthread_barrier_destroy(&barrier);
	pool_close(pool);
}
END_TEST

START_TEST(closing_nothing_is_fine)
{
	pool_close(NULL);
	ck_assert_uint_ge(pool_processors(), 1);
}
END_TEST

Suite *pool_suite(void)
{
	Suite *suite = suite_create("pool");
	TCase *tc = tcase_create("pool");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, runs_every_unit_once, 1, 6);
	tcase_add_loop_test(tc, returns_the_lowest_failure, 1, 6);
	tcase_add_test(tc, workers_run_at_the_same_time);
	tcase_add_test(tc, closing_nothing_is_fine);
	suite_add_tcase(suite, tc);
	return suite;
}
