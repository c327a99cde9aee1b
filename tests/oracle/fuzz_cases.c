/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes single fields of an image with xfs_db's "fuzz -d" (which makes the checksum right again), asks xfs_repair -n
 * and fsck.xfsdax -n about each change, and takes it back.
 *
 * usage: fuzz_cases IMAGE FSCK <CASES
 *
 * A line of CASES, its parts between tabs: CLASS, GENERAL-FIELD, ADDRESS (commands of xfs_db, between semicolons),
 * FIELD, VERB. For each a line is printed: OUTCOME, these five, what changed (the byte offset of the first change, and
 * up to 16 bytes there before and after), what xfs_repair said first, what fsck.xfsdax said first. The order is that in
 * which cases end. OUTCOME is
 *
 *   same    xfs_db changed nothing: it cannot, or the value was that already
 *   both, ours, theirs, none   who found something
 *   failed  fsck.xfsdax ended otherwise than it says in its manual, or not in time
 *
 * xfs_repair counts as having found something when it exits with 1, which also means that it refused to work; when it
 * crashes or takes too long it says so and counts as having found nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS	 2
#define PARTS	 5
#define SECONDS	 60 /* for a program */
#define SAID_MAX 160
#define OUTPUT	 (1u << 16) /* of what a program prints, the beginning */

enum part { CLASS, GENERAL, ADDRESS, FIELD, VERB };

/* One worker's copy of the image. */
struct copy {
	char path[4096];
	int fd;
	const uint8_t *pristine;
	uint64_t size_bytes;
	uint8_t *buffer;
};

#define CHUNK	    65536u
#define CHANGES_MAX 16u

static void die(const char *what)
{
	perror(what);
	exit(99);
}

/* ------------------------------------------------------------------ the copy */

static void put(int fd, const uint8_t *bytes, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t done = pwrite(fd, bytes, len, (off_t)at);

		if (done <= 0)
			die("writing to the copy");
		bytes += done;
		len -= (size_t)done;
		at += (uint64_t)done;
	}
}

static void copy_open(const char *image, struct copy *copy)
{
	const char *folder = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	int from = open(image, O_RDONLY | O_CLOEXEC);
	off_t size = from < 0 ? -1 : lseek(from, 0, SEEK_END), data = 0;

	if (size <= 0)
		die(image);
	snprintf(copy->path, sizeof(copy->path), "%s/fuzz-cases-XXXXXX", folder);
	copy->fd = mkostemp(copy->path, O_CLOEXEC);
	copy->size_bytes = (uint64_t)size;
	copy->pristine = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, from, 0);
	copy->buffer = malloc(CHUNK);
	if (copy->fd < 0 || copy->pristine == MAP_FAILED || !copy->buffer || ftruncate(copy->fd, size) != 0)
		die(copy->path);
	while (data < size && (data = lseek(from, data, SEEK_DATA)) >= 0) {
		off_t end = lseek(from, data, SEEK_HOLE);

		put(copy->fd, copy->pristine + data, (size_t)(end - data), (uint64_t)data);
		data = end;
	}
	close(from);
}

static void copy_close(struct copy *copy)
{
	munmap((void *)(uintptr_t)copy->pristine, copy->size_bytes);
	close(copy->fd);
	unlink(copy->path);
	free(copy->buffer);
}

static void describe(char *out, size_t room, const uint8_t *before, const uint8_t *after, uint64_t at, size_t len)
{
	size_t used = (size_t)snprintf(out, room, "at %llu: ", (unsigned long long)at);

	for (size_t i = 0; i < len; i++)
		used += (size_t)snprintf(out + used, room - used, "%02x", before[i]);
	used += (size_t)snprintf(out + used, room - used, " -> ");
	for (size_t i = 0; i < len; i++)
		used += (size_t)snprintf(out + used, room - used, "%02x", after[i]);
}

/* What a change did to the copy: pieces of at most CHUNK bytes. */
struct changes {
	struct change {
		uint64_t at;
		size_t len;
	} pieces[CHANGES_MAX];
	size_t count;
	char first[128]; /* the first of them in words */
};

