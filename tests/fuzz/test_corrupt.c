/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Single fields of images that the kernel wrote are changed at random and the checksum is made right again: a run of
 * the whole library must end, in bounded time and memory, with a report or with an error that has a sentence.
 *
 * A case depends only on the seed and its number. Cases run in batches, each in a process of its own, so that a crash
 * or a hang is named by seed and case, and the next batch goes on.
 *
 * usage: test_corrupt [-s SEED] [-n COUNT] [-c CASE] [-v] IMAGE...
 *
 *   -n COUNT by default 10,000, with sanitizers 4,000
 *   -c CASE  only this case, in this process, saying what is changed
 *   -v       says how the cases ended
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "fs/attr.h"
#include "fs/dir.h"
#include "fs/fork.h"
#include "fs/parent.h"
#include "fs/symlink.h"
#include "fs/tree_map.h"
#include "fs/unlinked.h"
#include "lib/memory_image.h"
#include "lib/sanitized.h"
#include "lib/structures.h"
#include "lib/whole_run.h"

#define IMAGES_MAX    32u
#define BATCH	      100u
#define JOBS	      2u
#define WHOLE_EVERY   16u /* cases: one asks about the whole device, and names every file of it */
#define MEMORY_BYTES  ((rlim_t)2 << 30) /* of addresses: the largest image is mapped twice */
#define RESIDENT_KIB  (192l << 10) /* of a batch, the image in memory included up to IMAGE_KIB */
#define ASKED	      4u

#define SECONDS (SANITIZED ? 60u : 10u) /* for a case */

struct target {
	const char *path;
	struct structures structures;
	enum structure_kind kinds[STRUCT_KINDS]; /* that it has */
	unsigned kind_count;
};

static struct target targets[IMAGES_MAX];
static unsigned target_count;
static uint64_t seed = 1;
static bool verbose;

/* Written by the children. */
static struct shared {
	uint64_t current[JOBS];
	unsigned long reports, notes, errors, failures;
	double slowest;
	uint64_t slowest_case;
	long resident_kib;
	unsigned long by_kind[STRUCT_KINDS];
} *shared;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void open_target(struct target *target, const char *path)
{
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct error err;

	target->path = path;
	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(99);
	}
	structures_find(fs, &target->structures);
	for (int kind = 0; kind < STRUCT_KINDS; kind++)
		if (target->structures.of[kind].count > 0)
			target->kinds[target->kind_count++] = (enum structure_kind)kind;
	fs_close(fs);
	device_close(device);
}

/* ------------------------------------------------------------------ one case */

struct change {
	enum structure_kind kind;
	const struct structure *instance;
	struct structure_field field;
	uint64_t before, after;
};

static uint64_t changed(uint64_t value, unsigned width, struct random *random)
{
	uint64_t mask = width >= 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;

	switch (random_below(random, 9)) {
	case 0:
		return 0;
	case 1:
		return mask;
	case 2:
		return (value + 1) & mask;
	case 3:
		return (value - 1) & mask;
	case 4:
		return value ^ 1;
	case 5:
		return value ^ (uint64_t)1 << (width - 1) % 64;
	case 6:
		return value ^ (uint64_t)1 << width / 2 % 64;
	case 7:
		return random_below(random, 1024) & mask;
	default:
		return random_next(random) & mask;
	}
}

/* Changes one field. The instance as it was goes to @saved. */
static struct change corrupt(const struct target *target, uint8_t *image, struct random *random, uint8_t *saved)
{
	struct change change = {.kind = target->kinds[random_below(random, target->kind_count)]};
	const struct structure_list *list = &target->structures.of[change.kind];
	unsigned width;
	uint8_t *bytes;

