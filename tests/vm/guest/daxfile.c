// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a test wants to know of a file on DAX memory and busybox cannot say.
 *
 *   daxfile dax FILE                 "xflag=N statx=N sync=N": FS_XFLAG_DAX, STATX_ATTR_DAX, and whether MAP_SYNC works
 *   daxfile sector FILE OFFSET       the sector of the device that holds this byte
 *   daxfile load FILE OFFSET LENGTH  reads each page through a mapping; prints the offset of each that raises SIGBUS
 *   daxfile store FILE OFFSET LENGTH fills each page through a mapping, of a file that is made or made longer if need be;
 *                                    "faults=N": how many page faults that took, so how many pages were mapped
 *
 * Exit status: 0, 1 if a page raised SIGBUS, 2 if something else failed.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTOR_BYTES 512u
#define PAGE_BYTES   4096u
#define HUGE_BYTES   (2u << 20)

static sigjmp_buf after_fault;

static void on_sigbus(int signal)
{
	(void)signal;
	siglongjmp(after_fault, 1);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 0);

	if (*text == '\0' || *end != '\0')
		errx(2, "not a number: %s", text);
	return n;
}

static int show_dax(int fd)
{
	struct fsxattr xattr;
	struct statx stx = { 0 };
	void *map;

	if (ioctl(fd, FS_IOC_FSGETXATTR, &xattr) != 0)
		err(2, "FS_IOC_FSGETXATTR");
	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) != 0)
		err(2, "statx");
	map = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	printf("xflag=%d statx=%d sync=%d\n", (xattr.fsx_xflags & FS_XFLAG_DAX) != 0,
	       (stx.stx_attributes & STATX_ATTR_DAX) != 0, map != MAP_FAILED);
	return 0;
}

static int show_sector(int fd, uint64_t offset)
{
	union {
		struct fiemap map;
		uint8_t room[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} ask;
	const struct fiemap_extent *extent = &ask.map.fm_extents[0];

	memset(&ask, 0, sizeof(ask));
	ask.map.fm_start = offset;
	ask.map.fm_length = 1;
	ask.map.fm_flags = FIEMAP_FLAG_SYNC;
	ask.map.fm_extent_count = 1;
	if (ioctl(fd, FS_IOC_FIEMAP, &ask.map) != 0)
		err(2, "FS_IOC_FIEMAP");
	if (ask.map.fm_mapped_extents != 1 || (extent->fe_flags & FIEMAP_EXTENT_UNKNOWN))
		errx(2, "byte %llu is in a hole", (unsigned long long)offset);
	printf("%llu\n", (unsigned long long)((extent->fe_physical + (offset - extent->fe_logical)) / SECTOR_BYTES));
	return 0;
}

static int load(int fd, uint64_t offset, uint64_t length)
{
	const struct sigaction action = { .sa_handler = on_sigbus };
	volatile int status = 0;
	volatile uint64_t at = 0;
	const volatile uint8_t *map;

	map = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	if (map == MAP_FAILED)
		err(2, "mmap");
	if (sigaction(SIGBUS, &action, NULL) != 0)
		err(2, "sigaction");
	for (; at < length; at += PAGE_BYTES) {
		if (sigsetjmp(after_fault, 1) != 0) {
			printf("%llu\n", (unsigned long long)(offset + at));
			status = 1;
			continue;
		}
		(void)map[at];
	}
	return status;
}

/* Where a huge page can be mapped: where file and memory have the same distance from a multiple of 2 MiB. */
static uint8_t *map_aligned(int fd, uint64_t offset, uint64_t length)
{
	uint8_t *room = mmap(NULL, length + 2 * HUGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t at = ((uintptr_t)room + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES + offset % HUGE_BYTES;

	if (room == MAP_FAILED ||
	    mmap((void *)at, length, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC | MAP_FIXED, fd,
		 (off_t)offset) == MAP_FAILED)
		err(2, "mmap");
	return (uint8_t *)at;
}

static int store(int fd, uint64_t offset, uint64_t length)
{
	struct rusage before, after;
	struct stat st;
	uint8_t *map;

	if (fstat(fd, &st) != 0 ||
	    ((uint64_t)st.st_size < offset + length && ftruncate(fd, (off_t)(offset + length)) != 0))
		err(2, "making it longer");
	map = map_aligned(fd, offset, length);
	/* What this itself touches for the first time does not count. */
	if (getrusage(RUSAGE_SELF, &before) != 0 || getrusage(RUSAGE_SELF, &after) != 0 ||
	    getrusage(RUSAGE_SELF, &before) != 0)
		err(2, "getrusage");
	for (uint64_t at = 0; at < length; at += PAGE_BYTES)
		memset(map + at, 'A' + (int)((offset + at) / PAGE_BYTES % 26), PAGE_BYTES);
	if (getrusage(RUSAGE_SELF, &after) != 0)
		err(2, "getrusage");
	printf("faults=%ld\n", after.ru_minflt + after.ru_majflt - before.ru_minflt - before.ru_majflt);
	return 0;
}

int main(int argc, char **argv)
{
	int fd;

	bool writes;

	if (argc < 3)
		errx(2, "usage: daxfile dax|sector|load|store FILE [OFFSET [LENGTH]]");
	writes = strcmp(argv[1], "dax") == 0 || strcmp(argv[1], "store") == 0;
	fd = open(argv[2], (writes ? O_RDWR : O_RDONLY) | (strcmp(argv[1], "store") == 0 ? O_CREAT : 0), 0666);
	if (fd < 0)
		err(2, "%s", argv[2]);
	if (strcmp(argv[1], "dax") == 0 && argc == 3)
		return show_dax(fd);
	if (strcmp(argv[1], "sector") == 0 && argc == 4)
		return show_sector(fd, number(argv[3]));
	if (strcmp(argv[1], "load") == 0 && argc == 5)
		return load(fd, number(argv[3]), number(argv[4]));
	if (strcmp(argv[1], "store") == 0 && argc == 5)
		return store(fd, number(argv[3]), number(argv[4]));
	errx(2, "unknown use: %s", argv[1]);
}
