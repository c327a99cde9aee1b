/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operations that scenarios share; see site.h. */
#define _GNU_SOURCE
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* FS_IOC_FSGETXATTR's sister for the attribute fork; the number is XFS_IOC_FSGETXATTRA of xfs_fs.h. */
#define IOC_ATTR_FORK_INFO _IOR('X', 45, struct fsxattr)

void fail(const char *fmt, ...)
{
	int cause = errno;
	va_list ap;

	fputs("populate: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(cause));
	exit(1);
}

__attribute__((format(printf, 2, 0)))
static void name_vfmt(char name[NAME_ROOM], const char *fmt, va_list ap)
{
	int len = vsnprintf(name, NAME_ROOM, fmt, ap);

	if (len < 0 || len >= NAME_ROOM) {
		errno = ENAMETOOLONG;
		fail("name from \"%s\"", fmt);
	}
}

void name_fmt(char name[NAME_ROOM], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	name_vfmt(name, fmt, ap);
	va_end(ap);
}

/* splitmix64: any state is a good state. */
uint64_t site_random(struct site *s, uint64_t n)
{
	uint64_t z = s->rng += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % n;
}

int file_in(int dir, const char *fmt, ...)
{
	char name[NAME_ROOM];
	va_list ap;
	int fd;

	va_start(ap, fmt);
	name_vfmt(name, fmt, ap);
	va_end(ap);
	fd = openat(dir, name, O_CREAT | O_RDWR | O_NOFOLLOW, 0644);
	if (fd < 0)
		fail("file %s", name);
	return fd;
}

int dir_in(int dir, const char *fmt, ...)
{
	char name[NAME_ROOM];
	va_list ap;
	int fd;

	va_start(ap, fmt);
	name_vfmt(name, fmt, ap);
	va_end(ap);
	if (mkdirat(dir, name, 0755) != 0 && errno != EEXIST)
		fail("mkdir %s", name);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		fail("directory %s", name);
	return fd;
}

void done(int fd)
{
	if (close(fd) != 0)
		fail("close");
}

void drop(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) != 0)
		fail("unlink %s", name);
}

void hardlink(int dir, const char *old, int newdir, const char *name)
{
	if (linkat(dir, old, newdir, name, 0) != 0)
		fail("link %s", name);
}

void flush(int fd)
{
	if (fsync(fd) != 0)
		fail("fsync");
}

uint64_t inode_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		fail("stat");
	return st.st_ino;
}

void set_size(int fd, uint64_t size)
{
	if (ftruncate(fd, (off_t)size) != 0)
		fail("truncate to %llu", (unsigned long long)size);
}

static void put_le64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void tag_sector(uint8_t *sector, uint64_t inode, uint64_t off)
{
	static const uint8_t magic[8] = "XDTAG1\0";

	memset(sector, 0, TAG_SECTOR);
	memcpy(sector, magic, sizeof(magic));
	put_le64(sector + 8, inode);
	put_le64(sector + 16, off);
	put_le64(sector + 24, ~off);
}

void write_tagged_as(int fd, uint64_t inode, uint64_t off, uint64_t len)
{
	static uint8_t buf[256 * TAG_SECTOR];

	while (len > 0) {
		size_t part = len < sizeof(buf) ? (size_t)len : sizeof(buf);

		for (size_t at = 0; at < part; at += TAG_SECTOR)
			tag_sector(buf + at, inode, off + at);
		if (pwrite(fd, buf, part, (off_t)off) != (ssize_t)part)
			fail("write at %llu", (unsigned long long)off);
		off += part;
		len -= part;
	}
}

void write_tagged(int fd, uint64_t off, uint64_t len)
{
	write_tagged_as(fd, inode_of(fd), off, len);
}

void plain_file(int dir, const char *name, uint64_t len)
{
	int fd = file_in(dir, "%s", name);

	write_tagged(fd, 0, len);
	done(fd);
}

void space(int fd, int mode, uint64_t off, uint64_t len)
{
	if (fallocate(fd, mode, (off_t)off, (off_t)len) != 0)
		fail("fallocate mode %#x at %llu", (unsigned)mode, (unsigned long long)off);
}

void punch(int fd, uint64_t off, uint64_t len)
{
	space(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off, len);
}

void share(int from, uint64_t from_off, uint64_t len, int to, uint64_t to_off)
{
	struct file_clone_range range = {
		.src_fd = from, .src_offset = from_off, .src_length = len, .dest_offset = to_off,
	};

	if (ioctl(to, FICLONERANGE, &range) != 0)
		fail("share %llu bytes", (unsigned long long)len);
}

void share_all(int from, int to)
{
	if (ioctl(to, FICLONE, from) != 0)
		fail("share a file");
}

void set_attr(int fd, const char *name, size_t len, unsigned seed)
{
	static char value[65536];
	char head[24];
	int n = snprintf(head, sizeof(head), "value %u ", seed);

	memset(value, 'a' + (int)(seed % 26), len);
	memcpy(value, head, (size_t)n < len ? (size_t)n : len);
	if (fsetxattr(fd, name, value, len, 0) != 0)
		fail("attribute %s of %zu bytes", name, len);
}

void set_hints(int fd, struct hints h)
{
	struct fsxattr x;

	if (ioctl(fd, FS_IOC_FSGETXATTR, &x) != 0)
		fail("read flags");
	x.fsx_xflags |= h.flags;
	if (h.project)
		x.fsx_projid = h.project;
	if (h.extsize)
		x.fsx_extsize = h.extsize;
	if (h.cowextsize)
		x.fsx_cowextsize = h.cowextsize;
	if (ioctl(fd, FS_IOC_FSSETXATTR, &x) != 0)
		fail("set flags %#x", h.flags);
}

uint32_t extents_of(int fd, bool attr_fork)
{
	struct fsxattr x;

	if (ioctl(fd, attr_fork ? IOC_ATTR_FORK_INFO : FS_IOC_FSGETXATTR, &x) != 0)
		fail("count extents");
	return x.fsx_nextents;
}

void shatter(struct site *s, int dir, uint64_t holes)
{
	int fd = file_in(dir, "between-holes");

	space(fd, 0, 0, 2 * holes * s->bs);
	for (uint64_t i = 0; i < holes; i++)
		punch(fd, 2 * i * s->bs, s->bs);
	flush(fd);
	done(fd);
}
