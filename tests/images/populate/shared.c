/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks with several owners: clones, parts of files, dedupe, and copies that a write has broken off. */
#define _GNU_SOURCE
#include "site.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int shared_home(struct site *s)
{
	return dir_in(s->root, "shared");
}

static int tagged_file(int home, const char *name, uint64_t len)
{
	int fd = file_in(home, "%s", name);

	write_tagged(fd, 0, len);
	flush(fd);
	return fd;
}

/* Reference counts 2 to 25 in one extent, and 300 files on one block. */
static void counts(struct site *s)
{
	int home = shared_home(s), dir, base, fd;

	base = tagged_file(home, "stairs", 32 * s->bs);
	for (unsigned i = 0; i < 24; i++) {
		fd = file_in(home, "stairs-%02u", i);
		share(base, 0, (32 - i) * s->bs, fd, i * s->bs);
		done(fd);
	}
	done(base);
	dir = dir_in(home, "hundreds");
	base = tagged_file(dir, "origin", 2 * s->bs);
	for (unsigned i = 0; i < 300; i++) {
		fd = file_in(dir, "sharer%03u", i);
		share(base, s->bs, s->bs, fd, (i % 3) * s->bs);
		done(fd);
	}
	done(base);
	done(dir);
	done(home);
}

/* Many times within one file. */
static void within(struct site *s)
{
	int home = shared_home(s), base, fd;

	base = tagged_file(home, "once", s->bs);
	fd = file_in(home, "four-hundred-times");
	for (unsigned i = 0; i < 400; i++)
		share(base, 0, s->bs, fd, i * s->bs);
	done(fd);
	done(base);
	fd = tagged_file(home, "own-halves", 16 * s->bs);
	share(fd, 0, 16 * s->bs, fd, 16 * s->bs);
	done(fd);
	done(home);
}

/* Clones of whole files, then changed: written to, punched, cut short, extended. */
static void clones(struct site *s)
{
	int home = shared_home(s), base, fd;

	base = tagged_file(home, "original", 64 * s->bs + 700);
	for (unsigned i = 0; i < 8; i++) {
		fd = file_in(home, "clone%u", i);
		share_all(base, fd);
		flush(fd);
		if (i & 1)
			write_tagged(fd, (8 * i + 1) * s->bs, 3 * s->bs);
		if (i & 2)
			punch(fd, 20 * s->bs, 5 * s->bs);
		if (i & 4)
			set_size(fd, 50 * s->bs + 5);
		/* Half a block: the rest of the new block is copied from the shared one. */
		if (i == 3)
			write_tagged(fd, 40 * s->bs, s->bs / 2);
		flush(fd);
		done(fd);
	}
	done(base);
	base = file_in(home, "with-holes");
	write_tagged(base, 0, 4 * s->bs);
	write_tagged(base, 20 * s->bs, 4 * s->bs);
	space(base, 0, 40 * s->bs, 8 * s->bs);
	flush(base);
	fd = file_in(home, "with-holes-clone");
	share_all(base, fd);
	done(fd);
	done(base);
	done(home);
}

/* Block by block in other orders: many records in the reference-count and reverse-mapping trees. */
static void pieces(struct site *s)
{
	uint64_t count = 3 * s->bs / 16 < 768 ? 3 * s->bs / 16 : 768;
	int home = shared_home(s), base = tagged_file(home, "whole", count * s->bs), fd;

	fd = file_in(home, "reversed");
	for (uint64_t i = 0; i < count; i++)
		share(base, i * s->bs, s->bs, fd, (count - 1 - i) * s->bs);
	done(fd);
	for (unsigned step = 2; step <= 5; step++) {
		fd = file_in(home, "every-%u", step);
		for (uint64_t i = 0; i < count; i += step)
			share(base, i * s->bs, s->bs, fd, 2 * i * s->bs);
		done(fd);
	}
	fd = file_in(home, "anywhere");
	for (uint64_t i = 0; i < count / 2; i++)
		share(base, site_random(s, count) * s->bs, s->bs, fd, 3 * i * s->bs);
	done(fd);
	done(base);
	done(home);
}

static void dedupe(struct site *s)
{
	struct file_dedupe_range *req = calloc(1, sizeof(*req) + sizeof(req->info[0]));
	uint64_t off = 8 * s->bs, len = 12 * s->bs;
	int home = shared_home(s), first, second;

	if (!req)
		fail("memory");
	first = tagged_file(home, "same-first", 32 * s->bs);
	second = file_in(home, "same-second");
	write_tagged_as(second, inode_of(first), 0, 32 * s->bs);
	flush(second);
	req->src_offset = off;
	req->src_length = len;
	req->dest_count = 1;
	req->info[0].dest_fd = second;
	req->info[0].dest_offset = off;
	if (ioctl(first, FIDEDUPERANGE, req) != 0)
		fail("dedupe");
	if (req->info[0].status != FILE_DEDUPE_RANGE_SAME || req->info[0].bytes_deduped != len) {
		errno = EINVAL;
		fail("dedupe: status %d", req->info[0].status);
	}
	free(req);
	done(first);
	done(second);
	done(home);
}

static void cow_hints(struct site *s)
{
	int home = shared_home(s), base, fd;

	base = tagged_file(home, "cow-base", 48 * s->bs);
	fd = file_in(home, "cow-hint");
	set_hints(fd, (struct hints){ .flags = FS_XFLAG_COWEXTSIZE, .cowextsize = (uint32_t)(16 * s->bs) });
	share_all(base, fd);
	flush(fd);
	write_tagged(fd, 5 * s->bs, s->bs);
	write_tagged(fd, 30 * s->bs, 2 * s->bs);
	flush(fd);
	done(fd);
	done(base);
	fd = dir_in(home, "cow-hint-inherited");
	set_hints(fd, (struct hints){ .flags = FS_XFLAG_COWEXTSIZE, .cowextsize = (uint32_t)(32 * s->bs) });
	plain_file(fd, "inherits", s->bs);
	done(fd);
	done(home);
}

const struct scenario shared_scenarios[] = {
	{ "shared-counts", counts, "blocks with 2 to 25 owners; one with 301" },
	{ "shared-within", within, "a block 400 times in one file; a file with two equal halves" },
	{ "shared-clones", clones, "clones, written to, punched, cut; a clone with holes" },
	{ "shared-pieces", pieces, "sharing block by block: many records" },
	{ "shared-dedupe", dedupe, "blocks shared by dedupe" },
	{ "shared-cow", cow_hints, "CoW extent size hints, and writes under them" },
	{ NULL, NULL, NULL },
};
