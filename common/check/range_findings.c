/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joining findings of adjacent blocks. */
#include "check/range_findings.h"

/* Whether @next goes on where @last ends, with the same to say. */
static bool goes_on(const struct finding *last, const struct finding *next)
{
	const struct place *a = &last->at, *b = &next->at;

	if (a->agno != b->agno || b->agbno - a->agbno != a->len_blocks || a->in_inode != b->in_inode ||
	    a->ino != b->ino || a->in_fork != b->in_fork || a->fork != b->fork || a->has_fileoff != b->has_fileoff)
		return false;
	if (a->has_fileoff && b->fileoff - a->fileoff != a->len_blocks)
		return false;
	return last->code == next->code && last->field == next->field && last->other_ino == next->other_ino &&
	       last->follows == next->follows && last->has_expected == next->has_expected &&
	       last->has_found == next->has_found && last->expected == next->expected && last->found == next->found;
}

void range_finding(struct range_findings *ranges, const struct finding *finding)
{
	if (ranges->waits && goes_on(&ranges->last, finding)) {
		ranges->last.at.len_blocks += finding->at.len_blocks;
		return;
	}
	range_findings_end(ranges);
	ranges->last = *finding;
	ranges->waits = true;
}

void range_findings_end(struct range_findings *ranges)
{
	if (ranges->waits)
		finding_raise(ranges->to, &ranges->last);
	ranges->waits = false;
}
