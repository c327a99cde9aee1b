/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Feeds a fuzz target without a fuzzing engine: first the files and folders that are given, then random bytes.
 *
 * usage: fuzz_fsck [-s SEED] [-n COUNT] [FILE|FOLDER]...
 *
 * An input that takes longer than it may ends the program; the last line says which it was.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/fuzz_fsck.h"
#include "lib/random.h"
#include "lib/sanitized.h"

#define INPUT_MAX    4096u
#define SECONDS	     (SANITIZED ? 60u : 10u)		 /* for an input */
#define RESIDENT_KIB (SANITIZED ? 2l << 20 : 256l << 10) /* of all of them, the image included */

static unsigned long inputs;

static void run(const uint8_t *data, size_t size)
{
	alarm(SECONDS);
	LLVMFuzzerTestOneInput(data, size);
	alarm(0);
	inputs++;
}

static void run_file(const char *path)
{
	uint8_t data[INPUT_MAX];
	FILE *file = fopen(path, "r");
	size_t size;

	if (!file) {
		perror(path);
		exit(1);
	}
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	printf("%s\n", path);
	run(data, size);
}

static void run_path(const char *path)
{
	struct dirent **names;
	struct stat st;
	int count;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}
	count = scandir(path, &names, NULL, alphasort);
	if (count < 0) {
		perror(path);
		exit(1);
	}
	for (int i = 0; i < count; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			run_file(name);
		free(names[i]);
	}
	free(names);
}

/* Random edits: bytes of which one in three is one that breaks things often. */
static void run_random(struct random *random, unsigned long number)
{
	static const uint8_t often[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x20, 0x40};
	uint8_t data[256];
	size_t size = 7 + random_below(random, sizeof(data) - 7);

	for (size_t i = 0; i < size; i++)
		data[i] = random_below(random, 3) == 0 ? often[random_below(random, sizeof(often))]
						       : (uint8_t)random_next(random);
	/* Most inputs should be few edits: short ones. */
	if (random_below(random, 2))
		size = 7 + size % 10;
	printf("\rrandom input %lu", number);
	run(data, size);
}

int main(int argc, char **argv)
{
	unsigned long count = 0, seed = 1;
	struct random random;
	struct rusage usage;
	int option;

	while ((option = getopt(argc, argv, "s:n:")) != -1) {
		if (option == 's')
			seed = strtoul(optarg, NULL, 0);
		else if (option == 'n')
			count = strtoul(optarg, NULL, 0);
		else
			return 99;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = optind; i < argc; i++)
		run_path(argv[i]);
	random.state = seed;
	for (unsigned long i = 0; i < count; i++)
		run_random(&random, i);
	getrusage(RUSAGE_SELF, &usage);
	printf("\n%lu inputs, %ld KiB resident\n", inputs, usage.ru_maxrss);
	return inputs == 0 || usage.ru_maxrss > RESIDENT_KIB;
}
