/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a group keeps back for its trees. */
#include "fs/reserve.h"

#include "fs/btree.h"

/* The least part of a group that is kept for the rmapbt, which sharing can make larger than any count of blocks. */
#define RMAP_SHARE 100u

/* The most blocks that a tree of so many records takes: every one is half full. */
static uint64_t most_blocks(const struct geometry *geo, enum btree_kind kind, uint64_t records)
{
	const struct btree_format *format = &btree_formats[kind];
	uint32_t room = geo->block_bytes - btree_header_bytes(format);
	uint64_t total = 0, left = records;
	unsigned level = 0;

	do {
		uint32_t half = btree_capacity(format, room, level++) / 2;

		left = left / half + (left % half != 0);
		total += left;
	} while (left > 1);
	return total;
}

static int count_block(void *arg, struct agaddr at, unsigned level)
{
	uint64_t *blocks = arg;

	(void)at;
	(void)level;
	++*blocks;
	return 0;
}

static int no_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	return 0;
}

static int finobt_blocks(const struct fs *fs, uint32_t agno, const struct disk_agi *agi, uint64_t *blocks,
			 struct error *err)
{
	struct btree tree = btree_of_group(fs, BTREE_FINO, agno, NULL, agi);
	const struct btree_cursor_options options = {
		.high = BTREE_KEY_MAX, .skip_leaves = true, .block = count_block, .arg = blocks};
	const struct btree_walker walker = {.record = no_record};

	*blocks = 0;
	if (fs->geo.has_inobtcount) {
		*blocks = be32_get(agi->fblocks);
		return 0;
	}
	return btree_walk(&tree, &options, &walker, err);
}

int reserve_of_group(const struct fs *fs, uint32_t agno, const struct disk_agf *agf, const struct disk_agi *agi,
		     struct reserve *out, struct error *err)
{
	const struct geometry *geo = &fs->geo;
	uint64_t blocks = geometry_ag_blocks(geo, agno), used;
	int rc = 0;

	*out = (struct reserve){.free_blocks = (uint64_t)be32_get(agf->freeblks) + be32_get(agf->flcount)};
	/* Nothing of the journal can ever be shared, mapped or hold inodes. */
	if (geo->log_start.agno == agno && geo->log_blocks < blocks)
		blocks -= geo->log_blocks;
	if (geo->has_reflink) {
		out->asked_blocks += most_blocks(geo, BTREE_REFCOUNT, blocks);
		out->used_blocks += be32_get(agf->refcntblocks);
	}
	if (geo->has_finobt) {
		uint64_t chunks = (blocks << geo->inodes_per_block_log) / INODES_PER_CHUNK;

		rc = finobt_blocks(fs, agno, agi, &used, err);
		out->asked_blocks += most_blocks(geo, BTREE_FINO, chunks);
		out->used_blocks += rc == 0 ? used : 0;
	}
	if (geo->has_rmapbt) {
		uint64_t share = blocks / RMAP_SHARE, most = most_blocks(geo, BTREE_RMAP, blocks);

		out->asked_blocks += share > most ? share : most;
		out->used_blocks += be32_get(agf->rmapblocks);
	}
	return rc;
}
