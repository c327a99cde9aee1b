/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * No miss: every field of every structure that an image has is given wrong values, with the checksum made right again,
 * and the complete check must find something, unless the change is on the list of legal ones.
 *
 * Fields are told apart by the structure, by what kind of instance it is (a leaf or a node, a directory or a link, the
 * first superblock or a copy), and by the part of it. The values are those of xfs_db's "fuzz": zeroes, ones, the first,
 * the middle and the last bit turned, more, less, random.
 *
 * usage: test_miss [-s SEED] [-n INSTANCES] [-k KIND] [-o FOLDER [-x PROGRAM]] [-w] [-v] LEGAL IMAGE...
 *
 *   -n INSTANCES  of each field of each kind of instance, by default 1
 *   -k KIND       only structures of that name
 *   -o FOLDER     leaves images with legal changes there, to be shown to others: at most one of each field and value
 *   -x PROGRAM    is run with the path of each of them, which is removed afterwards
 *   -w            the images are all that the list is for: a line that no change needs is an error
 *   -v            says what each change led to
 *
 * A line of the list of legal changes: STRUCTURE CONTEXT PART.FIELD VALUES REASON, the first four as patterns of the
 * shell, VALUES of the names of values.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check/fsck.h"
#include "format/btree_block.h"
#include "format/inode.h"
#include "lib/memory_image.h"
#include "lib/sanitized.h"
#include "lib/structures.h"

#define JOBS	      2u
#define CLASSES_MAX   4096u
#define PICKS	      60000u /* random picks per structure, to meet every field of it */
#define LEGAL_MAX     512u
#define INSTANCES_MAX 16u
#define SECONDS	      (SANITIZED ? 120u : 30u) /* for a case */

enum verb {
	VERB_ZEROES,
	VERB_ONES,
	VERB_FIRSTBIT,
	VERB_MIDDLEBIT,
	VERB_LASTBIT,
	VERB_ADD,
	VERB_SUB,
	VERB_RANDOM,
	VERBS,
};

static const char *const verb_names[VERBS] = {"zeroes",	 "ones", "firstbit", "middlebit",
					      "lastbit", "add",	 "sub",	     "random"};

/* A field in one kind of instance, and some places where it is. */
struct class
{
	enum structure_kind kind;
	char context[32];
	struct structure_field field; /* of the first place */
	struct place_of_field {
		const struct structure *instance;
		struct structure_field field;
	} places[INSTANCES_MAX];
	unsigned place_count;
	unsigned long seen;
};

struct legal {
	char kind[24], context[40], field[64], verbs[80];
	unsigned line;
};

static struct class *classes;
static unsigned class_count, instances = 1;
static struct legal legal[LEGAL_MAX];
static unsigned legal_count;
static const char *only_kind, *folder, *program;
static uint64_t seed = 1;
static bool verbose, whole;

/* Written by the children. */
static struct shared {
	unsigned long cases, found, allowed, missed, failures;
	unsigned long used[LEGAL_MAX];
	unsigned long raised[FINDING_CODES];
	double slowest;
} * shared;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "test_miss: %s: %s\n", what, why);
	exit(99);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ the list of legal changes */

static void read_legal(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[512], reason[4];

	if (!file)
		die(path, "cannot be read");
	for (unsigned number = 1; fgets(line, sizeof(line), file); number++) {
		struct legal *item = &legal[legal_count];

		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (legal_count == LEGAL_MAX)
			die(path, "too many lines");
		if (sscanf(line, "%23s %39s %63s %79s %3s", item->kind, item->context, item->field, item->verbs,
			   reason) != 5)
			die(path, line);
		item->line = number;
		legal_count++;
	}
	fclose(file);
}

static bool verb_listed(const char *verbs, const char *verb)
{
	char copy[80], *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", verbs);
	while ((word = strsep(&rest, ",")))
		if (fnmatch(word, verb, 0) == 0)
			return true;
	return false;
}

/* The line that allows the change, or NULL. */
static const struct legal *find_legal(const struct class *class, enum verb verb)
{
	char field[96];

	snprintf(field, sizeof(field), "%s.%s", class->field.table, class->field.field->name);
	for (unsigned i = 0; i < legal_count; i++)
		if (fnmatch(legal[i].kind, structure_names[class->kind], 0) == 0 &&
		    fnmatch(legal[i].context, class->context, 0) == 0 && fnmatch(legal[i].field, field, 0) == 0 &&
		    verb_listed(legal[i].verbs, verb_names[verb]))
			return &legal[i];
	return NULL;
}

/* ------------------------------------------------------------------ which fields there are */

static const char *inode_type(uint16_t mode)
{
	switch (mode & INODE_MODE_TYPE) {
	case INODE_MODE_DIR:
		return "dir";
	case INODE_MODE_FILE:
		return "file";
	case INODE_MODE_LINK:
		return "link";
	case 0:
		return "free";
	default:
		return "special";
	}
}

