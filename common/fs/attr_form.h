/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the attribute reader share: attr.c the walk and the short form, attr_tree.c leaves and nodes. */
#ifndef FS_ATTR_FORM_H
#define FS_ATTR_FORM_H

#include "fs/attr.h"

/* One walk. */
struct attr_walk {
	const struct fs *fs;
	const struct inode *inode;
	const struct attr_walker *walker;
	uint8_t *block;	   /* block_bytes, for leaves and nodes */
	uint8_t *value;	   /* ATTR_VALUE_MAX, once a remote value is read */
	struct error *err; /* of who asked for the walk */
};

/* Passes @why to the walker, or if it does not want to know, makes it the end of the walk. */
int attr_report(const struct attr_walk *walk, const struct error *why);

/* Says in @why what is wrong at byte @offset of the device; returns ERR_CORRUPT. */
int attr_bad(const struct attr_walk *walk, enum flaw flaw, uint64_t offset, const char *what, struct error *why);

/* Whether flags and name may stand in an attribute; if not, the flaw. */
enum flaw attr_flaw(const struct attr *attr);

/* Reads the value if it is remote and wanted, and calls the walker's function. */
int attr_hand_out(struct attr_walk *walk, struct attr *attr);

/* Reads a remote value as attr_read_value; tells @walker, unless NULL, of each block. */
int attr_walk_value(const struct fs *fs, const struct inode *inode, const struct attr *attr,
		    const struct attr_walker *walker, uint8_t *to, struct error *err);

/* The forms that keep attributes in blocks. */
int attr_walk_tree(struct attr_walk *walk);

#endif
