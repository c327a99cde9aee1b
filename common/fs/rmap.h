/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reverse mappings: who owns a range of blocks, from the rmapbt.
 */
#ifndef FS_RMAP_H
#define FS_RMAP_H

#include "format/records.h"
#include "fs/fs.h"

struct rmap {
	struct agaddr start;
	uint32_t len_blocks;
	uint64_t owner; /* inode or RMAP_OWN_* */
	uint64_t fileoff;
	bool attr_fork;
	bool bmbt_block;
	bool unwritten;
};

/*
 * Unpacks a record of group @agno; false if it cannot be true: outside the group, an owner that cannot be, flags or an
 * offset that this owner cannot have. *out is what it says in any case.
 * Format: design document, "Reverse-Mapping B+tree"; what the kernel refuses when it reads a record.
 */
bool rmap_unpack(const struct geometry *geo, uint32_t agno, const struct disk_rmap_rec *rec, struct rmap *out);

struct rmap_sink {
	/* A reverse mapping that overlaps the range, whole, in ascending order of start. Positive: stop. */
	int (*rmap)(void *arg, const struct rmap *rmap);
	/* Part of the tree cannot be used: mappings that cover blocks [start, start + len) may be missing. */
	int (*gap)(void *arg, struct agaddr start, uint32_t len_blocks, const struct error *why);
	void *arg;
};

/*
 * Every reverse mapping of a physical range.
 *
 * @at, @len_blocks: inside one group, at least 1 block. Reads the AGF and then height + answers.
 * Returns 0, what @sink returned if not 0, ERR_NOT_FOUND (no rmapbt), ERR_NOMEM, ERR_IO.
 * Format: design document, "Reverse-Mapping B+tree"; that overlapping records are found by high keys: test_rmap.c.
 */
int rmap_query(const struct fs *fs, struct agaddr at, uint32_t len_blocks, const struct rmap_sink *sink,
	       struct error *err) MUST_CHECK;

#endif
