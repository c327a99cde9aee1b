/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file system as somebody sees it who asks for owners, files and paths: offline through its metadata
 * (view_offline.c), or mounted through the kernel (view_mounted.c), whose device is then never read for metadata.
 */
#ifndef FS_VIEW_H
#define FS_VIEW_H

#include "base/pool.h"
#include "base/progress.h"
#include "fs/geometry.h"
#include "fs/owner.h"

/* What is to be said of a file whose blocks are hit. */
struct file_info {
	uint64_t ino;
	bool allocated; /* false: the inode is free, and the rest says nothing */
	uint16_t mode;
	uint32_t gen;
	uint32_t nlink;
	uint64_t size_bytes;
};

/* What a block of OWNER_SPACE or OWNER_INOBT is. */
enum tree_structure {
	STRUCTURE_UNKNOWN,
	STRUCTURE_BNOBT,
	STRUCTURE_CNTBT,
	STRUCTURE_RMAPBT,
	STRUCTURE_FREE_LIST, /* not in use: its number stands in the AGFL */
	STRUCTURE_INOBT,
	STRUCTURE_FINOBT,
};

/* Takes paths. A positive value stops. */
struct path_sink {
	/*
	 * A path of inode @ino from the root of the file system, "/" first, as raw bytes (names hold anything but '/'
	 * and NUL), valid during the call. The paths of one inode come in no particular order.
	 * @connected: false if the way up does not reach the root; the path then starts at the last inode
	 * that was reached, whose number is @top_ino.
	 */
	int (*path)(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top_ino);
	/* A directory, or another thing on the way, could not be read: paths may be missing. @ino: 0 if not known. */
	int (*gap)(void *arg, uint64_t ino, const struct error *why);
	void *arg;
};

struct view_ops {
	/* Owners of all parts of @wanted (settled byte ranges). */
	int (*owners)(void *self, const struct interval_set *wanted, const struct owner_sink *sink,
		      const struct progress *progress, struct error *err);
	/* ERR_CORRUPT or ERR_MEDIA: the inode cannot be read. */
	int (*file)(void *self, uint64_t ino, struct file_info *out, struct error *err);
	/* Paths of all of @inos (sorted, no duplicates) together; @one_path: one for each is enough. */
	int (*paths)(void *self, const uint64_t *inos, size_t count, bool one_path, const struct path_sink *sink,
		     const struct progress *progress, struct error *err);
	/*
	 * The chunk of 64 inodes that starts at or before @ino and holds it: 1 and bit masks (lowest bit: @first_ino):
	 * which inodes are allocated, and which have space on the device; 0 if there is no such chunk; ERR_*.
	 */
	int (*chunk)(void *self, uint64_t ino, uint64_t *first_ino, uint64_t *allocated, uint64_t *present,
		     struct error *err);
	/* What lies at block @at, without reading it. NULL: the view cannot tell. ERR_NOMEM, ERR_IO. */
	int (*structure)(void *self, struct agaddr at, enum tree_structure *out, struct error *err);
	void (*close)(void *self);
};

struct view {
	const struct view_ops *ops;
	void *self;
	struct geometry geo;
	const char *owners_from; /* how owners are known: "rmapbt", "getfsmap", "forks" (a full pass), "bmapx" */
	bool slow;		 /* owners need a pass over all files */
};

/* Offline. @fs and @pool are borrowed. */
struct fs;
int view_offline_open(const struct fs *fs, struct pool *pool, struct view *out, struct error *err) MUST_CHECK;
/* The same without the rmapbt, even if there is one: everything that points at blocks is looked through. */
int view_scan_open(const struct fs *fs, struct pool *pool, struct view *out, struct error *err) MUST_CHECK;
/* Mounted at @target. ERR_UNSUPPORTED if that is no XFS, or the kernel has no GETFSMAP. */
int view_mounted_open(const char *target, struct pool *pool, struct view *out, struct error *err) MUST_CHECK;
void view_close(struct view *view);

#endif
