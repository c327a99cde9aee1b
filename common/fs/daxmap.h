/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which parts of a file the kernel can map with huge pages of 2 MiB, and why not the others.
 *
 * A DAX fault maps 2 MiB at once where the range of the file, aligned to 2 MiB, lies in one extent whose place on the
 * device is aligned to 2 MiB too, and inside the file (kernel documentation, filesystems/dax.rst: alignment of the
 * file's allocation and of the device). A write to shared blocks first copies them.
 */
#ifndef FS_DAXMAP_H
#define FS_DAXMAP_H

#include "fs/fork.h"

#define DAXMAP_PAGE_BYTES (2ull << 20)

enum daxmap_verdict {
	DAXMAP_HUGE,	    /* mapped with one page */
	DAXMAP_HUGE_SHARED, /* the same for reading; a write copies first, and what it copies to decides anew */
	DAXMAP_HOLE,	    /* reads map zeros; a write allocates */
	DAXMAP_UNALIGNED,   /* the extent does not lie on 2 MiB of the device as it does in the file */
	DAXMAP_SPLIT,	    /* more than one extent, or an extent and a hole */
	DAXMAP_PAST_END,    /* the file ends inside */
	DAXMAP_VERDICTS,
};

/* Stable, in JSON; and for people. */
extern const char *const daxmap_names[DAXMAP_VERDICTS];
extern const char *const daxmap_titles[DAXMAP_VERDICTS];

/* Ranges of the file with one verdict, ascending: multiples of 2 MiB, but for the last. Positive stops. */
typedef int daxmap_fn(void *arg, uint64_t start_bytes, uint64_t end_bytes, enum daxmap_verdict verdict);

/*
 * Judges a regular file from its start to its end. @device_start_bytes: how far into the memory the device of the file
 * system begins, as of a partition. Memory: none to speak of; reads the data fork once and for each aligned 2 MiB the
 * refcountbt if the inode shares blocks.
 * Returns 0, what @fn returned, ERR_INVALID (no regular file), ERR_CORRUPT, ERR_MEDIA, ERR_NOMEM, ERR_IO.
 */
int daxmap_walk(const struct fs *fs, const struct inode *inode, uint64_t device_start_bytes, daxmap_fn *fn, void *arg,
		struct error *err) MUST_CHECK;

#endif
