/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * manifest [--maps] [--parents] MOUNTPOINT: what the kernel says of every name in a mounted XFS, a JSON object a line,
 * in byte order of the names:
 *
 *	{"path":"/a","ino":131,"gen":7,"mode":33188,"nlink":1,"size":4096,"xattrs":["user.x"]}
 *
 * Bytes of paths and names stand as the code points of the same number (latin-1), so that any name is valid
 * JSON. With --maps, files and directories also have "data" and "attr": the extents of that fork, each
 * [file offset, device offset, length, flags] in bytes, flags 1 for unwritten and 2 for shared; the first
 * name of an inode has them. They are the truth for images without reverse mappings.
 * With --parents, files and directories also have "parents": the parent pointers, each
 * [inode of the directory, its generation, name], in the order of their attributes.
 * Any depth: a directory is opened from its parent, never by path.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <xfs/xfs.h>

enum { MAPS = 4096, DEPTH_MAX = 10000, PARENTS_ROOM = 65536 };

/*
 * The kernel's GETPARENTS is younger than the xfslibs-dev of Debian 12. Layout: xfs_fs.h of xfsprogs 6.10
 * and later. In each record an xfs_handle, its length and a reserved word come before the name.
 */
struct parents_request {
	struct xfs_attrlist_cursor cursor;
	uint16_t iflags;
	uint16_t oflags;
	uint32_t room;
	uint64_t reserved;
	uint64_t buffer;
};

struct parents_record {
	struct xfs_handle parent;
	uint32_t len;
	uint32_t reserved;
	char name[];
};

#define IOC_PARENTS  _IOWR('X', 62, struct parents_request)
#define PARENTS_ROOT 1u	/* the root directory: has none */
#define PARENTS_LAST 2u

struct walk {
	int root;
	bool maps;
	bool parents;
	char *path;		/* of the directory being read, without the slash at the end */
	size_t path_len;
	size_t path_room;
	void *seen;		/* tree of inode numbers whose maps are printed */
};

_Noreturn static void fail(const char *what)
{
	fprintf(stderr, "manifest: %s: %s\n", what, strerror(errno));
	exit(8);
}

static void print_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		unsigned c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			printf("\\%c", (int)c);
		else if (c < 0x20 || c >= 0x7f)
			printf("\\u%04x", c);
		else
			putchar((int)c);
	}
	putchar('"');
}

/* The generation of any kind of inode; open files would be needed for FS_IOC_GETVERSION. */
static uint32_t generation(const struct walk *w, uint64_t ino)
{
	union {
		struct xfs_bulk_ireq head;
		uint8_t room[sizeof(struct xfs_bulk_ireq) + sizeof(struct xfs_bulkstat)];
	} req;
	struct xfs_bulkstat got;

	memset(&req, 0, sizeof(req));
	req.head.ino = ino;
	req.head.icount = 1;
	if (ioctl(w->root, XFS_IOC_BULKSTAT, &req) != 0)
		fail("bulkstat");
	memcpy(&got, req.room + sizeof(struct xfs_bulk_ireq), sizeof(got));
	if (req.head.ocount != 1 || got.bs_ino != ino) {
		errno = ENOENT;
		fail("bulkstat");
	}
	return got.bs_gen;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* /proc/self/fd/N/NAME reaches a name in any directory, however deep, without following it. */
static void print_xattrs(int dir, const char *name)
{
	static char list[65536];
	static char *names[65536 / 2];
	char path[64 + 256];
	size_t count = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	len = llistxattr(path, list, sizeof(list));
	if (len < 0 && errno != E2BIG)
		fail("list attributes");
	/* More names than one call returns: said, not cut. */
	if (len < 0) {
		fputs(",\"xattrs\":null", stdout);
		return;
	}
	for (char *p = list; p < list + len; p += strlen(p) + 1)
		names[count++] = p;
	qsort(names, count, sizeof(*names), by_name);
	fputs(",\"xattrs\":[", stdout);
	for (size_t i = 0; i < count; i++) {
		if (i)
			putchar(',');
		print_string(names[i]);
	}
	putchar(']');
}

static void print_map(int fd, const char *key, int fork)
{
	static struct getbmapx map[MAPS + 1];
	int64_t next = 0;
	bool any = false;

	printf(",\"%s\":[", key);
	for (;;) {
		memset(map, 0, sizeof(map));
		map[0].bmv_offset = next;
		map[0].bmv_length = -1;
		map[0].bmv_count = MAPS + 1;
		map[0].bmv_iflags = fork | BMV_IF_PREALLOC | BMV_IF_NO_HOLES;
		if (ioctl(fd, XFS_IOC_GETBMAPX, map) != 0) {
			if (errno == ENOENT)	/* no attribute fork */
				break;
			fail("extents");
		}
		for (int i = 1; i <= map[0].bmv_entries; i++) {
			const struct getbmapx *m = &map[i];

			printf("%s[%lld,%lld,%lld,%d]", any ? "," : "", (long long)m->bmv_offset * 512,
			       (long long)m->bmv_block * 512, (long long)m->bmv_length * 512,
			       (m->bmv_oflags & BMV_OF_PREALLOC ? 1 : 0) | (m->bmv_oflags & BMV_OF_SHARED ? 2 : 0));
			any = true;
			next = m->bmv_offset + m->bmv_length;
		}
		if (map[0].bmv_entries < MAPS)
			break;
	}
	putchar(']');
}

static void print_parents(int fd)
{
	static union {
		uint64_t align;
		uint8_t bytes[PARENTS_ROOM];
	} buf;
	struct parents_request req = { .room = PARENTS_ROOM, .buffer = (uint64_t)(uintptr_t)&buf };
	bool any = false;

	fputs(",\"parents\":[", stdout);
	do {
		if (ioctl(fd, IOC_PARENTS, &req) != 0)
			fail("parent pointers");
		if (req.oflags & PARENTS_ROOT)
			break;
		for (uint32_t at = 0; at < PARENTS_ROOM;) {
			const struct parents_record *rec = (const void *)(buf.bytes + at);

			printf("%s[%llu,%u,", any ? "," : "", (unsigned long long)rec->parent.ha_fid.fid_ino,
			       rec->parent.ha_fid.fid_gen);
			print_string(rec->name);
			putchar(']');
			any = true;
			if (rec->len == 0)
				break;
			at += rec->len;
		}
	} while (!(req.oflags & PARENTS_LAST));
	putchar(']');
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool first_time(struct walk *w, uint64_t ino)
{
	uint64_t *key = malloc(sizeof(*key)), **found;

	if (!key)
		fail("memory");
	*key = ino;
	found = tsearch(key, &w->seen, by_number);
	if (!found)
		fail("memory");
	if (*found == key)
		return true;
	free(key);
	return false;
}

/* Length of the path before, to cut it back to. */
static size_t path_push(struct walk *w, const char *name)
{
	size_t before = w->path_len, need = before + strlen(name) + 2;

	if (need > w->path_room) {
		w->path_room = need * 2;
		w->path = realloc(w->path, w->path_room);
		if (!w->path)
			fail("memory");
	}
	w->path_len += (size_t)sprintf(w->path + before, "/%s", name);
	return before;
}

static void print_name(struct walk *w, int dir, const char *name, const char *path, const struct stat *st)
{
	fputs("{\"path\":", stdout);
	print_string(path);
	printf(",\"ino\":%llu,\"gen\":%u,\"mode\":%u,\"nlink\":%llu,\"size\":%lld", (unsigned long long)st->st_ino,
	       generation(w, st->st_ino), st->st_mode, (unsigned long long)st->st_nlink, (long long)st->st_size);
	print_xattrs(dir, name);
	if ((w->maps || w->parents) && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)) && first_time(w, st->st_ino)) {
		int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW);

		if (fd < 0)
			fail(path);
		if (w->maps) {
			print_map(fd, "data", 0);
			print_map(fd, "attr", BMV_IF_ATTRFORK);
		}
		if (w->parents)
			print_parents(fd);
		close(fd);
	}
	puts("}");
}

