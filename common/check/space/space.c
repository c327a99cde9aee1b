/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Free space, reverse mappings and sharing of one group: first the bnobt against the cntbt, then one walk along free
 * space, rmapbt and refcountbt at once.
 *
 * Verified here: that each block is either free or has an owner in the rmapbt, that only data of files has several
 * owners and the refcountbt counts them, that the cntbt holds the same free space as the bnobt, and the counters of the
 * AGF. Summed up here: what the rmapbt says of each class of owners, and what those that this pass knows claim
 * themselves. Left to others: what inodes and inode trees own (inodes, chunks), comparing the sums (claims_compare.c);
 * without rmapbt also who owns what (naming/).
 */
#include "check/space/claims.h"
#include "check/pass.h"
#include "check/space/sharing.h"
#include "check/space/space_parts.h"

/* One group in work. */
struct walk {
	struct check_work *work;
	uint32_t agno;
	struct tree_stream by_block, by_size; /* bnobt and cntbt, as the first reading left them */
	struct tree_stream free, rmaps, refcounts;
	struct occupancy occupancy;
	struct sharing_marks marks;
	/*
	 * What the rmapbt contradicts waits for what the owners say: where they contradict the rmapbt, that is the
	 * reason (naming_rmap.c).
	 */
	struct range_findings free_and_owned, lost, overlaps, miscounts;
};

static int on_free_and_held(void *arg, struct run run, const struct holder *holder)
{
	struct walk *walk = arg;

	range_finding(&walk->free_and_owned, &(struct finding){.code = FINDING_FREE_AND_OWNED,
							       .at = holder_place(walk->agno, run, holder),
							       .field = holder_name(holder)});
	return 0;
}

static int on_neither(void *arg, struct run run)
{
	struct walk *walk = arg;

	space_lost(&walk->lost, walk->agno, run);
	return 0;
}

static int on_clash(void *arg, struct run run, const struct holder *one, const struct holder *other)
{
	struct walk *walk = arg;
	bool files = one->owner < RMAP_OWN_MIN && other->owner < RMAP_OWN_MIN;

	range_finding(&walk->overlaps,
		      &(struct finding){.code = FINDING_RMAP_OVERLAP,
					.at = holder_place(walk->agno, run, one->owner < RMAP_OWN_MIN ? one : other),
					.field = one->owner < RMAP_OWN_MIN ? holder_name(other) : holder_name(one),
					.other_ino = files ? other->owner : 0});
	return 0;
}

static int on_miscount(void *arg, struct run run, uint64_t held, uint32_t counted, const struct holder *one,
		       const struct holder *other)
{
	struct walk *walk = arg;

	(void)other;
	sharing_miscount(&walk->miscounts, walk->agno, run, held, counted, one);
	return 0;
}

static int on_sharer(void *arg, const struct holder *holder)
{
	struct walk *walk = arg;

	sharing_note(&walk->marks, holder->owner);
	return 0;
}

static const struct occupancy_ops rmap_ops = {
	.free_and_held = on_free_and_held,
	.neither = on_neither,
	.clash = on_clash,
	.miscount = on_miscount,
	.sharer = on_sharer,
};

void space_lost(struct range_findings *ranges, uint32_t agno, struct run run)
{
	range_finding(ranges,
		      &(struct finding){.code = FINDING_BLOCKS_LOST,
					.at = at_blocks((struct agaddr){agno, run.start}, run.end - run.start)});
}

/* Along all three trees. */
static int walk_trees(struct walk *walk)
{
	struct check_work *work = walk->work;
	struct group *group = &work->checker->groups[walk->agno];
	struct holder holder;
	struct rmap rmap;
	int rc;

	occupancy_init(&walk->occupancy, &walk->free, &walk->refcounts, &rmap_ops, walk);
	walk->occupancy.incomplete = !work_fs(work)->geo.has_rmapbt;
	while ((rc = stream_rmap(&walk->rmaps, &rmap)) == 1) {
		claim_add(work_secret(work), &group->rmapped[claim_class_of(&rmap)], &rmap);
		walk->occupancy.incomplete |= walk->rmaps.lost;
		holder_set(&holder, &rmap);
		rc = occupancy_take(&walk->occupancy, &holder);
		if (rc != 0)
			return rc;
	}
	walk->occupancy.incomplete |= walk->rmaps.lost;
	return rc < 0 ? rc : occupancy_end(&walk->occupancy, geometry_ag_blocks(&work_fs(work)->geo, walk->agno));
}

static void raise_ranges(struct walk *walk)
{
	range_findings_end(&walk->free_and_owned);
	range_findings_end(&walk->lost);
	range_findings_end(&walk->overlaps);
	range_findings_end(&walk->miscounts);
}

