/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A scrub as JSON lines: "header", then in device order "range", "piece", "owner" and "inode", then "file" (largest
 * damage first), "note" and "totals". Every line can be understood without the others. The members are documented in
 * xfsdax-scrub(8); they are API, and only ever added to.
 */
#ifndef REPORT_SCRUB_JSON_H
#define REPORT_SCRUB_JSON_H

#include <stdio.h>

#include "check/damage/scrub.h"

/* Goes up when a member changes its meaning or goes away. */
#define SCRUB_JSON_VERSION 1

/* @version: of the program. ERR_IO: @out did not take it all; ERR_NOMEM. */
int report_scrub_json(const struct scrub_result *result, FILE *out, const char *version, struct error *err) MUST_CHECK;

#endif
