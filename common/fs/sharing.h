/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who shares blocks with whom, from the reverse mappings. */
#ifndef FS_SHARING_H
#define FS_SHARING_H

#include "base/progress.h"
#include "fs/fs.h"
#include "fs/inode.h"

/* What one inode shares, with all others or with one. */
struct sharing {
	uint64_t ino;
	uint64_t bytes; /* of its own data that another has too; with itself too, if a file has a block twice */
};

struct sharing_list {
	struct sharing *items; /* ascending by ino */
	size_t count;
};

void sharing_fini(struct sharing_list *list);

/*
 * Every inode that shares blocks, and how many bytes of it are shared. Reads the refcountbt and the reverse mappings of
 * what is shared. @out: zeroed by the caller, sharing_fini in any case. *gaps: places that could not be read.
 * ERR_NOT_FOUND: no rmapbt or no reflink. ERR_CORRUPT, ERR_MEDIA: a header. ERR_CANCELLED: @progress (may be NULL,
 * counts shared ranges) said so. ERR_NOMEM, ERR_IO.
 */
int sharing_of_all(const struct fs *fs, const struct progress *progress, struct sharing_list *out, uint64_t *gaps,
		   struct error *err) MUST_CHECK;

/* With whom @inode shares, and how many of its bytes. As above. */
int sharing_of_inode(const struct fs *fs, const struct inode *inode, const struct progress *progress,
		     struct sharing_list *out, uint64_t *gaps, struct error *err) MUST_CHECK;

#endif
