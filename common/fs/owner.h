/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners of ranges of the device: what the reverse-mapping tree, the kernel's GETFSMAP and a pass over all forks
 * answer alike.
 */
#ifndef FS_OWNER_H
#define FS_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/interval.h"
#include "fs/inode.h"

enum owner_kind {
	OWNER_FREE,
	OWNER_FILE,	  /* an inode: its data or attribute fork, or a block of a fork's B+tree */
	OWNER_AG_HEADER,  /* superblock, AGF, AGI, AGFL */
	OWNER_LOG,	  /* the journal */
	OWNER_SPACE,	  /* bnobt, cntbt, rmapbt, or a block on the AGFL: the rmapbt does not tell which */
	OWNER_INOBT,	  /* inobt or finobt */
	OWNER_INODES,	  /* inode chunk */
	OWNER_REFCOUNTBT,
	OWNER_COW,	  /* CoW staging */
	OWNER_UNKNOWN,	  /* the kernel says that it does not know */
};

struct owner {
	uint64_t start_bytes, end_bytes; /* on the device */
	enum owner_kind kind;
	/* OWNER_FILE only: */
	uint64_t ino;
	enum fork_kind fork;
	bool bmbt;	       /* a block of the fork's B+tree: no offset */
	bool unwritten;
	uint64_t offset_bytes; /* in the file or in the attribute fork, of start_bytes */
};

/* Takes what a source finds. A positive value stops the source and is returned by it. */
struct owner_sink {
	/* One owner of a part of a wanted range, cut to that range. In no particular order. */
	int (*owner)(void *arg, const struct owner *owner);
	/* Something could not be read or trusted, so owners of [start, end) may be missing. */
	int (*gap)(void *arg, uint64_t start_bytes, uint64_t end_bytes, const struct error *why);
	void *arg;
};

/* Cuts @owner to [start, end), offset included; false if nothing is left. */
bool owner_cut(struct owner *owner, uint64_t start_bytes, uint64_t end_bytes);

/* Hands the parts of @owner that are wanted to @sink. Returns 0 or what the sink returned. */
int owner_give(const struct owner *owner, const struct interval_set *wanted, const struct owner_sink *sink) MUST_CHECK;

/*
 * Owners of the parts of @wanted that lie in headers of groups or in the journal; the other parts go to @rest (zeroed
 * by the caller, settled here).
 * Returns 0, what @sink returned, ERR_NOMEM.
 */
int owners_by_geometry(const struct geometry *geo, const struct interval_set *wanted, const struct owner_sink *sink,
		       struct interval_set *rest, struct error *err) MUST_CHECK;

#endif
