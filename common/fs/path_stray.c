/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories that cannot be reached from the root, since something above them is damaged.
 *
 * They are looked for only if names of wanted inodes are missing: among all allocated inodes, so this costs a pass
 * over every inode chunk. Their names are walked like all others; where one leads to another stray, the two are joined,
 * so that a path begins as high as it can.
 */
#include <stdlib.h>
#include <string.h>

#include "fs/btree.h"
#include "fs/path_tree.h"

#define CHUNKS 4096 /* read in one run */

/* How many names the inode should have; 0: none are missed. */
static int expected_names(struct path_tree *tree, uint64_t ino, uint32_t *names)
{
	struct inode *inode = &tree->workers[0].inode;
	struct error why;
	int rc = inode_read(tree->job->fs, ino, inode, &why);

	*names = tree->damaged && !tree->job->one_path ? UINT32_MAX : 1; /* who knows */
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return 0;
	if (rc != 0)
		return error_set(tree->job->err, rc, "%s", why.text);
	*names = inode->nlink;
	if (inode->mode == 0)
		*names = 0;
	else if (inode_is(inode, INODE_MODE_DIR) && inode->nlink > 0)
		*names = 1;
	if (tree->job->one_path && *names > 1)
		*names = 1;
	return 0;
}

/* Whether names of wanted inodes are missing. */
static int is_incomplete(struct path_tree *tree, bool *incomplete)
{
	int rc = 0;

	*incomplete = false;
	for (size_t i = 0; i < tree->job->count && rc == 0 && !*incomplete; i++) {
		uint32_t names;

		if (geometry_is_internal(&tree->job->fs->geo, tree->job->inos[i]))
			continue;
		rc = expected_names(tree, tree->job->inos[i], &names);
		*incomplete = rc == 0 && tree->found[i] < names;
	}
	return rc;
}

/* Notes the inode if it is a directory that has not been reached. Whether it is sound is seen when it is walked. */
static int look_at(struct path_worker *worker, uint64_t ino, const void *raw)
{
	const struct disk_inode *disk = raw;

	if (be16_get(disk->magic) != INODE_MAGIC || (be16_get(disk->mode) & INODE_MODE_TYPE) != INODE_MODE_DIR ||
	    idmap_get(&worker->tree->known, ino))
		return 0;
	return path_note_child(&worker->finds, ino, NODE_NONE, 0);
}

/* One inode after the other, so that those beside a bad one are still seen. */
static int look_at_each(struct path_worker *worker, const struct path_chunk *chunk)
{
	const struct fs *fs = worker->tree->job->fs;
	struct error why;
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0; i++) {
		if (!(chunk->allocated >> i & 1))
			continue;
		rc = inode_read(fs, chunk->first_ino + i, &worker->other, &why);
		if (rc == 0)
			rc = look_at(worker, chunk->first_ino + i, worker->other.raw);
		else if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
			rc = path_note_loss(&worker->finds, NODE_NONE, chunk->first_ino + i, &why);
	}
	return rc;
}

static int chunk_offset(const struct geometry *geo, uint64_t ino, uint64_t *offset)
{
	uint32_t agno, agino, in_block;
	struct agaddr at;

	if (!geometry_ino_split(geo, ino, &agno, &agino))
		return ERR_CORRUPT;
	at = (struct agaddr){agno, geometry_agino_block(geo, agino, &in_block)};
	*offset = geometry_block_offset(geo, at) + in_block;
	return 0;
}

static int look_unit(void *arg, unsigned index, size_t unit)
{
	struct path_tree *tree = arg;
	struct path_worker *worker = &tree->workers[index];
	const struct path_chunk *chunk = &tree->chunks[unit];
	const struct geometry *geo = &tree->job->fs->geo;
	size_t bytes = (size_t)INODES_PER_CHUNK << geo->inode_log;
	uint64_t offset;
	int rc = 0;

	if (!chunk->whole || chunk_offset(geo, chunk->first_ino, &offset) != 0 ||
	    device_read(tree->job->fs->device, offset, worker->buffer, bytes, NULL) != 0)
		return look_at_each(worker, chunk);
	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0; i++)
		if (chunk->allocated >> i & 1)
			rc = look_at(worker, chunk->first_ino + i, worker->buffer + ((size_t)i << geo->inode_log));
	return rc;
}

static int run_chunks(struct path_tree *tree, size_t count, uint64_t done)
{
	if (progress_step(tree->job->progress, "inodes", done, 0) != 0)
		return error_set(tree->job->err, ERR_CANCELLED, "cancelled");
	return path_run(tree, count, look_unit);
}

