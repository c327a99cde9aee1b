/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The complete check of a file system that nobody has mounted: everything against everything, read only.
 *
 * Most comparisons are made with fingerprints (base/hash.h): both sides of a relation are summed up in one pass, and
 * only where the sums differ does a second pass look at one group again, with memory, and names what differs. What
 * remains in memory is a few bits an inode and a few words a directory.
 */
#ifndef CHECK_FSCK_H
#define CHECK_FSCK_H

#include "base/hash.h"
#include "base/pool.h"
#include "base/progress.h"
#include "check/finding.h"
#include "fs/journal.h"

struct fsck_pass_info {
	const char *name;    /* in progress and costs */
	const char *purpose; /* one line */
	/* About how many parts of 1000 of the time of a whole check it takes: for progress bars, nothing relies on it.
	 */
	unsigned share;
};

/* The passes in their order; NULL behind the last one. */
const struct fsck_pass_info *fsck_pass_at(size_t index);

struct fsck_options {
	struct hash_secret secret; /* random */
	const struct progress *progress;
	/* Called when a pass begins (@begins) and when it has ended; NULL: nobody wants to know. */
	void (*pass)(void *arg, const struct fsck_pass_info *pass, bool begins);
	void *arg;
};

/* What there is, as far as it could be read. */
struct fsck_totals {
	uint64_t inodes_used, inodes_free;
	uint64_t files, directories, others; /* others: symbolic links, devices and so on */
	uint64_t blocks_free;
	uint64_t blocks_shared; /* owned more than once, each counted once */
};

struct fsck_result {
	struct findings findings;
	struct fsck_totals totals;
	struct journal_state journal;
};

/*
 * Checks @fs. What is wrong is in the result, the return value says whether the check could be done: 0, ERR_NOMEM,
 * ERR_IO, ERR_CANCELLED. The result is filled as far as the check came; fsck_result_fini in any case.
 */
int fsck_run(const struct fs *fs, struct pool *pool, const struct fsck_options *options, struct fsck_result *out,
	     struct error *err) MUST_CHECK;

void fsck_result_fini(struct fsck_result *result);

#endif
