/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names against links. */
#include "check/inode_parts.h"
#include "check/pass.h"

int links_unit(struct check_work *work, size_t agno)
{
	(void)work;
	(void)agno;
	return 0;
}

int links_inode(struct check_work *work, const struct inode *inode)
{
	(void)work;
	(void)inode;
	return 0;
}

void links_entry(struct check_work *work, const struct inode *dir, const struct dir_entry *entry)
{
	(void)work;
	(void)dir;
	(void)entry;
}

int links_dotdot(struct check_work *work, const struct inode *dir, uint64_t parent)
{
	(void)work;
	(void)dir;
	(void)parent;
	return 0;
}

void links_parent(struct check_work *work, const struct inode *inode, uint64_t parent, uint32_t gen, struct span name)
{
	(void)work;
	(void)inode;
	(void)parent;
	(void)gen;
	(void)name;
}
