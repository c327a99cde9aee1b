/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extended attributes. */
#include "check/inode_parts.h"
#include "fs/parent.h"

struct tmpw { struct check_work *work; const struct inode *inode; };
static int e(void *arg, const struct parent *p) { struct tmpw *w = arg; links_parent(w->work, w->inode, p->ino, p->gen, p->name); return 0; }
static int b(void *arg, const struct error *why) { struct tmpw *w = arg; atomic_store(&w->work->checker->parents_lost, true); return check_trouble(w->work, FINDING_INODE_UNREADABLE, at_inode(w->inode->ino), why); }
int attr_check(struct check_work *work, const struct inode *inode)
{
	struct tmpw w = {work, inode};
	struct parent_walker walker = {e, b, &w};
	return parent_walk(work_fs(work), inode, &walker, NULL);
}