static struct path_chunk chunk_of(const struct geometry *geo, uint32_t agno, const struct disk_inobt_rec *rec)
{
	struct path_chunk chunk = {.first_ino = geometry_ino_join(geo, agno, be32_get(rec->startino)),
				   .allocated = ~be64_get(rec->free),
				   .whole = !geo->has_sparse_inodes || be16_get(rec->holemask) == 0};

	for (unsigned i = 0; i < INODES_PER_CHUNK && !chunk.whole; i++)
		if (be16_get(rec->holemask) >> i / INODES_PER_HOLEBIT & 1)
			chunk.allocated &= ~(1ull << i);
	return chunk;
}

/* Looks through the inodes of a group. */
static int look_through(struct path_tree *tree, uint32_t agno)
{
	const struct btree_cursor_options all = {.low = BTREE_KEY_MIN, .high = BTREE_KEY_MAX};
	struct btree_cursor *cursor = NULL;
	const void *rec;
	size_t count = 0;
	uint64_t done = 0;
	struct btree inobt;
	struct error why;
	int got = btree_open_group(tree->job->fs, BTREE_INO, agno, &inobt, &why), rc = 0;

	if (got == 0)
		got = btree_cursor_open(&inobt, &all, &cursor, &why);
	if (got == ERR_CORRUPT || got == ERR_MEDIA)
		return path_gap(tree->job, 0, &why);
	if (got < 0)
		return error_set(tree->job->err, got, "%s", why.text);
	do {
		got = btree_next(cursor, &rec, &why);
		if (got == 1)
			tree->chunks[count++] = chunk_of(&tree->job->fs->geo, agno, rec);
		else if (got == ERR_CORRUPT || got == ERR_MEDIA)
			rc = path_gap(tree->job, 0, &why);
		else if (got < 0)
			rc = error_set(tree->job->err, got, "%s", why.text);
		if (rc == 0 && (count == CHUNKS || got == 0)) {
			rc = run_chunks(tree, count, done);
			done += count * INODES_PER_CHUNK;
			count = 0;
		}
	} while (rc == 0 && got != 0);
	btree_cursor_close(cursor);
	return rc;
}

/*
 * A loop of strays has no highest directory: the one with the lowest number becomes it. Each node has one parent, so
 * going up from every node, and marking the way with the node it began at, meets each loop once.
 */
static int cut_loops(struct path_tree *tree)
{
	size_t first = tree->stray_begin, count = tree->node_count - first;
	uint32_t *mark;

	if (count == 0)
		return 0;
	mark = malloc(count * sizeof(*mark));
	if (!mark)
		return path_no_memory(tree->job);
	memset(mark, 0xff, count * sizeof(*mark)); /* NODE_NONE */
	for (size_t start = first; start < tree->node_count; start++) {
		uint32_t at = (uint32_t)start;

		while (at != NODE_NONE && mark[at - first] == NODE_NONE) {
			mark[at - first] = (uint32_t)start;
			at = tree->nodes[at].parent;
		}
		/* Back on a way of this start: a loop, whose lowest node is the start or was passed after it. */
		if (at != NODE_NONE && mark[at - first] == start) {
			uint32_t lowest = at;

			for (uint32_t i = tree->nodes[at].parent; i != at; i = tree->nodes[i].parent)
				if (i < lowest)
					lowest = i;
			tree->nodes[lowest].parent = NODE_NONE;
		}
	}
	free(mark);
	return 0;
}

static int walk_strays(struct path_tree *tree)
{
	size_t begin = tree->node_count;
	int rc = 0;

	for (uint32_t agno = 0; agno < tree->job->fs->geo.ag_count && rc == 0; agno++)
		rc = look_through(tree, agno);
	if (rc != 0)
		return rc;
	path_sort_children(tree);
	for (size_t i = 0; i < tree->finds.child_count; i++)
		if (path_add_node(tree, &tree->finds.children[i]) < 0)
			return path_no_memory(tree->job);
	tree->finds.child_count = 0;
	tree->stray_begin = begin;
	rc = path_walk_from(tree, begin);
	return rc == 0 ? cut_loops(tree) : rc;
}

int path_walk_strays(struct path_tree *tree)
{
	bool incomplete = false;
	int rc;

	if (path_is_done(tree))
		return 0;
	rc = is_incomplete(tree, &incomplete);
	if (rc != 0 || !incomplete)
		return rc;
	tree->chunks = malloc(CHUNKS * sizeof(*tree->chunks));
	rc = tree->chunks ? walk_strays(tree) : path_no_memory(tree->job);
	free(tree->chunks);
	tree->chunks = NULL;
	return rc;
}
