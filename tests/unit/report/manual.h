/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The built manual pages, to hold what is printed against them: MANUAL_SCRUB, MANUAL_FSCK. */
#ifndef UNIT_REPORT_MANUAL_H
#define UNIT_REPORT_MANUAL_H

#include <stdbool.h>

/* Whether the page has the word in quotation marks, as a value. */
bool manual_quotes(const char *path, const char *word);

/* Whether the page has the word at all, not as part of a longer one. */
bool manual_has(const char *path, const char *word);

#endif
