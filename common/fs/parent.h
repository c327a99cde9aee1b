/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parent pointers: for each name of an inode an attribute that tells the directory and the name.
 *
 * Only file systems with the feature have them (geometry.has_parent); the root and internal inodes have none.
 */
#ifndef FS_PARENT_H
#define FS_PARENT_H

#include "fs/attr.h"

struct parent {
	uint64_t ino;	  /* a number that an inode can have; whether it is a directory is to be seen */
	uint32_t gen;	  /* which that directory must have, or the pointer is stale */
	struct span name; /* as of a directory entry; valid during the call */
};

/* What a walk hands out. Each may be NULL. A positive value stops the walk and is returned. */
struct parent_walker {
	int (*parent)(void *arg, const struct parent *parent);
	int (*bad)(void *arg, const struct error *why);
	void *arg;
};

/*
 * The parent pointer in an attribute with ATTR_FLAG_PARENT; its name is that of @attr. FLAW_NONE; FLAW_FORMAT: the
 * attribute is not made like one; FLAW_RANGE: no inode can have the number in it.
 */
enum flaw parent_of_attr(const struct fs *fs, const struct attr *attr, struct parent *out) MUST_CHECK;

/* What is said of an inode that has such an attribute; returns ERR_CORRUPT. */
int parent_bad(const struct inode *inode, enum flaw flaw, struct error *err);

/* Walks all parent pointers of @inode. Returns as attr_walk. */
int parent_walk(const struct fs *fs, const struct inode *inode, const struct parent_walker *walker,
		struct error *err) MUST_CHECK;

#endif
