/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Usage against the quota files. */
#include "check/inode_parts.h"
#include "check/pass.h"

bool quota_wanted(const struct checker *checker)
{
	(void)checker;
	return false;
}

int quota_unit(struct check_work *work, size_t unit)
{
	(void)work;
	(void)unit;
	return 0;
}

int quota_inode(struct check_work *work, const struct inode *inode)
{
	(void)work;
	(void)inode;
	return 0;
}
