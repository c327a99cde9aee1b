/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners from everything that points at blocks.
 *
 * First each group by itself: its trees, free list, free space, CoW staging and inode chunks;
 * then all inodes, in batches of chunks over all groups, so that workers share them out whatever the groups' sizes.
 * What cannot be read may point anywhere: such a gap is one of all that is wanted.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/array.h"
#include "fs/btree.h"
#include "fs/chunk.h"
#include "fs/fork.h"
#include "fs/view_offline.h"

#define CHUNKS_PER_UNIT 64u

struct scan {
	const struct fs *fs;
	const struct interval_set *wanted;
	const struct owner_sink *sink;
	const struct progress *progress;
	pthread_mutex_t lock; /* for the sink, the progress and the number of units done */
	uint64_t units_done, units;
	struct interval_set explained; /* wanted bytes that hold metadata of groups, which nothing else can own */
	struct group *groups;	       /* one a group, written by the unit that works on it */
	struct chunk *chunks;	       /* of all groups */
	size_t chunk_count;
};

struct group {
	struct scan *scan;
	uint32_t agno;
	struct chunk *chunks;
	size_t count, room;
};

static int give(struct scan *scan, const struct owner *owner)
{
	int rc;

	if (!interval_overlaps(scan->wanted, owner->start_bytes, owner->end_bytes))
		return 0;
	pthread_mutex_lock(&scan->lock);
	rc = owner_give(owner, scan->wanted, scan->sink);
	if (rc == 0 && owner->kind != OWNER_FILE && owner->kind != OWNER_FREE && owner->kind != OWNER_COW)
		rc = interval_add(&scan->explained, owner->start_bytes, owner->end_bytes);
	pthread_mutex_unlock(&scan->lock);
	return rc;
}

/* Whether no inode needs to be asked any more. That a block is said to be free is not enough: a fork may say more. */
static bool all_explained(struct scan *scan)
{
	interval_settle(&scan->explained);
	for (size_t i = 0; i < scan->wanted->count; i++) {
		const struct interval *want = &scan->wanted->items[i];
		const struct interval *have = interval_find(&scan->explained, want->start);

		if (!have || have->start > want->start || have->end < want->end)
			return false;
	}
	return true;
}

static int give_blocks(struct scan *scan, enum owner_kind kind, struct agaddr at, uint64_t len_blocks)
{
	struct owner owner = {.kind = kind, .start_bytes = geometry_block_offset(&scan->fs->geo, at)};

	owner.end_bytes = owner.start_bytes + (len_blocks << scan->fs->geo.block_log);
	return give(scan, &owner);
}

/* Something that may point at any block cannot be used. */
static int give_gap(struct scan *scan, const struct error *why)
{
	const struct interval_set *wanted = scan->wanted;
	int rc = 0;

	if (!scan->sink->gap)
		return 0;
	pthread_mutex_lock(&scan->lock);
	for (size_t i = 0; i < wanted->count && rc == 0; i++)
		rc = scan->sink->gap(scan->sink->arg, wanted->items[i].start, wanted->items[i].end, why);
	pthread_mutex_unlock(&scan->lock);
	return rc;
}

/* A failure of a reader: a gap if it is one of the file system's, else the end. */
static int give_failure(struct scan *scan, int rc, const struct error *why)
{
	return rc == ERR_CORRUPT || rc == ERR_MEDIA ? give_gap(scan, why) : rc;
}

/* Walks one tree of a group: its blocks belong to @kind, its records go to @on_record unless that is NULL. */
struct tree_walk {
	struct scan *scan;
	enum owner_kind kind;
	uint32_t agno;
};

static int on_tree_block(void *arg, struct agaddr at, unsigned level)
{
	const struct tree_walk *walk = arg;

	(void)level;
	return give_blocks(walk->scan, walk->kind, at, 1);
}

static int on_tree_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	const struct tree_walk *walk = arg;

	(void)low;
	(void)high;
	return give_gap(walk->scan, why);
}

static int on_nothing(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	return 0;
}

