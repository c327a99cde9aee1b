/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results of a check made by hand, with one of everything that a report can say. */
#ifndef UNIT_REPORT_SAMPLE_FSCK_H
#define UNIT_REPORT_SAMPLE_FSCK_H

#include <stdio.h>

#include "report/fsck_report.h"

struct sample_fsck {
	const char *name; /* of its golden files */
	void (*fill)(struct examine_result *result);
	struct fsck_report report; /* all but the result */
};

/* Ends with an entry without a name. */
extern const struct sample_fsck sample_fscks[];
#define SAMPLE_FSCKS 5

/* What @print writes; the caller frees. */
char *sample_fsck_print(const struct sample_fsck *sample,
			int (*print)(const struct fsck_report *report, FILE *out, struct error *err));

/* One finding of each shape, some of them several times. */
void sample_fsck_rich(struct examine_result *result);

#endif
