/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inodes: kinds, flags, times, freed ones, chunks of which only a part exists. */
#define _GNU_SOURCE
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <xfs/xfs.h>

static void special(struct site *s)
{
	int home = dir_in(s->root, "special");

	if (mknodat(home, "fifo", S_IFIFO | 0640, 0) != 0 ||
	    mknodat(home, "socket", S_IFSOCK | 0755, 0) != 0 ||
	    mknodat(home, "char-null", S_IFCHR | 0666, makedev(1, 3)) != 0 ||
	    mknodat(home, "char-large", S_IFCHR | 0600, makedev(300, 200000)) != 0 ||
	    mknodat(home, "block", S_IFBLK | 0660, makedev(8, 1)) != 0)
		fail("mknod");
	done(home);
}

static void flags(struct site *s)
{
	static const uint32_t projects[] = { 1, 77, 65536, 4000000000u };
	uint32_t bs = (uint32_t)s->bs;
	int home = dir_in(s->root, "flags"), dir, fd;

	for (size_t i = 0; i < sizeof(projects) / sizeof(*projects); i++) {
		dir = dir_in(home, "project-%u", projects[i]);
		set_hints(dir, (struct hints){ .flags = FS_XFLAG_PROJINHERIT, .project = projects[i] });
		plain_file(dir, "inherits", (1 + i) * s->bs);
		done(dir_in(dir, "sub"));
		done(dir);
	}
	fd = file_in(home, "extsize");
	set_hints(fd, (struct hints){ .flags = FS_XFLAG_EXTSIZE, .extsize = 16 * bs });
	write_tagged(fd, 2 * s->bs, 3 * s->bs);
	done(fd);
	dir = dir_in(home, "extsize-inherited");
	set_hints(dir, (struct hints){ .flags = FS_XFLAG_EXTSZINHERIT, .extsize = 8 * bs });
	plain_file(dir, "inherits", s->bs);
	done(dir);
	fd = file_in(home, "dax");
	set_hints(fd, (struct hints){ .flags = FS_XFLAG_DAX });
	write_tagged(fd, 0, 2 * s->bs);
	done(fd);
	dir = dir_in(home, "dax-inherited");
	set_hints(dir, (struct hints){ .flags = FS_XFLAG_DAX });
	plain_file(dir, "inherits", s->bs);
	done(dir);
	fd = file_in(home, "sync-noatime-nodump");
	set_hints(fd, (struct hints){ .flags = FS_XFLAG_SYNC | FS_XFLAG_NOATIME | FS_XFLAG_NODUMP });
	done(fd);
	fd = file_in(home, "append-only");
	write_tagged(fd, 0, s->bs);
	set_hints(fd, (struct hints){ .flags = FS_XFLAG_APPEND });
	done(fd);
	fd = file_in(home, "immutable");
	write_tagged(fd, 0, s->bs);
	set_hints(fd, (struct hints){ .flags = FS_XFLAG_IMMUTABLE });
	done(fd);
	done(home);
}

/* Around the ends of 32-bit seconds and of the XFS ranges (design document, "Timestamps"). */
static void times(struct site *s)
{
	static const struct {
		const char *name;
		int64_t sec;
	} when[] = {
		{ "epoch", 0 },		{ "before-epoch", -1 },	  { "year-1901", -2147483648 },
		{ "year-2038", 2147483647 }, { "year-2100", 4102444800 }, { "year-2486", 16299260424 },
	};
	int home = dir_in(s->root, "times");

	for (size_t i = 0; i < sizeof(when) / sizeof(*when); i++) {
		struct timespec t = { .tv_sec = when[i].sec, .tv_nsec = 999999999 };
		int fd = file_in(home, "%s", when[i].name);

		if (futimens(fd, (struct timespec[]){ t, t }) != 0)
			fail("times");
		done(fd);
	}
	done(home);
}

/* Make @count files, then remove all but one of @keep. */
static void make_and_free(struct site *s, const char *where, unsigned count, unsigned keep)
{
	int home = dir_in(s->root, "%s", where);
	char name[NAME_ROOM];

	for (unsigned i = 0; i < count; i++)
		done(file_in(home, "f%05u", i));
	/* On disk first, so that what is removed leaves its trace there. */
	if (syncfs(home) != 0)
		fail("sync");
	for (unsigned i = 0; i < count; i++)
		if (i % keep) {
			name_fmt(name, "f%05u", i);
			drop(home, name);
		}
	done(home);
}

/* Chunks with free inodes in them, for the free-inode tree. */
static void freed(struct site *s)
{
	make_and_free(s, "freed", 400, 29);
}

/* Inode trees of two levels: a leaf holds (block - 56) / 16 chunks of 64. One inode keeps a chunk. */
static void freed_many(struct site *s)
{
	make_and_free(s, "freed-many", (unsigned)((s->bs - 56) / 16 * 64 * 9 / 8), 60);
}

