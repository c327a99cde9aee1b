/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended attributes of every form, read and checked.
 *
 * Leaves are found from block 0 of the attribute fork through the nodes, and along the links between neighbours, so a
 * damaged node loses only what no neighbour leads to. Blocks that merely look like leaves are not taken: a crash can
 * leave a stale leaf in blocks that were given to a value since.
 */
#ifndef FS_ATTR_H
#define FS_ATTR_H

#include "format/attr.h"
#include "fs/inode.h"

struct attr {
	uint8_t flags;	   /* ATTR_FLAG_*: namespace, incomplete; local: the value lies beside the name */
	struct span name;  /* 1 to 255 bytes; valid during the call */
	struct span value; /* valid during the call; bytes is NULL if the value is remote and was not read */
	uint32_t value_bytes;
	uint32_t value_block; /* in the attribute fork, of a remote value */

	/* Where it stands in a leaf; 0 in short form. */
	uint32_t hashval;
	uint32_t at, len; /* bytes that are taken by it, which are rounded up to four; may reach beyond the leaf */
};

/* A leaf or a node, verified. */
struct attr_block {
	uint32_t fileoff; /* in the attribute fork */
	struct agaddr at;
	uint8_t level;	      /* 0: a leaf */
	bool is_root;	      /* nothing points to it */
	bool has_parent;      /* a node points to it; else it is a neighbour's only */
	uint32_t parent_hash; /* with has_parent: the highest hash in it, as that node says */
	struct span bytes;    /* valid during the call */
};

/* A block of a remote value, verified. */
struct attr_value_block {
	uint32_t fileoff;
	struct agaddr at;
	uint64_t lsn;
};

/* What a walk hands out. Each may be NULL. A positive value stops the walk and is returned. */
struct attr_walker {
	int (*attr)(void *arg, const struct attr *attr);
	/* A leaf or a node, after what it holds was handed out. Of a sound tree level by level, in order of hashes. */
	int (*block)(void *arg, const struct attr_block *block);
	/* A block of a remote value that is being read. */
	int (*value_block)(void *arg, const struct attr_value_block *block);
	/* A block, an attribute or a value that cannot be read or trusted. The walk goes on with what is left. */
	int (*bad)(void *arg, const struct error *why);
	void *arg;
	bool read_values; /* remote ones too; one that is bad: bad, then attr without the value */
};

/*
 * Walks all attributes of @inode; none if it has no attribute fork. Those marked incomplete are handed out too, their
 * remote values never read.
 * Returns 0, what a callback returned, or without walker->bad the first ERR_CORRUPT or ERR_MEDIA; ERR_NOMEM, ERR_IO.
 */
int attr_walk(const struct fs *fs, const struct inode *inode, const struct attr_walker *walker,
	      struct error *err) MUST_CHECK;

/* Reads a remote value of a walk into @to (value_bytes bytes). ERR_CORRUPT, ERR_MEDIA, ERR_NOMEM, ERR_IO. */
int attr_read_value(const struct fs *fs, const struct inode *inode, const struct attr *attr, uint8_t *to,
		    struct error *err) MUST_CHECK;

#endif