static int bad_record(const struct tree_walk *walk, const char *name, struct agaddr place)
{
	struct error why;

	(void)error_corrupt(&why, FLAW_RANGE, geometry_block_offset(&walk->scan->fs->geo, place),
			    "%s of group %u: a record cannot be", name, walk->agno);
	return give_gap(walk->scan, &why);
}

static int on_free(void *arg, const void *record, struct agaddr place)
{
	const struct tree_walk *walk = arg;
	const struct disk_alloc_rec *rec = record;
	struct agaddr at = {walk->agno, be32_get(rec->startblock)};

	if (!geometry_holds(&walk->scan->fs->geo, at, be32_get(rec->blockcount)))
		return bad_record(walk, "bnobt", place);
	return give_blocks(walk->scan, OWNER_FREE, at, be32_get(rec->blockcount));
}

static int on_refcount(void *arg, const void *record, struct agaddr place)
{
	const struct tree_walk *walk = arg;
	const struct disk_refcount_rec *rec = record;
	uint32_t start = be32_get(rec->startblock);
	struct agaddr at = {walk->agno, start & ~REFCOUNT_COW_FLAG};

	if (!(start & REFCOUNT_COW_FLAG))
		return 0; /* the forks tell who shares */
	if (!geometry_holds(&walk->scan->fs->geo, at, be32_get(rec->blockcount)))
		return bad_record(walk, "refcountbt", place);
	return give_blocks(walk->scan, OWNER_COW, at, be32_get(rec->blockcount));
}

static int scan_tree(struct scan *scan, enum btree_kind kind, enum owner_kind owner, uint32_t agno,
		     int (*on_record)(void *arg, const void *record, struct agaddr place))
{
	struct tree_walk walk = {.scan = scan, .kind = owner, .agno = agno};
	struct btree_walker walker = {.record = on_record ? on_record : on_nothing, .bad = on_tree_bad, .arg = &walk};
	struct btree_cursor_options options = {
		.high = BTREE_KEY_MAX, .skip_leaves = !on_record, .block = on_tree_block, .arg = &walk};
	struct btree tree;
	struct error why;
	int rc = btree_open_group(scan->fs, kind, agno, &tree, &why);

	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc == 0)
		rc = btree_walk(&tree, &options, &walker, &why);
	return give_failure(scan, rc, &why);
}

static int scan_agfl(struct scan *scan, uint32_t agno)
{
	uint32_t blocks[SB_SECTSIZE_MAX / sizeof(be32)], count = 0;
	struct disk_agf agf;
	struct error why;
	int rc = fs_read_agf(scan->fs, agno, &agf, &why);

	if (rc == 0)
		rc = fs_read_agfl(scan->fs, agno, &agf, blocks, &count, &why);
	if (rc != 0)
		return give_failure(scan, rc, &why);
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = give_blocks(scan, OWNER_SPACE, (struct agaddr){agno, blocks[i]}, 1);
	return rc;
}

/* Whole blocks: with large blocks a chunk is a part of one. */
static int give_chunk(struct scan *scan, const struct chunk *chunk)
{
	const struct geometry *geo = &scan->fs->geo;
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0; i++) {
		uint32_t in_block;
		struct agaddr at = {chunk->agno, geometry_agino_block(geo, chunk->first_agino + i, &in_block)};

		if (chunk->present >> i & 1 && (in_block == 0 || i == 0))
			rc = give_blocks(scan, OWNER_INODES, at, 1);
	}
	return rc;
}

static int on_chunk(void *arg, const struct chunk *chunk)
{
	struct group *group = arg;

	if (array_reserve(&group->chunks, group->count, 1, &group->room, sizeof(*group->chunks)) != 0)
		return ERR_NOMEM;
	group->chunks[group->count++] = *chunk;
	return give_chunk(group->scan, chunk);
}

static int on_chunk_bad(void *arg, const struct error *why)
{
	const struct group *group = arg;

	return give_gap(group->scan, why);
}

