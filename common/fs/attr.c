/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended attributes: the walk over any form, and attributes inside their inode.
 *
 * Format: design document, "Extended Attributes" ("Shortform Attributes").
 */
#include "fs/attr.h"

#include <stdlib.h>
#include <string.h>

#include "fs/attr_form.h"

int attr_report(const struct attr_walk *walk, const struct error *why)
{
	if (walk->walker->bad)
		return walk->walker->bad(walk->walker->arg, why);
	if (walk->err)
		*walk->err = *why;
	return why->code;
}

int attr_bad(const struct attr_walk *walk, enum flaw flaw, uint64_t offset, const char *what, struct error *why)
{
	return error_corrupt(why, flaw, offset, "attributes of inode %llu: %s: %s",
			     (unsigned long long)walk->inode->ino, what, flaw_text(flaw));
}

enum flaw attr_flaw(const struct attr *attr)
{
	uint8_t space = attr->flags & ATTR_FLAG_NAMESPACE;

	if (attr->flags & ~ATTR_FLAG_KNOWN || (space & (space - 1)) != 0)
		return FLAW_FORMAT;
	if (attr->name.len == 0 || memchr(attr->name.bytes, 0, attr->name.len))
		return FLAW_FORMAT;
	return FLAW_NONE;
}

int attr_hand_out(struct attr_walk *walk, struct attr *attr)
{
	struct error why;
	int rc = 0;

	if (!walk->walker->attr)
		return 0;
	if (walk->walker->read_values && !attr->value.bytes && !(attr->flags & ATTR_FLAG_INCOMPLETE)) {
		if (!walk->value)
			walk->value = malloc(ATTR_VALUE_MAX);
		if (!walk->value)
			return error_set(walk->err, ERR_NOMEM, "no memory for the value of an attribute");
		rc = attr_walk_value(walk->fs, walk->inode, attr, walk->walker, walk->value, &why);
		if (rc == 0)
			attr->value = (struct span){walk->value, attr->value_bytes};
		else if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
			rc = attr_report(walk, &why);
		else if (rc < 0 && walk->err)
			*walk->err = why;
	}
	return rc == 0 ? walk->walker->attr(walk->walker->arg, attr) : rc;
}

static int bad_short(const struct attr_walk *walk, enum flaw flaw, const char *what)
{
	struct error why;

	(void)error_set(&why, ERR_CORRUPT, "attributes of inode %llu: %s: %s", (unsigned long long)walk->inode->ino,
			what, flaw_text(flaw));
	why.flaw = flaw;
	return attr_report(walk, &why);
}

static int walk_short(struct attr_walk *walk)
{
	struct span fork = inode_fork_span(walk->inode, FORK_ATTR);
	const struct disk_attr_short *head = span_at(fork, 0, sizeof(*head));
	uint32_t at = sizeof(*head);
	int rc = 0;

	if (!head || be16_get(head->totsize) < sizeof(*head) || be16_get(head->totsize) > fork.len)
		return bad_short(walk, FLAW_RANGE, "header");
	fork.len = be16_get(head->totsize);
	for (unsigned i = 0; i < head->count && rc == 0; i++) {
		const struct disk_attr_short_entry *disk = span_at(fork, at, sizeof(*disk));
		const uint8_t *name;
		struct attr attr;
		enum flaw flaw;

		if (!disk || !span_at(fork, at + sizeof(*disk), (size_t)disk->namelen + disk->valuelen))
			return bad_short(walk, FLAW_RANGE, "entry");
		name = (const uint8_t *)(disk + 1);
		attr = (struct attr){
			.flags = disk->flags | ATTR_FLAG_LOCAL,
			.name = {name, disk->namelen},
			.value = {name + disk->namelen, disk->valuelen},
			.value_bytes = disk->valuelen,
		};
		at += (uint32_t)sizeof(*disk) + disk->namelen + disk->valuelen;
		/* The two other flags make no sense here, and the kernel refuses them. */
		flaw = disk->flags & ~ATTR_FLAG_NAMESPACE ? FLAW_FORMAT : attr_flaw(&attr);
		rc = flaw == FLAW_NONE ? attr_hand_out(walk, &attr) : bad_short(walk, flaw, "entry");
	}
	if (rc == 0 && at != fork.len)
		rc = bad_short(walk, FLAW_COUNT, "entries do not fill it");
	return rc;
}

int attr_walk(const struct fs *fs, const struct inode *inode, const struct attr_walker *walker, struct error *err)
{
	struct attr_walk walk = {.fs = fs, .inode = inode, .walker = walker, .err = err};
	int rc;

	if (!inode->fork[FORK_ATTR].exists)
		return 0;
	if (inode->fork[FORK_ATTR].format == FORK_LOCAL)
		return walk_short(&walk);
	if (inode->fork[FORK_ATTR].format == FORK_EXTENTS && inode->fork[FORK_ATTR].extents == 0)
		return 0; /* the last attribute has been removed */
	walk.block = malloc(fs->geo.block_bytes);
	if (!walk.block)
		return error_set(err, ERR_NOMEM, "no memory for an attribute block");
	rc = attr_walk_tree(&walk);
	free(walk.block);
	free(walk.value);
	return rc;
}
