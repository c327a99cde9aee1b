/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the progress of a pass to that of the whole. */
#include "report/fsck_progress.h"

/* @part of @total as a number up to @whole, without a product that could overflow. */
static uint64_t scaled(uint64_t part, uint64_t total, uint64_t whole)
{
	if (part >= total)
		return whole;
	return total > UINT64_MAX / whole ? part / (total / whole + 1) : part * whole / total;
}

static int step(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	const struct fsck_progress *progress = arg;
	uint64_t part;

	if (!progress->pass || progress->pass->name != pass || progress->pass->share == 0)
		return progress_step(progress->to, pass, done, total);
	part = total > 0 ? scaled(done, total, FSCK_PROGRESS_TOTAL) : 0;
	part = progress->before * FSCK_PROGRESS_TOTAL + progress->pass->share * part;
	return progress_step(progress->to, pass, part / progress->whole, FSCK_PROGRESS_TOTAL);
}

struct progress fsck_progress_hook(struct fsck_progress *progress)
{
	return (struct progress){.step = step, .arg = progress};
}

void fsck_progress_pass(struct fsck_progress *progress, const struct fsck_pass_info *pass, bool begins)
{
	progress->pass = NULL;
	progress->before = progress->whole = 0;
	for (size_t i = 0; fsck_pass_at(i); i++) {
		if (fsck_pass_at(i) == pass)
			progress->before = progress->whole;
		progress->whole += fsck_pass_at(i)->share;
	}
	if (begins)
		progress->pass = pass;
}
