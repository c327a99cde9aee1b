/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The 1st, 2nd, 3rd ... allocation, thread and read of a scrub fails, until a run meets no fault: each run must end
 * with an error that says what failed, with a report that has a note, or with the same report as without the fault; and
 * give back all its memory.
 *
 * usage: test_errors NAME.img...
 *
 * A list of bad ranges is read from NAME.badblocks, if there is one. Of the first image the medium is read too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/damage/scrub.h"
#include "faults/fault.h"
#include "lib/report_text.h"
#include "lib/sanitized.h"
#include "lib/whole_run.h"

#define PIECES_OF_A_KIND 2u
#define EACH_UP_TO	 150ul	  /* with sanitizers, of the faults after so many only every STEP-th */
#define STEP		 13ul
#define RUNS_MAX	 100000ul /* of one kind of fault: more would mean that it never ends */

static unsigned long checks, failures;

struct bench {
	const char *name; /* of the way in which it is run */
	struct scrub_options options;
	char *sound; /* the answer without a fault; NULL: notes are expected anyway */
};

static const struct {
	const char *name;
	bool reading; /* makes no difference to a mapping */
	unsigned threads;
} kinds[FAULTS] = {
	[FAULT_MEMORY] = {"allocation", false, 1}, [FAULT_THREAD] = {"thread", false, 3},
	[FAULT_MEDIA] = {"read, EIO", true, 1},	   [FAULT_MEDIA_ON] = {"read and all after it, EIO", true, 1},
	[FAULT_SYSTEM] = {"read, ENXIO", true, 1}, [FAULT_SHORT] = {"read, end of file", true, 1},
};

static void fail(const struct bench *bench, enum fault fault, unsigned long nth, const char *what)
{
	failures++;
	if (failures < 40)
		printf("FAIL %s, %s, %s %lu: %s\n", bench->options.path, bench->name, kinds[fault].name, nth, what);
}

static bool error_fits(enum fault fault, const struct error *err)
{
	switch (fault) {
	case FAULT_MEMORY:
	case FAULT_THREAD:
		return err->code == ERR_NOMEM;
	case FAULT_SYSTEM:
		return err->code == ERR_IO;
	case FAULT_MEDIA:
	case FAULT_SHORT:
		return false; /* one place that cannot be read is no reason to end */
	case FAULT_MEDIA_ON:
	case FAULTS:
		break;
	}
	return err->code == ERR_MEDIA;
}

/* What else than the report can say that something could not be read. */
static bool has_doubt(const struct scrub_result *result)
{
	return result->damage.note_count > 0 || result->sb_agno != 0 || result->journal.condition == JOURNAL_DAMAGED;
}

static void judge(const struct bench *bench, enum fault fault, unsigned long nth, int rc,
		  const struct scrub_result *result, const struct error *err)
{
	char *answer;

	checks++;
	if (rc != 0) {
		if (err->code != rc || err->text[0] == '\0')
			fail(bench, fault, nth, "an error without its code or without a sentence");
		else if (!error_fits(fault, err))
			fail(bench, fault, nth, err->text);
		return;
	}
	if (!bench->sound || has_doubt(result))
		return;
	answer = report_answer(&result->damage);
	if (strcmp(answer, bench->sound) != 0)
		fail(bench, fault, nth, "another report than without the fault, and no note");
	free(answer);
}

/* One run with a fault; false if it met none. */
static bool run(struct bench *bench, enum fault fault, unsigned long nth)
{
	struct scrub_result result = {0};
	struct error err = {0};
	bool hit;
	int rc;

	bench->options.threads = kinds[fault].threads;
	fault_arm(fault, nth);
	rc = scrub_run(&bench->options, &result, &err);
	hit = fault_disarm();
	judge(bench, fault, nth, rc, &result, &err);
	scrub_result_fini(&result);
	if (fault_leaked() > 0)
		fail(bench, fault, nth, "memory was not given back");
	return hit;
}

