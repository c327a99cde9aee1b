/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The free index: of each block of names the longest free region, in a block of the leaf form or in blocks of their
 * own, compared while the blocks of names come by in the order of the file.
 *
 * Where there is no block of names stands DIR_BEST_NULL, and never as the last one: the kernel cuts those off. A block
 * of the free index with nothing in it is taken out, unless the file system was full then; so both is legal.
 */
#include "check/dir/dir_parts.h"

static struct place place_of(const struct dir_job *job)
{
	return at_dir_block(job, job->bests.block);
}

static void wrong_best(const struct dir_job *job, uint64_t index, uint64_t expected, uint64_t found)
{
	finding_raise(&job->work->findings, &(struct finding){.code = FINDING_DIR_BEST,
							      .at = place_of(job),
							      .field = "bests",
							      .has_expected = expected <= DIR_BEST_NULL,
							      .has_found = found <= DIR_BEST_NULL,
							      .expected = expected,
							      .found = found,
							      .has_id = true,
							      .id = (uint32_t)index});
}

static void wrong_count(const struct dir_job *job, uint64_t expected)
{
	check_equal(job->work, FINDING_DIR_BEST_COUNT, place_of(job),
		    job->form == DIR_FORM_LEAF ? "bestcount" : "nvalid", expected, job->bests.count);
}

static void free_block_missing(const struct dir_job *job, uint64_t block)
{
	finding_raise(&job->work->findings,
		      &(struct finding){.code = FINDING_DIR_FREE_MISSING, .at = at_dir_block(job, block)});
}

void dir_bests_of_leaf(struct dir_job *job, const uint8_t *leaf)
{
	uint32_t end = job->fs->geo.dirblock_bytes - (uint32_t)sizeof(struct disk_dir_leaf_tail);
	uint32_t count = be32_get(((const struct disk_dir_leaf_tail *)(leaf + end))->bestcount);

	job->bests = (struct dir_bests){
		.known = true,
		.block = dir_leaf_first(job),
		.values = (const be16 *)(leaf + end) - count, /* which fit in: dir_index_verify */
		.count = count,
	};
}

/* There is no block of names from bests.next to @index: nor may the index say so. */
static void check_gap(struct dir_job *job, uint64_t index)
{
	struct dir_bests *bests = &job->bests;

	for (; bests->next < index && bests->next - bests->first < bests->count; bests->next++)
		if (be16_get(bests->values[bests->next - bests->first]) != DIR_BEST_NULL)
			wrong_best(job, bests->next, DIR_BEST_NULL,
				   be16_get(bests->values[bests->next - bests->first]));
}

/* What follows the last block of names that the block at hand is about. */
static void finish_block(struct dir_job *job)
{
	struct dir_bests *bests = &job->bests;
	uint64_t seen = bests->next - bests->first;
	bool names_cut = !job->memory->map.whole;

	if (!bests->known || names_cut)
		return;
	if (seen < bests->count && be16_get(bests->values[bests->count - 1]) == DIR_BEST_NULL)
		wrong_count(job, seen);
	check_gap(job, UINT64_MAX);
}

static int open_free_block(struct dir_job *job, uint64_t block)
{
	struct span bytes = {job->memory->bests, job->fs->geo.dirblock_bytes};
	const struct disk_dir_free *free = (const struct disk_dir_free *)job->memory->bests;
	uint64_t offset;
	struct error why;
	int rc = dir_map_read(job, block, job->memory->bests, &offset, &why);

	job->bests = (struct dir_bests){.block = block};
	if (rc == 0)
		rc = dir_index_verify(job->fs, job->inode->ino, UINT64_MAX, block, bytes, offset, &why);
	if (rc != 0)
		return check_trouble(job->work, FINDING_DIR_FREE_BLOCK, place_of(job), &why);
	check_lsn(job->work, place_of(job), be64_get(free->header.lsn));
	dir_check_pad(job, block, "pad", be32_get(free->pad));
	job->bests = (struct dir_bests){
		.known = true,
		.block = block,
		.values = (const be16 *)(free + 1),
		.count = be32_get(free->nvalid),
		.first = be32_get(free->firstdb), /* that of its place: dir_index_verify */
		.next = be32_get(free->firstdb),
	};
	return 0;
}

/* Reads the blocks of the free index before @end. */
static int read_until(struct dir_job *job, uint64_t end)
{
	uint64_t next = job->bests.block ? job->bests.block + 1 : dir_free_first(job);
	int rc = 0;

	for (; rc == 0 && dir_map_next(job, &next, end); next++) {
		finish_block(job);
		rc = open_free_block(job, next);
	}
	return rc;
}

/* Goes on to the block of the free index, which must be there. */
static int reach(struct dir_job *job, uint64_t block)
{
	int rc = read_until(job, block + 1);

	if (rc != 0 || job->bests.block >= block)
		return rc;
	finish_block(job);
	job->bests = (struct dir_bests){.block = block};
	if (job->memory->map.whole)
		free_block_missing(job, block);
	return 0;
}

int dir_bests_take(struct dir_job *job, uint64_t index, uint32_t best)
{
	uint64_t in_block = (job->fs->geo.dirblock_bytes - sizeof(struct disk_dir_free)) / sizeof(be16), i;
	struct dir_bests *bests = &job->bests;
	uint32_t value;
	int rc = 0;

	if (job->form == DIR_FORM_NODE)
		rc = reach(job, dir_free_first(job) + index / in_block);
	if (rc != 0 || !bests->known)
		return rc;
	if (job->memory->map.whole)
		check_gap(job, index);
	i = index - bests->first;
	bests->next = index + 1;
	if (i >= bests->count) {
		/* Once for all that follow. */
		if (i == bests->count || (job->memory->map.whole && !dir_map_has(job, index - 1)))
			wrong_best(job, index, best, UINT64_MAX);
		return 0;
	}
	value = be16_get(bests->values[i]);
	if (best == DIR_BEST_NULL ? value == DIR_BEST_NULL : value != best)
		wrong_best(job, index, best == DIR_BEST_NULL ? UINT64_MAX : best, value);
	return 0;
}

int dir_bests_end(struct dir_job *job)
{
	int rc = job->form == DIR_FORM_NODE ? read_until(job, dir_end(job)) : 0;

	if (rc == 0)
		finish_block(job);
	return rc;
}