static void check_counter(const struct walk *walk, const char *field, uint64_t counted, be32 stored)
{
	check_equal(walk->work, FINDING_AGF_COUNT, at_group(walk->agno), field, counted, be32_get(stored));
}

/* Blocks of a tree beyond its root. */
static uint64_t beyond_root(const struct tree_stream *stream)
{
	return stream->tree_blocks > 0 ? stream->tree_blocks - 1 : 0;
}

/* What the AGF counts of trees that were read in whole. */
static void check_counters(const struct walk *walk)
{
	struct group *group = &walk->work->checker->groups[walk->agno];
	const struct tree_stream *by_block = &walk->by_block, *by_size = &walk->by_size;
	const struct tree_stream *either = by_block->lost ? by_size : by_block;
	const struct geometry *geo = &work_fs(walk->work)->geo;
	const struct disk_agf *agf = &group->agf;

	group->free_blocks = either->total_blocks;
	group->shared_blocks = walk->refcounts.total_blocks;
	group->space_blocks = beyond_root(by_block) + beyond_root(by_size) + beyond_root(&walk->rmaps);
	if (group->lost & LOST_AGF)
		return;
	if (!either->lost) {
		check_counter(walk, "freeblks", group->free_blocks, agf->freeblks);
		check_counter(walk, "longest", either->longest_blocks, agf->longest);
	}
	if (!walk->rmaps.lost && geo->has_rmapbt)
		check_counter(walk, "rmapblocks", walk->rmaps.tree_blocks, agf->rmapblocks);
	if (!walk->refcounts.lost && geo->has_reflink)
		check_counter(walk, "refcntblocks", walk->refcounts.tree_blocks, agf->refcntblocks);
	if (!by_block->lost && !by_size->lost && !walk->rmaps.lost)
		check_counter(walk, "btreeblks", group->space_blocks, agf->btreeblks);
}

/* Reads one of the trees of free space for the first time. */
static int read_free(const struct walk *walk, struct tree_stream *stream, enum btree_kind kind)
{
	struct run run;
	int rc = stream_open(stream, walk->work, walk->agno, kind, true);

	while (rc == 0 && (rc = stream_free(stream, &run)) == 1)
		rc = 0;
	stream_close(stream);
	return rc;
}

/* The cntbt must hold the free space that the bnobt holds. */
static int compare_free_trees(struct walk *walk)
{
	int rc = read_free(walk, &walk->by_block, BTREE_BNO);

	if (rc == 0)
		rc = read_free(walk, &walk->by_size, BTREE_CNT);
	if (rc != 0)
		return rc;
	if (walk->by_block.lost || walk->by_size.lost)
		check_not_done(walk->work, at_group(walk->agno), "free space by block and by size");
	else if (!hash_sum_equal(walk->by_block.runs, walk->by_size.runs))
		return space_name_free(walk->work, walk->agno);
	return 0;
}

static void note_not_done(const struct walk *walk)
{
	const struct geometry *geo = &work_fs(walk->work)->geo;

	if (geo->has_rmapbt && (walk->rmaps.lost || walk->free.lost))
		check_not_done(walk->work, at_group(walk->agno), "free space and reverse mappings");
	if (geo->has_rmapbt && geo->has_reflink && (walk->rmaps.lost || walk->refcounts.lost))
		check_not_done(walk->work, at_group(walk->agno), "counts of owners and reverse mappings");
}

int space_unit(struct check_work *work, size_t unit)
{
	uint32_t agno = (uint32_t)unit;
	struct findings *doubts = &work->checker->groups[agno].doubts;
	struct walk walk = {.work = work,
			    .agno = agno,
			    .marks = {.checker = work->checker},
			    .free_and_owned = {.to = doubts},
			    .lost = {.to = doubts},
			    .overlaps = {.to = doubts},
			    .miscounts = {.to = doubts}};
	int rc = compare_free_trees(&walk);

	if (rc == 0)
		rc = space_open_free(&walk.free, work, agno);
	if (rc == 0)
		rc = stream_open(&walk.rmaps, work, agno, BTREE_RMAP, true);
	if (rc == 0)
		rc = stream_open(&walk.refcounts, work, agno, BTREE_REFCOUNT, true);
	if (rc == 0)
		rc = walk_trees(&walk);
	raise_ranges(&walk);
	if (rc == 0)
		check_counters(&walk);
	if (rc == 0)
		note_not_done(&walk);
	if (rc == 0)
		rc = space_claim_fixed(work, agno);
	stream_close(&walk.free);
	stream_close(&walk.rmaps);
	stream_close(&walk.refcounts);
	occupancy_fini(&walk.occupancy);
	return rc == 0 && doubts->no_memory ? ERR_NOMEM : rc;
}
