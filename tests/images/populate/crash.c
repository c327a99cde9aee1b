/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a crash leaves behind: inodes without a name that somebody had open, space that was staged for copy
 * on write, and changes that are in the journal only.
 *
 * The first two are brought to their place on disk by a freeze; what follows the thaw stays in the journal,
 * which the shutdown writes out but nobody replays.
 */
#define _GNU_SOURCE
#include "site.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xfs/xfs.h>

static void freeze_and_thaw(struct site *s)
{
	if (ioctl(s->root, FIFREEZE, 0) != 0)
		fail("freeze");
	if (ioctl(s->root, FITHAW, 0) != 0)
		fail("thaw");
}

static void staged(struct site *s, int home)
{
	int base = file_in(home, "staged-base"), fd;

	write_tagged(base, 0, 96 * s->bs);
	flush(base);
	for (unsigned i = 0; i < 3; i++) {
		fd = file_in(home, "staged-%u", i);
		set_hints(fd, (struct hints){ .flags = FS_XFLAG_COWEXTSIZE, .cowextsize = (uint32_t)(32 * s->bs) });
		share_all(base, fd);
		flush(fd);
		/* The hint stages 32 blocks for the few that are written; the rest stays staged. */
		write_tagged(fd, (10 + 20 * i) * s->bs, (1 + i) * s->bs);
		flush(fd);
		/* Left open: closing it would free the staging. */
	}
	done(base);
}

static void orphans(struct site *s, int home)
{
	char name[NAME_ROOM];

	/* More than the 64 lists of a group, so that some lists have several inodes. */
	for (unsigned i = 0; i < 150; i++) {
		int fd;

		name_fmt(name, "orphan-%03u", i);
		if (i % 8 == 7) {
			fd = dir_in(home, "%s", name);
			if (unlinkat(home, name, AT_REMOVEDIR) != 0)
				fail("rmdir %s", name);
			continue;
		}
		fd = file_in(home, "%s", name);
		write_tagged(fd, 0, (i % 4) * s->bs);
		if (i % 5 == 0)
			set_attr(fd, "user.orphan", 400, i);
		flush(fd);
		drop(home, name);
		/* Left open: they stay on the lists of unlinked inodes. */
	}
}

static void in_the_journal(struct site *s, int home)
{
	int base = file_in(home, "journal-base"), fd;
	char name[NAME_ROOM];

	for (unsigned i = 0; i < 60; i++) {
		fd = file_in(home, "new-%02u", i);
		if (i % 6 == 0)
			write_tagged(fd, 0, s->bs);
		if (i % 7 == 0)
			set_attr(fd, "user.new", 200, i);
		done(fd);
	}
	write_tagged(base, 0, 16 * s->bs);
	flush(base);
	fd = file_in(home, "journal-share");
	for (unsigned i = 0; i < 16; i++)
		share(base, i * s->bs, s->bs, fd, 2 * i * s->bs);
	done(fd);
	done(base);
	for (unsigned i = 0; i < 60; i += 2) {
		name_fmt(name, "new-%02u", i);
		drop(home, name);
	}
	/* These two were on disk before: the journal changes them. */
	drop(home, "old-removed");
	fd = file_in(home, "old-cut");
	set_size(fd, s->bs);
	done(fd);
}

static void crash(struct site *s)
{
	uint32_t how = XFS_FSOP_GOING_FLAGS_LOGFLUSH;
	int home = dir_in(s->root, "crash");

	plain_file(home, "old-removed", 4 * s->bs);
	plain_file(home, "old-cut", 8 * s->bs);
	plain_file(home, "old-stays", 8 * s->bs);
	orphans(s, home);
	staged(s, home);
	freeze_and_thaw(s);
	in_the_journal(s, home);
	if (ioctl(s->root, XFS_IOC_GOINGDOWN, &how) != 0)
		fail("shut down");
}

const struct scenario crash_scenarios[] = {
	{ "crash", crash, "unlinked inodes, CoW staging, a full journal; shuts the file system down: last one" },
	{ NULL, NULL, NULL },
};
