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

int parent_bad(const struct inode *inode, enum flaw flaw, struct error *err)
{
	int rc = error_set(err, ERR_CORRUPT, "parent pointer of inode %llu: %s", (unsigned long long)inode->ino,
			   flaw_text(flaw));

	if (err)
		err->flaw = flaw;
	return rc;
}

enum flaw parent_of_attr(const struct fs *fs, const struct attr *attr, struct parent *out)
{
	const struct disk_parent *disk = span_at(attr->value, 0, sizeof(*disk));
	uint32_t agno, agino;

	/* Without a value in reach bytes is NULL, and the length of a remote one does not matter. */
	if (!attr->value.bytes || attr->value.len != sizeof(*disk) || memchr(attr->name.bytes, '/', attr->name.len))
		return FLAW_FORMAT;
	*out = (struct parent){.ino = be64_get(disk->ino), .gen = be32_get(disk->gen), .name = attr->name};
	return geometry_ino_split(&fs->geo, out->ino, &agno, &agino) ? FLAW_NONE : FLAW_RANGE;
}

static int take(void *arg, const struct attr *attr)
{
	struct walk *walk = arg;
	struct parent parent;
	struct error why;
	enum flaw flaw;

	if (!(attr->flags & ATTR_FLAG_PARENT) || attr->flags & ATTR_FLAG_INCOMPLETE)
		return 0;
	flaw = parent_of_attr(walk->fs, attr, &parent);
	if (flaw != FLAW_NONE) {
		(void)parent_bad(walk->inode, flaw, &why);
		return report(walk, &why);
	}
	return walk->walker->parent ? walk->walker->parent(walk->walker->arg, &parent) : 0;
}

int parent_walk(const struct fs *fs, const struct inode *inode, const struct parent_walker *walker, struct error *err)
{
	struct walk walk = {.fs = fs, .inode = inode, .walker = walker, .err = err};
	const struct attr_walker attrs = {.attr = take, .bad = report, .arg = &walk};

	return attr_walk(fs, inode, &attrs, err);
}
