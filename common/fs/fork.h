/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forks: where the blocks of a file (its data or its attributes) lie.
 */
#ifndef FS_FORK_H
#define FS_FORK_H

#include "format/records.h"
#include "fs/inode.h"

/* The highest block of a file that a record has room for (54 bits); what a file can have is geometry_fileoff_max. */
#define FILEOFF_MAX ((1ull << 54) - 1)

struct btree_strict; /* fs/btree.h */

struct extent {
	uint64_t fileoff; /* blocks */
	struct agaddr start;
	uint32_t len_blocks; /* 1 .. 2^21 - 1 */
	bool unwritten;
};

/* Blocks of a file, both included. */
struct fork_range {
	uint64_t from, to;
};

/*
 * What is known from elsewhere, such as the rmapbt, of a fork whose tree lost blocks (struct inode, substitutes). Both
 * lists ascend, and their items are disjoint; extents are inside the device and the ranges.
 */
struct fork_substitute {
	struct fork_range *ranges; /* where all that the fork maps is known */
	size_t range_count;
	struct extent *extents;
	size_t extent_count;
};

/*
 * Unpacks an extent record that lies at byte @place of the device. *next: the first block of the file that it may map;
 * moved to the one behind it. ERR_CORRUPT with FLAW_RANGE or FLAW_ORDER: *out cannot be used.
 */
int fork_record(const struct fs *fs, const struct inode *inode, const struct disk_bmap_rec *disk, uint64_t place,
		uint64_t *next, struct extent *out, struct error *err) MUST_CHECK;

/* What a walk hands out. Each may be NULL. A positive value stops the walk and is returned. */
struct fork_walker {
	/* An extent that overlaps the wanted range, whole, in ascending order. */
	int (*extent)(void *arg, const struct extent *extent);
	/* A block of the fork's B+tree, before it is read; level 0 is a leaf. */
	int (*block)(void *arg, struct agaddr at, unsigned level);
	/* A part of the fork that cannot be read or trusted. The walk goes on with what is left. */
	int (*bad)(void *arg, const struct error *why);
	/* Instead of that if it is known which blocks of the file it mapped: the tree, or what hangs below a block of
	 * it. */
	int (*gap)(void *arg, struct fork_range lost, const struct error *why);
	void *arg;
	/* More checks of the blocks of the B+tree, for walks over all of a fork; borrowed; NULL: none. */
	const struct btree_strict *strict;
};

/*
 * Walks the extents of a fork that overlap blocks [from, to] of the file. Forks in other formats than extents and
 * B+tree have none: nothing is called. Every extent handed out has a valid address and follows the one before. Where
 * the inode has a substitute for what is lost, the walk hands out that; blocks of the tree below are not announced.
 * Returns 0, what a callback returned, or without walker->bad the first ERR_CORRUPT or ERR_MEDIA; ERR_NOMEM, ERR_IO.
 */
int fork_walk(const struct fs *fs, const struct inode *inode, enum fork_kind kind, uint64_t from, uint64_t to,
	      const struct fork_walker *walker, struct error *err) MUST_CHECK;

/*
 * The extent that holds block @fileoff: 1 and *out, or 0 for a hole, or ERR_*.
 */
int fork_map(const struct fs *fs, const struct inode *inode, enum fork_kind kind, uint64_t fileoff, struct extent *out,
	     struct error *err) MUST_CHECK;

/*
 * Reads @len_blocks blocks of a fork from @fileoff on, as directories, attributes and symbolic links keep their
 * structures. A hole or an unwritten block is ERR_CORRUPT. *first, unless NULL, gets the address of the first block.
 */
int fork_read(const struct fs *fs, const struct inode *inode, enum fork_kind kind, uint64_t fileoff,
	      uint32_t len_blocks, void *to, struct agaddr *first, struct error *err) MUST_CHECK;

#endif
