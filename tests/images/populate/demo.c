/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small file server, with nightly snapshots made by reflink: the image of the demonstration. What Ann measured
 * is shared by her file, by the copy that Ben took, and by each snapshot of both.
 */
#define _GNU_SOURCE
#include "site.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *path;
	uint64_t bytes;
	const char *copy_of;	/* made by reflink from this, earlier one */
} tree[] = {
	{ "home/ann/thesis/chapter-1.tex", 18211, NULL },
	{ "home/ann/thesis/chapter-2.tex", 27904, NULL },
	{ "home/ann/thesis/figures/phase-diagram.svg", 40961, NULL },
	{ "home/ann/thesis/measurements.csv", 131072, NULL },
	{ "home/ann/.bashrc", 3526, NULL },
	{ "home/ben/mail/2025.mbox", 98304, NULL },
	{ "home/ben/mail/2026.mbox", 22018, NULL },
	{ "home/ben/taxes/2025 declaration.pdf", 61440, NULL },
	{ "srv/photos/2025-08 Lofoten/IMG_0412.jpg", 86016, NULL },
	{ "srv/photos/2025-08 Lofoten/IMG_0413.jpg", 90112, NULL },
	{ "srv/photos/2025-08 Lofoten/IMG_0420.jpg", 77824, NULL },
	{ "srv/photos/2025-12 Weihnachten bei den Großeltern/IMG_0501.jpg", 81920, NULL },
	{ "srv/db/orders.ibd", 262144, NULL },
	{ "srv/vm/mailserver.qcow2", 393216, NULL },
	{ "srv/vm/mailserver-test.qcow2", 0, "srv/vm/mailserver.qcow2" },
	{ "home/ben/from-ann/measurements.csv", 0, "home/ann/thesis/measurements.csv" },
};

enum { TREE = sizeof(tree) / sizeof(*tree) };

/* Open @path below @top; make what is missing of its directories, and the file too. */
static int open_path(int top, const char *path)
{
	char part[NAME_ROOM];
	int dir = dup(top), fd;
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL) {
		int next;

		name_fmt(part, "%.*s", (int)(slash - path), path);
		next = dir_in(dir, "%s", part);
		done(dir);
		dir = next;
		path = slash + 1;
	}
	fd = file_in(dir, "%s", path);
	done(dir);
	return fd;
}

static void copy(int from_top, const char *from, int to_top, const char *to)
{
	int from_fd = open_path(from_top, from), to_fd = open_path(to_top, to);

	share_all(from_fd, to_fd);
	done(from_fd);
	done(to_fd);
}

static void snapshot(int root, const char *day)
{
	int snapshots = dir_in(root, "snapshots"), to = dir_in(snapshots, "%s", day);

	for (int i = 0; i < TREE; i++)
		copy(root, tree[i].path, to, tree[i].path);
	done(to);
	done(snapshots);
}

static void overwrite(int root, const char *path, uint64_t off, uint64_t len)
{
	int fd = open_path(root, path);

	write_tagged(fd, off, len);
	flush(fd);
	done(fd);
}

static void demo(struct site *s)
{
	static const char *const days[] = { "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04" };
	int dir;

	for (int i = 0; i < TREE; i++) {
		if (tree[i].copy_of)
			copy(s->root, tree[i].copy_of, s->root, tree[i].path);
		else
			overwrite(s->root, tree[i].path, 0, tree[i].bytes);
	}
	dir = dir_in(s->root, "home");
	hardlink(s->root, "home/ann/thesis/figures/phase-diagram.svg", dir, "ann/thesis/cover.svg");
	done(dir);
	for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++) {
		snapshot(s->root, days[i]);
		/* A day's work: what it changes is shared no longer. */
		overwrite(s->root, "srv/db/orders.ibd", (16 + 16 * i) * s->bs, 4 * s->bs);
		overwrite(s->root, "home/ben/mail/2026.mbox", 22016 + 4096 * i, 4096);
		overwrite(s->root, "home/ann/thesis/chapter-2.tex", 8192 * (i % 3), 4096);
	}
	overwrite(s->root, "srv/vm/mailserver-test.qcow2", 0, 8 * s->bs);
}

const struct scenario demo_scenarios[] = {
	{ "demo", demo, "a small file server with snapshots" },
	{ NULL, NULL, NULL },
};