static char **read_names(int dir, size_t *count)
{
	DIR *stream = fdopendir(dup(dir));
	size_t used = 0, room = 64;
	char **names = malloc(room * sizeof(*names));
	struct dirent *ent;

	if (!stream || !names)
		fail("read a directory");
	while (errno = 0, (ent = readdir(stream)) != NULL) {
		if (!strcmp(ent->d_name, ".") || !strcmp(ent->d_name, ".."))
			continue;
		if (used == room)
			names = realloc(names, (room *= 2) * sizeof(*names));
		if (!names || !(names[used++] = strdup(ent->d_name)))
			fail("memory");
	}
	if (errno)
		fail("read a directory");
	closedir(stream);
	qsort(names, used, sizeof(*names), by_name);
	*count = used;
	return names;
}

static void walk_dir(struct walk *w, int dir, unsigned depth)
{
	size_t count;
	char **names = read_names(dir, &count);

	if (depth > DEPTH_MAX) {
		errno = ELOOP;
		fail(w->path);
	}
	for (size_t i = 0; i < count; i++) {
		size_t before = path_push(w, names[i]);
		struct stat st;

		if (fstatat(dir, names[i], &st, AT_SYMLINK_NOFOLLOW) != 0)
			fail(w->path);
		print_name(w, dir, names[i], w->path, &st);
		if (S_ISDIR(st.st_mode)) {
			int sub = openat(dir, names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

			if (sub < 0)
				fail(w->path);
			walk_dir(w, sub, depth + 1);
			close(sub);
		}
		w->path_len = before;
		w->path[before] = '\0';
		free(names[i]);
	}
	free(names);
}

int main(int argc, char **argv)
{
	struct walk w = { .root = -1 };
	struct rlimit files;
	struct stat st;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--maps"))
			w.maps = true;
		else if (!strcmp(argv[at], "--parents"))
			w.parents = true;
		else
			break;
	}
	if (at != argc - 1) {
		fputs("usage: manifest [--maps] [--parents] MOUNTPOINT\n", stderr);
		return 16;
	}
	/* A descriptor for each level of the tree. */
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		fail("getrlimit");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0)
		fail("setrlimit");
	w.root = open(argv[at], O_RDONLY | O_DIRECTORY);
	if (w.root < 0 || fstat(w.root, &st) != 0)
		fail(argv[at]);
	print_name(&w, w.root, ".", "/", &st);
	walk_dir(&w, w.root, 0);
	tdestroy(w.seen, free);
	free(w.path);
	if (fflush(stdout) != 0 || ferror(stdout))
		fail("stdout");
	return 0;
}
