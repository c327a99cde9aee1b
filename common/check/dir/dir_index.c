/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hash index of the leaf and node forms: from the root down, in the order of hashes. Every block of its part of
 * the fork is reached once; a node has of each child its last hash; the blocks of a level are linked in their order.
 *
 * Bounded: a block is visited once, and levels go down.
 *
 * That hashes ascend over stale entries too, that a node has the last hash of a child even if that is a stale entry,
 * and that the root lies at the beginning: seen in images that the kernel wrote.
 */
#include <stdlib.h>
#include <string.h>

#include "check/dir/dir_parts.h"

#define LEVEL_ANY DA_LEVELS_MAX

_Static_assert(offsetof(struct disk_da_node, pad) == offsetof(struct disk_dir_leaf, pad), "one place for padding");

/* The last block seen of a level. */
struct level {
	bool begun;
	bool known; /* nothing of the level was unreadable since */
	uint64_t block;
	uint32_t forw;
};

struct index_walk {
	struct dir_job *job;
	struct level levels[DA_LEVELS_MAX];
	uint32_t last_hash; /* of the leaf before, stale entries included */
};

/* A block of the index, and what its parent should know of it. */
struct visit {
	uint64_t block; /* directory block */
	unsigned level; /* that it must have, or LEVEL_ANY */
	unsigned depth; /* of path */
	bool sound;
	uint32_t last_hash;
};

static uint32_t fileoff_of(const struct dir_job *job, uint64_t block)
{
	return (uint32_t)(block << job->fs->geo.dirblock_blocks_log);
}

static bool is_reached(const struct dir_memory *memory, uint64_t i)
{
	return i / 8 < memory->reached_bytes && memory->reached[i / 8] >> i % 8 & 1;
}

bool dir_index_reached(const struct dir_job *job, uint64_t index)
{
	return is_reached(job->memory, index - dir_leaf_first(job));
}

/* A bit for each block up to the last one mapped. */
static int make_reached(struct dir_job *job)
{
	struct dir_memory *memory = job->memory;
	uint64_t last = dir_leaf_first(job);
	size_t bytes;

	for (size_t i = 0; i < memory->map.count; i++) {
		const struct extent *extent = &memory->map.extents[i];
		uint64_t block = (extent->fileoff + extent->len_blocks - 1) >> job->fs->geo.dirblock_blocks_log;

		if (extent->fileoff >> job->fs->geo.dirblock_blocks_log < dir_free_first(job) && block > last)
			last = block;
	}
	bytes = (size_t)((last - dir_leaf_first(job)) / 8 + 1);
	free(memory->reached);
	memory->reached = calloc(1, bytes);
	memory->reached_bytes = memory->reached ? bytes : 0;
	return memory->reached ? 0 : ERR_NOMEM;
}

/* ------------------------------------------------------------------ findings */

int dir_bad_index(struct dir_job *job, uint64_t block, const struct error *why)
{
	job->index_whole = false;
	return check_trouble(job->work, FINDING_DIR_INDEX_BLOCK, at_dir_block(job, block), why);
}

static void wrong_level(struct index_walk *walk, const struct visit *visit, unsigned found)
{
	walk->job->index_whole = false;
	check_equal(walk->job->work, FINDING_DIR_INDEX_LEVEL, at_dir_block(walk->job, visit->block), "level",
		    visit->level, found);
}

static void wrong_pointer(struct index_walk *walk, uint64_t node, uint32_t before)
{
	walk->job->index_whole = false;
	finding_raise(&walk->job->work->findings, &(struct finding){.code = FINDING_DIR_INDEX_POINTER,
								    .at = at_dir_block(walk->job, node),
								    .field = "before",
								    .has_found = true,
								    .found = before});
}

static void check_sibling(struct index_walk *walk, uint64_t block, const char *field, uint32_t expected, uint32_t found)
{
	check_equal(walk->job->work, FINDING_DIR_INDEX_SIBLING, at_dir_block(walk->job, block), field, expected, found);
}

static void check_key(struct index_walk *walk, uint64_t node, uint32_t expected, uint32_t found)
{
	check_equal(walk->job->work, FINDING_DIR_INDEX_KEY, at_dir_block(walk->job, node), "hashval", expected, found);
}

