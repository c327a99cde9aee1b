/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Range queries on the rmapbt. */
#include "fs/rmap.h"

#include "fs/btree.h"

struct query {
	const struct fs *fs;
	struct agaddr at;
	uint32_t len_blocks;
	const struct rmap_sink *sink;
};

/* Blocks [low, high] of the group, cut to the query, may have owners that are not known. */
static int report_gap(const struct query *query, uint64_t low, uint64_t high, const struct error *why)
{
	uint64_t first = query->at.agbno, last = first + query->len_blocks - 1;

	if (low > first)
		first = low;
	if (high < last)
		last = high;
	if (first > last || !query->sink->gap)
		return 0;
	return query->sink->gap(query->sink->arg, (struct agaddr){query->at.agno, (uint32_t)first},
				(uint32_t)(last - first + 1), why);
}

/* Unpacks a record; false if it cannot be true. */
static bool unpack(const struct query *query, const struct disk_rmap_rec *rec, struct rmap *out)
{
	uint64_t offset = be64_get(rec->offset);
	bool of_inode;

	*out = (struct rmap){
		.start = {query->at.agno, be32_get(rec->startblock)},
		.len_blocks = be32_get(rec->blockcount),
		.owner = be64_get(rec->owner),
		.fileoff = offset & RMAP_OFFSET_MASK,
		.attr_fork = offset & RMAP_OFFSET_ATTR,
		.bmbt_block = offset & RMAP_OFFSET_BMBT,
		.unwritten = offset & RMAP_OFFSET_UNWRITTEN,
	};
	of_inode = out->owner < RMAP_OWN_MIN;
	if (out->len_blocks == 0 || !geometry_holds(&query->fs->geo, out->start, out->len_blocks))
		return false;
	if (of_inode) {
		uint32_t agno, agino;

		return geometry_ino_split(&query->fs->geo, out->owner, &agno, &agino) &&
		       out->fileoff + out->len_blocks - 1 <= geometry_fileoff_max(&query->fs->geo);
	}
	return out->owner > RMAP_OWN_MIN && out->owner <= RMAP_OWN_FS && offset == 0;
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	const struct query *query = arg;
	struct rmap rmap;
	struct error why;
	uint64_t last;

	if (unpack(query, record, &rmap))
		return query->sink->rmap(query->sink->arg, &rmap);
	(void)error_corrupt(&why, FLAW_FORMAT, geometry_block_offset(&query->fs->geo, place),
			    "rmapbt of group %u: the record of block %u cannot be", query->at.agno, rmap.start.agbno);
	last = (uint64_t)rmap.start.agbno + rmap.len_blocks - (rmap.len_blocks > 0);
	return report_gap(query, rmap.start.agbno, last, &why);
}

static int on_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	return report_gap(arg, low.word[0], high.word[0], why);
}

int rmap_query(const struct fs *fs, struct agaddr at, uint32_t len_blocks, const struct rmap_sink *sink,
	       struct error *err)
{
	struct query query = {.fs = fs, .at = at, .len_blocks = len_blocks, .sink = sink};
	struct btree_cursor_options options = {
		.low = {{at.agbno, 0, 0}},
		.high = {{(uint64_t)at.agbno + len_blocks - 1, UINT64_MAX, UINT64_MAX}},
	};
	struct btree_walker walker = {.record = on_record, .bad = on_bad, .arg = &query};
	struct btree tree;
	struct error why;
	int rc = btree_open_group(fs, BTREE_RMAP, at.agno, &tree, &why);

	if (rc == 0)
		return btree_walk(&tree, &options, &walker, err);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return report_gap(&query, 0, UINT64_MAX, &why);
	if (err)
		*err = why;
	return rc;
}
