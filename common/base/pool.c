/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads that wait for a run, then take units from one counter. The calling thread works too, as worker 0. */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct worker {
	struct pool *pool;
	pthread_t thread;
	unsigned index;
};

struct pool {
	unsigned workers; /* with the calling thread */
	unsigned started; /* threads that run */
	struct worker *worker;

	pthread_mutex_t lock; /* for all up to the blank line */
	pthread_cond_t wake;  /* a run has begun, or the end has come */
	pthread_cond_t idle;  /* a thread has finished its part */
	unsigned long run;    /* number of the run */
	unsigned busy;
	bool quit;
	int failed_rc;	      /* of failed_unit */

	/* set before a run, read during it */
	pool_fn *fn;
	void *arg;
	size_t units;
	atomic_size_t next;
	atomic_size_t failed_unit; /* the lowest so far; SIZE_MAX: none. Set under the lock */
};

static void take_units(struct pool *pool, unsigned worker)
{
	for (;;) {
		size_t unit = atomic_fetch_add(&pool->next, 1);
		int rc;

		/*
		 * Only what lies behind a failure is left out. A unit before it that was handed out already, to a
		 * thread that has not got further than here, must run: it may fail too, and be the one that counts.
		 */
		if (unit >= pool->units || unit > atomic_load(&pool->failed_unit))
			return;
		rc = pool->fn(pool->arg, worker, unit);
		if (rc == 0)
			continue;
		pthread_mutex_lock(&pool->lock);
		if (unit < atomic_load(&pool->failed_unit)) {
			atomic_store(&pool->failed_unit, unit);
			pool->failed_rc = rc;
		}
		pthread_mutex_unlock(&pool->lock);
	}
}

static void *thread_main(void *arg)
{
	struct worker *self = arg;
	struct pool *pool = self->pool;
	unsigned long seen = 0;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (pool->run == seen && !pool->quit)
			pthread_cond_wait(&pool->wake, &pool->lock);
		if (pool->quit)
			break;
		seen = pool->run;
		pthread_mutex_unlock(&pool->lock);
		take_units(pool, self->index);
		pthread_mutex_lock(&pool->lock);
		if (--pool->busy == 0)
			pthread_cond_signal(&pool->idle);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

int pool_open(unsigned workers, struct pool **out, struct error *err)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return error_set(err, ERR_NOMEM, "no memory for a pool of %u workers", workers);
	pool->workers = workers;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pthread_cond_init(&pool->idle, NULL);
	pool->worker = calloc(workers, sizeof(*pool->worker));
	if (!pool->worker) {
		pool_close(pool);
		return error_set(err, ERR_NOMEM, "no memory for a pool of %u workers", workers);
	}
	for (unsigned i = 1; i < workers; i++) {
		struct worker *worker = &pool->worker[pool->started];
		int rc;

		*worker = (struct worker){.pool = pool, .index = i};
		rc = pthread_create(&worker->thread, NULL, thread_main, worker);
		if (rc != 0) {
			pool_close(pool);
			return error_set_errno(err, ERR_NOMEM, rc, "cannot start worker %u", i);
		}
		pool->started++;
	}
	*out = pool;
	return 0;
}

void pool_close(struct pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->quit = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->started; i++)
		pthread_join(pool->worker[i].thread, NULL);
	pthread_cond_destroy(&pool->idle);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
	free(pool->worker);
	free(pool);
}

unsigned pool_workers(const struct pool *pool)
{
	return pool->workers;
}

int pool_run(struct pool *pool, size_t units, pool_fn *fn, void *arg)
{
	pool->fn = fn;
	pool->arg = arg;
	pool->units = units;
	pool->failed_rc = 0;
	atomic_store(&pool->next, 0);
	atomic_store(&pool->failed_unit, SIZE_MAX);
	if (units > 1 && pool->started > 0) {
		pthread_mutex_lock(&pool->lock);
		pool->busy = pool->started;
		pool->run++;
		pthread_cond_broadcast(&pool->wake);
		pthread_mutex_unlock(&pool->lock);
	}
	take_units(pool, 0);
	pthread_mutex_lock(&pool->lock);
	while (pool->busy > 0)
		pthread_cond_wait(&pool->idle, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
	return pool->failed_rc;
}

unsigned pool_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	return CPU_COUNT(&set) > 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
