/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes one progress of the progresses of the passes of a check: how much of the whole is done, by the share that each
 * pass has of it.
 */
#ifndef REPORT_FSCK_PROGRESS_H
#define REPORT_FSCK_PROGRESS_H

#include "base/progress.h"
#include "check/fsck.h"

/* What @to gets as its total: thousandths of the whole are told apart, and more. */
#define FSCK_PROGRESS_TOTAL 1000000u

struct fsck_progress {
	const struct progress *to; /* gets the name of the pass, and done and total of the whole */
	const struct fsck_pass_info *pass;
	uint64_t before, whole; /* shares of the passes before this one, and of all */
};

/* The hook for the library. Borrows @progress. A pass that was not announced, or has no share, is handed on as it is. */
struct progress fsck_progress_hook(struct fsck_progress *progress);

/* A pass begins, or has ended. */
void fsck_progress_pass(struct fsck_progress *progress, const struct fsck_pass_info *pass, bool begins);

#endif
