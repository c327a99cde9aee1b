/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A scrub for people: what was asked, each bad range in device order with everybody it hurts, the damaged files with
 * the largest damage first, totals, and why the list may be incomplete.
 */
#ifndef REPORT_SCRUB_TEXT_H
#define REPORT_SCRUB_TEXT_H

#include <stdio.h>

#include "check/damage/scrub.h"
#include "report/style.h"

/* ERR_IO: @out did not take it all. */
int report_scrub_text(const struct scrub_result *result, FILE *out, const struct text_style *style,
		      struct error *err) MUST_CHECK;

#endif
