/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Findings put together for people: those of one code, of these those about one inode or allocation group, the worst
 * first; and what only follows from something, counted where that is told.
 */
#ifndef REPORT_FSCK_GROUPS_H
#define REPORT_FSCK_GROUPS_H

#include "check/finding.h"

/* Findings of one code about one thing. */
struct fsck_cause {
	size_t finding; /* the first of them, in the list */
	uint64_t more;	/* how many others there are */
};

/* How many findings of a code follow. */
struct fsck_follow {
	enum finding_code code;
	uint64_t count;
};

/* Findings of one code. */
struct fsck_group {
	enum finding_code code;
	uint64_t count; /* of all, with those that were not kept */
	size_t cause;	/* causes of the groups, from here on, in the order of inodes and groups */
	size_t cause_count;
	struct fsck_follow *follows; /* in the order of codes */
	size_t follow_count, follow_room;
};

struct fsck_groups {
	struct fsck_cause *causes;
	size_t cause_count;
	struct fsck_group *items; /* errors first, then by what is at stake; the last is no group: */
	size_t count;		  /* without it; items[count].follows are those of which no cause is known */
};

/* @each: every finding is a cause of its own. ERR_NOMEM. @out is emptied by fsck_groups_fini in any case. */
int fsck_groups_make(const struct findings *findings, bool each, struct fsck_groups *out, struct error *err) MUST_CHECK;
void fsck_groups_fini(struct fsck_groups *groups);

#endif