static void note_change(struct changes *changes, const struct copy *copy, uint64_t at, size_t len)
{
	const uint8_t *was = copy->pristine + at, *is = copy->buffer;
	size_t i = 0;

	if (changes->count == CHANGES_MAX) {
		fprintf(stderr, "fuzz_cases: xfs_db changed more than one block\n");
		exit(99);
	}
	if (changes->count == 0) {
		while (was[i] == is[i])
			i++;
		describe(changes->first, sizeof(changes->first), was + i, is + i, at + i, len - i < 16 ? len - i : 16);
	}
	changes->pieces[changes->count++] = (struct change){at, len};
}

static void find_changes(const struct copy *copy, struct changes *out)
{
	off_t data = 0, size = (off_t)copy->size_bytes;

	out->count = 0;
	out->first[0] = 0;
	while (data < size && (data = lseek(copy->fd, data, SEEK_DATA)) >= 0) {
		off_t end = lseek(copy->fd, data, SEEK_HOLE);

		for (size_t len; data < end; data += (off_t)len) {
			len = (size_t)(end - data) < CHUNK ? (size_t)(end - data) : CHUNK;
			if (pread(copy->fd, copy->buffer, len, data) != (ssize_t)len)
				die("reading the copy");
			if (memcmp(copy->pristine + data, copy->buffer, len) != 0)
				note_change(out, copy, (uint64_t)data, len);
		}
	}
}

static void take_back(const struct copy *copy, const struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		put(copy->fd, copy->pristine + changes->pieces[i].at, changes->pieces[i].len, changes->pieces[i].at);
}

/* ------------------------------------------------------------------ the programs */

/* Runs a program; its output, of which @out takes the beginning, ends with a zero. The status is that of waitpid. */
static int run(const char *const argv[], char *out)
{
	int ends[2], status;
	size_t used = 0;
	ssize_t got;
	pid_t pid = -1;
	char rest[4096];

	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		die("starting a program");
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		if (null < 0 || dup2(null, 0) < 0 || dup2(ends[1], 1) < 0 || dup2(ends[1], 2) < 0)
			_exit(126);
		alarm(SECONDS);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(ends[1]);
	while ((got = used < OUTPUT - 1 ? read(ends[0], out + used, OUTPUT - 1 - used)
					: read(ends[0], rest, sizeof(rest))) != 0) {
		if (got < 0 && errno != EINTR)
			die("reading what a program prints");
		if (got > 0 && used < OUTPUT - 1)
			used += (size_t)got;
	}
	close(ends[0]);
	out[used] = 0;
	if (waitpid(pid, &status, 0) != pid)
		die("waiting for a program");
	if (WIFEXITED(status) && WEXITSTATUS(status) >= 126)
		die(argv[0]);
	return status;
}

static bool begins(const char *line, const char *const words[])
{
	for (; *words; words++)
		if (strncmp(line, *words, strlen(*words)) == 0)
			return true;
	return false;
}

/* The first line that begins with one of @words, or with none of them; without tabs. */
static void first_line(const char *text, const char *const words[], bool with, char *out)
{
	size_t len;

	for (*out = 0; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len == 0 || begins(text, words) != with)
			continue;
		snprintf(out, SAID_MAX, "%.*s", (int)len, text);
		for (char *c = out; (c = strchr(c, '\t'));)
			*c = ' ';
		return;
	}
}

static void fuzz(const struct copy *copy, char *const part[PARTS], char *output)
{
	const char *argv[64] = {"xfs_db", "-x", "-f"};
	char commands[1024], *rest = commands, *word, last[1024];
	size_t n = 3;

	snprintf(commands, sizeof(commands), "%s", part[ADDRESS]);
	snprintf(last, sizeof(last), "fuzz -d %s %s", part[FIELD], part[VERB]);
	while ((word = strsep(&rest, ";")) && n < 56) {
		argv[n++] = "-c";
		argv[n++] = word;
	}
	argv[n++] = "-c";
	argv[n++] = last;
	argv[n++] = copy->path;
	(void)run(argv, output);
}

