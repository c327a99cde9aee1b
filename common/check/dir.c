/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories. */
#include "check/inode_parts.h"

struct tmpw { struct check_work *work; const struct inode *inode; };
static int e(void *arg, const struct dir_entry *entry) { struct tmpw *w = arg; links_entry(w->work, w->inode, entry); return 0; }
static int d(void *arg, const struct dir_entry *entry) { struct tmpw *w = arg; if (entry->name.len == 2) links_dotdot(w->work, w->inode, entry->ino); return 0; }
static int b(void *arg, const struct error *why) { struct tmpw *w = arg; links_names_lost(w->work); return check_trouble(w->work, FINDING_INODE_UNREADABLE, at_inode(w->inode->ino), why); }
int dir_check(struct check_work *work, const struct inode *inode)
{
	struct tmpw w = {work, inode};
	struct dir_walker walker = {e, d, b, &w, work->dirblock};
	return dir_walk(work_fs(work), inode, &walker, NULL);
}
