/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories in every form, deep trees, names of every kind, links, symlinks.
 *
 * The forms, from the design document, "Directories": the entry counts below follow from the size of an
 * entry (12 bytes and its name, rounded up to 8), of a leaf entry (8) and of the blocks' headers (64).
 */
#define _GNU_SOURCE
#include "site.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	LONG_NAME = 250,
	LONG_ENTRY = 264,	/* bytes of an entry with such a name */
};

/* Entries are hard links to this file: an entry then costs no inode. A file takes at most 2^31 links. */
static const char target[] = "target";

static int dir_home(struct site *s)
{
	int home = dir_in(s->root, "dirs"), fd = file_in(home, target);

	write_tagged(fd, 0, 2 * s->bs);
	done(fd);
	return home;
}

static void add_entries(int home, int dir, const char *prefix, uint64_t count)
{
	char name[NAME_ROOM];

	for (uint64_t i = 0; i < count; i++) {
		name_fmt(name, "%s-%05u", prefix, (unsigned)i);
		hardlink(home, target, dir, name);
	}
}

/* Keep one entry of @keep, none for 0. */
static void thin_out(int dir, const char *prefix, uint64_t count, uint64_t keep)
{
	char name[NAME_ROOM];

	for (uint64_t i = 0; i < count; i++) {
		if (keep && i % keep == 0)
			continue;
		name_fmt(name, "%s-%05u", prefix, (unsigned)i);
		drop(dir, name);
	}
}

static void long_name(char name[NAME_ROOM], uint64_t i)
{
	memset(name, '_', LONG_NAME);
	name[LONG_NAME] = '\0';
	snprintf(name + LONG_NAME - 8, 9, "%08u", (unsigned)i);
}

/* What is small even where a directory block is large. */
static void small_forms(struct site *s)
{
	int home = dir_home(s), dir;

	done(dir_in(home, "empty"));
	dir = dir_in(home, "short");
	add_entries(home, dir, "s", 5);
	done(dir);
	dir = dir_in(home, "block");
	add_entries(home, dir, "block", s->dirbs / 64);
	done(dir);
	done(home);
}

static void forms(struct site *s)
{
	int home, dir;

	small_forms(s);
	home = dir_home(s);
	dir = dir_in(home, "leaf");
	add_entries(home, dir, "leaf", s->dirbs / 12);
	thin_out(dir, "leaf", s->dirbs / 48, 5);
	done(dir);
	dir = dir_in(home, "node");
	add_entries(home, dir, "node", s->dirbs / 4);
	done(dir);
	/* Shrinks back: freed blocks in the middle, forms larger than what is in them. */
	dir = dir_in(home, "thinned");
	add_entries(home, dir, "gone", s->dirbs / 4);
	thin_out(dir, "gone", s->dirbs / 4, 60);
	done(dir);
	dir = dir_in(home, "emptied");
	add_entries(home, dir, "gone", s->dirbs / 8);
	thin_out(dir, "gone", s->dirbs / 8, 0);
	done(dir);
	done(home);
}

/* Enough leaf blocks that their index has two levels: a node holds (block - 64) / 8 of them. */
static void two_level(struct site *s)
{
	uint64_t fanout = s->dirbs / 8;
	int home = dir_home(s), dir = dir_in(home, "two-level");

	add_entries(home, dir, "t", fanout * fanout * 3 / 4);
	done(dir);
	done(home);
}

/*
 * More data blocks than one free-index block describes: (block - 64) / 2. One entry in each stays, the others
 * go again: that keeps all blocks, and the image small.
 */
static void free_index(struct site *s)
{
	uint64_t per_block = (s->dirbs - 64) / LONG_ENTRY, blocks = s->dirbs / 2 + 16;
	int home = dir_home(s), dir = dir_in(home, "free-index");
	char name[NAME_ROOM];

	for (uint64_t i = 0; i < blocks * per_block; i++) {
		long_name(name, i);
		hardlink(home, target, dir, name);
	}
	for (uint64_t i = 0; i < blocks * per_block; i++)
		if (i % per_block) {
			long_name(name, i);
			drop(dir, name);
		}
	done(dir);
	done(home);
}

/*
 * Names that all hash alike, over several leaf blocks. The hash rotates by 7 bits a byte, so two equal bytes
 * 32 places apart cancel out (design document, "Directories", hash function).
 */
static void collisions(struct site *s)
{
	int home = dir_home(s), dir = dir_in(home, "collisions");
	char name[NAME_ROOM];

	for (uint64_t i = 0; i < s->dirbs / 4; i++) {
		char half[33];

		snprintf(half, sizeof(half), "%032u", (unsigned)i);
		name_fmt(name, "%s%s", half, half);
		hardlink(home, target, dir, name);
	}
	done(dir);
	done(home);
}

/* More extents than an inode holds. */
static void btree_fork(struct site *s)
{
	int home = dir_home(s), dir = dir_in(home, "btree-fork");
	uint64_t wanted = s->inode_bytes / 16 + 10, i = 0;
	char name[NAME_ROOM];

	shatter(s, dir, 4 * wanted);
	while (extents_of(dir, false) < wanted) {
		if (i > 64 * wanted * (s->dirbs / LONG_ENTRY + 1)) {
			errno = EFBIG;
			fail("directory of %u extents instead of %u", extents_of(dir, false), (unsigned)wanted);
		}
		long_name(name, i++);
		hardlink(home, target, dir, name);
	}
	done(dir);
	done(home);
}

