/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inode trees of a group: inobt and finobt are read side by side, as both are sorted, and every chunk with free
 * inodes must be in the finobt as it is in the inobt, and no other. Collects the chunks for the passes that follow.
 *
 * What the inodes say of themselves is compared in inodes.c, who owns the blocks in claims_compare.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/inode/chunks_parts.h"
#include "check/space/claims.h"
#include "check/pass.h"
#include "fs/btree.h"

/* One of the two trees, read record by record. */
struct source {
	struct check_work *work;
	uint32_t agno;
	enum btree_kind kind;
	enum finding_code unreadable, flawed, bad_record;
	struct btree_strict strict;
	struct btree_cursor *cursor; /* NULL: no such tree */
	uint64_t blocks;
	bool lost;		      /* something */
	struct btree_key low, high;   /* keys that are lost, the last of them */
	bool has_record;	      /* of these: */
	struct disk_inobt_rec record; /* the current one */
	struct chunk chunk;	      /* that it stands for */
};

struct walk {
	struct check_work *work;
	uint32_t agno;
	struct group *group;
	struct source inobt, finobt;
	struct chunk_list chunks;
	uint64_t inodes, free_inodes;
	/* The last block with inodes, and how many chunks it has, if blocks have more than one. */
	uint32_t block;
	uint32_t block_chunks;
};

int chunk_list_add(struct chunk_list *list, const struct chunk *chunk)
{
	if (array_reserve(&list->items, list->count, 1, &list->room, sizeof(*list->items)) != 0)
		return ERR_NOMEM;
	list->items[list->count++] = *chunk;
	return 0;
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	struct source *source = arg;
	struct rmap claim = claim_of_group(RMAP_OWN_INOBT, at, 1);

	(void)level;
	source->blocks++;
	claim_add(work_secret(source->work), &source->work->checker->groups[source->agno].claimed[CLAIM_INOBT], &claim);
	return 0;
}

static int on_flaw(void *arg, const struct error *why)
{
	const struct source *source = arg;

	return check_trouble(source->work, source->flawed, at_group(source->agno), why);
}

/* Keys of the tree are not known. */
static void lose(struct source *source, struct btree_key low, struct btree_key high)
{
	source->lost = true;
	source->low = low;
	source->high = high;
	source->work->checker->groups[source->agno].lost |= LOST_TREE(source->kind);
}

static int source_open(struct source *source, const struct disk_agi *agi)
{
	const struct fs *fs = work_fs(source->work);
	struct btree tree = btree_of_group(fs, source->kind, source->agno, NULL, agi);
	struct btree_cursor_options options = {.low = BTREE_KEY_MIN,
					       .high = BTREE_KEY_MAX,
					       .block = on_block,
					       .arg = source,
					       .strict = &source->strict};

	source->strict = (struct btree_strict){on_flaw, source, check_lsn_max(source->work)};
	return btree_cursor_open(&tree, &options, &source->cursor, NULL);
}

/* A record that cannot be true is lost, one that contradicts itself is used. */
static int take_record(struct source *source, const struct disk_inobt_rec *rec)
{
	const struct fs *fs = work_fs(source->work);
	bool usable = chunk_unpack(fs, source->agno, rec, &source->chunk);
	uint32_t first = be32_get(rec->startino);
	const char *field = usable ? chunk_record_flaw(fs, rec, &source->chunk) : "startino";

	if (field)
		finding_raise(&source->work->findings, &(struct finding){
							       .code = source->bad_record,
							       .at = at_blocks(btree_place(source->cursor), 1),
							       .field = field,
							       .has_found = true,
							       .found = first,
						       });
	if (usable) {
		source->record = *rec;
		source->has_record = true;
		return 1;
	}
	lose(source, (struct btree_key){{first, 0, 0}},
	     (struct btree_key){{(uint64_t)first + INODES_PER_CHUNK - 1, 0, 0}});
	return 0;
}

