/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories. */
#include "check/inode_parts.h"

int dir_check(struct check_work *work, const struct inode *inode)
{
	(void)work;
	(void)inode;
	return 0;
}
