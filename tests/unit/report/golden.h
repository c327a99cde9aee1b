/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expected reports, as files in golden/. A change of one is read in review, not made anew blindly. */
#ifndef UNIT_REPORT_GOLDEN_H
#define UNIT_REPORT_GOLDEN_H

/* Fails with the first line that differs between @text and the file golden/@name. */
void golden_check(const char *name, const char *text);

#endif
