/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading against mapping, through device_read: 4 KiB blocks at random places, and 1 MiB in order, of a file that is
 * in the page cache. Ratios in one run: only they mean something on another machine.
 *
 *   bench_device FILE
 *
 * Each way goes over the file several times in turn, and its best time counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "device/device.h"

#define BLOCK_BYTES  ((size_t)4096)
#define CHUNK_BYTES  ((size_t)1 << 20)
#define RANDOM_READS 262144u
#define ROUNDS	     5

enum way { READ, MAPPED, WAYS };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* xorshift: the same places for everybody. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int read_random(struct device *device, uint64_t span_bytes, void *to, struct error *err)
{
	uint64_t state = 0x9e3779b97f4a7c15u, blocks = span_bytes / BLOCK_BYTES;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < RANDOM_READS; i++)
		rc = device_read(device, next_random(&state) % blocks * BLOCK_BYTES, to, BLOCK_BYTES, err);
	return rc;
}

static int read_in_order(struct device *device, uint64_t span_bytes, void *to, struct error *err)
{
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && span_bytes - at >= CHUNK_BYTES; at += CHUNK_BYTES)
		rc = device_read(device, at, to, CHUNK_BYTES, err);
	return rc;
}

struct course {
	const char *name;
	int (*run)(struct device *device, uint64_t span_bytes, void *to, struct error *err);
	uint64_t part; /* of the file: 1/part is used */
};

static const struct course courses[] = {
	{"4 KiB at random, all of it", read_random, 1},
	{"4 KiB at random, the first 1/128", read_random, 128},
	{"1 MiB in order", read_in_order, 1},
};

static int measure(const struct course *course, struct device *const device[WAYS], void *to, struct error *err)
{
	double best[WAYS] = {1e9, 1e9};

	for (int round = 0; round < ROUNDS; round++) {
		for (int way = 0; way < WAYS; way++) {
			double start = now();
			int rc = course->run(device[way], device_size_bytes(device[way]) / course->part, to, err);

			if (rc != 0)
				return rc;
			if (now() - start < best[way])
				best[way] = now() - start;
		}
	}
	printf("%-34s pread %7.1f ms, mapped %7.1f ms, mapped/pread %.2f\n", course->name, best[READ] * 1e3,
	       best[MAPPED] * 1e3, best[MAPPED] / best[READ]);
	return 0;
}

int main(int argc, char **argv)
{
	static const unsigned flags[WAYS] = {0, DEVICE_MAPPED};
	struct device *device[WAYS] = {NULL};
	struct rusage usage;
	struct error err;
	void *to = malloc(CHUNK_BYTES);
	int rc = 0;

	if (argc != 2 || !to) {
		fprintf(stderr, "usage: bench_device FILE (1 GiB, in the page cache)\n");
		free(to);
		return 16;
	}
	for (int way = 0; rc == 0 && way < WAYS; way++)
		rc = device_open(argv[1], flags[way], &device[way], &err);
	for (size_t i = 0; rc == 0 && i < sizeof(courses) / sizeof(courses[0]); i++)
		rc = measure(&courses[i], device, to, &err);
	if (rc != 0)
		fprintf(stderr, "bench_device: %s\n", err.text);
	else if (getrusage(RUSAGE_SELF, &usage) == 0)
		printf("most resident memory: %ld KiB\n", usage.ru_maxrss);
	for (int way = 0; way < WAYS; way++)
		device_close(device[way]);
	free(to);
	return rc == 0 ? 0 : 8;
}
