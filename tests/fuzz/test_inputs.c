/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files that are no images, or no whole ones: a run of the whole library must end with an error that has a sentence,
 * or with a report.
 *
 * - an image cut off at the begin and end of every structure, and at random: an error;
 * - an image that is cut off after it was opened, read and mapped: an error or a report;
 * - nothing but a superblock, in a file as short as that and in one of full size: an error, and a report;
 * - files of random bytes, of zeros, of nothing, of all sizes: an error.
 *
 * usage: test_inputs [-s SEED] IMAGE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory_image.h"
#include "lib/sanitized.h"
#include "lib/structures.h"
#include "lib/whole_run.h"

#define RANDOM_LENGTHS 100u
#define SHRUNK	       (SANITIZED ? 8u : 30u) /* lengths to which an open image is cut */
#define SECONDS	       (SANITIZED ? 120u : 20u)

static unsigned long checks, failures;
static struct pool *pool;
static struct random rng = {1};

/* What an input must lead to. */
enum outcome {
	ERROR,
	REPORT,
	EITHER,
};

static void fail(const char *name, const char *input, uint64_t number, const char *what)
{
	failures++;
	if (failures < 40)
		printf("FAIL %s: %s %llu: %s\n", name, input, (unsigned long long)number, what);
}

static void judge(const char *name, const char *input, uint64_t number, enum outcome expected,
		  const struct whole_run *run)
{
	const char *flaw = whole_run_judge(run);

	checks++;
	if (flaw)
		fail(name, input, number, flaw);
	else if (expected == ERROR && !run->step)
		fail(name, input, number, "no error");
	else if (expected == REPORT && run->step)
		fail(name, input, number, run->err.text);
}

/* Runs it over the file as it is; @cut_to less than its size: it is cut after it was opened. */
static void run(const char *name, const char *input, uint64_t number, enum outcome expected,
		const struct memory_image *image, unsigned flags, uint64_t cut_to)
{
	struct device *device = NULL;
	struct interval_set bad = {0};
	struct whole_run whole;
	struct error err;

	alarm(SECONDS);
	if (device_open(image->path, flags, &device, &err) != 0) {
		fail(name, input, number, err.text);
		return;
	}
	if (cut_to < device_size_bytes(device) && ftruncate(image->fd, (off_t)cut_to) != 0)
		exit(99);
	for (unsigned i = 0; i < 4 && device_size_bytes(device) > 0; i++) {
		uint64_t at = random_below(&rng, device_size_bytes(device));

		if (interval_add(&bad, at, at + 1) != 0)
			exit(99);
	}
	interval_settle(&bad);
	whole_run(device, pool, &bad, number & 1, &whole);
	judge(name, input, number, expected, &whole);
	whole_run_fini(&whole);
	interval_fini(&bad);
	device_close(device);
	alarm(0);
}

/* ------------------------------------------------------------------ cut off */

static int descending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

/* Every length, longest first and once each; the image is as long as the file system or longer. */
static uint64_t *lengths_of(const struct structures *structures, size_t *count)
{
	uint64_t bytes = structures->geo.blocks << structures->geo.block_log;
	size_t total = RANDOM_LENGTHS, kept = 0;
	uint64_t *lengths;

	for (int kind = 0; kind < STRUCT_KINDS; kind++)
		total += 2 * structures->of[kind].count;
	lengths = calloc(total, sizeof(*lengths));
	if (!lengths)
		exit(99);
	*count = 0;
	for (int kind = 0; kind < STRUCT_KINDS; kind++) {
		for (size_t i = 0; i < structures->of[kind].count; i++) {
			const struct structure *item = &structures->of[kind].items[i];

			lengths[(*count)++] = item->offset_bytes;
			lengths[(*count)++] = item->offset_bytes + item->len;
		}
	}
	for (unsigned i = 0; i < RANDOM_LENGTHS; i++)
		lengths[(*count)++] = random_below(&rng, bytes);
	qsort(lengths, *count, sizeof(*lengths), descending);
	for (size_t i = 0; i < *count; i++)
		if (lengths[i] < bytes && (kept == 0 || lengths[kept - 1] != lengths[i]))
			lengths[kept++] = lengths[i];
	*count = kept;
	return lengths;
}

