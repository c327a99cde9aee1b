/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random operations on a mounted file system: everything that changes its metadata in other ways. What the kernel
 * refuses (no space, no such feature, a file with holes where none may be) counts as refused and the run goes on.
 *
 * usage: stress [-s SEED] [-n OPERATIONS] FOLDER
 *
 * Exit status: 0, 1 if the kernel found the file system corrupt or the program could not go on, 3 if the kernel shut the
 * file system down.
 *
 * Prints how often each operation was done and refused. The names that it makes are kept in one list; an operation
 * picks from it, or makes a new one in a random directory of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/random.h"

#define NAMES_MAX  2000u
#define OPEN_MAX   32u /* files kept open, some without a name */
#define FILE_BYTES (3u << 20)
#define BUFFER	   (256u << 10)

/* linux/fs.h before 6.10 does not have it: the numbers are those of the kernel's interface. */
struct exchange_range {
	int32_t file1_fd;
	uint32_t pad;
	uint64_t file1_offset, file2_offset, length, flags;
};
#define IOC_EXCHANGE_RANGE _IOW('X', 129, struct exchange_range)
#define EXCHANGE_TO_EOF	   1u

enum node_type {
	NODE_FILE,
	NODE_DIR,
	NODE_OTHER, /* a link or a device */
};

struct node {
	char *path;
	enum node_type type;
};

static struct node nodes[NAMES_MAX];
static unsigned node_count;
static int kept[OPEN_MAX];
static unsigned kept_count;
static struct random rng;
static uint8_t buffer[BUFFER];
static uint64_t serial;

