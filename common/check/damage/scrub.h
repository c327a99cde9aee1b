/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole scrub: which ranges of a device are bad, and what they damage.
 *
 * A mounted file system is asked through the kernel, and its device is then never read for metadata.
 */
#ifndef CHECK_SCRUB_H
#define CHECK_SCRUB_H

#include "check/damage/damage.h"
#include "check/known_bad.h"
#include "fs/journal.h"

struct scrub_options {
	const char *path;	   /* device, image or mount point */
	const char *badblocks;	   /* file with bad ranges; NULL: ask the device */
	struct interval_set ranges; /* settled; if not empty or if badblocks is given the device is not asked */
	bool media;		   /* read every allocated block and add what cannot be read */
	bool mapped;		   /* map the device even where reading is cheaper */
	unsigned threads;	   /* 0: one a processor */
	struct damage_options damage;
};

struct scrub_result {
	char *device;		/* what was read or asked, owned */
	char *mount_point;	/* NULL: not mounted; owned */
	struct geometry geo;
	const char *owners_from; /* "rmapbt", "getfsmap", "forks", "bmapx"; static */
	bool slow;		/* owners needed a pass over all files */
	uint32_t sb_agno;	/* not 0: the superblock of this group was used, because */
	struct error sb_error;
	bool journal_known;	/* not so for a mounted file system */
	struct journal_state journal;
	unsigned bad_from;	/* BAD_FROM_* */
	uint64_t media_bytes;	/* read by `media` */
	struct damage_report damage;
};

/* Runs it. @out is zeroed by the caller and emptied by scrub_result_fini in any case. */
int scrub_run(const struct scrub_options *options, struct scrub_result *out, struct error *err) MUST_CHECK;
void scrub_result_fini(struct scrub_result *result);

/* Exit status bits of the result: 1 files damaged, 2 metadata damaged, and 4 if the list may be incomplete. */
int scrub_status(const struct scrub_result *result);

#endif
