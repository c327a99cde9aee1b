/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps of newfs_plan, in the order in which they run: each decides its part of the layout and refuses what cannot
 * be. Internal to the planner.
 *
 * What mkfs.xfs 6.1 decides was learned from outside: from its manual page, from what `mkfs.xfs -N` prints and from the
 * superblocks that it writes. tests/oracle/mkfs-plan.sh holds the two against each other.
 */
#ifndef WRITE_NEWFS_PLAN_H
#define WRITE_NEWFS_PLAN_H

#include "write/newfs.h"

/* What a huge page maps, and what everything is laid out for. */
#define NEWFS_HUGE_BYTES (2u << 20)

struct newfs_draft {
	const struct newfs_options *options;
	const struct newfs_device *device;
	struct newfs_layout *layout;
};

/* Sizes of block, sector, inode and directory block. */
int newfs_plan_sizes(struct newfs_draft *draft, struct error *err) MUST_CHECK;

/* Feature bits, needs the sizes. */
int newfs_plan_features(struct newfs_draft *draft, struct error *err) MUST_CHECK;

/* Stripe unit and width. */
int newfs_plan_stripe(struct newfs_draft *draft, struct error *err) MUST_CHECK;

/* Number and size of the groups, share of inodes, needs the stripe. */
int newfs_plan_groups(struct newfs_draft *draft, struct error *err) MUST_CHECK;

/* Size and place of the log, needs groups and features. */
int newfs_plan_log(struct newfs_draft *draft, struct error *err) MUST_CHECK;

/* Numbers of the first inodes, needs the log. */
int newfs_plan_root(struct newfs_draft *draft, struct error *err) MUST_CHECK;

/* Hints of the root directory. */
int newfs_plan_hints(struct newfs_draft *draft, struct error *err) MUST_CHECK;

/* Blocks at the start of a group that hold its headers and the roots of its trees. */
uint32_t newfs_plan_static_blocks(const struct geometry *geo);

/* Blocks that the free list of a new group is filled with. */
uint32_t newfs_plan_freelist_blocks(const struct geometry *geo);

/* The smallest log with which the kernel mounts; geo but for its log is decided. */
uint64_t newfs_plan_min_log_blocks(const struct newfs_layout *layout);

/* Levels that a B+tree of a group can grow to, records of its leaves and of its nodes given as their minimum. */
unsigned newfs_plan_levels(uint64_t records, uint32_t leaf_min, uint32_t node_min);

/* Levels of the trees of free space and of the reverse mappings. */
unsigned newfs_plan_alloc_levels(const struct geometry *geo);
unsigned newfs_plan_rmap_levels(const struct geometry *geo);

static inline bool newfs_plan_is_on(enum newfs_switch given, bool by_default)
{
	return given == NEWFS_DEFAULT ? by_default : given == NEWFS_ON;
}

#endif
