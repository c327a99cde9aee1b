/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The 1st, 2nd, 3rd ... allocation, thread and read of a complete check fails, until a run meets no fault: each run
 * must end with an error that says what failed, or with the same findings as without the fault, or, where it is the
 * medium that failed, with findings that say so and what follows from it, and nothing else; and give back all its
 * memory.
 *
 * usage: test_check_errors; IMAGES in the environment says where the images are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/examine.h"
#include "faults/fault.h"
#include "lib/fsck_trees.h"
#include "lib/sanitized.h"

#define EACH_UP_TO 150ul /* with sanitizers, of the faults after so many only every STEP-th */
#define STEP	   13ul
#define RUNS_MAX   100000ul /* of one kind of fault: more would mean that it never ends */

static unsigned long checks, failures;

struct bench {
	const char *image, *name; /* of what was made of it */
	struct examine_options options;
	struct examine_result sound; /* without a fault */
	char *lines;		     /* its findings, a line each */
};

static const struct {
	const char *name;
	unsigned threads;
	bool medium; /* the read says that the medium failed */
} kinds[FAULTS] = {
	[FAULT_MEMORY] = {"allocation", 1, false},  [FAULT_THREAD] = {"thread", 3, false},
	[FAULT_MEDIA] = {"read, EIO", 1, true},	    [FAULT_MEDIA_ON] = {"read and all after it, EIO", 1, true},
	[FAULT_SYSTEM] = {"read, ENXIO", 1, false}, [FAULT_SHORT] = {"read, end of file", 1, true},
};

static void fail(const struct bench *bench, enum fault fault, unsigned long nth, const char *what, const char *more)
{
	failures++;
	if (failures < 40)
		printf("FAIL %s, %s, %s %lu: %s%s\n", bench->image, bench->name, kinds[fault].name, nth, what, more);
}

/* ------------------------------------------------------------------ findings as lines */

static void print_finding(FILE *out, const struct finding *finding)
{
	const struct place *at = &finding->at;

	fprintf(out,
		"%s group %u+%u+%u inode %" PRIu64 " fork %d at %" PRIu64 " %s %" PRIu64 " %" PRIu64 " other %" PRIu64,
		finding_kinds[finding->code].name, at->in_group ? at->agno : UINT32_MAX, at->agbno, at->len_blocks,
		at->ino, at->in_fork ? (int)at->fork : -1, at->fileoff, finding->field ? finding->field : "-",
		finding->expected, finding->found, finding->other_ino);
	fprintf(out, " id %u count %" PRIu64 " name '%.*s'%s\n", finding->id, finding->count, finding->name_len,
		(const char *)finding->name, finding->follows ? " follows" : "");
}

/* A line; freed by the caller. */
static char *line_of(const struct finding *finding)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		exit(99);
	print_finding(out, finding);
	(void)fclose(out);
	return text;
}

static char *lines_of(const struct findings *findings)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		exit(99);
	for (size_t i = 0; i < findings->count; i++)
		print_finding(out, &findings->items[i]);
	(void)fclose(out);
	return text;
}

/* ------------------------------------------------------------------ judgement */

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
	return err->code == ERR_MEDIA; /* no superblock */
}

/* What a medium that fails can lead to. */
static bool may_follow(const struct finding *finding)
{
	return finding->code == FINDING_MEDIA_ERROR || finding->follows ||
	       finding_kinds[finding->code].severity == SEVERITY_NOTE;
}

/* Whether it is about blocks of which something is found without a fault too: without one tree another one tells. */
static bool is_known(const struct bench *bench, const struct finding *finding)
{
	const struct findings *sound = &bench->sound.fsck.findings;
	const struct place *at = &finding->at;

	for (size_t i = 0; i < sound->count; i++) {
		const struct place *other = &sound->items[i].at;

		if (at->in_block && other->in_block && at->agno == other->agno &&
		    at->agbno < other->agbno + other->len_blocks && other->agbno < at->agbno + at->len_blocks)
			return true;
	}
	return false;
}

static void judge_medium(const struct bench *bench, enum fault fault, unsigned long nth,
			 const struct findings *findings)
{
	bool said = findings->raised[FINDING_MEDIA_ERROR] > 0 || findings->raised[FINDING_NOT_CHECKED] > 0;

	for (size_t i = 0; i < findings->count; i++) {
		char *line = line_of(&findings->items[i]);

		if (!may_follow(&findings->items[i]) && !is_known(bench, &findings->items[i]) &&
		    !strstr(bench->lines, line))
			fail(bench, fault, nth, "raised wrongly: ", line);
		free(line);
	}
	if (!said) {
		char *lines = lines_of(findings);

		if (strcmp(lines, bench->lines) != 0)
			fail(bench, fault, nth, "other findings, and none of them says why:\n", lines);
		free(lines);
	}
}