static void wrong_order(struct index_walk *walk, uint64_t block, uint32_t found)
{
	walk->job->index_whole = false;
	finding_raise(&walk->job->work->findings, &(struct finding){.code = FINDING_DIR_INDEX_ORDER,
								    .at = at_dir_block(walk->job, block),
								    .field = "hashval",
								    .has_found = true,
								    .found = found});
}

static void not_reached(const struct dir_job *job, uint64_t block)
{
	finding_raise(&job->work->findings,
		      &(struct finding){.code = FINDING_DIR_INDEX_UNREACHED, .at = at_dir_block(job, block)});
}

/* ------------------------------------------------------------------ blocks */

int dir_take_leaf(struct dir_job *job, const struct disk_dir_leaf_entry *entries, uint32_t count)
{
	const struct hash_secret *secret = work_secret(job->work);
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++) {
		uint32_t hash = be32_get(entries[i].hashval), address = be32_get(entries[i].address);

		if (address == DIR_ADDRESS_NULL)
			continue;
		hash_sum_add(&job->in_index, hash_words(secret, hash, address, 0, 0));
		if (job->has_last_hash && job->last_hash == hash)
			rc = dir_twice_shared(job, hash);
		job->last_hash = hash;
		job->has_last_hash = true;
	}
	return rc;
}

/* The links to the block before on its level, and from there to this one. */
static void check_siblings(struct index_walk *walk, uint64_t block, unsigned level_no, const struct disk_da_info *info)
{
	struct level *level = &walk->levels[level_no];
	uint32_t own = fileoff_of(walk->job, block);

	if (level->known && level->begun)
		check_sibling(walk, level->block, "info.forw", own, level->forw);
	if (level->known)
		check_sibling(walk, block, "info.back", level->begun ? fileoff_of(walk->job, level->block) : 0,
			      be32_get(info->back));
	*level = (struct level){.begun = true, .known = true, .block = block, .forw = be32_get(info->forw)};
}

/* From here on up to the next block of each level, nothing is known of links. */
static void lose_levels(struct index_walk *walk, unsigned level)
{
	for (unsigned i = 0; i < DA_LEVELS_MAX; i++)
		if (level == LEVEL_ANY || i <= level)
			walk->levels[i].known = false;
}

static int take_leaf(struct index_walk *walk, struct visit *visit, const struct disk_dir_leaf *leaf)
{
	const struct disk_dir_leaf_entry *entries = (const struct disk_dir_leaf_entry *)(leaf + 1);
	uint32_t count = be16_get(leaf->count), magic = be16_get(leaf->info.magic);

	if ((magic == DIR_LEAF1_MAGIC) != (walk->job->form == DIR_FORM_LEAF))
		dir_wrong_form(walk->job, visit->block, magic);
	else if (magic == DIR_LEAF1_MAGIC)
		dir_bests_of_leaf(walk->job, (const uint8_t *)leaf);
	visit->last_hash = count > 0 ? be32_get(entries[count - 1].hashval) : 0;
	if (count == 0)
		return 0;
	if (be32_get(entries[0].hashval) < walk->last_hash)
		wrong_order(walk, visit->block, be32_get(entries[0].hashval));
	walk->last_hash = visit->last_hash;
	return dir_take_leaf(walk->job, entries, count);
}

static int visit_block(struct index_walk *walk, struct visit *visit);

/* A block below a node. */
static int descend(struct index_walk *walk, const struct visit *node, unsigned level,
		   const struct disk_da_node_entry *entry)
{
	const struct dir_job *job = walk->job;
	uint32_t before = be32_get(entry->before);
	struct visit child = {
		.block = before >> job->fs->geo.dirblock_blocks_log, .level = level - 1, .depth = node->depth + 1};
	int rc;

	if (fileoff_of(job, child.block) != before || dir_index_reached(job, child.block)) {
		wrong_pointer(walk, node->block, before);
		lose_levels(walk, level - 1);
		return 0;
	}
	if (!dir_map_has(job, child.block)) {
		lose_levels(walk, level - 1);
		walk->job->index_whole = false;
		if (job->memory->map.whole)
			wrong_pointer(walk, node->block, before);
		return 0;
	}
	rc = visit_block(walk, &child);
	if (rc == 0 && child.sound)
		check_key(walk, node->block, child.last_hash, be32_get(entry->hashval));
	return rc;
}

