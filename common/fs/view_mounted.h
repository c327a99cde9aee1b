/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mounted view's parts. Private to the view.
 *
 * Everything is asked of the kernel; the device is not read. The file system may change while it is asked: each answer
 * was true at some moment of the call, and an inode or directory that goes away meanwhile is no error.
 */
#ifndef FS_VIEW_MOUNTED_H
#define FS_VIEW_MOUNTED_H

#include <sys/types.h>

#include "fs/kernel_abi.h"
#include "fs/view.h"

struct mounted {
	int fd; /* the mount point, kept open: inodes are opened through it */
	int mount_id;
	uint32_t device; /* of the file system, as GETFSMAP counts devices */
	uint64_t fsid;	 /* as handles carry it */
	uint32_t root_gen;
	bool has_getparents; /* parent pointers, and a kernel that tells them */
	struct geometry geo;
	struct pool *pool; /* borrowed */
};

/* ---- view_mounted.c: inodes by number ---- */

/* 1 and *out; 0 if the inode is free, or one that the kernel keeps to itself (quota, realtime); ERR_IO. */
int mounted_stat(const struct mounted *m, uint64_t ino, struct kernel_bulkstat *out, struct error *err) MUST_CHECK;

/*
 * The next inodes from *cursor on, which is moved: at most @room of them to @out, their number to *count, 0 at the end.
 * Start with *cursor 0.
 */
int mounted_stat_next(const struct mounted *m, uint64_t *cursor, struct kernel_bulkstat *out, uint32_t room,
		      uint32_t *count, struct error *err) MUST_CHECK;

/* The same for chunks of inodes. */
int mounted_chunks_next(const struct mounted *m, uint64_t *cursor, struct kernel_inumbers *out, uint32_t room,
			uint32_t *count, struct error *err) MUST_CHECK;

/* How many inodes are in use, roughly: for progress. */
uint64_t mounted_inode_count(const struct mounted *m);

/*
 * Opens an inode by its number: what is mounted over it, and who may search the way there, do not matter.
 * A descriptor, or -1 with errno; ESTALE: the inode went away.
 */
int mounted_open_inode(const struct mounted *m, uint64_t ino, uint32_t gen, int flags);

/* ---- mounted_extents.c ---- */

enum mounted_fork {
	MOUNTED_DATA,
	MOUNTED_ATTR,
	MOUNTED_COW, /* staging space: OWNER_COW */
};

/* Every extent of a fork of the open file @fd, ascending by offset. Returns 0, what @fn returned, ERR_IO. */
int mounted_extents(int fd, uint64_t ino, enum mounted_fork fork, int (*fn)(void *arg, const struct owner *owner),
		    void *arg, struct error *err) MUST_CHECK;

/* ---- mounted_path.c: a path built from its end ---- */

struct mounted_path {
	char *buffer;
	size_t room;
	size_t used; /* at the end of the buffer */
};

/* Puts "/" and @name before the path. ERR_NOMEM. */
int mounted_path_prepend(struct mounted_path *path, const char *name, size_t len) MUST_CHECK;
/* The path, path->used bytes long. */
const char *mounted_path_text(const struct mounted_path *path);

/* ---- mounted_fsmap.c: one range by GETFSMAP ---- */

/*
 * Owners of [start, end), cut to it; in ascending order of their start. What the kernel leaves out although it lies in
 * the file system goes to @missing (settled here). Returns 0, what @fn returned, ERR_IO, ERR_NOMEM.
 */
int mounted_fsmap(const struct mounted *m, uint64_t start, uint64_t end,
		  int (*fn)(void *arg, const struct owner *owner), void *arg, struct interval_set *missing,
		  struct error *err) MUST_CHECK;

/* ---- mounted_owners.c ---- */

int mounted_owners(const struct mounted *m, const struct interval_set *wanted, const struct owner_sink *sink,
		   const struct progress *progress, struct error *err) MUST_CHECK;

/* ---- mounted_forks.c: owners without a reverse mapping ---- */

/*
 * Owners of @wanted, all of it allocated, from the list of inode chunks and from the extents of every file.
 * What no owner was found for goes to @rest (settled here).
 */
int mounted_forks(const struct mounted *m, const struct interval_set *wanted, const struct owner_sink *sink,
		  struct interval_set *rest, const struct progress *progress, struct error *err) MUST_CHECK;

/* Inodes of a chunk that has @allocmask in use which surely have space: holes come INODES_PER_HOLEBIT at a time. */
uint64_t mounted_present_with(uint64_t allocmask);

/* ---- mounted_parents.c and mounted_walk.c: see view_ops.paths ---- */

int mounted_paths_by_parents(const struct mounted *m, const uint64_t *inos, size_t count, bool one_path,
			     const struct path_sink *sink, const struct progress *progress,
			     struct error *err) MUST_CHECK;
int mounted_paths_by_walk(const struct mounted *m, const uint64_t *inos, size_t count, bool one_path,
			  const struct path_sink *sink, const struct progress *progress,
			  struct error *err) MUST_CHECK;

#endif
