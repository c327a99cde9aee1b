/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * populate MOUNTPOINT SCENARIO...: fill a mounted XFS with test content, through the kernel.
 *
 * Names, sizes and content are the same in every run; inode generations and the times that the kernel sets
 * are not. Amounts follow the block size, so that a scenario reaches the same structure on every geometry.
 */
#define _GNU_SOURCE
#include "site.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xfs/xfs.h>

static const struct scenario *const tables[] = {
	dir_scenarios,	  attr_scenarios,  file_scenarios, inode_scenarios,
	shared_scenarios, crash_scenarios, demo_scenarios, bulk_scenarios,
};

enum { TABLES = sizeof(tables) / sizeof(*tables) };

static const struct scenario *scenario_find(const char *name)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct scenario *sc = tables[t]; sc->name; sc++)
			if (!strcmp(sc->name, name))
				return sc;
	return NULL;
}

static void scenario_list(FILE *out)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct scenario *sc = tables[t]; sc->name; sc++)
			fprintf(out, "  %-16s %s\n", sc->name, sc->purpose);
}

static void site_open(struct site *s, const char *mountpoint)
{
	struct xfs_fsop_geom geo;
	struct rlimit files;

	memset(s, 0, sizeof(*s));
	s->mountpoint = mountpoint;
	s->root = open(mountpoint, O_RDONLY | O_DIRECTORY);
	if (s->root < 0)
		fail("open %s", mountpoint);
	if (ioctl(s->root, XFS_IOC_FSGEOMETRY, &geo) != 0)
		fail("%s is no XFS", mountpoint);
	s->bs = geo.blocksize;
	s->dirbs = geo.dirblocksize;
	s->agcount = geo.agcount;
	s->agblocks = geo.agblocks;
	s->inode_bytes = geo.inodesize;
	/* Unlinked inodes stay open until the shutdown: many descriptors. */
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		fail("getrlimit");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0)
		fail("setrlimit");
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct site site;

	if (argc < 3) {
		fputs("usage: populate MOUNTPOINT SCENARIO...\n", stderr);
		scenario_list(stderr);
		return 16;
	}
	for (int i = 2; i < argc; i++)
		if (!scenario_find(argv[i])) {
			fprintf(stderr, "populate: no scenario \"%s\"\n", argv[i]);
			return 16;
		}
	umask(022);
	site_open(&site, argv[1]);
	for (int i = 2; i < argc; i++) {
		double start = seconds();

		/* Each scenario has its own numbers: its content does not depend on those before it. */
		site.rng = 0;
		for (const char *c = argv[i]; *c; c++)
			site.rng = site.rng * 131 + (unsigned char)*c;
		scenario_find(argv[i])->run(&site);
		fprintf(stderr, "populate: %-16s %6.1f s\n", argv[i], seconds() - start);
	}
	done(site.root);
	return 0;
}
