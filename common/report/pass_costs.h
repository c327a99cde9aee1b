/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each pass of a check took: time and reading. */
#ifndef REPORT_PASS_COSTS_H
#define REPORT_PASS_COSTS_H

#include "check/fsck.h"

#define PASS_COSTS_MAX 32u

struct pass_cost {
	const struct fsck_pass_info *pass;
	uint64_t nanoseconds, reads, bytes;
};

/* Zeroed but for the clock. */
struct pass_costs {
	uint64_t (*nanoseconds)(void); /* a clock that only goes forward */
	struct pass_cost items[PASS_COSTS_MAX];
	size_t count;
	struct pass_cost begun; /* of the pass that runs: the clock and the counters when it began; private */
};

/* A pass begins, or has ended. @so_far: what was read since the device was opened. */
void pass_costs_take(struct pass_costs *costs, const struct fsck_pass_info *pass, bool begins,
		     struct device_cost so_far);

#endif