	change.instance = &list->items[random_below(random, list->count)];
	bytes = image + change.instance->offset_bytes;
	memcpy(saved, bytes, change.instance->len);
	change.field = structure_pick(&target->structures.geo, change.kind, change.instance, bytes, random);
	width = change.field.field->bit_width;
	if (width > 64)
		width = 64;
	change.before = field_get(change.field.field, bytes + change.field.at, change.field.index);
	for (unsigned tries = 0; tries < 8; tries++) {
		change.after = changed(change.before, width, random);
		if (change.after != change.before)
			break;
	}
	field_set(change.field.field, bytes + change.field.at, change.field.index, change.after);
	structure_seal(change.kind, change.instance, bytes);
	return change;
}

static void describe(const struct target *target, const struct change *change)
{
	printf("%s: %s at byte %llu: %s+%u.%s[%u] %#llx -> %#llx\n", target->path, structure_names[change->kind],
	       (unsigned long long)change->instance->offset_bytes, change->field.table, change->field.at,
	       change->field.field->name, change->field.index, (unsigned long long)change->before,
	       (unsigned long long)change->after);
}

static void ask(struct interval_set *bad, uint64_t start, uint64_t end)
{
	if (interval_add(bad, start, end) != 0)
		exit(99);
}

/* What to ask about: now and then everything, else some places at random, and the inode whose field was changed. */
static void choose(const struct target *target, const struct change *change, struct random *random,
		   struct interval_set *bad)
{
	const struct geometry *geo = &target->structures.geo;
	uint64_t bytes = geo->blocks << geo->block_log;

	if (random_below(random, WHOLE_EVERY) == 0) {
		ask(bad, 0, bytes);
		return;
	}
	for (unsigned i = 0; i < ASKED; i++) {
		const struct structure_list *inodes = &target->structures.of[STRUCT_INODE];
		uint64_t start = i & 1 ? random_below(random, bytes)
				       : inodes->items[random_below(random, inodes->count)].offset_bytes;
		uint64_t len = 1 + random_below(random, 64 << 10);

		ask(bad, start, len < bytes - start ? start + len : bytes);
	}
	if (change->instance->ino)
		ask(bad, change->instance->offset_bytes, change->instance->offset_bytes + 1);
	interval_settle(bad);
}

static int on_bad(void *arg, const struct error *why)
{
	const char **flaw = arg;

	if (why->text[0] == '\0' || why->code >= 0)
		*flaw = "a reader says that something is bad, but not what";
	return 0;
}

static int on_bad_bucket(void *arg, uint32_t bucket, uint32_t agino, const struct error *why)
{
	(void)bucket;
	(void)agino;
	return on_bad(arg, why);
}

/* Readers that a damage report has no use for. */
static const char *read_inode(const struct fs *fs, uint64_t ino)
{
	const char *flaw = NULL;
	struct dir_walker dirs = {.bad = on_bad, .arg = &flaw};
	struct attr_walker attrs = {.bad = on_bad, .arg = &flaw, .read_values = true};
	struct parent_walker parents = {.bad = on_bad, .arg = &flaw};
	struct fork_walker forks = {.bad = on_bad, .arg = &flaw};
	uint8_t target[SYMLINK_TARGET_MAX];
	struct inode inode;
	struct error err;
	size_t len;
	int rc = inode_read(fs, ino, &inode, &err);

	if (rc != 0)
		return err.text[0] ? NULL : "inode_read says nothing";
	rc = fork_walk(fs, &inode, FORK_DATA, 0, FILEOFF_MAX, &forks, &err);
	if (rc == 0)
		rc = attr_walk(fs, &inode, &attrs, &err);
	if (rc == 0)
		rc = parent_walk(fs, &inode, &parents, &err);
	if (rc == 0 && inode_is(&inode, INODE_MODE_DIR))
		rc = dir_walk(fs, &inode, &dirs, &err);
	if (rc == 0 && inode_is(&inode, INODE_MODE_DIR))
		rc = dir_verify_index(fs, &inode, &dirs, &err);
	if (rc == 0 && inode_is(&inode, INODE_MODE_LINK)) {
		rc = symlink_read(fs, &inode, target, &len, &err);
		if (rc == ERR_CORRUPT)
			rc = on_bad(&flaw, &err);
	}
	return rc != 0 ? "a walk ends early" : flaw;
}

