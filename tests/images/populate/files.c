/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Regular files: holes, unwritten space, space past the end, forks in extents and B+tree format. */
#define _GNU_SOURCE
#include "site.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <unistd.h>

static void plain(struct site *s)
{
	int home = dir_in(s->root, "files"), fd;
	char name[NAME_ROOM];

	done(file_in(home, "empty"));
	plain_file(home, "one-byte", 1);
	plain_file(home, "one-block", s->bs);
	plain_file(home, "one-more-byte", s->bs + 1);
	plain_file(home, "tail-600", 3 * s->bs + 600);
	for (unsigned i = 0; i < 24; i++) {
		name_fmt(name, "plain%02u", i);
		fd = file_in(home, "%s", name);
		write_tagged(fd, 0, (1 + i % 5) * s->bs - i % 3);
		if (fchown(fd, 1000 + i % 7, 2000 + i % 5) != 0)
			fail("chown");
		done(fd);
	}
	plain_file(home, "contiguous", 256 * 1024);
	done(home);
}

static void holes(struct site *s)
{
	int home = dir_in(s->root, "holes"), fd;

	fd = file_in(home, "far-apart");
	write_tagged(fd, 0, s->bs);
	write_tagged(fd, (uint64_t)10 << 20, 4 * s->bs);
	write_tagged(fd, (uint64_t)5 << 30, 2 * s->bs);
	write_tagged(fd, (uint64_t)1 << 42, s->bs);
	set_size(fd, (uint64_t)1 << 50);
	done(fd);
	fd = file_in(home, "nothing-else");
	set_size(fd, (uint64_t)1 << 33);
	done(fd);
	fd = file_in(home, "first-block-missing");
	write_tagged(fd, s->bs, 2 * s->bs);
	done(fd);
	fd = file_in(home, "punched");
	write_tagged(fd, 0, 16 * s->bs);
	flush(fd);
	punch(fd, 3 * s->bs, 2 * s->bs);
	punch(fd, 9 * s->bs, s->bs);
	/* Not whole blocks: the kernel writes zeros over part of two sectors' blocks. */
	punch(fd, 12 * s->bs + 512, 2 * s->bs);
	done(fd);
	fd = file_in(home, "collapsed-inserted");
	write_tagged(fd, 0, 16 * s->bs);
	flush(fd);
	space(fd, FALLOC_FL_COLLAPSE_RANGE, 4 * s->bs, 2 * s->bs);
	space(fd, FALLOC_FL_INSERT_RANGE, 8 * s->bs, 3 * s->bs);
	done(fd);
	done(home);
}

static void unwritten(struct site *s)
{
	int home = dir_in(s->root, "unwritten"), fd;

	fd = file_in(home, "all");
	space(fd, 0, 0, 32 * s->bs);
	done(fd);
	fd = file_in(home, "islands");
	space(fd, 0, 0, 64 * s->bs);
	write_tagged(fd, 10 * s->bs, 4 * s->bs);
	write_tagged(fd, 40 * s->bs, s->bs);
	done(fd);
	fd = file_in(home, "past-end");
	write_tagged(fd, 0, 2 * s->bs + 100);
	space(fd, FALLOC_FL_KEEP_SIZE, 0, 32 * s->bs);
	done(fd);
	fd = file_in(home, "past-end-of-nothing");
	space(fd, FALLOC_FL_KEEP_SIZE, 8 * s->bs, 8 * s->bs);
	done(fd);
	fd = file_in(home, "zeroed-range");
	write_tagged(fd, 0, 24 * s->bs);
	flush(fd);
	space(fd, FALLOC_FL_ZERO_RANGE, 8 * s->bs, 8 * s->bs);
	done(fd);
	done(home);
}

/*
 * @count extents of one block with a hole after each. Most are unwritten, which fills trees without filling
 * the image; each 16th has data.
 */
static void stripes(struct site *s, int fd, uint64_t count)
{
	set_size(fd, 2 * count * s->bs);
	for (uint64_t i = 0; i < count; i++) {
		if (i % 16 == 0)
			write_tagged(fd, 2 * i * s->bs, s->bs);
		else
			space(fd, 0, 2 * i * s->bs, s->bs);
	}
	flush(fd);
}

static void forks(struct site *s)
{
	int home = dir_in(s->root, "forks"), fd;

	fd = file_in(home, "extents-12");
	stripes(s, fd, 12);
	done(fd);
	/* One leaf below the root in the inode; then several. */
	fd = file_in(home, "btree-one-leaf");
	stripes(s, fd, s->inode_bytes / 16 + 2);
	done(fd);
	fd = file_in(home, "btree-leaves");
	stripes(s, fd, s->bs / 5);
	done(fd);
	/* Grown from its end to its start, and widened in the middle. */
	fd = file_in(home, "btree-backwards");
	set_size(fd, 4 * s->inode_bytes / 16 * s->bs);
	for (uint64_t i = 2 * s->inode_bytes / 16; i > 0; i--)
		space(fd, 0, 2 * (i - 1) * s->bs, s->bs);
	done(fd);
	done(home);
}

/*
 * Two levels below the root: attributes in the inode leave the root room for few pointers, so that
 * few leaves are enough.
 */
static void deep_fork(struct site *s)
{
	int home = dir_in(s->root, "forks"), fd = file_in(home, "btree-two-levels");

	set_attr(fd, "user.takes-the-room", s->inode_bytes / 2 - 40, 1);
	stripes(s, fd, s->bs / 16 * 8);
	done(fd);
	done(home);
}

const struct scenario file_scenarios[] = {
	{ "files", plain, "files of 0 bytes to 256 KiB, several owners" },
	{ "holes", holes, "sparse, punched, collapsed files" },
	{ "unwritten", unwritten, "unwritten extents and extents past the end of the file" },
	{ "forks", forks, "forks in extents format and in B+tree format" },
	{ "fork-deep", deep_fork, "a fork whose B+tree has two levels below its root" },
	{ NULL, NULL, NULL },
};
