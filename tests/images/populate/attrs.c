/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extended attributes in every form, on every kind of inode that takes them. */
#define _GNU_SOURCE
#include "site.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static void many_attrs(int fd, const char *prefix, unsigned count, size_t len)
{
	char name[NAME_ROOM];

	for (unsigned i = 0; i < count; i++) {
		name_fmt(name, "user.%s-%04u", prefix, i);
		set_attr(fd, name, len, i);
	}
}

static void forms(struct site *s)
{
	unsigned per_block = (unsigned)s->bs / 64;
	int home = dir_in(s->root, "attrs"), fd;
	char name[NAME_ROOM];

	fd = file_in(home, "short");
	set_attr(fd, "user.one", 10, 1);
	set_attr(fd, "trusted.two", 20, 2);
	set_attr(fd, "security.three", 30, 3);
	set_attr(fd, "user.empty", 0, 4);
	done(fd);
	fd = file_in(home, "short-and-data");
	write_tagged(fd, 0, 2 * s->bs);
	set_attr(fd, "user.note", 40, 5);
	done(fd);
	fd = file_in(home, "leaf");
	many_attrs(fd, "leaf", per_block > 40 ? 40 : per_block * 2 / 3, s->inode_bytes / 24);
	done(fd);
	fd = file_in(home, "node");
	many_attrs(fd, "node", 4 * per_block, 48);
	for (unsigned i = 0; i < 4 * per_block; i += 7) {
		name_fmt(name, "user.node-%04u", i);
		if (fremovexattr(fd, name) != 0)
			fail("remove attribute %s", name);
	}
	done(fd);
	fd = file_in(home, "remote");
	set_attr(fd, "user.block", s->bs < 65536 ? s->bs : 65536, 1);
	set_attr(fd, "user.most-of-a-block", s->bs * 7 / 8, 2);
	set_attr(fd, "trusted.three-blocks", s->bs * 3 < 65536 ? s->bs * 3 : 65536, 3);
	set_attr(fd, "user.longest", 65536, 4);
	set_attr(fd, "user.small", 12, 5);
	done(fd);
	fd = file_in(home, "long-name");
	memset(name, 'n', NAME_ROOM - 1);
	memcpy(name, "user.", 5);
	name[NAME_ROOM - 1] = '\0';
	set_attr(fd, name, 100, 6);
	done(fd);
	/* Room for attributes stays reserved in the inode. */
	fd = file_in(home, "removed");
	write_tagged(fd, 0, s->bs);
	set_attr(fd, "user.gone", 3000, 7);
	if (fremovexattr(fd, "user.gone") != 0)
		fail("remove attribute");
	done(fd);
	done(home);
}

/* Enough leaves that their index has two levels: a node holds (block - 64) / 8 of them. */
static void two_level(struct site *s)
{
	int home = dir_in(s->root, "attrs"), fd = file_in(home, "two-level");
	unsigned fanout = (unsigned)s->bs / 8;

	/* At most three of them fit into a leaf. */
	many_attrs(fd, "t", fanout * 3, s->bs / 4);
	done(fd);
	done(home);
}

/* Values in turn on two files, each a block or two, into scattered free space. */
static void btree_fork(struct site *s)
{
	int home = dir_in(s->root, "attrs-btree"), fd[2];
	uint64_t wanted = s->inode_bytes / 16 + 10;
	size_t len = s->bs < 65536 ? s->bs - 100 : 65536;
	char name[NAME_ROOM];

	shatter(s, home, 8 * wanted);
	fd[0] = file_in(home, "one");
	fd[1] = file_in(home, "two");
	for (unsigned i = 0; extents_of(fd[0], true) < wanted; i++) {
		if (i > 8 * wanted) {
			errno = EFBIG;
			fail("attribute fork of %u extents instead of %u", extents_of(fd[0], true), (unsigned)wanted);
		}
		for (int k = 0; k < 2; k++) {
			name_fmt(name, "user.part-%04u", i);
			set_attr(fd[k], name, len, i);
		}
	}
	done(fd[0]);
	done(fd[1]);
	done(home);
}

/* By path, since these cannot be opened for it; user.* is refused for them, trusted.* is not. */
static void set_attr_at(struct site *s, const char *path, const char *name, size_t len)
{
	char full[4096];
	char value[2048];
	int n = snprintf(full, sizeof(full), "%s/%s", s->mountpoint, path);

	if (n < 0 || (size_t)n >= sizeof(full) || len > sizeof(value)) {
		errno = ENAMETOOLONG;
		fail("%s", path);
	}
	memset(value, 'v', len);
	if (lsetxattr(full, name, value, len, 0) != 0)
		fail("attribute of %s", path);
}

static void others(struct site *s)
{
	int home = dir_in(s->root, "attrs-on"), fd;
	char text[701];

	fd = dir_in(home, "dir-short");
	set_attr(fd, "user.d", 30, 1);
	plain_file(fd, "inside", s->bs);
	done(fd);
	fd = dir_in(home, "dir-leaf");
	set_attr(fd, "user.d", 300, 2);
	set_attr(fd, "user.e", 300, 3);
	done(fd);
	if (symlinkat("inline", home, "symlink-inline") != 0)
		fail("symlink");
	memset(text, 't', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	if (symlinkat(text, home, "symlink-remote") != 0)
		fail("symlink");
	if (mknodat(home, "fifo", S_IFIFO | 0600, 0) != 0)
		fail("fifo");
	set_attr_at(s, "attrs-on/symlink-inline", "trusted.l", 25);
	set_attr_at(s, "attrs-on/symlink-remote", "trusted.l", 500);
	set_attr_at(s, "attrs-on/fifo", "trusted.f", 600);
	done(home);
}

const struct scenario attr_scenarios[] = {
	{ "attr-forms", forms, "short, leaf, node, remote attributes; a removed one" },
	{ "attr-two-level", two_level, "an attribute index of two levels" },
	{ "attr-btree-fork", btree_fork, "attribute forks that are a B+tree" },
	{ "attr-others", others, "attributes of directories, symlinks and a fifo" },
	{ NULL, NULL, NULL },
};
