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

/* Whether flags and offset are such as @rmap may have. */
static bool offset_fits(const struct geometry *geo, const struct rmap *rmap, uint64_t packed)
{
	uint32_t agno, agino;

	if (rmap->owner > RMAP_OWN_MIN)
		return rmap->owner <= RMAP_OWN_FS && packed == 0;
	if (!geometry_ino_split(geo, rmap->owner, &agno, &agino) ||
	    packed & ~(RMAP_OFFSET_MASK | RMAP_OFFSET_ATTR | RMAP_OFFSET_BMBT | RMAP_OFFSET_UNWRITTEN))
		return false;
	/* Only the data fork has unwritten extents, and blocks of a fork's B+tree have no place in the file. */
	if (rmap->unwritten && (rmap->attr_fork || rmap->bmbt_block))
		return false;
	return rmap->bmbt_block ? rmap->fileoff == 0
				: rmap->fileoff + rmap->len_blocks - 1 <= geometry_fileoff_max(geo);
}

bool rmap_unpack(const struct geometry *geo, uint32_t agno, const struct disk_rmap_rec *rec, struct rmap *out)
{
	uint64_t offset = be64_get(rec->offset);

	struct agaddr start = {agno, be32_get(rec->startblock)};
	uint32_t len = be32_get(rec->blockcount);

	/* One by one: a struct that is copied right after it was put together stalls the processor. */
	out->start.agno = agno;
	out->start.agbno = start.agbno;
	out->len_blocks = len;
	out->owner = be64_get(rec->owner);
	out->fileoff = offset & RMAP_OFFSET_MASK;
	out->attr_fork = offset & RMAP_OFFSET_ATTR;
	out->bmbt_block = offset & RMAP_OFFSET_BMBT;
	out->unwritten = offset & RMAP_OFFSET_UNWRITTEN;
	return len != 0 && geometry_holds(geo, start, len) && offset_fits(geo, out, offset);
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	const struct query *query = arg;
	struct rmap rmap;
	struct error why;
	uint64_t last;

	if (rmap_unpack(&query->fs->geo, query->at.agno, record, &rmap))
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
