/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parent pointers, out of the attributes.
 *
 * Format: xfs_da_format.h of xfsprogs 6.15, struct xfs_parent_rec.
 */
#include "fs/parent.h"

#include <string.h>

struct walk {
	const struct fs *fs;
	const struct inode *inode;
	const struct parent_walker *walker;
	struct error *err;
};

static int report(void *arg, const struct error *why)
{
	struct walk *walk = arg;

	if (walk->walker->bad)
		return walk->walker->bad(walk->walker->arg, why);
	if (walk->err)
		*walk->err = *why;
	return why->code;
}

static int bad(struct walk *walk, enum flaw flaw)
{
	struct error why;

	(void)error_set(&why, ERR_CORRUPT, "parent pointer of inode %llu: %s", (unsigned long long)walk->inode->ino,
			flaw_text(flaw));
	why.flaw = flaw;
	return report(walk, &why);
}

static int take(void *arg, const struct attr *attr)
{
	struct walk *walk = arg;
	const struct disk_parent *disk = span_at(attr->value, 0, sizeof(*disk));
	struct parent parent = {.name = attr->name};
	uint32_t agno, agino;

	if (!(attr->flags & ATTR_FLAG_PARENT) || attr->flags & ATTR_FLAG_INCOMPLETE)
		return 0;
	/* Without a value in reach bytes is NULL, and the length of a remote one does not matter. */
	if (!attr->value.bytes || attr->value.len != sizeof(*disk) || memchr(attr->name.bytes, '/', attr->name.len))
		return bad(walk, FLAW_FORMAT);
	parent.ino = be64_get(disk->ino);
	parent.gen = be32_get(disk->gen);
	if (!geometry_ino_split(&walk->fs->geo, parent.ino, &agno, &agino))
		return bad(walk, FLAW_RANGE);
	return walk->walker->parent ? walk->walker->parent(walk->walker->arg, &parent) : 0;
}

int parent_walk(const struct fs *fs, const struct inode *inode, const struct parent_walker *walker, struct error *err)
{
	struct walk walk = {.fs = fs, .inode = inode, .walker = walker, .err = err};
	const struct attr_walker attrs = {.attr = take, .bad = report, .arg = &walk};

	return attr_walk(fs, inode, &attrs, err);
}
