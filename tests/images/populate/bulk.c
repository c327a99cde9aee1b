/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Much of everything, for measuring: many small files, and files that share their blocks one by one. */
#define _GNU_SOURCE
#include "site.h"

#include <stdio.h>
#include <unistd.h>

struct bulk {
	unsigned dirs;		/* directories of small files, in groups of 100 */
	unsigned files;		/* in each; every second has a block */
	unsigned bases;		/* files whose blocks are shared */
	unsigned base_blocks;
	unsigned sharers;	/* files for each, with the blocks in other places: one mapping a block */
};

static void small_files(struct site *s, const struct bulk *b)
{
	int group = -1;

	for (unsigned d = 0; d < b->dirs; d++) {
		int dir;

		if (d % 100 == 0) {
			if (group >= 0)
				done(group);
			group = dir_in(s->root, "group-%03u", d / 100);
		}
		dir = dir_in(group, "dir-%05u", d);
		for (unsigned i = 0; i < b->files; i++) {
			int fd = file_in(dir, "file-%u", i);

			if (i % 2)
				write_tagged(fd, 0, s->bs);
			done(fd);
		}
		done(dir);
		/* Bounds the dirty memory. */
		if (d % 500 == 499 && syncfs(s->root) != 0)
			fail("sync");
	}
	if (group >= 0)
		done(group);
}

static void shared_files(struct site *s, const struct bulk *b)
{
	int home = dir_in(s->root, "shared");

	for (unsigned i = 0; i < b->bases; i++) {
		int dir = dir_in(home, "set-%03u", i), base = file_in(dir, "base");

		write_tagged(base, 0, b->base_blocks * s->bs);
		flush(base);
		for (unsigned k = 0; k < b->sharers; k++) {
			int fd = file_in(dir, "sharer-%u", k);

			/* With a hole after each, so that neighbours do not grow together. */
			for (unsigned n = 0; n < b->base_blocks; n++)
				share(base, n * s->bs, s->bs, fd, (uint64_t)n * (2 + k) * s->bs);
			done(fd);
		}
		done(base);
		done(dir);
	}
	done(home);
}

static void bulk_mid(struct site *s)
{
	const struct bulk b = { .dirs = 1000, .files = 100, .bases = 60, .base_blocks = 1000, .sharers = 4 };

	small_files(s, &b);
	shared_files(s, &b);
}

static void bulk_big(struct site *s)
{
	const struct bulk b = { .dirs = 10000, .files = 100, .bases = 500, .base_blocks = 1000, .sharers = 4 };

	small_files(s, &b);
	shared_files(s, &b);
}

const struct scenario bulk_scenarios[] = {
	{ "mid", bulk_mid, "100,000 inodes, 300,000 reverse mappings" },
	{ "big", bulk_big, "a million inodes, 2.5 million reverse mappings" },
	{ NULL, NULL, NULL },
};