static uint64_t below(uint64_t limit)
{
	return random_below(&rng, limit);
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "stress: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The kernel has shut the file system down by itself. */
static _Noreturn void end_early(const char *what)
{
	fprintf(stderr, "stress: %s: %s\n", what, strerror(errno));
	exit(3);
}

/* ------------------------------------------------------------------ names */

static struct node *pick(enum node_type type)
{
	for (unsigned tries = 0; tries < 50; tries++) {
		struct node *node = &nodes[below(node_count)];

		if (node->type == type)
			return node;
	}
	return type == NODE_DIR ? &nodes[0] : NULL;
}

/* A name that is not there yet, in some directory; sometimes a long one. Freed by add_node or the caller. */
static char *new_path(void)
{
	static const char filler[] = "abcdefghijklmnopqrstuvwxyz0123456789-the-quick-brown-fox-jumps-over-the-lazy-dog";
	char *path, name[256];
	int len = snprintf(name, sizeof(name), "%llx", (unsigned long long)serial++);

	if (below(4) == 0) {
		unsigned more = (unsigned)below(240);

		for (unsigned i = 0; i < more; i++)
			name[len++] = filler[(i + serial) % (sizeof(filler) - 1)];
		name[len] = '\0';
	}
	if (asprintf(&path, "%s/%s", pick(NODE_DIR)->path, name) < 0)
		die("memory");
	return path;
}

static void add_node(char *path, enum node_type type)
{
	if (node_count == NAMES_MAX) {
		free(path);
		return;
	}
	nodes[node_count++] = (struct node){path, type};
}

static void remove_node(struct node *node)
{
	free(node->path);
	*node = nodes[--node_count];
}

/* A directory that moves takes what is below it along. */
static void moved(const char *from, const char *to)
{
	size_t len = strlen(from);

	for (unsigned i = 0; i < node_count; i++) {
		char *path;

		if (strncmp(nodes[i].path, from, len) != 0 || (nodes[i].path[len] != '/' && nodes[i].path[len] != '\0'))
			continue;
		if (asprintf(&path, "%s%s", to, nodes[i].path + len) < 0)
			die("memory");
		free(nodes[i].path);
		nodes[i].path = path;
	}
}

/* ------------------------------------------------------------------ operations: 0 done, else refused */

static int with_file(int (*fn)(int fd), int flags)
{
	struct node *node = pick(NODE_FILE);
	int fd = node ? open(node->path, flags | O_CLOEXEC) : -1, rc;

	if (fd < 0)
		return -1;
	rc = fn(fd);
	if (kept_count < OPEN_MAX && below(40) == 0)
		kept[kept_count++] = fd;
	else
		close(fd);
	return rc;
}

static int op_create(void)
{
	char *path = new_path();
	int fd = open(path, O_CREAT | O_RDWR | O_EXCL | O_CLOEXEC, 0600 | (mode_t)below(0200));

	if (fd < 0) {
		free(path);
		return -1;
	}
	if (below(2) && pwrite(fd, buffer, below(20000), 0) < 0) {
		/* no space: as good as empty */
	}
	close(fd);
	add_node(path, NODE_FILE);
	return 0;
}

static int op_mkdir(void)
{
	char *path = new_path();

	if (mkdir(path, 0700) != 0) {
		free(path);
		return -1;
	}
	add_node(path, NODE_DIR);
	return 0;
}

/* Many names at once, so that directories take all their forms. */
static int op_crowd(void)
{
	const char *dir = pick(NODE_DIR)->path;
	unsigned count = 20 + (unsigned)below(300), keep = (unsigned)below(10);
	struct node *target = pick(NODE_FILE);
	char path[4096];

	for (unsigned i = 0; i < count && target; i++) {
		snprintf(path, sizeof(path), "%s/crowd-%llx-%u", dir, (unsigned long long)serial, i);
		if (link(target->path, path) != 0)
			break;
	}
	for (unsigned i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/crowd-%llx-%u", dir, (unsigned long long)serial, i);
		if (below(10) < keep)
			continue;
		if (unlink(path) != 0)
			break;
	}
	serial++;
	return target ? 0 : -1;
}

static int op_symlink(void)
{
	char *path = new_path(), target[1024];
	size_t len = 1 + below(below(2) ? 1023 : 60);

	memset(target, 'x', len);
	target[len < sizeof(target) ? len : sizeof(target) - 1] = '\0';
	if (symlink(target, path) != 0) {
		free(path);
		return -1;
	}
	add_node(path, NODE_OTHER);
	return 0;
}

static int op_mknod(void)
{
	static const mode_t types[] = {S_IFIFO, S_IFCHR, S_IFBLK, S_IFSOCK};
	char *path = new_path();

	if (mknod(path, types[below(4)] | 0600, makedev((unsigned)below(4000), (unsigned)below(100000))) != 0) {
		free(path);
		return -1;
	}
	add_node(path, NODE_OTHER);
	return 0;
}

static int op_unlink(void)
{
	struct node *node = pick(below(3) ? NODE_FILE : NODE_OTHER);

	if (!node || unlink(node->path) != 0)
		return -1;
	remove_node(node);
	return 0;
}

static int op_rmdir(void)
{
	struct node *node = pick(NODE_DIR);

	if (node == nodes || rmdir(node->path) != 0)
		return -1;
	remove_node(node);
	return 0;
}

static int op_link(void)
{
	struct node *node = pick(NODE_FILE);
	char *path = new_path();

	if (!node || link(node->path, path) != 0) {
		free(path);
		return -1;
	}
	add_node(path, NODE_FILE);
	return 0;
}

static int op_rename(void)
{
	struct node *node = &nodes[below(node_count)];
	unsigned flags = below(6) == 0 ? RENAME_WHITEOUT : RENAME_NOREPLACE;
	char *path = new_path(), *from;

	if (node == nodes || !(from = strdup(node->path))) {
		free(path);
		return -1;
	}
	if (renameat2(AT_FDCWD, from, AT_FDCWD, path, flags) != 0) {
		free(path);
		free(from);
		return -1;
	}
	moved(from, path);
	if (flags == RENAME_WHITEOUT)
		add_node(from, NODE_OTHER);
	else
		free(from);
	free(path);
	return 0;
}

/* One file in the place of another, or two changing places. */
static int op_rename_over(void)
{
	struct node *one = pick(NODE_FILE), *two = pick(NODE_FILE);

	if (!one || !two || one == two)
		return -1;
	if (below(2))
		return renameat2(AT_FDCWD, one->path, AT_FDCWD, two->path, RENAME_EXCHANGE);
	if (rename(one->path, two->path) != 0)
		return -1;
	if (access(one->path, F_OK) == 0)
		return 0; /* both were names of one file */
	remove_node(one);
	return 0;
}

static int write_some(int fd)
{
	size_t len = 1 + below(below(4) ? 5000 : BUFFER - 1);

	return pwrite(fd, buffer, len, (off_t)below(FILE_BYTES)) < 0 ? -1 : 0;
}

static int op_write(void)
{
	return with_file(write_some, O_WRONLY);
}

static int op_append(void)
{
	return with_file(write_some, O_WRONLY | O_APPEND);
}

static int sync_some(int fd)
{
	return below(2) ? fsync(fd) : fdatasync(fd);
}

static int op_sync(void)
{
	return with_file(sync_some, O_WRONLY);
}

static int truncate_some(int fd)
{
	return ftruncate(fd, (off_t)below(FILE_BYTES));
}

static int op_truncate(void)
{
	return with_file(truncate_some, O_WRONLY);
}

static int allocate_some(int fd)
{
	static const int modes[] = {
		0,
		FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_ZERO_RANGE,
		FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_UNSHARE_RANGE,
		FALLOC_FL_COLLAPSE_RANGE,
		FALLOC_FL_INSERT_RANGE,
	};
	int mode = modes[below(8)];
	uint64_t at = below(FILE_BYTES), len = 1 + below(300000);

	if (mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)) {
		at &= ~0xffffull;
		len = (len | 0xffff) + 1;
	}
	return fallocate(fd, mode, (off_t)at, (off_t)len);
}

