/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A check from end to end: opens the device for reading, learns what of it is known to be bad, checks (check/fsck.h),
 * and looks for the paths of the inodes that findings name.
 */
#ifndef CHECK_EXAMINE_H
#define CHECK_EXAMINE_H

#include "check/fsck.h"
#include "check/known_bad.h"

struct examine_options {
	const char *path;      /* device or image */
	const char *badblocks; /* file with bad ranges; NULL: ask the system */
	unsigned threads;      /* 0: one a processor */
	bool at_boot;	       /* check only if superblock or journal ask for it */
	bool no_paths;
	unsigned paths_per_code; /* look for paths of so many findings of a code; 0: of all */
	struct hash_secret secret;
	const struct progress *progress;
	/* Called when a pass begins and when it has ended, with what was read so far; NULL: nobody wants to know. */
	void (*pass)(void *arg, const struct fsck_pass_info *pass, bool begins, struct device_cost so_far);
	void *arg;
};

/* A path of an inode that a finding names. */
struct examine_path {
	uint64_t ino;
	char *bytes; /* not terminated */
	size_t len;
	bool connected; /* false: begins below inode top_ino, which the root does not reach */
	uint64_t top_ino;
};

struct examine_result {
	/* The file system was opened; without it nothing else says anything. */
	bool opened;
	struct geometry geo;
	uint32_t sb_agno; /* not 0: the superblock of this group was used, because */
	struct error sb_error;
	struct known_bad bad;
	struct journal_state journal;

	bool checked;	/* false: at_boot, and nothing asked for a check */
	bool cancelled; /* on the way: what was found until then is there, totals are not whole */
	struct fsck_result fsck;

	struct examine_path *paths; /* ascending by ino, one of each inode that has one */
	size_t path_count, path_room;
};

/*
 * Runs it. @out is zeroed by the caller and emptied by examine_result_fini in any case. 0: checked, or not because of
 * at_boot, or cancelled on the way. ERR_CANCELLED: before there was anything to tell. ERR_NOT_XFS, ERR_UNSUPPORTED,
 * ERR_BUSY, ERR_INVALID, ERR_CORRUPT and ERR_MEDIA (no usable superblock), ERR_IO, ERR_NOMEM.
 */
int examine_run(const struct examine_options *options, struct examine_result *out, struct error *err) MUST_CHECK;
void examine_result_fini(struct examine_result *result);

/* A path of the inode, or NULL. Borrowed from the result. */
const struct examine_path *examine_path_of(const struct examine_result *result, uint64_t ino);

/* Exit status of fsck(8): 0 nothing is wrong, 4 something is, 32 cancelled. */
int examine_status(const struct examine_result *result);

#endif
