/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sums of shared bytes per inode. Each record of the refcountbt is a range that the same owners have all along, or a
 * part of one; its reverse mappings, cut to it, name them.
 */
#include "fs/sharing.h"

#include <stdlib.h>

#include "base/idmap.h"
#include "fs/btree.h"
#include "fs/fork.h"
#include "fs/rmap.h"

struct adding {
	const struct fs *fs;
	const struct inode *inode; /* only what it shares; NULL: everybody */
	struct idmap bytes;	   /* ino -> bytes */
	struct agaddr start;	   /* of the shared range at hand */
	uint32_t len_blocks;
	const struct progress *progress;
	uint64_t ranges, gaps;
	struct error *err;
};

void sharing_fini(struct sharing_list *list)
{
	free(list->items);
	*list = (struct sharing_list){0};
}

static int add(struct adding *adding, uint64_t ino, uint64_t bytes)
{
	int rc = idmap_put(&adding->bytes, ino, 0);

	if (rc < 0)
		return error_set(adding->err, rc, "no memory for the list of inodes that share");
	*idmap_get(&adding->bytes, ino) += bytes;
	return 0;
}

/* Blocks of the mapping that lie in the shared range. */
static uint32_t inside(const struct adding *adding, const struct rmap *rmap)
{
	uint64_t from = rmap->start.agbno > adding->start.agbno ? rmap->start.agbno : adding->start.agbno;
	uint64_t end = (uint64_t)rmap->start.agbno + rmap->len_blocks;
	uint64_t last = (uint64_t)adding->start.agbno + adding->len_blocks;

	if (end > last)
		end = last;
	return from < end ? (uint32_t)(end - from) : 0;
}

/* The mapping by which the inode itself came here. */
static bool is_own(const struct adding *adding, const struct rmap *rmap, uint64_t fileoff)
{
	return rmap->owner == adding->inode->ino && rmap->fileoff - rmap->start.agbno == fileoff - adding->start.agbno;
}

struct owners {
	struct adding *adding;
	uint64_t fileoff; /* of the extent of the inode at hand */
};

static int take_rmap(void *arg, const struct rmap *rmap)
{
	const struct owners *owners = arg;
	struct adding *adding = owners->adding;

	if (rmap->owner >= RMAP_OWN_MIN || rmap->attr_fork || rmap->bmbt_block)
		return 0;
	if (adding->inode && is_own(adding, rmap, owners->fileoff))
		return 0;
	return add(adding, rmap->owner, (uint64_t)inside(adding, rmap) << adding->fs->geo.block_log);
}

static int take_gap(void *arg, struct agaddr start, uint32_t len_blocks, const struct error *why)
{
	const struct owners *owners = arg;

	(void)start;
	(void)len_blocks;
	(void)why;
	owners->adding->gaps++;
	return 0;
}

/* Owners of [start, start + len). */
static int add_owners(struct adding *adding, struct agaddr start, uint32_t len_blocks, uint64_t fileoff)
{
	struct owners owners = {adding, fileoff};
	struct rmap_sink sink = {.rmap = take_rmap, .gap = take_gap, .arg = &owners};

	if (progress_step(adding->progress, "sharing", ++adding->ranges, 0) != 0)
		return error_set(adding->err, ERR_CANCELLED, "%s", err_text(ERR_CANCELLED));
	adding->start = start;
	adding->len_blocks = len_blocks;
	return rmap_query(adding->fs, start, len_blocks, &sink, adding->err);
}

static int take_refcount(void *arg, const void *record, struct agaddr place)
{
	const struct disk_refcount_rec *rec = record;
	struct adding *adding = arg;
	struct agaddr start = {place.agno, be32_get(rec->startblock)};

	if (start.agbno & REFCOUNT_COW_FLAG)
		return 0;
	if (!geometry_holds(&adding->fs->geo, start, be32_get(rec->blockcount)) || be32_get(rec->blockcount) == 0) {
		adding->gaps++;
		return 0;
	}
	return add_owners(adding, start, be32_get(rec->blockcount), 0);
}

static int take_lost(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	struct adding *adding = arg;

	(void)low;
	(void)high;
	(void)why;
	adding->gaps++;
	return 0;
}

static int by_ino(const void *a, const void *b)
{
	const struct sharing *left = a, *right = b;

	return left->ino < right->ino ? -1 : left->ino > right->ino;
}

/* Makes the list, and empties the map. */
static int finish(struct adding *adding, int rc, struct sharing_list *out, uint64_t *gaps)
{
	*gaps = adding->gaps;
	if (rc == 0 && adding->bytes.count > 0) {
		out->items = calloc(adding->bytes.count, sizeof(*out->items));
		if (!out->items)
			rc = error_set(adding->err, ERR_NOMEM, "no memory for the list of inodes that share");
	}
	for (size_t i = 0; rc == 0 && i < adding->bytes.room; i++)
		if (adding->bytes.slots[i].key != IDMAP_NO_KEY)
			out->items[out->count++] =
				(struct sharing){adding->bytes.slots[i].key, adding->bytes.slots[i].value};
	if (out->count > 0)
		qsort(out->items, out->count, sizeof(*out->items), by_ino);
	idmap_fini(&adding->bytes);
	return rc;
}

static int need_trees(const struct fs *fs, struct error *err)
{
	if (!fs->geo.has_reflink)
		return error_set(err, ERR_NOT_FOUND, "the file system shares no blocks (no reflink)");
	if (!fs->geo.has_rmapbt)
		return error_set(err, ERR_NOT_FOUND, "the file system does not know owners of blocks (no rmapbt)");
	return 0;
}

int sharing_of_all(const struct fs *fs, const struct progress *progress, struct sharing_list *out, uint64_t *gaps,
		   struct error *err)
{
	struct adding adding = {.fs = fs, .progress = progress, .err = err};
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX};
	struct btree_walker walker = {.record = take_refcount, .bad = take_lost, .arg = &adding};
	int rc = need_trees(fs, err);

	for (uint32_t agno = 0; agno < fs->geo.ag_count && rc == 0; agno++) {
		struct btree tree;

		rc = btree_open_group(fs, BTREE_REFCOUNT, agno, &tree, err);
		if (rc == 0)
			rc = btree_walk(&tree, &options, &walker, err);
	}
	return finish(&adding, rc, out, gaps);
}

/* Asks for owners in any case: an extent without a refcount record has one, itself. */
static int take_extent(void *arg, const struct extent *extent)
{
	return add_owners(arg, extent->start, extent->len_blocks, extent->fileoff);
}

static int take_bad(void *arg, const struct error *why)
{
	struct adding *adding = arg;

	(void)why;
	adding->gaps++;
	return 0;
}

int sharing_of_inode(const struct fs *fs, const struct inode *inode, const struct progress *progress,
		     struct sharing_list *out, uint64_t *gaps, struct error *err)
{
	struct adding adding = {.fs = fs, .inode = inode, .progress = progress, .err = err};
	struct fork_walker walker = {.extent = take_extent, .bad = take_bad, .arg = &adding};
	int rc = need_trees(fs, err);

	if (rc == 0)
		rc = fork_walk(fs, inode, FORK_DATA, 0, FILEOFF_MAX, &walker, err);
	return finish(&adding, rc, out, gaps);
}