static int op_allocate(void)
{
	return with_file(allocate_some, O_RDWR);
}

/* Two files, or two places of one. */
static int with_two(int (*fn)(int to, int from))
{
	struct node *to = pick(NODE_FILE), *from = pick(NODE_FILE);
	int out = to ? open(to->path, O_RDWR | O_CLOEXEC) : -1, in = from ? open(from->path, O_RDWR | O_CLOEXEC) : -1;
	int rc = out < 0 || in < 0 ? -1 : fn(out, in);

	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
	return rc;
}

static int clone_some(int to, int from)
{
	struct stat st;
	struct file_clone_range range = {.src_fd = from};

	if (below(3) == 0)
		return ioctl(to, FICLONE, from);
	if (fstat(from, &st) != 0 || st.st_size < 65536)
		return -1;
	range.src_offset = below((uint64_t)st.st_size) & ~0xffffull;
	range.src_length = below(2) ? 0 : 65536;
	range.dest_offset = below(FILE_BYTES) & ~0xffffull;
	return ioctl(to, FICLONERANGE, &range);
}

static int op_clone(void)
{
	return with_two(clone_some);
}

static int dedupe_some(int to, int from)
{
	union {
		struct file_dedupe_range range;
		uint8_t room[sizeof(struct file_dedupe_range) + sizeof(struct file_dedupe_range_info)];
	} request = {.range = {.src_length = 65536, .dest_count = 1}};
	struct file_dedupe_range_info *info = request.range.info;

	/* The same bytes at both places. */
	request.range.src_offset = below(FILE_BYTES / 65536) * 65536;
	info->dest_offset = below(FILE_BYTES / 65536) * 65536;
	info->dest_fd = to;
	if (pwrite(from, buffer, 65536, (off_t)request.range.src_offset) < 0 ||
	    pwrite(to, buffer, 65536, (off_t)info->dest_offset) < 0)
		return -1;
	if (ioctl(from, FIDEDUPERANGE, &request.range) != 0)
		return -1;
	return info->status == FILE_DEDUPE_RANGE_SAME ? 0 : -1;
}

static int op_dedupe(void)
{
	return with_two(dedupe_some);
}

static int exchange_some(int to, int from)
{
	struct exchange_range range = {.file1_fd = from, .length = 65536};

	range.file1_offset = below(16) * 65536;
	range.file2_offset = below(16) * 65536;
	if (below(3) == 0)
		range = (struct exchange_range){.file1_fd = from, .flags = EXCHANGE_TO_EOF};
	return ioctl(to, IOC_EXCHANGE_RANGE, &range);
}

static int op_exchange(void)
{
	return with_two(exchange_some);
}

static int op_set_attr(void)
{
	static const char *const spaces[] = {"user", "trusted", "security"};
	struct node *node = &nodes[below(node_count)];
	char name[300];
	size_t len = below(10) == 0 ? below(60000) : below(below(2) ? 40 : 3000);

	if (below(3) == 0)
		snprintf(name, sizeof(name), "%s.%llu", spaces[below(3)], (unsigned long long)below(30));
	else
		snprintf(name, sizeof(name), "%s.%0*llu", spaces[below(3)], (int)below(200),
			 (unsigned long long)below(100));
	if (below(3) == 0)
		return lremovexattr(node->path, name);
	return lsetxattr(node->path, name, buffer, len, 0);
}

static int op_chown(void)
{
	struct node *node = &nodes[below(node_count)];

	if (below(2))
		return lchown(node->path, (uid_t)below(20), (gid_t)below(20));
	return node->type == NODE_OTHER ? -1 : chmod(node->path, 0600 | (mode_t)below(01000));
}

