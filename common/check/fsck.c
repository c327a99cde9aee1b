/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The passes of the complete check, and what they share. */
#include "check/fsck.h"

#include <stdlib.h>

#include "check/regained.h"
#include "check/inode/inode_parts.h"
#include "check/pass.h"
#include "check/quota/quota.h"

/* Findings of a unit that wait for those of others take 2 KiB. */
#define UNITS_AHEAD 512u

/* Shares: of "fsck.xfsdax -v" on images of some hundred MiB to a GiB with a thousand files, rounded. */
static const struct pass passes[] = {
	{
		.info = {"journal", "whether it is clean, dirty or damaged", 5},
		.unit = journal_unit,
	},
	{
		.info = {"superblocks", "the superblock and its copies, one against the other", 5},
		.units = pass_units_groups,
		.unit = superblock_unit,
	},
	{
		.info = {"headers", "the headers of the groups and their free lists", 5},
		.units = pass_units_groups,
		.unit = headers_unit,
	},
	{
		.info = {"inode trees", "which inodes there are and which of them are free", 15},
		.units = pass_units_groups,
		.unit = chunks_unit,
	},
	{
		.info = {"space and inodes", "each group, and every inode with its forks, names and attributes", 920},
		.units = contents_units,
		.unit = contents_unit,
		.end = contents_end,
	},
	{
		.info = {"lost extents", "what hangs below lost blocks of forks, in the rmapbt", 0},
		.wanted = gapped_rmaps_wanted,
		.units = pass_units_groups,
		.unit = gapped_rmaps_unit,
		.end = gapped_rmaps_end,
	},
	{
		.info = {"inodes again", "the inodes whose extents these are", 0},
		.wanted = gapped_rmaps_wanted,
		.units = gapped_inodes_units,
		.unit = gapped_inodes_unit,
		.end = gapped_inodes_end,
	},
	{
		.info = {"unlinked lists", "inodes without a name that wait for their end", 10},
		.units = pass_units_groups,
		.unit = unlinked_unit,
	},
	{
		.info = {"owners", "what rmapbt says of each owner against what it uses", 10},
		.units = pass_units_groups,
		.unit = claims_unit,
	},
	{
		.info = {"users", "who uses the blocks of groups where rmapbt differs or is missing", 0},
		.wanted = users_wanted,
		.units = inodes_units,
		.unit = users_unit,
	},
	{
		.info = {"naming", "what differs there, block by block", 0},
		.wanted = users_wanted,
		.units = pass_units_groups,
		.unit = naming_unit,
		.end = naming_end,
	},
	{
		.info = {"links", "names against link counts, types and parent pointers", 10},
		.units = links_units,
		.unit = links_unit,
	},
	{
		.info = {"tree", "whether the root reaches every directory", 10},
		.unit = tree_unit,
	},
	{
		.info = {"quota", "usage against the quota files", 5},
		.wanted = quota_wanted,
		.units = quota_units,
		.unit = quota_unit,
	},
	{
		.info = {"counters", "the sums in the superblock", 5},
		.unit = counters_unit,
	},
};

const struct fsck_pass_info *fsck_pass_at(size_t index)
{
	return index < sizeof(passes) / sizeof(passes[0]) ? &passes[index].info : NULL;
}

size_t pass_units_groups(const struct checker *checker)
{
	return checker->fs->geo.ag_count;
}

static int open_work(struct checker *checker, struct check_work *work, unsigned worker)
{
	const struct geometry *geo = &checker->fs->geo;

	work->checker = checker;
	work->worker = worker;
	work->sums = calloc(geo->ag_count, sizeof(*work->sums));
	work->chunk_memory = malloc((size_t)geo->inode_bytes * INODES_PER_CHUNK);
	work->dirblock = malloc(geo->dirblock_bytes);
	work->block = malloc(geo->block_bytes);
	if (!work->sums || !work->chunk_memory || !work->dirblock || !work->block)
		return ERR_NOMEM;
	return quota_usage_new(checker->fs, &work->usage);
}

static void close_work(struct check_work *work)
{
	for (uint32_t agno = 0; work->users && agno < work->checker->fs->geo.ag_count; agno++)
		free(work->users[agno].items);
	free(work->users);
	free(work->sums);
	free(work->chunk_memory);
	dir_memory_free(work->dir_memory);
	free(work->dirblock);
	free(work->block);
	quota_usage_free(work->usage);
}

static int open_checker(struct checker *checker)
{
	unsigned workers = pool_workers(checker->pool);
	int rc = 0;

	checker->groups = calloc(checker->fs->geo.ag_count, sizeof(*checker->groups));
	checker->sums = calloc(checker->fs->geo.ag_count, sizeof(*checker->sums));
	checker->works = calloc(workers, sizeof(*checker->works));
	if (!checker->groups || !checker->sums || !checker->works)
		return ERR_NOMEM;
	for (unsigned i = 0; i < workers && rc == 0; i++)
		rc = open_work(checker, &checker->works[i], i);
	return rc;
}

static void close_checker(struct checker *checker)
{
	for (unsigned i = 0; checker->works && i < pool_workers(checker->pool); i++)
		close_work(&checker->works[i]);
	for (uint32_t agno = 0; checker->groups && agno < checker->fs->geo.ag_count; agno++) {
		free(checker->groups[agno].chunks);
		free(checker->groups[agno].sharing);
		free(checker->groups[agno].unmarked);
		findings_fini(&checker->groups[agno].doubts);
	}
	regained_fini(checker);
	tables_fini(&checker->tables);
	free(checker->works);
	free(checker->groups);
	free(checker->sums);
}

/* What the groups know. */
static void total_groups(const struct checker *checker)
{
	for (uint32_t agno = 0; agno < checker->fs->geo.ag_count; agno++) {
		checker->result->totals.blocks_free += checker->groups[agno].free_blocks;
		checker->result->totals.blocks_shared += checker->groups[agno].shared_blocks;
	}
}

int fsck_run(const struct fs *fs, struct pool *pool, const struct fsck_options *options, struct fsck_result *out,
	     struct error *err)
{
	struct checker checker = {.fs = fs, .options = options, .pool = pool, .result = out};
	int rc = open_checker(&checker);

	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]) && rc == 0; i++)
		rc = pass_run(&checker, &passes[i], UNITS_AHEAD);
	if (rc == 0)
		total_groups(&checker);
	close_checker(&checker);
	return rc == 0 ? 0 : error_set(err, rc, "the check of %s ended: %s", device_path(fs->device), err_text(rc));
}

void fsck_result_fini(struct fsck_result *result)
{
	findings_fini(&result->findings);
}
