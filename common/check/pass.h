/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The passes of fsck: one entry each in the table of fsck.c, in the order in which they run; internal to the layer.
 *
 * A unit returns 0 or what ends the check: ERR_NOMEM, ERR_IO. What is wrong with the file system is no failure.
 */
#ifndef CHECK_PASS_H
#define CHECK_PASS_H

#include "check/checker.h"

struct pass {
	struct fsck_pass_info info;
	bool (*wanted)(const struct checker *checker);	/* NULL: always */
	size_t (*units)(const struct checker *checker); /* NULL: one */
	int (*unit)(struct check_work *work, size_t unit);
	/* When all units have ended, alone, with findings of its own; NULL: nothing. */
	int (*end)(struct check_work *work);
};

/*
 * run_pass.c: runs a pass, unless it is not wanted. @ahead: how far units may run ahead of the first that has not
 * ended, at least 1: bounds the memory for findings that wait. A unit reads of checker->tables only what no unit of its
 * pass adds to. Returns 0, what the first unit that failed or the end returned, ERR_NOMEM, ERR_CANCELLED; what was
 * found until then is in checker->result.
 */
int pass_run(struct checker *checker, const struct pass *pass, size_t ahead) MUST_CHECK;

size_t pass_units_groups(const struct checker *checker);

/* The units and ends, by the files that have them. */
int superblock_unit(struct check_work *work, size_t agno); /* superblock.c */
int journal_unit(struct check_work *work, size_t unit);	   /* journal.c */
int headers_unit(struct check_work *work, size_t agno);	   /* headers.c */
int chunks_unit(struct check_work *work, size_t agno);	   /* chunks.c */
size_t contents_units(const struct checker *checker);	   /* contents.c */
int contents_unit(struct check_work *work, size_t unit);
int contents_end(struct check_work *work);
int space_unit(struct check_work *work, size_t agno); /* space.c */
size_t inodes_units(const struct checker *checker);   /* inodes.c */
int inodes_unit(struct check_work *work, size_t unit);
/* The chunks that a unit of inodes_units is about: [*first, *end) of the group returned. */
const struct group *inodes_range(const struct checker *checker, size_t unit, size_t *first, size_t *end);
int inodes_end(struct check_work *work);
bool gapped_rmaps_wanted(const struct checker *checker); /* fork_gaps.c */
int gapped_rmaps_unit(struct check_work *work, size_t agno);
int gapped_rmaps_end(struct check_work *work);
size_t gapped_inodes_units(const struct checker *checker);
int gapped_inodes_unit(struct check_work *work, size_t unit);
int gapped_inodes_end(struct check_work *work);
int unlinked_unit(struct check_work *work, size_t agno); /* unlinked.c */
size_t links_units(const struct checker *checker);	 /* links_compare.c */
int links_unit(struct check_work *work, size_t unit);
int tree_unit(struct check_work *work, size_t unit);   /* tree.c */
int claims_unit(struct check_work *work, size_t agno); /* claims_compare.c */
bool users_wanted(const struct checker *checker);      /* users.c */
int users_unit(struct check_work *work, size_t unit);
int naming_end(struct check_work *work);
int naming_unit(struct check_work *work, size_t agno); /* naming.c */
bool quota_wanted(const struct checker *checker);      /* quota.c */
size_t quota_units(const struct checker *checker);
int quota_unit(struct check_work *work, size_t unit);
int counters_unit(struct check_work *work, size_t unit); /* counters.c */

#endif