/* What kind of instance it is. */
static void describe_instance(const struct geometry *geo, enum structure_kind kind, const struct structure *instance,
			      const uint8_t *bytes, char *out, size_t room)
{
	static const char *const formats[] = {"dev", "local", "extents", "btree", "uuid"};
	const struct disk_inode *inode = (const struct disk_inode *)bytes;
	unsigned level;

	switch (kind) {
	case STRUCT_SB:
		snprintf(out, room, "%s", instance->offset_bytes == 0 ? "first" : "copy");
		return;
	case STRUCT_BNOBT:
	case STRUCT_CNTBT:
	case STRUCT_INOBT:
	case STRUCT_FINOBT:
	case STRUCT_RMAPBT:
	case STRUCT_REFCOUNTBT:
	case STRUCT_BMBT:
		level = be16_get(((const struct disk_btree_short *)bytes)->level);
		snprintf(out, room, "%s", level == 0 ? "leaf" : "node");
		return;
	case STRUCT_INODE:
		if (instance->ino == geo->rtbitmap_ino || instance->ino == geo->rtsummary_ino)
			snprintf(out, room, "realtime");
		else if (instance->ino == geo->root_ino)
			snprintf(out, room, "root");
		else
			snprintf(out, room, "%s-%s-%s", inode_type(be16_get(inode->mode)), formats[inode->format % 5],
				 inode->forkoff == 0 ? "none" : formats[inode->aformat % 5]);
		return;
	default:
		snprintf(out, room, "-");
	}
}

static bool field_exists(const struct geometry *geo, enum structure_kind kind, const uint8_t *bytes,
			 const struct field *field)
{
	const struct disk_inode *inode = (const struct disk_inode *)bytes;
	bool of_inode = kind == STRUCT_INODE || kind == STRUCT_FREE_INODE;

	switch (field->when) {
	case WHEN_ALWAYS:
		return true;
	case WHEN_NREXT64:
		return !of_inode || be64_get(inode->flags2) & INODE_FLAG2_NREXT64;
	case WHEN_NO_NREXT64:
		return !of_inode || !(be64_get(inode->flags2) & INODE_FLAG2_NREXT64);
	case WHEN_SPARSE:
		return geo->has_sparse_inodes;
	case WHEN_NO_SPARSE:
		return !geo->has_sparse_inodes;
	}
	return false;
}

static struct class *find_class(enum structure_kind kind, const char *context, const struct structure_field *field)
{
	for (unsigned i = 0; i < class_count; i++) {
		struct class *class = &classes[i];

		if (class->kind == kind && strcmp(class->context, context) == 0 &&
		    strcmp(class->field.table, field->table) == 0 && class->field.field == field->field)
			return class;
	}
	if (class_count == CLASSES_MAX)
		die("classes", "too many");
	classes[class_count] = (struct class){.kind = kind, .field = *field};
	snprintf(classes[class_count].context, sizeof(classes[0].context), "%s", context);
	return &classes[class_count++];
}

/* Notes places: the first ones, and later others in their stead, each with the same chance. */
static void note_place(struct class *class, const struct structure *instance, const struct structure_field *field,
		       struct random *random)
{
	uint64_t at = class->seen++;

	if (class->place_count < instances)
		at = class->place_count++;
	else
		at = random_below(random, at + 1);
	if (at < instances)
		class->places[at] = (struct place_of_field){instance, *field};
}

static void find_classes(const struct structures *structures, const uint8_t *image)
{
	struct random random = {seed};
	char context[32];

	class_count = 0;
	for (int k = 0; k < STRUCT_KINDS; k++) {
		enum structure_kind kind = (enum structure_kind)k;
		const struct structure_list *list = &structures->of[kind];

		if (list->count == 0 || (only_kind && strcmp(only_kind, structure_names[kind]) != 0))
			continue;
		for (unsigned i = 0; i < PICKS; i++) {
			const struct structure *instance = &list->items[random_below(&random, list->count)];
			const uint8_t *bytes = image + instance->offset_bytes;
			struct structure_field field =
				structure_pick_any(&structures->geo, kind, instance, bytes, &random);

			describe_instance(&structures->geo, kind, instance, bytes, context, sizeof(context));
			if (field_exists(&structures->geo, kind, bytes, field.field))
				note_place(find_class(kind, context, &field), instance, &field, &random);
		}
	}
}

/* ------------------------------------------------------------------ one case */

