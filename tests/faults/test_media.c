/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A media error in each block of metadata in turn: the complete check must come to its end, say so, and not take what
 * the block led to for thousands of things that are lost.
 *
 * usage: test_media [-v] [-p PAGE] IMAGE...
 *
 * -p: whole pages of so many bytes are bad, as a kernel gives up memory, each page once.
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

/* Bytes that are bad at once. */
struct place_of_error {
	uint64_t start, end;
	const char *what;
};

static int compare(const void *a, const void *b)
{
	const struct place_of_error *one = a, *other = b;

	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	return (one->end > other->end) - (one->end < other->end);
}

/* The places of all structures, rounded to @page bytes, each once; *count of them. */
static struct place_of_error *places_of(const struct structures *structures, uint64_t page, size_t *count)
{
	struct place_of_error *places;
	size_t all = 0, kept = 0;

	for (int kind = 0; kind < STRUCT_KINDS; kind++)
		all += structures->of[kind].count;
	places = calloc(all + 1, sizeof(*places));
	if (!places)
		exit(99);
	all = 0;
	for (int kind = 0; kind < STRUCT_KINDS; kind++) {
		const struct structure_list *list = &structures->of[kind];
		/* Log records lie side by side in hundreds of blocks that nobody reads in a clean journal. */
		size_t step = kind == STRUCT_LOG ? list->count : 1;

		for (size_t i = 0; i < list->count; i += step) {
			uint64_t start = list->items[i].offset_bytes, end = start + list->items[i].len;

			places[all++] = (struct place_of_error){start / page * page, (end + page - 1) / page * page,
								structure_names[kind]};
		}
	}
	qsort(places, all, sizeof(*places), compare);
	for (size_t i = 0; i < all; i++)
		if (kept == 0 || compare(&places[kept - 1], &places[i]) != 0)
			places[kept++] = places[i];
	*count = kept;
	return places;
}

/* @page: what is bad comes in pages of so many bytes; 1: just the structure. */
static void run_image(const char *path, uint64_t page)
{
	struct structures structures;
	struct interval_set none = {0};
	struct place_of_error *places;
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct pool *pool = NULL;
	struct error err;
	size_t count;

	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    pool_open(1, &pool, &err) != 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(99);
	}
	structures_find(fs, &structures);
	places = places_of(&structures, page, &count);
	for (size_t i = 0; i < count; i++)
		run_case(path, device, pool, places[i].what, places[i].start, places[i].end - places[i].start);
	if (device_set_bad(device, &none, &err) != 0)
		exit(99);
	free(places);
	structures_free(&structures);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
}

int main(int argc, char **argv)
{
	uint64_t page = 1;
	int option;

	while ((option = getopt(argc, argv, "vp:")) != -1) {
		if (option == 'v')
			verbose = true;
		else if (option == 'p')
			page = strtoull(optarg, NULL, 10);
		else
			return 99;
	}
	if (optind >= argc || page == 0)
		return 99;
	for (int i = optind; i < argc; i++)
		run_image(argv[i], page);
	printf("%lu blocks were bad in turn, at most %lu findings each, %lu failures\n", cases, most, failures);
	return cases == 0 || failures > 0;
}