static int descend(int from, unsigned levels, const char *fmt_long)
{
	for (unsigned i = 0; i < levels; i++) {
		int next = fmt_long ? dir_in(from, "%03u-%s", i, fmt_long) : dir_in(from, "%u", i % 10);

		done(from);
		from = next;
	}
	return from;
}

static void deep(struct site *s)
{
	int home = dir_home(s);
	int end = descend(dir_in(home, "deep"), 120, NULL);

	plain_file(end, "bottom", s->bs);
	done(end);
	/* The path is longer than PATH_MAX. */
	end = descend(dir_in(home, "deep-long"), 25,
		      "a-name-that-is-so-long-that-the-whole-path-does-not-fit-into-what-one-system-call-takes-"
		      "and-whoever-prints-it-has-to-grow-a-buffer-or-to-cut-it-which-would-be-wrong-since-then-"
		      "it-is-not-the-path");
	plain_file(end, "bottom", s->bs);
	done(end);
	done(home);
}

static void names(struct site *s)
{
	/* In JSON, in a terminal and in a shell each of these wants care. */
	static const char *const odd[] = {
		"\xc3\xbcml\xc3\xa4ut", "u\xcc\x88ml", "\xe4\xb8\xad\xe6\x96\x87", "\xce\xb1\xce\xb2\xce\xb3",
		"\xf0\x9f\x92\xbe", "latin1-\xfc", "not-utf8-\xc3", "\xed\xa0\x80-surrogate", "line\nfeed",
		"carriage\rreturn", "tab\tstop", "bell\a", "escape\x1b[31mred", "delete\x7f", "\x01", "\x80", "\xff",
		"back\\slash", "\"double\"", "it's", "`tick`", "$HOME", " leading", "trailing ", "  ", "-rf", "--help",
		"...", "..hidden", "*?[", "%s%n", "&amp;<b>", "right-to-left\xe2\x80\xaegpj",
		"zero\xe2\x80\x8bwidth", "#comment", "a=b;c|d",
	};
	int home = dir_in(s->root, "names"), fd;
	char name[NAME_ROOM];

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		plain_file(home, odd[i], s->bs);
	memset(name, 'm', NAME_ROOM - 1);
	name[NAME_ROOM - 1] = '\0';
	plain_file(home, name, s->bs);
	for (size_t i = 0; i < NAME_ROOM - 1; i++)
		name[i] = "\xe2\x82\xac"[i % 3];
	plain_file(home, name, s->bs);
	fd = dir_in(home, "every-byte");
	plain_file(fd, "first", s->bs);
	for (int c = 1; c < 256; c++) {
		char one[2] = { (char)c, '\0' };

		if (c != '/' && c != '.')
			hardlink(fd, "first", fd, one);
	}
	done(fd);
	done(home);
}

static void links(struct site *s)
{
	int home = dir_in(s->root, "links"), other;
	char name[NAME_ROOM];

	plain_file(home, "first", 3 * s->bs);
	hardlink(home, "first", home, "second");
	for (unsigned i = 0; i < 40; i++) {
		other = dir_in(home, "place%u", i % 4);
		name_fmt(name, "again%02u", i);
		hardlink(home, "first", other, name);
		done(other);
	}
	done(home);
}

static void symlinks(struct site *s)
{
	/* Inline up to the room in the inode: 336 bytes of 512, 848 of 1024; 1023 is the longest. */
	static const unsigned lengths[] = { 1, 24, 100, 335, 336, 337, 500, 848, 849, 967, 969, 1000, 1023 };
	int home = dir_in(s->root, "symlinks");
	char text[1024], name[NAME_ROOM];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		for (unsigned k = 0; k < lengths[i]; k++)
			text[k] = k % 40 == 39 ? '/' : (char)('a' + k % 40 % 26);
		text[lengths[i]] = '\0';
		name_fmt(name, "length-%04u", lengths[i]);
		if (symlinkat(text, home, name) != 0)
			fail("symlink %s", name);
	}
	if (symlinkat("../names", home, "good") != 0 || symlinkat("/nowhere/at/all", home, "dangling") != 0)
		fail("symlink");
	done(home);
}

const struct scenario dir_scenarios[] = {
	{ "dir-small-forms", small_forms, "empty, short and block directories" },
	{ "dir-forms", forms, "short, block, leaf, node, thinned-out and emptied directories" },
	{ "dir-two-level", two_level, "a node directory whose index has two levels" },
	{ "dir-free-index", free_index, "a directory with several free-index blocks" },
	{ "dir-collisions", collisions, "names of one hash over several leaf blocks" },
	{ "dir-btree-fork", btree_fork, "a directory whose fork is a B+tree" },
	{ "dir-deep", deep, "deep trees; a path longer than PATH_MAX" },
	{ "names", names, "255-byte, non-ASCII, invalid and control-character names" },
	{ "links", links, "a file with 42 names in five directories" },
	{ "symlinks", symlinks, "symlinks, inline and remote, to 1023 bytes" },
	{ NULL, NULL, NULL },
};