static uint64_t apply(enum verb verb, uint64_t value, unsigned width, struct random *random)
{
	uint64_t mask = width >= 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;

	switch (verb) {
	case VERB_ZEROES:
		return 0;
	case VERB_ONES:
		return mask;
	case VERB_FIRSTBIT:
		return value ^ (uint64_t)1 << (width - 1);
	case VERB_MIDDLEBIT:
		return value ^ (uint64_t)1 << width / 2;
	case VERB_LASTBIT:
		return value ^ 1;
	case VERB_ADD:
		return (value + 2017) & mask;
	case VERB_SUB:
		return (value - 2017) & mask;
	case VERB_RANDOM:
	case VERBS:
		break;
	}
	return random_next(random) & mask;
}

/* Runs the check; -1: it could not be done, else how many findings are wrong. */
static int64_t check(const char *path, struct pool *pool, struct findings *findings, struct error *err)
{
	struct fsck_options options = {0};
	struct fsck_result result = {0};
	struct device *device = NULL;
	struct fs *fs = NULL;
	int64_t wrong = -1;
	int rc = device_open(path, 0, &device, err);

	if (rc != 0)
		die(path, err->text);
	memset(options.secret.bytes, 0x5a, sizeof(options.secret.bytes));
	for (size_t i = 0; i < sizeof(options.secret.bytes); i++)
		options.secret.bytes[i] = (uint8_t)(i * 89 + 7);
	rc = fs_open(device, &fs, err);
	if (rc == 0) {
		rc = fsck_run(fs, pool, &options, &result, err);
		if (rc != 0) {
			printf("FAIL the check could not be done: %s\n", err->text);
			__atomic_add_fetch(&shared->failures, 1, __ATOMIC_RELAXED);
		}
		wrong = (int64_t)findings_wrong(&result.findings);
		*findings = result.findings;
		result.findings = (struct findings){0};
	}
	fsck_result_fini(&result);
	fs_close(fs);
	device_close(device);
	return wrong;
}

/* Shows an image to the program, and removes it. */
static void show(const char *path)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execlp(program, program, path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die(program, "did not end well");
	(void)unlink(path);
}

/* Leaves the changed image for others to look at. */
static void keep(const struct memory_image *image, const struct class *class, enum verb verb)
{
	char path[512];
	uint64_t at;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s,%s,%s.%s,%s.img", folder, structure_names[class->kind], class->context,
		 class->field.table, class->field.field->name, verb_names[verb]);
	file = access(path, F_OK) == 0 ? NULL : fopen(path, "w");
	if (!file)
		return;
	for (at = 0; at < image->size_bytes; at += 4096) {
		static const uint8_t zeroes[4096];

		if (memcmp(image->bytes + at, zeroes, sizeof(zeroes)) == 0)
			continue;
		if (fseeko(file, (off_t)at, SEEK_SET) != 0 || fwrite(image->bytes + at, 4096, 1, file) != 1)
			die(path, "cannot be written");
	}
	if (fflush(file) != 0 || ftruncate(fileno(file), (off_t)image->size_bytes) != 0 || fclose(file) != 0)
		die(path, "cannot be written");
	if (program)
		show(path);
}