static void run_all(struct bench *bench)
{
	for (int fault = 0; fault < FAULTS; fault++) {
		unsigned long nth = 1;

		if (kinds[fault].reading && bench->options.mapped)
			continue;
		while (nth < RUNS_MAX && run(bench, (enum fault)fault, nth))
			nth += SANITIZED && nth > EACH_UP_TO ? STEP : 1;
		if (nth >= RUNS_MAX || nth == 1)
			fail(bench, (enum fault)fault, nth, nth == 1 ? "no such call" : "there is no end to it");
		printf("%s, %s, %s: %lu\n", bench->options.path, bench->name, kinds[fault].name, nth - 1);
	}
}

static bool is_data(enum damage_code code)
{
	return code == DAMAGE_DATA || code == DAMAGE_SHARED_DATA || code == DAMAGE_UNWRITTEN || code == DAMAGE_FREE;
}

/*
 * Asks about a byte of some pieces of each kind. @only_data: none that is read in a run. Without it superblocks and
 * AGFs are still left out: with them nothing else could be known.
 */
static void choose(const char *path, bool only_data, struct interval_set *ranges)
{
	struct interval_set all = {0};
	unsigned taken[DAMAGE_CODES] = {0};
	struct device *device = NULL;
	struct pool *pool = NULL;
	struct whole_run whole = {0};
	struct error err;

	if (device_open(path, 0, &device, &err) != 0 || pool_open(1, &pool, &err) != 0 ||
	    interval_add(&all, 0, device_size_bytes(device)) != 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(99);
	}
	whole_run(device, pool, &all, false, &whole);
	for (size_t i = 0; i < whole.report.piece_count; i++) {
		const struct damage_piece *piece = &whole.report.pieces[i];
		bool wanted = only_data ? is_data(piece->code)
					: piece->code != DAMAGE_SUPERBLOCK && piece->code != DAMAGE_SUPERBLOCK_COPY &&
						  piece->code != DAMAGE_AGF;

		if (wanted && taken[piece->code]++ < PIECES_OF_A_KIND &&
		    interval_add(ranges, piece->end_bytes - 1, piece->end_bytes) != 0)
			exit(99);
	}
	interval_settle(ranges);
	whole_run_fini(&whole);
	interval_fini(&all);
	pool_close(pool);
	device_close(device);
}

/* @media: the medium is read too. */
static void run_image(const char *path, bool media)
{
	struct bench bench = {.name = "read", .options.path = path};
	struct scrub_result result = {0};
	char badblocks[4096];
	struct error err;

	(void)snprintf(badblocks, sizeof(badblocks), "%.*s.badblocks", (int)(strlen(path) - strlen(".img")), path);
	choose(path, true, &bench.options.ranges);
	if (scrub_run(&bench.options, &result, &err) != 0 || has_doubt(&result)) {
		fprintf(stderr, "%s: no sound report without a fault\n", path);
		exit(99);
	}
	bench.sound = report_answer(&result.damage);
	scrub_result_fini(&result);
	run_all(&bench);
	bench.name = "mapped";
	bench.options.mapped = true;
	run_all(&bench);
	free(bench.sound);
	interval_fini(&bench.options.ranges);

	if (access(badblocks, R_OK) == 0) {
		bench = (struct bench){.name = "with a list", .options = {.path = path, .badblocks = badblocks}};
		run_all(&bench);
	}
	bench = (struct bench){.name = "with bad metadata", .options = {.path = path, .media = media}};
	choose(path, false, &bench.options.ranges);
	run_all(&bench);
	interval_fini(&bench.options.ranges);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: test_errors NAME.img...\n");
		return 99;
	}
	for (int i = 1; i < argc; i++) {
		if (strlen(argv[i]) < strlen(".img"))
			return 99;
		run_image(argv[i], i == 1);
	}
	printf("%lu passed, %lu failed\n", checks - (failures < checks ? failures : checks), failures);
	return failures ? 1 : 0;
}
