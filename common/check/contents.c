/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pass that takes nearly all of the time: space of the groups, and inodes, at once.
 *
 * Neither needs the other, and together they keep more processors busy than there are groups: the groups come first, as
 * they take longest, and ranges of inodes fill up what they leave. What both are needed for is compared at the end.
 */
#include "check/pass.h"
#include "check/space/sharing.h"

size_t contents_units(const struct checker *checker)
{
	return checker->fs->geo.ag_count + inodes_units(checker);
}

int contents_unit(struct check_work *work, size_t unit)
{
	uint32_t groups = work_fs(work)->geo.ag_count;

	return unit < groups ? space_unit(work, unit) : inodes_unit(work, unit - groups);
}

int contents_end(struct check_work *work)
{
	sharing_compare(work);
	return inodes_end(work);
}
