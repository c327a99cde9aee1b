/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A time as programs write it: RFC 3339, in UTC. */
#ifndef REPORT_TIME_TEXT_H
#define REPORT_TIME_TEXT_H

#include <stdint.h>

#define TIME_TEXT 21u /* "2026-11-21T17:00:00Z" */

/* @seconds since 1970, UTC. Returns @text; NULL: the year has not four digits, so RFC 3339 has no form for it. */
const char *time_text(char text[TIME_TEXT], int64_t seconds);

#endif