static bool repair_finds(const struct copy *copy, char *output, char *said)
{
	/* What it prints of a sound file system. */
	static const char *const usual[] = {
		"Phase ", " ", "Cannot get host", "Repair may fail", "the image and the host", "No modify flag", NULL};
	const char *const argv[] = {"xfs_repair", "-n", "-P", "-f", copy->path, NULL};
	int status = run(argv, output);

	first_line(output, usual, false, said);
	if (WIFSIGNALED(status)) {
		snprintf(said, SAID_MAX, "(ended by signal %d)", WTERMSIG(status));
		return false;
	}
	return WEXITSTATUS(status) != 0;
}

enum verdict { CLEAN, FOUND, BROKEN };

static enum verdict ours_finds(const char *fsck, const struct copy *copy, char *output, char *said)
{
	static const char *const findings[] = {"error ", "warning ", "fsck.xfsdax: ", NULL};
	const char *const argv[] = {fsck, "-n", copy->path, NULL};
	int status = run(argv, output);

	first_line(output, findings, true, said);
	if (WIFSIGNALED(status))
		snprintf(said, SAID_MAX, "(ended by signal %d)", WTERMSIG(status));
	else if (WEXITSTATUS(status) == 0)
		return CLEAN;
	else if ((WEXITSTATUS(status) == 4 || WEXITSTATUS(status) == 8) && *said)
		return FOUND;
	else if (!*said)
		snprintf(said, SAID_MAX, "(exit code %d)", WEXITSTATUS(status));
	return BROKEN;
}

/* ------------------------------------------------------------------ cases */

static void run_case(const struct copy *copy, const char *fsck, char *const part[PARTS], char *output)
{
	char theirs[SAID_MAX] = "", ours[SAID_MAX] = "";
	const char *outcome = "same";
	struct changes changes;

	fuzz(copy, part, output);
	find_changes(copy, &changes);
	if (changes.count > 0) {
		bool found = repair_finds(copy, output, theirs);
		enum verdict verdict = ours_finds(fsck, copy, output, ours);

		outcome = verdict == BROKEN  ? "failed"
			  : verdict == FOUND ? (found ? "both" : "ours")
			  : found	     ? "theirs"
					     : "none";
		take_back(copy, &changes);
	}
	printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", outcome, part[CLASS], part[GENERAL], part[ADDRESS], part[FIELD],
	       part[VERB], changes.first, theirs, ours);
	fflush(stdout);
}

static bool split(char *line, char *part[PARTS])
{
	line[strcspn(line, "\n")] = 0;
	for (int i = 0; i < PARTS; i++)
		if (!(part[i] = strsep(&line, "\t")))
			return false;
	return true;
}

static void run_job(const char *image, const char *fsck, char *const *lines, size_t count, size_t job)
{
	char *output = malloc(OUTPUT), *part[PARTS];
	struct copy copy;

	if (!output)
		die("memory");
	copy_open(image, &copy);
	for (size_t i = job; i < count; i += JOBS) {
		if (!split(lines[i], part)) {
			fprintf(stderr, "fuzz_cases: line %zu is no case\n", i + 1);
			exit(99);
		}
		run_case(&copy, fsck, part, output);
	}
	copy_close(&copy);
	free(output);
}

static char **read_lines(size_t *count)
{
	char **lines = NULL, *line = NULL;
	size_t room = 0, slots = 0;

	for (*count = 0; getline(&line, &room, stdin) > 0; line = NULL, room = 0) {
		if (*count == slots) {
			slots = slots ? slots * 2 : 1024;
			lines = realloc(lines, slots * sizeof(*lines));
			if (!lines)
				die("memory");
		}
		lines[(*count)++] = line;
	}
	free(line);
	return lines;
}

int main(int argc, char **argv)
{
	int status, failures = 0;
	size_t count;
	char **lines;

	if (argc != 3) {
		fputs("usage: fuzz_cases IMAGE FSCK <CASES\n", stderr);
		return 99;
	}
	lines = read_lines(&count);
	for (size_t job = 0; job < JOBS; job++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid == 0) {
			run_job(argv[1], argv[2], lines, count, job);
			exit(0);
		}
	}
	while (wait(&status) > 0)
		failures += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	for (size_t i = 0; i < count; i++)
		free(lines[i]);
	free(lines);
	return failures ? 99 : 0;
}
