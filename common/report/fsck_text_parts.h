/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the text report of a check share; internal to them. */
#ifndef REPORT_FSCK_TEXT_PARTS_H
#define REPORT_FSCK_TEXT_PARTS_H

#include "report/fsck_groups.h"
#include "report/fsck_report.h"

struct fsck_text {
	FILE *out;
	const struct text_style *style;
	const struct fsck_report *report;
	const struct fsck_groups *groups;
};

/* "2 errors": the number and the word. */
void text_count(const struct fsck_text *text, uint64_t count, const char *word);
/* "inode 131, /a/b.txt". */
void text_inode_path(const struct fsck_text *text, uint64_t ino);

/* All findings: fsck_text_findings.c. */
void text_findings(const struct fsck_text *text);
/* What it comes to, and what to do: fsck_text_summary.c. */
void text_summary(const struct fsck_text *text);
/* The last line. */
void text_verdict(const struct fsck_text *text);

#endif
