/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One run of the whole library over an open device: what scrub does, but step by step over a device that the test
 * opened and may have damaged. For tests that ask whether a run ends well, whatever it meets.
 */
#ifndef LIB_WHOLE_RUN_H
#define LIB_WHOLE_RUN_H

#include "check/damage/damage.h"
#include "fs/fs.h"
#include "fs/journal.h"

struct whole_run {
	const char *step; /* that failed, static; NULL: none did */
	int rc;		  /* of that step */
	struct error err;
	struct fs *fs;
	struct journal_state journal;
	struct damage_report report;
};

/*
 * Runs it; @scan: owners by a scan of all forks even where there is an rmapbt. @out is emptied by whole_run_fini in
 * any case.
 */
void whole_run(struct device *device, struct pool *pool, const struct interval_set *bad, bool scan,
	       struct whole_run *out);
void whole_run_fini(struct whole_run *run);

/* What breaks the promises of damage.h or error.h in the outcome, static; NULL: nothing does. */
const char *whole_run_flaw(const struct whole_run *run);

/*
 * The same for a run in which neither memory nor the system failed, but the image may be anything: who says that they
 * did asked for too much. Borrowed from @run.
 */
const char *whole_run_judge(const struct whole_run *run);

#endif
