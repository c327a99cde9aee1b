/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What it costs to know the owners of one block: time, reads, bytes, against what the height of the trees demands.
 *
 * usage: bench_owner IMAGE [OFFSET-BYTES]
 *
 * Without an offset the most shared block of group 0's rmapbt is looked for first (not measured).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "check/damage/damage.h"
#include "fs/btree.h"
#include "fs/rmap.h"

#define RUNS 21

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The start that most records of the tree have. */
struct search {
	uint32_t start, run, best_start, best_run;
};

static int on_record(void *arg, const void *record, struct agaddr place)
{
	struct search *search = arg;
	uint32_t start = be32_get(((const struct disk_rmap_rec *)record)->startblock);

	(void)place;
	search->run = start == search->start ? search->run + 1 : 1;
	search->start = start;
	if (search->run > search->best_run) {
		search->best_run = search->run;
		search->best_start = start;
	}
	return 0;
}

static int find_shared(const struct fs *fs, uint64_t *offset, struct error *err)
{
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX};
	struct search search = {0};
	struct btree_walker walker = {.record = on_record, .arg = &search};
	struct btree tree;
	int rc = btree_open_group(fs, BTREE_RMAP, 0, &tree, err);

	if (rc == 0)
		rc = btree_walk(&tree, &options, &walker, err);
	*offset = geometry_block_offset(&fs->geo, (struct agaddr){0, search.best_start});
	return rc;
}

static int ask(const char *path, uint64_t offset, double *ms, struct device_cost *cost, size_t *owners,
	       struct error *err)
{
	struct damage_options options = {.no_paths = true};
	struct damage_report report = {0};
	struct interval_set bad = {0};
	struct device *device = NULL;
	struct pool *pool = NULL;
	struct view view = {0};
	struct fs *fs = NULL;
	double start = now_ms();
	int rc = device_open(path, 0, &device, err);

	if (rc == 0)
		rc = fs_open(device, &fs, err);
	if (rc == 0)
		rc = pool_open(1, &pool, err);
	if (rc == 0)
		rc = view_offline_open(fs, pool, &view, err);
	if (rc == 0)
		rc = interval_add(&bad, offset, offset + fs->geo.block_bytes);
	if (rc == 0)
		rc = damage_find(&view, &bad, &options, &report, err);
	*ms = now_ms() - start;
	*owners = report.owner_count;
	if (device)
		*cost = device_cost(device);
	damage_report_fini(&report);
	interval_fini(&bad);
	view_close(&view);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
	return rc;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int levels_of(const char *path, uint64_t *offset, unsigned *levels, struct error *err)
{
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct disk_agf agf;
	struct agaddr at;
	int rc = device_open(path, 0, &device, err);

	if (rc == 0)
		rc = fs_open(device, &fs, err);
	if (rc == 0 && *offset == 0)
		rc = find_shared(fs, offset, err);
	if (rc == 0 && !geometry_block_of_offset(&fs->geo, *offset, &at))
		rc = error_set(err, ERR_INVALID, "the offset lies outside the file system");
	if (rc == 0)
		rc = fs_read_agf(fs, at.agno, &agf, err);
	if (rc == 0)
		*levels = be32_get(agf.rmaplevel) + be32_get(agf.bnolevel);
	fs_close(fs);
	device_close(device);
	return rc;
}

int main(int argc, char **argv)
{
	uint64_t offset = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;
	double ms[RUNS];
	struct device_cost cost = {0};
	struct error err;
	size_t owners = 0;
	unsigned levels = 0;
	int rc;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_owner IMAGE [OFFSET-BYTES]\n");
		return 16;
	}
	rc = levels_of(argv[1], &offset, &levels, &err);
	for (int i = 0; i < RUNS && rc == 0; i++)
		rc = ask(argv[1], offset, &ms[i], &cost, &owners, &err);
	if (rc != 0) {
		fprintf(stderr, "%s: %s\n", argv[1], err.text);
		return 8;
	}
	qsort(ms, RUNS, sizeof(ms[0]), by_value);
	printf("block at %llu: %zu owners\n", (unsigned long long)offset, owners);
	printf("milliseconds, open to answer: min %.3f median %.3f max %.3f\n", ms[0], ms[RUNS / 2], ms[RUNS - 1]);
	printf("reads %llu, bytes %llu (levels of rmapbt and bnobt together: %u, one inode an owner)\n",
	       (unsigned long long)cost.reads, (unsigned long long)cost.bytes, levels);
	return 0;
}
