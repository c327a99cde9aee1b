/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rmapbt of a group says of each class of owners against what they use, by their sums. Where they differ, or
 * where there is no rmapbt to tell, the users are looked at one by one in the passes that follow (users.c, naming.c).
 * Where they agree, what contradicts the rmapbt is wrong.
 */
#include "check/space/claims.h"
#include "check/pass.h"

/* What cannot be compared, for lack of one side. */
static const char *const class_checks[CLAIM_CLASSES] = {
	[CLAIM_FILES] = "reverse mappings of files",
	[CLAIM_HEADERS] = "reverse mappings of headers",
	[CLAIM_LOG] = "reverse mappings of the journal",
	[CLAIM_SPACE] = "reverse mappings of free space trees, rmapbt and free list",
	[CLAIM_INOBT] = "reverse mappings of inode trees",
	[CLAIM_INODES] = "reverse mappings of inodes",
	[CLAIM_REFCOUNT] = "reverse mappings of the refcountbt",
	[CLAIM_COW] = "reverse mappings of staging for copy-on-write",
};

/* What the claims of a class come from; if a part of it is lost, they say nothing. */
static const unsigned class_needs[CLAIM_CLASSES] = {
	[CLAIM_FILES] = 0, /* inodes that are lost are known one by one */
	[CLAIM_HEADERS] = 0,
	[CLAIM_LOG] = 0,
	[CLAIM_SPACE] = LOST_AGF | LOST_AGFL | LOST_TREE(BTREE_BNO) | LOST_TREE(BTREE_CNT) | LOST_TREE(BTREE_RMAP),
	[CLAIM_INOBT] = LOST_AGI | LOST_TREE(BTREE_INO) | LOST_TREE(BTREE_FINO),
	[CLAIM_INODES] = LOST_AGI | LOST_TREE(BTREE_INO),
	[CLAIM_REFCOUNT] = LOST_AGF | LOST_TREE(BTREE_REFCOUNT),
	[CLAIM_COW] = LOST_AGF | LOST_TREE(BTREE_REFCOUNT),
};

bool claims_whole(const struct group *group, enum claim_class class)
{
	return !(group->lost & class_needs[class]);
}

/* Whether a class of which both sides are known differs. */
static bool differs(struct check_work *work, uint32_t agno)
{
	const struct group *group = &work->checker->groups[agno];
	bool found = false;

	for (unsigned class = 0; class < CLAIM_CLASSES; class ++) {
		if (!claims_whole(group, (enum claim_class) class))
			check_not_done(work, at_group(agno), class_checks[class]);
		else if (!hash_sum_equal(group->rmapped[class], group->claimed[class]))
			found = true;
	}
	return found;
}

int claims_unit(struct check_work *work, size_t unit)
{
	uint32_t agno = (uint32_t)unit;
	struct group *group = &work->checker->groups[agno];

	if (!work_fs(work)->geo.has_rmapbt) {
		group->name_users = true;
	} else if (group->lost & LOST_TREE(BTREE_RMAP)) {
		group->name_users = true;
		check_not_done(work, at_group(agno), "reverse mappings of all owners");
	} else {
		group->name_users = differs(work, agno);
		if (group->name_users)
			return 0;
	}
	findings_join(&work->findings, &group->doubts);
	return 0;
}