/* Take all space that can be had, in the largest pieces first. */
static void fill_up(struct site *s, int fd)
{
	uint64_t end = 0;

	for (uint64_t piece = (uint64_t)1 << 30; piece >= s->bs; piece /= 2)
		while (fallocate(fd, 0, (off_t)end, (off_t)piece) == 0)
			end += piece;
	if (errno != ENOSPC)
		fail("fill the file system");
	flush(fd);
}

/*
 * Free the physical blocks [k * period + start, ... + run) of each group, wherever @fd owns them all, but
 * only one in @every. The mapping from file to device is what GETBMAPX says.
 */
static void free_runs(struct site *s, int fd, uint64_t run, uint64_t start, uint64_t period, uint64_t every)
{
	enum { MAPS = 4096 };
	struct getbmapx *map = calloc(MAPS + 1, sizeof(*map));
	uint64_t sector_of_block = s->bs / 512;
	uint64_t seen = 0;

	if (!map)
		fail("memory");
	map[0].bmv_length = -1;
	map[0].bmv_count = MAPS + 1;
	map[0].bmv_iflags = BMV_IF_PREALLOC | BMV_IF_NO_HOLES;
	if (ioctl(fd, XFS_IOC_GETBMAPX, map) != 0)
		fail("extents of the filler");
	for (int i = 1; i <= map[0].bmv_entries; i++) {
		uint64_t block = (uint64_t)map[i].bmv_block / sector_of_block;
		uint64_t file = (uint64_t)map[i].bmv_offset / sector_of_block;
		uint64_t len = (uint64_t)map[i].bmv_length / sector_of_block;

		for (uint64_t b = 0; b + run <= len; b++)
			if ((block + b) % s->agblocks % period == start && seen++ % every == 0)
				punch(fd, (file + b) * s->bs, run * s->bs);
	}
	free(map);
	if (syncfs(fd) != 0)
		fail("sync");
}

/*
 * Sparse inode chunks. The kernel makes one only where no free run holds a whole chunk of 64 inodes, and it
 * must not even find one in the space that each group keeps in reserve. So: fill everything; free runs of a
 * chunk less one block everywhere, more than the reserve; fill again, which takes the large runs; then free
 * some more such runs and make inodes, which now have nothing else to go to. (Runs of half a chunk would not
 * do: the kernel wants room for aligning them too. Seen in its behaviour.)
 */
static void sparse_chunks(struct site *s)
{
	enum { DIRS = 4, FILES = 600 };
	uint64_t chunk = 64 * (uint64_t)s->inode_bytes / s->bs, run = chunk - 1;
	int home = dir_in(s->root, "sparse-chunks"), dir[DIRS], filler, second;
	char name[NAME_ROOM];
	unsigned made = 0;

	if (chunk < 4) {
		errno = EINVAL;
		fail("a chunk of inodes has too few blocks to be sparse");
	}
	for (int i = 0; i < DIRS; i++)
		dir[i] = dir_in(home, "group%d", i);	/* the kernel spreads directories over the groups */
	filler = file_in(home, "filler");
	fill_up(s, filler);
	free_runs(s, filler, run, 0, 3 * chunk, 1);
	second = file_in(home, "second");
	fill_up(s, second);
	/* Others in phase, so that there are chunks without their first and without their second half. */
	free_runs(s, filler, run, chunk + chunk / 2, 3 * chunk, 2);
	while (made < FILES) {
		int fd;

		name_fmt(name, "s%03u", made);
		fd = openat(dir[made % DIRS], name, O_CREAT | O_RDWR, 0600);
		if (fd < 0 && errno == ENOSPC)
			break;
		if (fd < 0)
			fail("create %s", name);
		done(fd);
		made++;
	}
	for (unsigned i = 0; i < made; i++)
		if (i / DIRS % 3 == 1) {
			name_fmt(name, "s%03u", i);
			drop(dir[i % DIRS], name);
		}
	done(filler);
	done(second);
	drop(home, "filler");
	drop(home, "second");
	for (int i = 0; i < DIRS; i++) {
		plain_file(dir[i], "data", 2 * s->bs);
		done(dir[i]);
	}
	fprintf(stderr, "populate: %u inodes made where no whole chunk fits\n", made);
	done(home);
}

const struct scenario inode_scenarios[] = {
	{ "special", special, "devices, fifo, socket" },
	{ "flags", flags, "project ids, extent size hints, DAX and other flags" },
	{ "times", times, "times around the ends of the ranges" },
	{ "freed", freed, "chunks with freed inodes" },
	{ "freed-many", freed_many, "inode trees of two levels, most inodes free" },
	{ "sparse-chunks", sparse_chunks, "sparse inode chunks (fills the file system on the way)" },
	{ NULL, NULL, NULL },
};
