/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one cursor for every kind of B+tree: lookup, range query and full walk are the same walk with other bounds.
 *
 * A cursor goes down only into children that can hold records between its bounds, so a query costs the height of the
 * tree plus its answers; in the rmapbt, whose records overlap, the high keys of the interior blocks tell.
 *
 * Every block is verified when it is read: magic, checksum, UUID, owner, own address, level, count, ascending keys,
 * and that its keys lie where its parent says. The last of these also ends every walk: the key ranges of different
 * pointers are disjoint, so no block is walked twice, whatever the pointers say, and levels only go down.
 *
 * A block that fails is skipped with all below it, and the walk can go on.
 *
 * What a reader need not care about is verified for those who ask (struct btree_strict): neighbours on a level, least
 * numbers of entries, exact high keys, padding, LSN. A block that fails there is used all the same.
 */
#ifndef FS_BTREE_H
#define FS_BTREE_H

#include "format/btree_kind.h"
#include "fs/inode.h"

/* Where a tree stands. Filled by the functions below; copied freely. */
struct btree {
	const struct fs *fs;
	enum btree_kind kind;
	const struct btree_format *format;
	uint64_t owner;	    /* what its blocks name as their owner: a group or an inode */
	unsigned levels;    /* at least 1 */
	struct agaddr root; /* unless the root is in an inode: */
	struct span inode_root;
	uint64_t inode_offset_bytes; /* the place of what is wrong there */
};

/* A tree of a group, from its verified header: @agf for space trees, @agi for inode trees; the other may be NULL. */
struct btree btree_of_group(const struct fs *fs, enum btree_kind kind, uint32_t agno, const struct disk_agf *agf,
			    const struct disk_agi *agi);

/* Reads the header itself. ERR_CORRUPT, ERR_MEDIA; ERR_NOT_FOUND: the file system has no such tree. */
int btree_open_group(const struct fs *fs, enum btree_kind kind, uint32_t agno, struct btree *out,
		     struct error *err) MUST_CHECK;

/* The tree of a fork in format FORK_BTREE. Borrows @inode. ERR_CORRUPT: the root is wrong. */
int btree_of_fork(const struct fs *fs, const struct inode *inode, enum fork_kind kind, struct btree *out,
		  struct error *err) MUST_CHECK;

struct btree_cursor;

/* More checks, for a walk over the whole tree. */
struct btree_strict {
	/* Something is wrong with a block that can be used. 0, or a negative value: btree_next returns it. */
	int (*flaw)(void *arg, const struct error *why);
	void *arg;
	uint64_t lsn_max; /* no block may say that it was written later; 0: not known */
};

struct btree_cursor_options {
	struct btree_key low, high; /* records that cover any key of [low, high]; see BTREE_KEY_MIN and _MAX */
	bool skip_leaves;	    /* only announce the leaves; btree_next then finds no record */
	/*
	 * Every block before it is read, but for a root in an inode. Level 0: a leaf. A negative value ends the walk
	 * and is what btree_next returns; a positive one ends it as if there were no more, and is what btree_walk
	 * returns.
	 */
	int (*block)(void *arg, struct agaddr at, unsigned level);
	void *arg;
	const struct btree_strict *strict; /* borrowed; NULL: less is verified. Only with all keys and leaves. */
};

int btree_cursor_open(const struct btree *tree, const struct btree_cursor_options *options, struct btree_cursor **out,
		      struct error *err) MUST_CHECK;
void btree_cursor_close(struct btree_cursor *cursor);

/*
 * The next record in ascending order: 1 and *record (borrowed until the next call), or 0 at the end.
 * ERR_CORRUPT, ERR_MEDIA: a block could not be used; btree_lost tells which keys were below it. Calling again goes on.
 * Other errors, and what options.block returned: the end.
 */
int btree_next(struct btree_cursor *cursor, const void **record, struct error *err) MUST_CHECK;

/* After ERR_CORRUPT or ERR_MEDIA: records with keys in [low, high] may have been lost. */
void btree_lost(const struct btree_cursor *cursor, struct btree_key *low, struct btree_key *high);

/* The block that holds the record just returned. */
struct agaddr btree_place(const struct btree_cursor *cursor);

struct btree_walker {
	/* A record and the block that holds it. Non-zero stops the walk and is returned. */
	int (*record)(void *arg, const void *record, struct agaddr place);
	/* A block that cannot be used: records with keys in [low, high] may be missing. NULL: that ends the walk. */
	int (*bad)(void *arg, struct btree_key low, struct btree_key high, const struct error *why);
	void *arg;
};

/* All records between the bounds of @options, with a cursor of its own. Returns 0, what a callback returned, ERR_*. */
int btree_walk(const struct btree *tree, const struct btree_cursor_options *options, const struct btree_walker *walker,
	       struct error *err) MUST_CHECK;

#endif