static void judge(const struct bench *bench, enum fault fault, unsigned long nth, int rc,
		  const struct examine_result *result, const struct error *err)
{
	char *lines;

	checks++;
	if (rc != 0) {
		if (err->code != rc || err->text[0] == '\0')
			fail(bench, fault, nth, "an error without its code or without a sentence", "");
		else if (!error_fits(fault, err))
			fail(bench, fault, nth, err->text, "");
		return;
	}
	if (kinds[fault].medium) {
		judge_medium(bench, fault, nth, &result->fsck.findings);
		return;
	}
	lines = lines_of(&result->fsck.findings);
	if (strcmp(lines, bench->lines) != 0)
		fail(bench, fault, nth, "other findings than without the fault:\n", lines);
	free(lines);
}

/* ------------------------------------------------------------------ runs */

/* One run with a fault; false if it met none. */
static bool run(struct bench *bench, enum fault fault, unsigned long nth)
{
	struct examine_result result = {0};
	struct error err = {0};
	bool hit;
	int rc;

	bench->options.threads = kinds[fault].threads;
	fault_arm(fault, nth);
	rc = examine_run(&bench->options, &result, &err);
	hit = fault_disarm();
	judge(bench, fault, nth, rc, &result, &err);
	examine_result_fini(&result);
	if (fault_leaked() > 0)
		fail(bench, fault, nth, "memory was not given back", "");
	return hit;
}

static void run_all(struct bench *bench)
{
	struct error err;

	bench->options.threads = 1;
	if (examine_run(&bench->options, &bench->sound, &err) != 0) {
		fprintf(stderr, "%s: %s\n", bench->image, err.text);
		exit(99);
	}
	bench->lines = lines_of(&bench->sound.fsck.findings);
	for (int fault = 0; fault < FAULTS; fault++) {
		unsigned long nth = 1;

		while (nth < RUNS_MAX && run(bench, (enum fault)fault, nth))
			nth += SANITIZED && nth > EACH_UP_TO ? STEP : 1;
		if (nth >= RUNS_MAX || nth == 1)
			fail(bench, (enum fault)fault, nth, nth == 1 ? "no such call" : "there is no end to it", "");
		printf("%s, %s, %s: %lu\n", bench->image, bench->name, kinds[fault].name, nth - 1);
	}
	free(bench->lines);
	examine_result_fini(&bench->sound);
}

/* ------------------------------------------------------------------ what is wrong already */

/* A file elsewhere than the rmapbt has it: its users are collected and compared. */
static void break_owners(const struct fsck_case *c)
{
	uint64_t ino = fsck_case_ino(c, "home/ann/.bashrc");
	struct agaddr at = fsck_case_extent(c, ino, 0);

	at.agbno++;
	fsck_case_set_extent(c, ino, 0, at, false);
}

/* A count of links that is too large: all names are looked at again. */
static void break_links(const struct fsck_case *c)
{
	uint64_t root = c->fs->geo.root_ino;

	fsck_case_set_inode(c, root, "nlink", 99);
	fsck_case_set_inode(c, root, "gen", 99);
}

/* A name with another letter: it does not stand under its hash, and index and names are compared one by one. */
static void break_name(const struct fsck_case *c)
{
	struct fsck_entry entry = fsck_case_entry(c, fsck_case_ino(c, "dirs/leaf"), "leaf-00005");

	entry.ftype[-1] ^= 1;
	fsck_entry_set(c, &entry, fsck_entry_ino(&entry), -1);
}

/* A file that counts no links, and is on no list of such. */
static void break_list(const struct fsck_case *c)
{
	fsck_case_set_inode(c, fsck_case_ino(c, "home/ann/.bashrc"), "nlink", 0);
}

static const struct {
	const char *image, *name;
	void (*damage)(const struct fsck_case *c);
} benches[] = {
	{"demo", "sound", NULL},
	{"demo", "owners differ", break_owners},
	{"demo", "a list differs", break_list},
	{"norm", "a name differs", break_name},
	{"parent", "names differ", break_links},
	{"norm-plain", "no rmapbt", break_links},
	{"quota", "sound", NULL},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		struct bench bench = {.image = benches[i].image, .name = benches[i].name};
		struct fsck_case c;

		fsck_case_open(&c, benches[i].image);
		if (benches[i].damage)
			benches[i].damage(&c);
		bench.options.path = c.image.path;
		run_all(&bench);
		fsck_case_close(&c);
	}
	printf("%lu passed, %lu failed\n", checks - (failures < checks ? failures : checks), failures);
	return failures ? 1 : 0;
}
