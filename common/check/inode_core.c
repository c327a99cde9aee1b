/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of an inode. */
#include "check/inode_parts.h"

void inode_core_check(struct check_work *work, const struct inode *inode)
{
	(void)work;
	(void)inode;
}

void inode_free_check(struct check_work *work, const struct inode *inode)
{
	(void)work;
	(void)inode;
}
