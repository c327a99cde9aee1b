/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports of a check: as text for people, as JSON lines. */
#ifndef REPORT_FSCK_REPORT_H
#define REPORT_FSCK_REPORT_H

#include <stdio.h>

#include "check/examine.h"
#include "report/pass_costs.h"
#include "report/style.h"

/* Goes up when a member changes its meaning or goes away. */
#define FSCK_JSON_VERSION 1

struct fsck_report {
	const struct examine_result *result;
	const char *device;		/* as the user named it */
	const struct pass_costs *costs; /* NULL: not wanted */
	bool each;			/* text: show every finding, not the first few of each kind */
	bool no_paths;			/* they were not asked for */
	bool no_repair;			/* the user wants no repair, so there is nothing to say about it */
};

/* ERR_IO: @out did not take it all; ERR_NOMEM. */
int report_fsck_text(const struct fsck_report *report, FILE *out, const struct text_style *style,
		     struct error *err) MUST_CHECK;

/* @version: of the program. */
int report_fsck_json(const struct fsck_report *report, FILE *out, const char *version, struct error *err) MUST_CHECK;

#endif