/* Goes to the next record that can be used, or to the end (has_record). */
static int source_next(struct source *source)
{
	const void *record;
	struct error why;
	int rc;

	source->has_record = false;
	if (!source->cursor)
		return 0;
	while ((rc = btree_next(source->cursor, &record, &why)) != 0) {
		if (rc == 1) {
			if (take_record(source, record))
				return 0;
			continue;
		}
		if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
			struct btree_key low, high;

			btree_lost(source->cursor, &low, &high);
			lose(source, low, high);
			rc = check_trouble(source->work, source->unreadable, at_group(source->agno), &why);
		}
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Whether the current position may lack records because they could not be read. */
static bool may_be_lost(const struct source *source, uint32_t first_agino)
{
	struct btree_key key = {{first_agino, 0, 0}};

	return source->lost && btree_key_compare(&key, &source->low) >= 0 &&
	       btree_key_compare(&key, &source->high) <= 0;
}

/* Runs of blocks that hold inodes of the chunk. */
static void claim_blocks(struct walk *walk, const struct chunk *chunk)
{
	const struct geometry *geo = &work_fs(walk->work)->geo;
	uint32_t per_block = 1u << geo->inodes_per_block_log, in_block;
	struct agaddr at = {walk->agno, geometry_agino_block(geo, chunk->first_agino, &in_block)};
	struct hash_sum *sum = &walk->group->claimed[CLAIM_INODES];

	if (per_block >= INODES_PER_CHUNK) {
		if (at.agbno != walk->block)
			claim_add(work_secret(walk->work), sum,
				  &(struct rmap){.start = at, .len_blocks = 1, .owner = RMAP_OWN_INODES});
		return;
	}
	for (uint32_t i = 0; i < INODES_PER_CHUNK; i += per_block) {
		uint32_t first = i;
		struct rmap claim;

		while (i < INODES_PER_CHUNK && (chunk->present >> i & 1))
			i += per_block;
		if (i == first)
			continue;
		claim = claim_of_group(RMAP_OWN_INODES,
				       (struct agaddr){walk->agno, at.agbno + (first >> geo->inodes_per_block_log)},
				       (i - first) >> geo->inodes_per_block_log);
		claim_add(work_secret(walk->work), sum, &claim);
	}
}

/* Where a block holds several chunks, they come and go together. @next: the block that follows. */
static void check_block_whole(struct walk *walk, uint32_t next)
{
	uint32_t wanted = (1u << work_fs(walk->work)->geo.inodes_per_block_log) / INODES_PER_CHUNK;

	if (wanted > 1 && next != walk->block) {
		if (walk->block_chunks != 0 && walk->block_chunks != wanted && !walk->inobt.lost)
			check_equal(walk->work, FINDING_INOBT_BLOCK_PART,
				    at_blocks((struct agaddr){walk->agno, walk->block}, 1), "chunks", wanted,
				    walk->block_chunks);
		walk->block_chunks = 0;
	}
	walk->block = next;
}

static int take_chunk(struct walk *walk, const struct source *source)
{
	uint32_t in_block;

	walk->inodes += (unsigned)__builtin_popcountll(source->chunk.present);
	walk->free_inodes += (unsigned)__builtin_popcountll(source->chunk.present & ~source->chunk.allocated);
	claim_blocks(walk, &source->chunk);
	check_block_whole(walk, geometry_agino_block(&work_fs(walk->work)->geo, source->chunk.first_agino, &in_block));
	walk->block_chunks++;
	return chunk_list_add(&walk->chunks, &source->chunk);
}

/* The record of one tree does not stand in the other. @field: static. */
static void differ(struct walk *walk, const struct source *source, const char *field)
{
	finding_raise(&walk->work->findings, &(struct finding){
						     .code = FINDING_FINOBT_DIFFERS,
						     .at = at_blocks(btree_place(source->cursor), 1),
						     .field = field,
						     .has_found = true,
						     .found = source->chunk.first_agino,
					     });
}

/* A chunk that only the finobt has. */
static int take_extra(struct walk *walk)
{
	if (!may_be_lost(&walk->inobt, walk->finobt.chunk.first_agino)) {
		differ(walk, &walk->finobt, "only in finobt");
		return 0;
	}
	return take_chunk(walk, &walk->finobt);
}

/* The current record of the inobt against the one that the finobt has come to. */
static int compare_record(struct walk *walk)
{
	struct source *inobt = &walk->inobt, *finobt = &walk->finobt;
	bool has_free = inobt->chunk.present & ~inobt->chunk.allocated;
	uint32_t first = inobt->chunk.first_agino;

	if (!finobt->has_record || finobt->chunk.first_agino != first) {
		if (has_free && !may_be_lost(finobt, first))
			differ(walk, inobt, "only in inobt");
		return 0;
	}
	if (!has_free)
		differ(walk, finobt, "nothing free");
	else if (memcmp(&inobt->record, &finobt->record, sizeof(inobt->record)) != 0)
		differ(walk, finobt, "differs");
	return source_next(finobt);
}

static int merge(struct walk *walk)
{
	struct source *inobt = &walk->inobt, *finobt = &walk->finobt;
	int rc = source_next(inobt);

	if (rc == 0)
		rc = source_next(finobt);
	while (rc == 0 && (inobt->has_record || finobt->has_record)) {
		if (finobt->has_record &&
		    (!inobt->has_record || finobt->chunk.first_agino < inobt->chunk.first_agino)) {
			rc = take_extra(walk);
			if (rc == 0)
				rc = source_next(finobt);
			continue;
		}
		rc = take_chunk(walk, inobt);
		if (rc == 0 && finobt->cursor)
			rc = compare_record(walk);
		if (rc == 0)
			rc = source_next(inobt);
	}
	if (rc == 0)
		check_block_whole(walk, UINT32_MAX);
	return rc;
}

static void check_counters(struct walk *walk)
{
	const struct geometry *geo = &work_fs(walk->work)->geo;
	const struct disk_agi *agi = &walk->group->agi;
	struct place at = at_group(walk->agno);

	if (walk->inobt.lost) {
		check_not_done(walk->work, at, "counters of inodes");
	} else {
		check_equal(walk->work, FINDING_AGI_COUNT, at, "count", walk->inodes, be32_get(agi->count));
		check_equal(walk->work, FINDING_AGI_COUNT, at, "freecount", walk->free_inodes,
			    be32_get(agi->freecount));
	}
	if (!geo->has_inobtcount)
		return;
	if (!walk->inobt.lost)
		check_equal(walk->work, FINDING_AGI_COUNT, at, "iblocks", walk->inobt.blocks, be32_get(agi->iblocks));
	if (geo->has_finobt && !walk->finobt.lost)
		check_equal(walk->work, FINDING_AGI_COUNT, at, "fblocks", walk->finobt.blocks, be32_get(agi->fblocks));
}

static int read_trees(struct walk *walk)
{
	int rc = source_open(&walk->inobt, &walk->group->agi);

	if (rc == 0 && work_fs(walk->work)->geo.has_finobt)
		rc = source_open(&walk->finobt, &walk->group->agi);
	if (rc == 0)
		rc = merge(walk);
	if (rc == 0)
		check_counters(walk);
	btree_cursor_close(walk->inobt.cursor);
	btree_cursor_close(walk->finobt.cursor);
	return rc;
}

/* Hands the chunks to the group, with room for a word each. */
static int keep(struct walk *walk)
{
	struct group *group = walk->group;

	group->inodes = walk->inodes;
	group->free_inodes = walk->free_inodes;
	group->chunks = walk->chunks.items;
	group->chunk_count = walk->chunks.count;
	group->sharing = calloc(group->chunk_count + 1, sizeof(*group->sharing));
	group->unmarked = calloc(group->chunk_count + 1, sizeof(*group->unmarked));
	return group->sharing && group->unmarked ? 0 : ERR_NOMEM;
}

int chunks_unit(struct check_work *work, size_t agno)
{
	struct walk walk = {
		.work = work,
		.agno = (uint32_t)agno,
		.group = &work->checker->groups[agno],
		.inobt = {.kind = BTREE_INO,
			  .unreadable = FINDING_INOBT_UNREADABLE,
			  .flawed = FINDING_INOBT_BLOCK,
			  .bad_record = FINDING_INOBT_RECORD},
		.finobt = {.kind = BTREE_FINO,
			   .unreadable = FINDING_FINOBT_UNREADABLE,
			   .flawed = FINDING_FINOBT_BLOCK,
			   .bad_record = FINDING_FINOBT_RECORD},
		.block = UINT32_MAX,
	};
	int rc = 0;

	walk.inobt.work = walk.finobt.work = work;
	walk.inobt.agno = walk.finobt.agno = walk.agno;
	if (walk.group->lost & LOST_AGI)
		walk.group->lost |= LOST_TREE(BTREE_INO) | LOST_TREE(BTREE_FINO);
	else
		rc = read_trees(&walk);
	if (rc == 0 && (walk.group->lost & LOST_TREE(BTREE_INO)))
		rc = chunks_recover(work, walk.agno, &walk.chunks);
	if (rc == 0)
		return keep(&walk);
	free(walk.chunks.items);
	return rc;
}
