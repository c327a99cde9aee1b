/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs the units of a pass, and joins what they find in their order, whatever the order in which they end.
 *
 * Whoever ends a unit joins all that can be joined then. So nobody waits but for a place to put findings, and that only
 * while one unit takes as long as many others.
 */
#include <pthread.h>
#include <stdlib.h>

#include "check/pass.h"

/* What a unit has found, until it is joined with the rest. */
struct outcome {
	struct findings findings;
	struct unit_tables tables;
	bool ended;
};

/* A pass while it runs. */
struct running {
	struct checker *checker;
	const struct pass *pass;
	size_t units, ahead;
	struct outcome *outcomes; /* of unit N at N % ahead */

	pthread_mutex_t lock; /* for all below, and for joining */
	pthread_cond_t moved; /* joined has grown, or a unit has failed */
	size_t joined;	      /* the units before this one are */
	uint64_t done;
	bool failed;
	int join_rc;
};

static int join(struct running *running, struct outcome *outcome)
{
	struct checker *checker = running->checker;
	int rc = tables_join(&checker->tables, &outcome->tables);

	findings_join(&checker->result->findings, &outcome->findings);
	*outcome = (struct outcome){0};
	return checker->result->findings.no_memory ? ERR_NOMEM : rc;
}

/* Takes over what has ended, in the order of the units. */
static void join_ended(struct running *running)
{
	struct outcome *outcome = &running->outcomes[running->joined % running->ahead];

	while (outcome->ended) {
		int rc = join(running, outcome);

		running->failed |= rc != 0;
		running->join_rc = running->join_rc ? running->join_rc : rc;
		outcome = &running->outcomes[++running->joined % running->ahead];
	}
	pthread_cond_broadcast(&running->moved);
}

/*
 * Waits until there is a place for what the unit will find. false: a unit failed, of which this one is behind, as only
 * those wait that are far ahead; the first that has not ended never does.
 */
static bool wait_for_place(struct running *running, size_t unit)
{
	bool has_place = true;

	pthread_mutex_lock(&running->lock);
	while (unit - running->joined >= running->ahead && !running->failed)
		pthread_cond_wait(&running->moved, &running->lock);
	if (unit - running->joined >= running->ahead)
		has_place = false;
	pthread_mutex_unlock(&running->lock);
	return has_place;
}

static int end_unit(struct running *running, struct check_work *work, size_t unit, int rc)
{
	const struct progress *progress = running->checker->options->progress;

	pthread_mutex_lock(&running->lock);
	running->outcomes[unit % running->ahead] = (struct outcome){work->findings, work->tables, true};
	running->done++;
	if (rc == 0 && progress_step(progress, running->pass->info.name, running->done, running->units) != 0)
		rc = ERR_CANCELLED;
	running->failed |= rc != 0;
	join_ended(running);
	rc = rc == 0 ? running->join_rc : rc;
	pthread_mutex_unlock(&running->lock);
	work->findings = (struct findings){0};
	work->tables = (struct unit_tables){0};
	return rc;
}

static int run_unit(void *arg, unsigned worker, size_t unit)
{
	struct running *running = arg;
	struct check_work *work = &running->checker->works[worker];

	if (!wait_for_place(running, unit))
		return ERR_CANCELLED;
	return end_unit(running, work, unit, running->pass->unit(work, unit));
}

/* What ended behind a unit that did not, as one had failed. */
static int join_rest(struct running *running)
{
	size_t end = running->joined + running->ahead;
	int rc = 0;

	for (size_t unit = running->joined; unit < end; unit++) {
		struct outcome *outcome = &running->outcomes[unit % running->ahead];
		int joined = outcome->ended ? join(running, outcome) : 0;

		rc = rc == 0 ? joined : rc;
	}
	return rc;
}

static int run_units(struct running *running)
{
	int rc = pool_run(running->checker->pool, running->units, run_unit, running);
	int joined = join_rest(running);

	return rc == 0 ? joined : rc;
}

/* What runs alone: as the first worker. */
static int run_end(struct running *running)
{
	struct check_work *work = &running->checker->works[0];
	int rc = running->pass->end(work), joined;
	struct outcome outcome = {work->findings, work->tables, true};

	work->findings = (struct findings){0};
	work->tables = (struct unit_tables){0};
	joined = join(running, &outcome);
	return rc == 0 ? joined : rc;
}

int pass_run(struct checker *checker, const struct pass *pass, size_t ahead)
{
	const struct fsck_options *options = checker->options;
	struct running running = {.checker = checker, .pass = pass};
	int rc = ERR_NOMEM;

	if (pass->wanted && !pass->wanted(checker))
		return 0;
	running.units = pass->units ? pass->units(checker) : 1;
	running.ahead = running.units < ahead ? running.units + 1 : ahead;
	running.outcomes = calloc(running.ahead, sizeof(*running.outcomes));
	pthread_mutex_init(&running.lock, NULL);
	pthread_cond_init(&running.moved, NULL);
	if (options->pass)
		options->pass(options->arg, &pass->info, true);
	if (running.outcomes)
		rc = run_units(&running);
	if (rc == 0 && pass->end)
		rc = run_end(&running);
	if (options->pass)
		options->pass(options->arg, &pass->info, false);
	pthread_cond_destroy(&running.moved);
	pthread_mutex_destroy(&running.lock);
	free(running.outcomes);
	return rc;
}
