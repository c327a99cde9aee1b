/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the checks of extended attributes share: attr.c the walk and each attribute, attr_leaf.c the room in leaves,
 * attr_tree.c how blocks hang together; internal to the layer.
 */
#ifndef CHECK_ATTR_PARTS_H
#define CHECK_ATTR_PARTS_H

#include <string.h>

#include "check/inode/inode_parts.h"
#include "fs/attr.h"

/* What is left in memory of a block: enough to hold its right neighbour against it. */
struct attr_level {
	bool any;
	uint32_t fileoff, forw;
	uint32_t hash; /* the highest in it */
};

#define ATTR_BLOCKS_FEW 32u

/* Blocks of the fork that something leads to, in the order of the walk. */
struct attr_reached {
	uint32_t *items; /* few, or from malloc */
	size_t count, room;
	uint32_t few[ATTR_BLOCKS_FEW];
};

/* The walk over the attributes of one inode. */
struct attr_check {
	struct check_work *work;
	const struct inode *inode;
	bool lost;	 /* a block, an attribute or a value could not be used: nothing is known of what hangs there */
	bool incomplete; /* an attribute was left in the middle of a change: blocks may hang nowhere */

	/* Of the leaf at hand: */
	bool leaf_lost; /* an entry could not be used */
	uint32_t used_bytes, first_used;
	uint8_t *used; /* a bit for each four bytes; work->block */

	struct attr_level levels[DA_LEVELS_MAX];
	struct attr_reached reached;
};

static inline struct place attr_place(const struct attr_check *check, const struct attr_block *block)
{
	struct place at = at_fileoff(check->inode->ino, FORK_ATTR, block->fileoff);

	at.in_group = at.in_block = true;
	at.agno = block->at.agno;
	at.agbno = block->at.agbno;
	at.len_blocks = 1;
	return at;
}

/* attr.c: bytes without meaning, which the kernel writes as zero. */
void attr_pad_check(struct attr_check *check, const struct attr_block *block, const char *field, uint64_t found);

static inline void attr_name(struct finding *finding, const struct attr *attr)
{
	finding->name_len = (uint8_t)attr->name.len;
	memcpy(finding->name, attr->name.bytes, attr->name.len);
}

/* attr_leaf.c: takes the room of an attribute in the leaf at hand. */
void attr_leaf_take(struct attr_check *check, const struct attr *attr);
/* attr_leaf.c: all attributes of the leaf have been taken: its own account of them. Makes ready for the next. */
void attr_leaf_check(struct attr_check *check, const struct attr_block *block);
void attr_leaf_begin(struct attr_check *check);

/* attr_tree.c: a leaf or node against its parent and its neighbours. */
void attr_tree_check(struct attr_check *check, const struct attr_block *block);
/* attr_tree.c: every block of the fork must have been reached once; ERR_NOMEM, ERR_IO. */
int attr_reach(struct attr_check *check, uint32_t fileoff) MUST_CHECK;
int attr_tree_end(struct attr_check *check) MUST_CHECK;

#endif