static void judge(const char *image, const struct class *class, const struct place_of_field *place, enum verb verb,
		  uint64_t before, uint64_t after, int64_t wrong, const struct findings *findings)
{
	const struct legal *line = wrong == 0 ? find_legal(class, verb) : NULL;
	const char *outcome = wrong != 0 ? "found" : line ? "legal" : "MISS";

	__atomic_add_fetch(&shared->cases, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(wrong != 0 ? &shared->found
			   : line     ? &shared->allowed
				      : &shared->missed,
			   1, __ATOMIC_RELAXED);
	if (line)
		__atomic_add_fetch(&shared->used[line - legal], 1, __ATOMIC_RELAXED);
	for (unsigned code = 0; code < FINDING_CODES; code++)
		if (findings->raised[code] > 0)
			__atomic_add_fetch(&shared->raised[code], 1, __ATOMIC_RELAXED);
	if (verbose || (wrong == 0 && !line)) {
		printf("%s %s %s %s.%s %s: %#llx -> %#llx at %llu+%u[%u] inode %llu of %s;", outcome,
		       structure_names[class->kind], class->context, class->field.table, class->field.field->name,
		       verb_names[verb], (unsigned long long)before, (unsigned long long)after,
		       (unsigned long long)place->instance->offset_bytes, place->field.at, place->field.index,
		       (unsigned long long)place->instance->ino, strrchr(image, '/') ? strrchr(image, '/') + 1 : image);
		for (unsigned code = 0; code < FINDING_CODES; code++)
			if (findings->raised[code] > 0)
				printf(" %s", finding_kinds[code].name);
		printf("%s\n", wrong < 0 ? " no file system" : "");
	}
}

static void run_case(const char *path, const struct memory_image *image, struct pool *pool, const struct class *class,
		     const struct place_of_field *place, enum verb verb, uint8_t *saved)
{
	uint8_t *bytes = image->bytes + place->instance->offset_bytes;
	struct random random = {seed ^ place->instance->offset_bytes ^ place->field.at ^ (uint64_t)verb << 32};
	const struct field *field = place->field.field;
	unsigned width = field->bit_width < 64 ? field->bit_width : 64;
	uint64_t before = field_get(field, bytes + place->field.at, place->field.index);
	uint64_t after = apply(verb, before, width, &random);
	struct findings findings = {0};
	struct error err = {0};
	double began = now();
	int64_t wrong;

	if (after == before)
		return;
	memcpy(saved, bytes, place->instance->len);
	field_set(field, bytes + place->field.at, place->field.index, after);
	structure_seal(class->kind, place->instance, bytes);
	alarm(SECONDS);
	wrong = check(image->path, pool, &findings, &err);
	alarm(0);
	judge(path, class, place, verb, before, after, wrong, &findings);
	if (wrong == 0 && folder && find_legal(class, verb))
		keep(image, class, verb);
	findings_fini(&findings);
	memcpy(bytes, saved, place->instance->len);
	if (now() - began > shared->slowest)
		shared->slowest = now() - began;
}

/* ------------------------------------------------------------------ one image */

static void run_job(const char *path, const struct memory_image *original, unsigned job)
{
	uint8_t *saved = malloc(1 << 20);
	struct memory_image image;
	struct pool *pool;
	struct error err;

	(void)original;
	if (!saved || pool_open(1, &pool, &err) != 0)
		die(path, "no memory");
	memory_image_copy(path, &image);
	for (unsigned i = job; i < class_count; i += JOBS)
		for (unsigned p = 0; p < classes[i].place_count; p++)
			for (int verb = 0; verb < VERBS; verb++)
				run_case(path, &image, pool, &classes[i], &classes[i].places[p], (enum verb)verb,
					 saved);
	memory_image_free(&image);
	pool_close(pool);
	free(saved);
}

static void run_jobs(const char *path, const struct memory_image *image)
{
	int status;

	fflush(stdout);
	for (unsigned job = 0; job < JOBS; job++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork", "failed");
		if (pid == 0) {
			setvbuf(stdout, NULL, _IOLBF, 0);
			run_job(path, image, job);
			fflush(stdout);
			_exit(0);
		}
	}
	while (wait(&status) > 0) {
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue;
		shared->failures++;
		printf("FAIL %s: a job ended by %s %d\n", path, WIFSIGNALED(status) ? "signal" : "exit",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
}

static void run_image(const char *path)
{
	struct structures structures;
	struct findings findings = {0};
	struct device *device = NULL;
	struct memory_image image;
	struct fs *fs = NULL;
	struct pool *pool = NULL;
	struct error err;

	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    pool_open(1, &pool, &err) != 0)
		die(path, err.text);
	structures_find(fs, &structures);
	memory_image_copy(path, &image);
	if (check(image.path, pool, &findings, &err) != 0) {
		printf("FAIL %s: findings in a sound image\n", path);
		shared->failures++;
	} else {
		find_classes(&structures, image.bytes);
		run_jobs(path, &image);
	}
	findings_fini(&findings);
	memory_image_free(&image);
	structures_free(&structures);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
}

static int summary(void)
{
	unsigned long idle = 0;

	for (unsigned i = 0; i < legal_count && whole; i++)
		if (shared->used[i] == 0) {
			printf("FAIL line %u of the list of legal changes is not needed\n", legal[i].line);
			idle++;
		}
	if (verbose)
		for (unsigned code = 0; code < FINDING_CODES; code++)
			printf("%8lu cases raised %s\n", shared->raised[code], finding_kinds[code].name);
	printf("%lu changes: %lu found, %lu legal, %lu missed; slowest %.2f s\n", shared->cases, shared->found,
	       shared->allowed, shared->missed, shared->slowest);
	return shared->missed + shared->failures + idle > 0 || shared->found == 0;
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:n:k:o:x:wv")) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			instances = (unsigned)strtoul(optarg, NULL, 0);
			break;
		case 'k':
			only_kind = optarg;
			break;
		case 'o':
			folder = optarg;
			break;
		case 'x':
			program = optarg;
			break;
		case 'w':
			whole = true;
			break;
		case 'v':
			verbose = true;
			break;
		default:
			return 99;
		}
	}
	if (argc - optind < 2 || instances < 1 || instances > INSTANCES_MAX)
		die("usage",
		    "test_miss [-s SEED] [-n INSTANCES] [-k KIND] [-o FOLDER [-x PROGRAM]] [-w] [-v] LEGAL IMAGE...");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	classes = calloc(CLASSES_MAX, sizeof(*classes));
	if (shared == MAP_FAILED || !classes)
		die("memory", "there is none");
	read_legal(argv[optind]);
	for (int i = optind + 1; i < argc; i++)
		run_image(argv[i]);
	return summary();
}
