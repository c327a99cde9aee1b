/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first inodes, and what the root directory hands down.
 *
 * xfs_repair knows where the first chunk of inodes must be and takes a superblock that says otherwise for damaged: behind
 * the headers, the roots of the trees, the log if it is in group 0 and the blocks of the free list, aligned as inodes
 * are (seen in images of mkfs.xfs 6.1, which refuses its own work where that fails).
 */
#include "write/newfs_plan.h"

/* The kernel's limit, and that a hint is not larger than half a group. */
#define HINT_BLOCKS_MAX ((1u << 21) - 1)

uint32_t newfs_plan_freelist_blocks(const struct geometry *geo)
{
	unsigned alloc = newfs_plan_alloc_levels(geo), rmap = newfs_plan_rmap_levels(geo);

	/* One for each level and one more, of each tree that grows with what is taken; a tree that cannot, one. */
	return 2 * (alloc > 1 ? 2u : 1u) + (geo->has_rmapbt ? (rmap > 1 ? 2u : 1u) : 0);
}

/* To what a chunk of inodes is aligned, in blocks: the stripe, if that is a multiple of what inodes need. */
static uint32_t chunk_alignment(const struct newfs_layout *layout)
{
	uint32_t align = layout->geo.inode_align_blocks;

	if (align > 1 && layout->stripe_unit_blocks != 0 && layout->stripe_unit_blocks % align == 0)
		return layout->stripe_unit_blocks;
	return align > 1 ? align : 1;
}

int newfs_plan_root(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_layout *layout = draft->layout;
	struct geometry *geo = &draft->layout->geo;
	uint32_t align = chunk_alignment(layout);
	uint64_t first = newfs_plan_static_blocks(geo) + newfs_plan_freelist_blocks(geo);
	uint64_t chunk = ((64ull << geo->inode_log) + geo->block_bytes - 1) >> geo->block_log;

	if (geo->log_start.agno == 0)
		first += geo->log_blocks;
	first = (first + align - 1) / align * align;
	if (geo->log_start.agno == 0 && first < geo->log_start.agbno + geo->log_blocks)
		return error_set(err, ERR_INVALID,
				 "the log in group 0 with a stripe unit of %u bytes lies where the first inodes must be",
				 layout->log_unit_bytes);
	if (!geometry_holds(geo, (struct agaddr){0, (uint32_t)first}, chunk))
		return error_set(err, ERR_INVALID, "group 0 has no room for the first inodes, aligned to %u blocks", align);
	geo->root_ino = geometry_ino_join(geo, 0, geometry_block_agino(geo, (uint32_t)first));
	geo->rtbitmap_ino = geo->root_ino + 1;
	geo->rtsummary_ino = geo->root_ino + 2;
	return 0;
}

/* ------------------------------------------------------------------ hints */

static int plan_hint(const struct newfs_draft *draft, const char *name, const struct newfs_number *given,
		     uint32_t by_default, uint32_t *out, struct error *err)
{
	const struct geometry *geo = &draft->layout->geo;
	uint64_t max = geo->ag_blocks / 2 < HINT_BLOCKS_MAX ? geo->ag_blocks / 2 : HINT_BLOCKS_MAX;

	if (given->given && given->value > max)
		return error_set(err, ERR_INVALID, "%s of %llu blocks is too large, the maximum is %llu", name,
				 (unsigned long long)given->value, (unsigned long long)max);
	*out = given->given ? (uint32_t)given->value : by_default;
	return 0;
}

int newfs_plan_hints(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_options *options = draft->options;
	struct newfs_layout *layout = draft->layout;
	bool dax = !options->like_mkfs_xfs;
	uint32_t huge = dax ? NEWFS_HUGE_BYTES >> layout->geo.block_log : 0;
	int rc;

	if (options->cowextsize_blocks.given && options->cowextsize_blocks.value != 0 && !layout->geo.has_reflink)
		return error_set(err, ERR_INVALID, "cowextsize is of no use without reflink");
	layout->dax_inherit = newfs_plan_is_on(options->dax_inherit, dax);
	rc = plan_hint(draft, "extszinherit", &options->extszinherit_blocks, huge, &layout->extszinherit_blocks, err);
	if (rc == 0)
		rc = plan_hint(draft, "cowextsize", &options->cowextsize_blocks, layout->geo.has_reflink ? huge : 0,
			       &layout->cowextsize_blocks, err);
	return rc;
}
