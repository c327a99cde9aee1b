/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A media error in each block of metadata in turn: the complete check must come to its end, say so, and not take what
 * the block led to for thousands of things that are lost.
 *
 * usage: test_media [-v] IMAGE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/fsck.h"
#include "lib/structures.h"

/* Findings that one bad block may lead to; those that only follow are summed up, so they count as well. */
#define FINDINGS_MAX 24u

static unsigned long cases, failures, most;
static bool verbose;

static void judge(const char *path, const char *what, uint64_t offset, int rc, const struct error *err,
		  const struct findings *findings)
{
	uint64_t all = 0;
	const char *flaw = NULL;

	for (unsigned code = 0; code < FINDING_CODES; code++)
		all += findings->raised[code];
	if (rc != 0)
		flaw = err->text;
	else if (findings->raised[FINDING_MEDIA_ERROR] == 0)
		flaw = "nobody says that the medium cannot be read";
	else if (all > FINDINGS_MAX)
		flaw = "too many findings";
	cases++;
	most = all > most ? all : most;
	failures += flaw != NULL;
	if (!flaw && !verbose)
		return;
	printf("%s%s: %s at byte %llu: %s;", flaw ? "FAIL " : "", path, what, (unsigned long long)offset,
	       flaw ? flaw : "fine");
	for (unsigned code = 0; code < FINDING_CODES; code++)
		if (findings->raised[code] > 0)
			printf(" %s*%llu", finding_kinds[code].name, (unsigned long long)findings->raised[code]);
	printf("\n");
}

/* One run with [offset, offset + len) bad. The first superblock may be: the file system is opened anew. */
static void run_case(const char *path, struct device *device, struct pool *pool, const char *what, uint64_t offset,
		     uint64_t len)
{
	struct fsck_options options = {0};
	struct fsck_result result = {0};
	struct interval_set bad = {0};
	struct fs *fs = NULL;
	struct error err = {0};
	int rc;

	for (size_t i = 0; i < sizeof(options.secret.bytes); i++)
		options.secret.bytes[i] = (uint8_t)(i * 89 + 7);
	if (interval_add(&bad, offset, offset + len) != 0)
		exit(99);
	interval_settle(&bad);
	if (device_set_bad(device, &bad, &err) != 0)
		exit(99);
	rc = fs_open(device, &fs, &err);
	if (rc == 0)
		rc = fsck_run(fs, pool, &options, &result, &err);
	judge(path, what, offset, rc, &err, &result.findings);
	fsck_result_fini(&result);
	fs_close(fs);
	interval_fini(&bad);
}

static void run_image(const char *path)
{
	struct structures structures;
	struct interval_set none = {0};
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct pool *pool;
	struct error err;

	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    pool_open(1, &pool, &err) != 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(99);
	}
	structures_find(fs, &structures);
	for (int kind = 0; kind < STRUCT_KINDS; kind++) {
		const struct structure_list *list = &structures.of[kind];
		/* Log records lie side by side in hundreds of blocks that nobody reads in a clean journal. */
		size_t step = kind == STRUCT_LOG ? list->count : 1;

		for (size_t i = 0; i < list->count; i += step)
			run_case(path, device, pool, structure_names[kind], list->items[i].offset_bytes,
				 list->items[i].len);
	}
	if (device_set_bad(device, &none, &err) != 0)
		exit(99);
	structures_free(&structures);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
}

int main(int argc, char **argv)
{
	int first = 1;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		verbose = true;
		first++;
	}
	if (first >= argc)
		return 99;
	for (int i = first; i < argc; i++)
		run_image(argv[i]);
	printf("%lu blocks were bad in turn, at most %lu findings each, %lu failures\n", cases, most, failures);
	return cases == 0 || failures > 0;
}