static const char *read_more(const struct whole_run *run, const struct change *change)
{
	const char *flaw = NULL;
	struct unlinked_walker walker = {.bad = on_bad_bucket, .arg = &flaw};
	struct disk_agi agi;
	struct agaddr at;
	struct error err;

	if (!run->fs)
		return NULL;
	if (change->instance->ino)
		flaw = read_inode(run->fs, change->instance->ino);
	if (!flaw && geometry_block_of_offset(&run->fs->geo, change->instance->offset_bytes, &at) &&
	    fs_read_agi(run->fs, at.agno, &agi, NULL) == 0 &&
	    unlinked_walk(run->fs, at.agno, &agi, &walker, &err) != 0)
		flaw = "the walk of unlinked inodes ends early";
	return flaw;
}

/* One case on the private image; false if it failed. */
static bool run_case(const struct target *target, uint64_t number, const struct memory_image *image,
		     struct pool *pool, uint8_t *saved, bool aloud)
{
	struct random random = {seed * 0x9e3779b97f4a7c15ull + number};
	struct interval_set bad = {0};
	struct device *device = NULL;
	struct whole_run run = {0};
	struct change change;
	struct error err;
	const char *flaw;
	double began;

	(void)random_next(&random);
	change = corrupt(target, image->bytes, &random, saved);
	choose(target, &change, &random, &bad);
	if (aloud)
		describe(target, &change);
	began = now();
	if (device_open(image->path, random_below(&random, 2) ? DEVICE_MAPPED : 0, &device, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(99);
	}
	whole_run(device, pool, &bad, random_below(&random, 4) == 0, &run);
	flaw = whole_run_judge(&run);
	if (!flaw)
		flaw = read_more(&run, &change);
	if (flaw) {
		printf("FAIL seed %llu case %llu: %s\n  ", (unsigned long long)seed, (unsigned long long)number, flaw);
		describe(target, &change);
	}
	if (aloud)
		printf("%s: %s, %zu notes, %.0f ms\n", run.step ? run.step : "ended", run.step ? run.err.text : "a report",
		       run.report.note_count, (now() - began) * 1e3);
	__atomic_add_fetch(run.step ? &shared->errors : &shared->reports, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&shared->by_kind[change.kind], 1, __ATOMIC_RELAXED);
	if (run.report.note_count > 0)
		__atomic_add_fetch(&shared->notes, 1, __ATOMIC_RELAXED);
	whole_run_fini(&run);
	device_close(device);
	interval_fini(&bad);
	if (now() - began > shared->slowest) {
		shared->slowest = now() - began;
		shared->slowest_case = number;
	}
	memcpy(image->bytes + change.instance->offset_bytes, saved, change.instance->len);
	return flaw == NULL;
}

static const struct target *target_of(uint64_t number)
{
	return &targets[number / BATCH % target_count];
}

/* Cases of one batch, all of one image, from @first to before @end. */
static void run_cases(uint64_t first, uint64_t end, unsigned job, bool aloud)
{
	const struct target *target = target_of(first);
	uint8_t *saved = malloc(1 << 20);
	struct memory_image image;
	struct pool *pool;
	struct error err;

	if (!saved || pool_open(2, &pool, &err) != 0)
		exit(99);
	memory_image_copy(target->path, &image);
	for (uint64_t number = first; number < end; number++) {
		shared->current[job] = number;
		alarm(SECONDS);
		if (!run_case(target, number, &image, pool, saved, aloud))
			__atomic_add_fetch(&shared->failures, 1, __ATOMIC_RELAXED);
		alarm(0);
	}
	memory_image_free(&image);
	pool_close(pool);
	free(saved);
}

/* ------------------------------------------------------------------ batches */

struct job {
	pid_t pid;
	uint64_t end;
};

static void start(struct job *job, unsigned index, uint64_t first, uint64_t end)
{
	struct rlimit limit = {MEMORY_BYTES, MEMORY_BYTES};

	fflush(stdout);
	job->end = end;
	job->pid = fork();
	if (job->pid < 0) {
		perror("fork");
		exit(99);
	}
	if (job->pid > 0)
		return;
	if (!SANITIZED)
		(void)setrlimit(RLIMIT_AS, &limit);
	run_cases(first, end, index, false);
	fflush(stdout);
	exit(0);
}

/* Waits for one job; if it died, names the case and goes on behind it. False: nothing runs any more. */
static bool wait_one(struct job *jobs)
{
	struct rusage usage;
	int status;
	pid_t pid = wait4(-1, &status, 0, &usage);

	for (unsigned i = 0; i < JOBS && pid > 0; i++) {
		if (jobs[i].pid != pid)
			continue;
		jobs[i].pid = 0;
		if (usage.ru_maxrss > shared->resident_kib)
			shared->resident_kib = usage.ru_maxrss;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return true;
		shared->failures++;
		printf("FAIL seed %llu case %llu (%s): ended by %s %d\n", (unsigned long long)seed,
		       (unsigned long long)shared->current[i], target_of(shared->current[i])->path,
		       WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		if (shared->current[i] + 1 < jobs[i].end)
			start(&jobs[i], i, shared->current[i] + 1, jobs[i].end);
		return true;
	}
	return false;
}

static void run_batches(uint64_t count)
{
	struct job jobs[JOBS] = {0};

	for (uint64_t first = 0; first < count; first += BATCH) {
		unsigned free_job = JOBS;

		while (free_job == JOBS) {
			for (unsigned i = 0; i < JOBS && free_job == JOBS; i++)
				if (jobs[i].pid == 0)
					free_job = i;
			if (free_job == JOBS)
				(void)wait_one(jobs);
		}
		start(&jobs[free_job], free_job, first, first + BATCH < count ? first + BATCH : count);
	}
	while (wait_one(jobs))
		;
}

int main(int argc, char **argv)
{
	uint64_t count = SANITIZED ? 4000 : 10000, only = UINT64_MAX;
	double began;
	int option;

	while ((option = getopt(argc, argv, "s:n:c:v")) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			count = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			only = strtoull(optarg, NULL, 0);
			break;
		case 'v':
			verbose = true;
			break;
		default:
			return 99;
		}
	}
	if (optind == argc || argc - optind > (int)IMAGES_MAX) {
		fprintf(stderr, "usage: test_corrupt [-s SEED] [-n COUNT] [-c CASE] [-v] IMAGE...\n");
		return 99;
	}
	for (int i = optind; i < argc; i++)
		open_target(&targets[target_count++], argv[i]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 99;
	began = now();
	if (only != UINT64_MAX)
		run_cases(only, only + 1, 0, true);
	else
		run_batches(count);
	for (int kind = 0; verbose && kind < STRUCT_KINDS; kind++)
		printf("%-12s %lu cases\n", structure_names[kind], shared->by_kind[kind]);
	printf("seed %llu: %lu reports (%lu with notes), %lu errors, %.0f cases a second, slowest case %llu with %.0f ms, "
	       "%ld MiB resident\n",
	       (unsigned long long)seed, shared->reports, shared->notes, shared->errors,
	       (double)(shared->reports + shared->errors) / (now() - began), (unsigned long long)shared->slowest_case,
	       shared->slowest * 1e3, shared->resident_kib >> 10);
	if (only == UINT64_MAX && !SANITIZED && shared->resident_kib > RESIDENT_KIB) {
		shared->failures++;
		printf("FAIL more than %ld MiB were resident\n", RESIDENT_KIB >> 10);
	}
	if (only == UINT64_MAX)
		printf("%llu passed, %lu failed\n",
		       (unsigned long long)(count - (shared->failures < count ? shared->failures : count)),
		       shared->failures);
	for (unsigned i = 0; i < target_count; i++)
		structures_free(&targets[i].structures);
	return shared->failures ? 1 : 0;
}