static void run_cut(const char *path, const uint64_t *lengths, size_t count)
{
	struct memory_image image;

	memory_image_copy(path, &image);
	for (size_t i = 0; i < count; i++) {
		if (ftruncate(image.fd, (off_t)lengths[i]) != 0)
			exit(99);
		run(path, "cut to", lengths[i], ERROR, &image, 0, UINT64_MAX);
	}
	memory_image_free(&image);
	for (unsigned i = 0; i < SHRUNK; i++) {
		memory_image_copy(path, &image);
		/* Half of them near the start, where most is. */
		run(path, "cut while open to", lengths[random_below(&rng, i & 2 ? count : count / 8 + 1)], EITHER, &image,
		    i & 1 ? DEVICE_MAPPED : 0, lengths[random_below(&rng, count)]);
		memory_image_free(&image);
	}
}

/* ------------------------------------------------------------------ parts */

static void fill(uint8_t *bytes, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)random_next(&rng);
}

static void run_superblock(const char *path, const struct geometry *geo)
{
	uint64_t bytes = geo->blocks << geo->block_log;
	struct memory_image whole, part;

	memory_image_copy(path, &whole);
	memory_image_empty(geo->sector_bytes, &part);
	memcpy(part.bytes, whole.bytes, geo->sector_bytes);
	run(path, "only the superblock", 0, ERROR, &part, 0, UINT64_MAX);
	memory_image_free(&part);
	/* Sectors of the header of the first group: 1 the superblock, 4 all of it; behind it zeros, or anything. */
	for (unsigned sectors = 1; sectors <= 4; sectors++) {
		for (unsigned noise = 0; noise < 2; noise++) {
			memory_image_empty(bytes, &part);
			memcpy(part.bytes, whole.bytes, (uint64_t)sectors * geo->sector_bytes);
			if (noise)
				fill(part.bytes + (uint64_t)sectors * geo->sector_bytes, 1 << 20);
			run(path, "only header sectors", sectors, REPORT, &part, 0, UINT64_MAX);
			run(path, "only header sectors, scanned", 2ull * sectors + 1, REPORT, &part, DEVICE_MAPPED,
			    UINT64_MAX);
			memory_image_free(&part);
		}
	}
	memory_image_free(&whole);
}

static void run_image(const char *path)
{
	struct structures structures;
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct error err;
	uint64_t *lengths;
	size_t count;

	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(99);
	}
	structures_find(fs, &structures);
	lengths = lengths_of(&structures, &count);
	run_cut(path, lengths, count);
	run_superblock(path, &structures.geo);
	free(lengths);
	structures_free(&structures);
	fs_close(fs);
	device_close(device);
}

/* ------------------------------------------------------------------ no image at all */

static void run_others(void)
{
	static const uint64_t sizes[] = {0, 1, 4, 511, 512, 513, 4095, 4096, 65536, 100001, 1 << 20, 33 << 20};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (unsigned flags = 0; flags <= DEVICE_MAPPED; flags += DEVICE_MAPPED) {
			struct memory_image image;

			memory_image_empty(sizes[i], &image);
			run("zeros", "bytes", sizes[i], ERROR, &image, flags, UINT64_MAX);
			fill(image.bytes, sizes[i]);
			run("random", "bytes", sizes[i], ERROR, &image, flags, UINT64_MAX);
			/* With the magic number of a superblock in every sector. */
			for (uint64_t at = 0; at + 4 <= sizes[i]; at += 512)
				memcpy(image.bytes + at, "XFSB", 4);
			run("random, but for the magic number", "bytes", sizes[i], ERROR, &image, flags, UINT64_MAX);
			memory_image_free(&image);
		}
	}
}

int main(int argc, char **argv)
{
	struct error err;
	int option;

	while ((option = getopt(argc, argv, "s:")) != -1) {
		if (option != 's')
			return 99;
		rng.state = strtoull(optarg, NULL, 0);
	}
	if (optind == argc) {
		fprintf(stderr, "usage: test_inputs [-s SEED] IMAGE...\n");
		return 99;
	}
	if (pool_open(2, &pool, &err) != 0)
		return 99;
	run_others();
	for (int i = optind; i < argc; i++)
		run_image(argv[i]);
	pool_close(pool);
	printf("%lu passed, %lu failed\n", checks - (failures < checks ? failures : checks), failures);
	return failures ? 1 : 0;
}