static int take_node(struct index_walk *walk, struct visit *visit, const struct disk_da_node *node)
{
	const struct disk_da_node_entry *entries = (const struct disk_da_node_entry *)(node + 1);
	uint32_t count = be16_get(node->count); /* at least 1 */
	int rc = 0;

	visit->last_hash = be32_get(entries[count - 1].hashval);
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = descend(walk, visit, be16_get(node->level), &entries[i]);
	return rc;
}

static int take_block(struct index_walk *walk, struct visit *visit, const uint8_t *bytes)
{
	const struct disk_da_info *info = (const struct disk_da_info *)bytes;
	const struct disk_da_node *node = (const struct disk_da_node *)bytes;
	bool is_node = be16_get(info->magic) == DA_NODE_MAGIC;
	unsigned level = is_node ? be16_get(node->level) : 0;

	check_lsn(walk->job->work, at_dir_block(walk->job, visit->block), be64_get(info->lsn));
	if (visit->level != LEVEL_ANY && level != visit->level) {
		wrong_level(walk, visit, level);
		lose_levels(walk, visit->level);
		return 0;
	}
	check_siblings(walk, visit->block, level, info);
	dir_check_pad(walk->job, visit->block, "info.pad", be16_get(info->pad));
	/* A leaf has it in the same place. */
	dir_check_pad(walk->job, visit->block, "pad", be32_get(node->pad));
	visit->sound = true;
	return is_node ? take_node(walk, visit, node) : take_leaf(walk, visit, (const struct disk_dir_leaf *)bytes);
}

/* Of a level of at most 4, and so no deeper than path: children are one level lower, which take_block has seen. */
static int visit_block(struct index_walk *walk, struct visit *visit)
{
	struct dir_job *job = walk->job;
	uint64_t i = visit->block - dir_leaf_first(job), offset;
	uint8_t *bytes = job->memory->path[visit->depth];
	struct span span = {bytes, job->fs->geo.dirblock_bytes};
	struct error why;
	int rc = dir_map_read(job, visit->block, bytes, &offset, &why);

	job->memory->reached[i / 8] |= (uint8_t)(1u << i % 8);
	if (rc == 0)
		rc = dir_index_verify(job->fs, job->inode->ino, UINT64_MAX, visit->block, span, offset, &why);
	if (rc == 0)
		return take_block(walk, visit, bytes);
	lose_levels(walk, visit->level);
	return dir_bad_index(job, visit->block, &why);
}

/* ------------------------------------------------------------------ all of it */

/* The last block of each level has none behind it. */
static void check_ends(struct index_walk *walk)
{
	for (unsigned i = 0; i < DA_LEVELS_MAX; i++)
		if (walk->levels[i].begun && walk->levels[i].known)
			check_sibling(walk, walk->levels[i].block, "info.forw", 0, walk->levels[i].forw);
}

/* Blocks that no node points to: too many, or below something that is broken, and then still worth to be read. */
static int check_unreached(struct index_walk *walk)
{
	struct dir_job *job = walk->job;
	struct span span = {job->memory->path[0], job->fs->geo.dirblock_bytes};
	uint64_t block = dir_leaf_first(job), offset;
	bool whole = job->index_whole;
	int rc = 0;

	for (; rc == 0 && dir_map_next(job, &block, dir_free_first(job)); block++) {
		struct error why;

		if (dir_index_reached(job, block))
			continue;
		if (whole) {
			not_reached(job, block);
			continue;
		}
		rc = dir_map_read(job, block, job->memory->path[0], &offset, &why);
		if (rc == 0)
			rc = dir_index_verify(job->fs, job->inode->ino, UINT64_MAX, block, span, offset, &why);
		rc = rc == 0 ? 0 : dir_bad_index(job, block, &why);
	}
	return rc;
}

int dir_check_index(struct dir_job *job)
{
	struct index_walk walk = {.job = job};
	struct visit root = {.block = dir_leaf_first(job), .level = LEVEL_ANY};
	int rc = make_reached(job);

	for (unsigned i = 0; i < DA_LEVELS_MAX; i++)
		walk.levels[i].known = true;
	if (rc != 0)
		return rc;
	if (!dir_map_has(job, root.block)) {
		job->index_whole = false;
		if (job->memory->map.whole)
			not_reached(job, root.block);
	} else {
		rc = visit_block(&walk, &root);
	}
	check_ends(&walk);
	return rc == 0 ? check_unreached(&walk) : rc;
}