/* Flags and hints that live in the inode. */
static int op_hints(void)
{
	struct node *node = pick(below(2) ? NODE_FILE : NODE_DIR);
	int fd = node ? open(node->path, O_RDONLY | O_CLOEXEC) : -1, rc = -1;
	struct fsxattr attr;

	if (fd < 0)
		return -1;
	if (ioctl(fd, FS_IOC_FSGETXATTR, &attr) == 0) {
		bool is_dir = node->type == NODE_DIR;

		switch (below(5)) {
		case 0:
			attr.fsx_xflags |= is_dir ? FS_XFLAG_EXTSZINHERIT : FS_XFLAG_EXTSIZE;
			attr.fsx_extsize = 65536u << below(3);
			break;
		case 1:
			attr.fsx_xflags |= FS_XFLAG_COWEXTSIZE;
			attr.fsx_cowextsize = 65536u << below(3);
			break;
		case 2:
			attr.fsx_projid = (uint32_t)below(1u << 20);
			if (is_dir)
				attr.fsx_xflags ^= FS_XFLAG_PROJINHERIT;
			break;
		case 3:
			attr.fsx_xflags ^= FS_XFLAG_NODUMP | FS_XFLAG_NODEFRAG | FS_XFLAG_NOATIME;
			break;
		default:
			attr.fsx_xflags ^= FS_XFLAG_DAX;
		}
		rc = ioctl(fd, FS_IOC_FSSETXATTR, &attr);
	}
	close(fd);
	return rc;
}

static int op_tmpfile(void)
{
	int fd = kept_count < OPEN_MAX ? open(pick(NODE_DIR)->path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return -1;
	kept[kept_count++] = fd;
	return write_some(fd);
}

/* A file that is open loses its name. */
static int op_orphan(void)
{
	struct node *node = pick(NODE_FILE);
	int fd = node && kept_count < OPEN_MAX ? open(node->path, O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0)
		return -1;
	kept[kept_count++] = fd;
	if (unlink(node->path) != 0)
		return -1;
	remove_node(node);
	return 0;
}

static int op_close(void)
{
	if (kept_count == 0)
		return -1;
	return close(kept[--kept_count]);
}

/* ------------------------------------------------------------------ the run */

static struct operation {
	const char *name;
	int (*run)(void);
	unsigned weight;
	unsigned long done, refused;
} operations[] = {
	{"create", op_create, 14, 0, 0},      {"mkdir", op_mkdir, 5, 0, 0},
	{"crowd", op_crowd, 2, 0, 0},	      {"symlink", op_symlink, 3, 0, 0},
	{"mknod", op_mknod, 2, 0, 0},	      {"unlink", op_unlink, 6, 0, 0},
	{"rmdir", op_rmdir, 2, 0, 0},	      {"link", op_link, 3, 0, 0},
	{"rename", op_rename, 4, 0, 0},	      {"rename over", op_rename_over, 2, 0, 0},
	{"write", op_write, 16, 0, 0},	      {"append", op_append, 4, 0, 0},
	{"sync", op_sync, 2, 0, 0},	      {"truncate", op_truncate, 4, 0, 0},
	{"allocate", op_allocate, 12, 0, 0},  {"clone", op_clone, 10, 0, 0},
	{"dedupe", op_dedupe, 2, 0, 0},	      {"exchange", op_exchange, 3, 0, 0},
	{"attribute", op_set_attr, 14, 0, 0}, {"chown", op_chown, 2, 0, 0},
	{"hints", op_hints, 4, 0, 0},	      {"tmpfile", op_tmpfile, 1, 0, 0},
	{"orphan", op_orphan, 1, 0, 0},	      {"close", op_close, 1, 0, 0},
};
#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static void run_one(void)
{
	unsigned total = 0;
	uint64_t at;
	struct operation *operation = operations;

	for (size_t i = 0; i < OPERATIONS; i++)
		total += operations[i].weight;
	for (at = below(total); at >= operation->weight; operation++)
		at -= operation->weight;
	if (operation->run() == 0)
		operation->done++;
	else if (errno == EUCLEAN)
		die(operation->name); /* the kernel found something wrong */
	else if (errno == EIO)
		end_early(operation->name);
	else
		operation->refused++;
	errno = 0;
}

int main(int argc, char **argv)
{
	unsigned long count = 1000;
	int option;

	while ((option = getopt(argc, argv, "s:n:")) != -1) {
		if (option == 's')
			rng.state = strtoull(optarg, NULL, 0) * 0x9e3779b97f4a7c15ull;
		else if (option == 'n')
			count = strtoul(optarg, NULL, 0);
		else
			return 1;
	}
	if (argc - optind != 1)
		return 1;
	for (size_t i = 0; i < sizeof(buffer); i++)
		buffer[i] = (uint8_t)(i * 7 + i / 4096);
	add_node(strdup(argv[optind]), NODE_DIR);
	for (unsigned long i = 0; i < count; i++)
		run_one();
	for (size_t i = 0; i < OPERATIONS; i++)
		printf("%s %lu/%lu%s", operations[i].name, operations[i].done, operations[i].refused,
		       i + 1 < OPERATIONS ? ", " : "\n");
	return 0;
}
