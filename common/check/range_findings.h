/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Findings about ranges of blocks that come piece by piece: those that say the same of adjacent blocks are raised as
 * one; internal to the layer.
 */
#ifndef CHECK_RANGE_FINDINGS_H
#define CHECK_RANGE_FINDINGS_H

#include "check/checker.h"

/* With .to set: nothing waits. */
struct range_findings {
	struct findings *to; /* borrowed */
	struct finding last; /* at blocks of a group */
	bool waits;
};

/* @finding is of blocks of a group, behind those of the one before. */
void range_finding(struct range_findings *ranges, const struct finding *finding);

/* Raises what waits. */
void range_findings_end(struct range_findings *ranges);

#endif
