/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owners from the rmapbt. What it does not list is free, if the bnobt says so. */
#include "fs/btree.h"
#include "fs/rmap.h"
#include "fs/view_offline.h"

struct query {
	const struct fs *fs;
	uint64_t start_bytes, end_bytes; /* the part in work, inside one group */
	struct agaddr at;		 /* the blocks that hold it */
	uint32_t len_blocks;
	const struct owner_sink *sink;
};

static int give(const struct query *query, struct owner *owner)
{
	return owner_cut(owner, query->start_bytes, query->end_bytes) ? query->sink->owner(query->sink->arg, owner) : 0;
}

static int give_gap(const struct query *query, struct agaddr at, uint64_t len_blocks, const struct error *why)
{
	uint64_t start = geometry_block_offset(&query->fs->geo, at);
	uint64_t end = start + (len_blocks << query->fs->geo.block_log);

	if (start < query->start_bytes)
		start = query->start_bytes;
	if (end > query->end_bytes)
		end = query->end_bytes;
	if (start >= end || !query->sink->gap)
		return 0;
	return query->sink->gap(query->sink->arg, start, end, why);
}

static enum owner_kind kind_of(uint64_t owner)
{
	switch (owner) {
	case RMAP_OWN_FS:
		return OWNER_AG_HEADER;
	case RMAP_OWN_LOG:
		return OWNER_LOG;
	case RMAP_OWN_AG:
		return OWNER_SPACE;
	case RMAP_OWN_INOBT:
		return OWNER_INOBT;
	case RMAP_OWN_INODES:
		return OWNER_INODES;
	case RMAP_OWN_REFC:
		return OWNER_REFCOUNTBT;
	case RMAP_OWN_COW:
		return OWNER_COW;
	default:
		return OWNER_FILE; /* rmap_query hands out no other special owner */
	}
}

static int on_rmap(void *arg, const struct rmap *rmap)
{
	const struct query *query = arg;
	const struct geometry *geo = &query->fs->geo;
	struct owner owner = {.kind = kind_of(rmap->owner)};

	owner.start_bytes = geometry_block_offset(geo, rmap->start);
	owner.end_bytes = owner.start_bytes + ((uint64_t)rmap->len_blocks << geo->block_log);
	if (owner.kind == OWNER_FILE) {
		owner.ino = rmap->owner;
		owner.fork = rmap->attr_fork ? FORK_ATTR : FORK_DATA;
		owner.bmbt = rmap->bmbt_block;
		owner.unwritten = rmap->unwritten;
		owner.offset_bytes = owner.bmbt ? 0 : rmap->fileoff << geo->block_log;
	}
	return give(query, &owner);
}

static int on_rmap_gap(void *arg, struct agaddr start, uint32_t len_blocks, const struct error *why)
{
	return give_gap(arg, start, len_blocks, why);
}

static int on_free(void *arg, const void *record, struct agaddr place)
{
	const struct query *query = arg;
	const struct disk_alloc_rec *rec = record;
	struct agaddr start = {query->at.agno, be32_get(rec->startblock)};
	struct owner owner = {.kind = OWNER_FREE};
	struct error why;

	if (!geometry_holds(&query->fs->geo, start, be32_get(rec->blockcount))) {
		(void)error_corrupt(&why, FLAW_RANGE, geometry_block_offset(&query->fs->geo, place),
				    "bnobt of group %u: the record of block %u cannot be", start.agno, start.agbno);
		return give_gap(query, query->at, query->len_blocks, &why);
	}
	owner.start_bytes = geometry_block_offset(&query->fs->geo, start);
	owner.end_bytes = owner.start_bytes + ((uint64_t)be32_get(rec->blockcount) << query->fs->geo.block_log);
	return give(query, &owner);
}

static int on_free_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	const struct query *query = arg;
	uint64_t first = low.word[0], last = high.word[0];
	uint64_t end = geometry_ag_blocks(&query->fs->geo, query->at.agno);

	if (first >= end)
		return 0;
	if (last >= end)
		last = end - 1;
	return give_gap(query, (struct agaddr){query->at.agno, (uint32_t)first}, last - first + 1, why);
}

static int query_free(struct query *query, struct error *err)
{
	struct btree_cursor_options options = {
		.low = {{query->at.agbno, 0, 0}},
		.high = {{(uint64_t)query->at.agbno + query->len_blocks - 1, 0, 0}},
	};
	struct btree_walker walker = {.record = on_free, .bad = on_free_bad, .arg = query};
	struct btree tree;
	struct error why;
	int rc = btree_open_group(query->fs, BTREE_BNO, query->at.agno, &tree, &why);

	if (rc == 0)
		return btree_walk(&tree, &options, &walker, err);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return give_gap(query, query->at, query->len_blocks, &why);
	if (err)
		*err = why;
	return rc;
}

/* One part that lies inside a group. */
static int query_part(struct query *query, struct error *err)
{
	struct rmap_sink rmaps = {.rmap = on_rmap, .gap = on_rmap_gap, .arg = query};
	int rc = rmap_query(query->fs, query->at, query->len_blocks, &rmaps, err);

	return rc != 0 ? rc : query_free(query, err);
}

int owners_by_rmap(const struct fs *fs, const struct interval_set *wanted, const struct owner_sink *sink,
		   struct error *err)
{
	const struct geometry *geo = &fs->geo;
	uint64_t fs_end = geo->blocks << geo->block_log;
	struct query query = {.fs = fs, .sink = sink};
	int rc = 0;

	for (size_t i = 0; i < wanted->count; i++) {
		uint64_t at = wanted->items[i].start;
		uint64_t end = wanted->items[i].end < fs_end ? wanted->items[i].end : fs_end;

		while (at < end && rc == 0) {
			uint64_t group_end;
			struct agaddr last;

			if (!geometry_block_of_offset(geo, at, &query.at))
				break;
			group_end = geometry_block_offset(geo, (struct agaddr){query.at.agno, 0}) +
				    ((uint64_t)geometry_ag_blocks(geo, query.at.agno) << geo->block_log);
			query.start_bytes = at;
			query.end_bytes = end < group_end ? end : group_end;
			if (!geometry_block_of_offset(geo, query.end_bytes - 1, &last))
				break;
			query.len_blocks = last.agbno - query.at.agbno + 1;
			rc = query_part(&query, err);
			at = query.end_bytes;
		}
		if (rc != 0)
			return rc;
	}
	return 0;
}