static int step(struct scan *scan)
{
	int rc;

	pthread_mutex_lock(&scan->lock);
	scan->units_done++;
	rc = progress_step(scan->progress, "scan", scan->units_done, scan->units) != 0 ? ERR_CANCELLED : 0;
	pthread_mutex_unlock(&scan->lock);
	return rc;
}

static int scan_group(void *arg, unsigned worker, size_t unit)
{
	struct scan *scan = arg;
	struct group *group = &scan->groups[unit];
	uint32_t agno = group->agno;
	struct chunk_walker chunks = {.chunk = on_chunk, .bad = on_chunk_bad, .arg = group};
	int rc;

	(void)worker;
	rc = scan_tree(scan, BTREE_BNO, OWNER_SPACE, agno, on_free);
	if (rc == 0)
		rc = scan_tree(scan, BTREE_CNT, OWNER_SPACE, agno, NULL);
	if (rc == 0)
		rc = scan_tree(scan, BTREE_RMAP, OWNER_SPACE, agno, NULL);
	if (rc == 0)
		rc = scan_tree(scan, BTREE_REFCOUNT, OWNER_REFCOUNTBT, agno, on_refcount);
	if (rc == 0)
		rc = scan_tree(scan, BTREE_INO, OWNER_INOBT, agno, NULL);
	if (rc == 0)
		rc = scan_tree(scan, BTREE_FINO, OWNER_INOBT, agno, NULL);
	if (rc == 0)
		rc = scan_agfl(scan, agno);
	if (rc == 0)
		rc = chunk_walk(scan->fs, agno, &chunks, NULL);
	return rc != 0 ? rc : step(scan);
}

/* One fork in work. */
struct fork_scan {
	struct scan *scan;
	uint64_t ino;
	enum fork_kind kind;
};

static int on_extent(void *arg, const struct extent *extent)
{
	const struct fork_scan *fork = arg;
	const struct geometry *geo = &fork->scan->fs->geo;
	struct owner owner = {.kind = OWNER_FILE,
			      .ino = fork->ino,
			      .fork = fork->kind,
			      .unwritten = extent->unwritten,
			      .offset_bytes = extent->fileoff << geo->block_log};

	owner.start_bytes = geometry_block_offset(geo, extent->start);
	owner.end_bytes = owner.start_bytes + ((uint64_t)extent->len_blocks << geo->block_log);
	return give(fork->scan, &owner);
}

static int on_fork_block(void *arg, struct agaddr at, unsigned level)
{
	const struct fork_scan *fork = arg;
	const struct geometry *geo = &fork->scan->fs->geo;
	struct owner owner = {.kind = OWNER_FILE, .ino = fork->ino, .fork = fork->kind, .bmbt = true};

	(void)level;
	owner.start_bytes = geometry_block_offset(geo, at);
	owner.end_bytes = owner.start_bytes + geo->block_bytes;
	return give(fork->scan, &owner);
}

static int on_fork_bad(void *arg, const struct error *why)
{
	const struct fork_scan *fork = arg;

	return give_gap(fork->scan, why);
}

static int scan_inode(struct scan *scan, const struct inode *inode)
{
	int rc = 0;

	for (int kind = FORK_DATA; kind <= FORK_ATTR && rc == 0; kind++) {
		struct fork_scan fork = {.scan = scan, .ino = inode->ino, .kind = (enum fork_kind)kind};
		struct fork_walker walker = {
			.extent = on_extent, .block = on_fork_block, .bad = on_fork_bad, .arg = &fork};

		rc = fork_walk(scan->fs, inode, (enum fork_kind)kind, 0, FILEOFF_MAX, &walker, NULL);
	}
	return rc;
}

