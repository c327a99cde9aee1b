/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names of all inodes, by a pass over all directories, and then one over their names in the order of the
 * directories' inode numbers. Nothing is kept of files but a bit each.
 */
#ifndef FS_NAMES_H
#define FS_NAMES_H

#include "fs/view.h"

struct name {
	uint64_t ino;
	struct span directory; /* its path from the root, without a slash at either end; empty: the root itself */
	struct span name;
	bool is_directory;
};

struct names_options {
	const uint64_t *inos; /* only of these, ascending; with count 0: of all */
	size_t count;
	bool special_only; /* devices, pipes, sockets, and files that run as their owner or group; not with @inos */
	bool all_names;	   /* of hard links too; otherwise of each inode the first */
	const struct progress *progress;
};

/* What comes out, in this order, does not depend on workers or timing. Called from the calling thread. */
struct names_sink {
	int (*name)(void *arg, const struct name *name); /* positive: stop */
	/* Something of inode @ino cannot be read: names may be missing. */
	int (*gap)(void *arg, uint64_t ino, const struct error *why);
	void *arg;
};

/*
 * Every name that is connected to the root. The names of directories that are not, and what is below them, are left
 * out.
 *
 * Memory: some 60 bytes and the name for each directory, the names of some directories at a time, half a byte for each
 * inode. Returns 0, what a callback returned; ERR_CANCELLED, ERR_NOMEM, ERR_IO.
 */
int names_walk(const struct fs *fs, struct pool *pool, const struct names_options *options,
	       const struct names_sink *sink, struct error *err) MUST_CHECK;

#endif
