/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: tree_manifest FOLDER
 *
 * Writes a line for everything below FOLDER: name (in hexadecimal), type, mode, owner, times, size, number of names and
 * the first of them, device, target, where data and holes are, a checksum of the bytes, and all extended attributes
 * with checksums. Two trees with the same lines are copies of each other. Paths may be longer than the system takes at
 * once. Reads as root, without touching access times.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/idmap.h"

#define BUFFER_BYTES (1u << 20)

static uint8_t *buffer;
static struct idmap first; /* inode of several names: number of the line of its first */
static uint64_t lines;

static void __attribute__((noreturn)) die(const char *what, const char *name)
{
	fprintf(stderr, "tree_manifest: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

static void print_hex(const char *name)
{
	for (const char *at = name; *at; at++)
		printf("%02x", (unsigned char)*at);
}

struct range {
	off_t start, end;
};

/* Where data is, before any of it is read: reading brings unwritten blocks into memory, which then count as data. */
static struct range *find_data(int fd, size_t *count)
{
	struct range *ranges = NULL;
	off_t at = 0;

	*count = 0;
	while ((at = lseek(fd, at, SEEK_DATA)) >= 0) {
		ranges = realloc(ranges, (*count + 1) * sizeof(*ranges));
		if (!ranges)
			die("no memory for", "ranges");
		ranges[*count].start = at;
		at = lseek(fd, at, SEEK_HOLE);
		ranges[(*count)++].end = at;
	}
	return ranges;
}

static void print_bytes(int fd, const char *name)
{
	size_t count;
	struct range *ranges = find_data(fd, &count);
	uint32_t crc = 0;

	for (size_t i = 0; i < count; i++) {
		printf(" %jd-%jd", (intmax_t)ranges[i].start, (intmax_t)ranges[i].end);
		for (off_t at = ranges[i].start; at < ranges[i].end;) {
			size_t left = (size_t)(ranges[i].end - at);
			ssize_t got = pread(fd, buffer, left < BUFFER_BYTES ? left : BUFFER_BYTES, at);

			if (got <= 0)
				die("cannot read", name);
			crc = crc32c_update(crc, buffer, (size_t)got);
			at += got;
		}
	}
	printf(" crc %08" PRIx32, crc);
	free(ranges);
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_attributes(const char *path, const char *shown)
{
	static char list[1 << 16];
	static uint8_t value[1 << 16];
	char *names[1 << 12];
	size_t count = 0;
	ssize_t len = llistxattr(path, list, sizeof(list));

	if (len < 0)
		die("cannot list attributes of", shown);
	for (char *at = list; at < list + len && count < sizeof(names) / sizeof(names[0]); at += strlen(at) + 1)
		names[count++] = at;
	qsort(names, count, sizeof(names[0]), compare_text);
	for (size_t i = 0; i < count; i++) {
		ssize_t got = lgetxattr(path, names[i], value, sizeof(value));

		if (got < 0)
			die("cannot read attribute of", shown);
		printf(" %s=%zd/%08" PRIx32, names[i], got, crc32c_update(0, value, (size_t)got));
	}
}

static void print_entry(int dir, const char *name, const struct stat *st)
{
	char path[64 + 256], target[4096];
	uint64_t *again = NULL;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	print_hex(name);
	printf(" mode %o owner %u:%u", st->st_mode, st->st_uid, st->st_gid);
	printf(" times %jd.%09ld %jd.%09ld", (intmax_t)st->st_atim.tv_sec, st->st_atim.tv_nsec,
	       (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	if (!S_ISDIR(st->st_mode)) {
		if (st->st_nlink > 1 && idmap_put(&first, st->st_ino, lines) == 0)
			again = idmap_get(&first, st->st_ino);
		printf(" names %ju first %" PRIu64 " size %jd device %jx", (uintmax_t)st->st_nlink,
		       again ? *again : lines, (intmax_t)st->st_size, (uintmax_t)st->st_rdev);
	}
	if (S_ISLNK(st->st_mode)) {
		len = readlinkat(dir, name, target, sizeof(target) - 1);
		if (len < 0)
			die("cannot read link", name);
		target[len] = '\0';
		printf(" to ");
		print_hex(target);
	}
	if (S_ISREG(st->st_mode)) {
		int fd = openat(dir, name, O_RDONLY | O_NOATIME | O_NOFOLLOW);

		if (fd < 0)
			die("cannot open", name);
		print_bytes(fd, name);
		close(fd);
	}
	print_attributes(path, name);
	putchar('\n');
	lines++;
}

static void walk(int fd)
{
	char **names = NULL;
	size_t count = 0;
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;

	if (!dir)
		die("cannot list", "a folder");
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		names = realloc(names, (count + 1) * sizeof(*names));
		if (!names || !(names[count++] = strdup(entry->d_name)))
			die("no memory for", entry->d_name);
	}
	if (count > 0)
		qsort(names, count, sizeof(*names), compare_text);
	for (size_t i = 0; i < count; i++) {
		struct stat st;
		int child;

		if (fstatat(dirfd(dir), names[i], &st, AT_SYMLINK_NOFOLLOW) != 0)
			die("cannot look at", names[i]);
		print_entry(dirfd(dir), names[i], &st);
		if (S_ISDIR(st.st_mode)) {
			child = openat(dirfd(dir), names[i], O_RDONLY | O_DIRECTORY | O_NOATIME | O_NOFOLLOW);
			if (child < 0)
				die("cannot open", names[i]);
			puts("(");
			walk(child);
			puts(")");
		}
		free(names[i]);
	}
	free(names);
	closedir(dir);
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_NOATIME) : -1;
	struct stat st;

	buffer = malloc(BUFFER_BYTES);
	if (fd < 0 || !buffer || fstat(fd, &st) != 0)
		die("cannot open", argc == 2 ? argv[1] : "nothing: a folder is wanted");
	print_entry(fd, ".", &st);
	walk(fd);
	idmap_fini(&first);
	free(buffer);
	return 0;
}