/* Reads the allocated inodes of a chunk, in one go where the medium allows it. */
static int scan_chunk(struct scan *scan, const struct chunk *chunk, uint8_t *memory)
{
	const struct fs *fs = scan->fs;
	uint32_t bytes = fs->geo.inode_bytes;
	uint64_t start = chunk_inode_offset(fs, chunk, 0);
	bool whole = chunk->present == UINT64_MAX &&
		     device_read(fs->device, start, memory, (size_t)bytes * INODES_PER_CHUNK, NULL) == 0;
	struct inode inode;
	struct error why;
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0; i++) {
		uint64_t ino = geometry_ino_join(&fs->geo, chunk->agno, chunk->first_agino + i);

		if (!(chunk->allocated >> i & 1))
			continue;
		if (whole)
			rc = inode_decode(fs, ino, memory + (size_t)i * bytes, start + (uint64_t)i * bytes, &inode,
					  &why);
		else
			rc = inode_read(fs, ino, &inode, &why);
		rc = rc == 0 ? scan_inode(scan, &inode) : give_failure(scan, rc, &why);
	}
	return rc;
}

static int scan_chunks(void *arg, unsigned worker, size_t unit)
{
	struct scan *scan = arg;
	size_t from = unit * CHUNKS_PER_UNIT;
	size_t to = scan->chunk_count - from < CHUNKS_PER_UNIT ? scan->chunk_count : from + CHUNKS_PER_UNIT;
	uint8_t *memory = malloc((size_t)scan->fs->geo.inode_bytes * INODES_PER_CHUNK);
	int rc = memory ? 0 : ERR_NOMEM;

	(void)worker;
	for (size_t i = from; i < to && rc == 0; i++)
		rc = scan_chunk(scan, &scan->chunks[i], memory);
	free(memory);
	return rc != 0 ? rc : step(scan);
}

/* Puts the chunks of all groups into one array. */
static int gather(struct scan *scan)
{
	size_t total = 0;

	for (uint32_t agno = 0; agno < scan->fs->geo.ag_count; agno++)
		total += scan->groups[agno].count;
	scan->chunks = calloc(total ? total : 1, sizeof(*scan->chunks));
	if (!scan->chunks)
		return ERR_NOMEM;
	for (uint32_t agno = 0; agno < scan->fs->geo.ag_count; agno++) {
		struct group *group = &scan->groups[agno];

		for (size_t i = 0; i < group->count; i++)
			scan->chunks[scan->chunk_count++] = group->chunks[i];
		free(group->chunks);
		group->chunks = NULL;
	}
	return 0;
}

static int run(struct scan *scan, struct pool *pool)
{
	uint32_t groups = scan->fs->geo.ag_count;
	size_t batches;
	int rc;

	for (uint32_t agno = 0; agno < groups; agno++) {
		scan->groups[agno].scan = scan;
		scan->groups[agno].agno = agno;
	}
	scan->units = groups;
	rc = pool_run(pool, groups, scan_group, scan);
	if (rc != 0 || all_explained(scan))
		return rc;
	rc = gather(scan);
	if (rc != 0)
		return rc;
	batches = (scan->chunk_count + CHUNKS_PER_UNIT - 1) / CHUNKS_PER_UNIT;
	scan->units += batches;
	return pool_run(pool, batches, scan_chunks, scan);
}

int owners_by_scan(const struct fs *fs, struct pool *pool, const struct interval_set *wanted,
		   const struct owner_sink *sink, const struct progress *progress, struct error *err)
{
	struct scan scan = {.fs = fs, .wanted = wanted, .sink = sink, .progress = progress};
	int rc;

	if (wanted->count == 0)
		return 0;
	scan.groups = calloc(fs->geo.ag_count, sizeof(*scan.groups));
	if (!scan.groups)
		return error_set(err, ERR_NOMEM, "no memory to scan %u groups", fs->geo.ag_count);
	pthread_mutex_init(&scan.lock, NULL);
	rc = run(&scan, pool);
	pthread_mutex_destroy(&scan.lock);
	for (uint32_t agno = 0; agno < fs->geo.ag_count; agno++)
		free(scan.groups[agno].chunks);
	free(scan.groups);
	free(scan.chunks);
	interval_fini(&scan.explained);
	if (rc < 0)
		return error_set(err, rc, "the scan of all inodes ended: %s", err_text(rc));
	return rc;
}
