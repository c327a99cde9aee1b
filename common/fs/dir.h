/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories of every form, read and checked.
 *
 * The names of a directory are listed from the blocks that hold them; the hash index and the free index are not
 * needed for that. Damage in those is looked for by dir_verify_index alone.
 *
 * A block is trusted whole or not at all: if its checksum or anything of its header is wrong, none of its entries is
 * handed out. In a sound block an entry that breaks the format is left out; the walk goes on behind it, if
 * its length can be believed, or else with the next block.
 */
#ifndef FS_DIR_H
#define FS_DIR_H

#include "format/dir.h"
#include "fs/inode.h"

struct dir_entry {
	struct span name;     /* 1 to 255 bytes, none of them '/' or NUL; valid during the call */
	uint64_t ino;	      /* a number that an inode can have */
	enum dir_ftype ftype; /* DIR_FTYPE_UNKNOWN without feature ftype */
	uint32_t cookie;      /* finds the entry again: dir_entry_at */
};

/* What a walk hands out. Each may be NULL. A positive value stops the walk and is returned. */
struct dir_walker {
	/* Every name but "." and "..". In the order in which they lie in the directory. */
	int (*entry)(void *arg, const struct dir_entry *entry);
	/* "." (which the short form does not store) and "..", once each in a sound directory. */
	int (*dots)(void *arg, const struct dir_entry *entry);
	/* A block or an entry that cannot be read or trusted. The walk goes on with what is left. */
	int (*bad)(void *arg, const struct error *why);
	void *arg;
	/* dirblock_bytes of memory to read into, for who walks many directories; NULL: the walk takes its own. */
	void *buffer;
};

/*
 * Walks the names of directory @inode. Bounded by the blocks of its fork, whatever its size says.
 * Returns 0, what a callback returned, or without walker->bad the first ERR_CORRUPT or ERR_MEDIA; ERR_NOMEM, ERR_IO;
 * ERR_INVALID: not a directory.
 */
int dir_walk(const struct fs *fs, const struct inode *inode, const struct dir_walker *walker,
	     struct error *err) MUST_CHECK;

/*
 * The entry that had @cookie in a walk, "." and ".." included. @buffer: dirblock_bytes; out->name lies in it or in
 * @inode. ERR_NOT_FOUND: there is none (any more).
 */
int dir_entry_at(const struct fs *fs, const struct inode *inode, uint32_t cookie, void *buffer, struct dir_entry *out,
		 struct error *err) MUST_CHECK;

/*
 * The inode of a name, "." and ".." included, by looking through the names: 1 and *ino, or 0 if no readable part of
 * the directory holds it (bad parts are passed over, and err says which was the first).
 */
int dir_lookup(const struct fs *fs, const struct inode *inode, struct span name, uint64_t *ino,
	       struct error *err) MUST_CHECK;

/*
 * The first name of inode @ino in the directory, copied to @name (DIR_NAME_MAX bytes) and its length to *len;
 * returns as dir_lookup.
 */
int dir_lookup_ino(const struct fs *fs, const struct inode *inode, uint64_t ino, uint8_t *name, size_t *len,
		   struct error *err) MUST_CHECK;

/*
 * Checks the blocks that dir_walk does not need: leaves, nodes and free index, each by its header, its own counts,
 * the order of its hashes and the range of its pointers; not against the names. Calls only walker->bad.
 */
int dir_verify_index(const struct fs *fs, const struct inode *inode, const struct dir_walker *walker,
		     struct error *err) MUST_CHECK;

#endif
