/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Differences of a clock and of counters between the beginning and the end of a pass. */
#include "report/pass_costs.h"

void pass_costs_take(struct pass_costs *costs, const struct fsck_pass_info *pass, bool begins,
		     struct device_cost so_far)
{
	const struct pass_cost now = {
		.pass = pass, .nanoseconds = costs->nanoseconds(), .reads = so_far.reads, .bytes = so_far.bytes};

	if (begins) {
		costs->begun = now;
		return;
	}
	if (costs->count == PASS_COSTS_MAX)
		return;
	costs->items[costs->count++] = (struct pass_cost){
		.pass = pass,
		.nanoseconds = now.nanoseconds - costs->begun.nanoseconds,
		.reads = now.reads - costs->begun.reads,
		.bytes = now.bytes - costs->begun.bytes,
	};
}
