/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The B+trees of a group of a new file system: each a lone leaf with a handful of records. */
#include <assert.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/agi.h"
#include "format/agfl.h"
#include "write/newfs_parts.h"

/* A leaf that is being filled. */
struct leaf {
	const struct btree_format *format;
	uint8_t *block;
	uint32_t block_bytes;
	uint16_t count;
};

static void add(struct leaf *leaf, const void *record)
{
	size_t at = btree_header_bytes(leaf->format) + (size_t)leaf->count * leaf->format->record_bytes;

	assert(leaf->format->record_bytes <= leaf->block_bytes - at);
	memcpy(leaf->block + at, record, leaf->format->record_bytes);
	leaf->count++;
}

static void seal(const struct leaf *leaf, const struct geometry *geo, struct agaddr at)
{
	struct disk_btree_short header = {
		.magic = be32_of(leaf->format->magic),
		.numrecs = be16_of(leaf->count),
		.leftsib = be32_of(AGBNO_NULL),
		.rightsib = be32_of(AGBNO_NULL),
		.blkno = be64_of(geometry_block_daddr(geo, at)),
		.uuid = geo->uuid,
		.owner = be32_of(at.agno),
	};

	memcpy(leaf->block, &header, sizeof(header));
	crc32c_block_seal(leaf->block, leaf->block_bytes, offsetof(struct disk_btree_short, crc));
}

static void add_free(struct leaf *leaf, const struct newfs_run *run)
{
	struct disk_alloc_rec rec = {be32_of(run->start), be32_of(run->len)};

	add(leaf, &rec);
}

static void fill_bno(struct leaf *leaf, const struct newfs_group *group)
{
	for (uint32_t i = 0; i < group->free_count; i++)
		add_free(leaf, &group->free[i]);
}

/* Shorter runs first, and of two of the same length the lower one. */
static void fill_cnt(struct leaf *leaf, const struct newfs_group *group)
{
	bool done[NEWFS_FREE_RUNS_MAX] = {false};

	for (uint32_t n = 0; n < group->free_count; n++) {
		uint32_t next = UINT32_MAX;

		for (uint32_t i = 0; i < group->free_count; i++)
			if (!done[i] && (next == UINT32_MAX || group->free[i].len < group->free[next].len))
				next = i;
		done[next] = true;
		add_free(leaf, &group->free[next]);
	}
}

/* The first inodes of the first chunk are in use, everything else is free. */
static void fill_chunks(struct leaf *leaf, const struct newfs_layout *layout, const struct newfs_group *group)
{
	uint32_t first = geometry_block_agino(&layout->geo, group->inodes.start);
	uint32_t inodes = newfs_group_inodes(group, layout);

	for (uint32_t at = 0; at < inodes; at += INODES_PER_CHUNK) {
		uint32_t used = at == 0 ? NEWFS_USED_INODES : 0;
		struct disk_inobt_rec rec = {
			.startino = be32_of(first + at),
			.free = be64_of(UINT64_MAX << used),
		};

		if (layout->geo.has_sparse_inodes) {
			rec.count = INODES_PER_CHUNK;
			rec.sp_freecount = (uint8_t)(INODES_PER_CHUNK - used);
		} else {
			rec.freecount = be32_of(INODES_PER_CHUNK - used);
		}
		add(leaf, &rec);
	}
}

/* Reverse mappings that come in ascending order; neighbours with the same owner are one record. */
struct rmap {
	struct leaf *leaf;
	uint32_t start, len;
	uint64_t owner;
};

static void rmap_end(struct rmap *rmap)
{
	struct disk_rmap_rec rec = {
		.startblock = be32_of(rmap->start),
		.blockcount = be32_of(rmap->len),
		.owner = be64_of(rmap->owner),
	};

	if (rmap->len > 0)
		add(rmap->leaf, &rec);
	rmap->len = 0;
}

static void rmap_add(struct rmap *rmap, uint32_t start, uint32_t len, uint64_t owner)
{
	if (len == 0)
		return;
	if (rmap->len > 0 && rmap->owner == owner && rmap->start + rmap->len == start) {
		rmap->len += len;
		return;
	}
	assert(rmap->start + rmap->len <= start);
	rmap_end(rmap);
	rmap->start = start;
	rmap->len = len;
	rmap->owner = owner;
}

static uint64_t tree_owner(enum btree_kind kind)
{
	switch (kind) {
	case BTREE_BNO:
	case BTREE_CNT:
	case BTREE_RMAP:
		return RMAP_OWN_AG;
	case BTREE_INO:
	case BTREE_FINO:
		return RMAP_OWN_INOBT;
	case BTREE_REFCOUNT:
		return RMAP_OWN_REFC;
	case BTREE_BMAP:
	case BTREE_KINDS:
		break;
	}
	return RMAP_OWN_UNKNOWN;
}

/* The owner of @block, a block of the group that is not free. */
static uint64_t owner_of(const struct newfs_group *group, uint32_t block, uint32_t *len)
{
	*len = 1;
	if (block < group->header_blocks) {
		*len = group->header_blocks;
		return RMAP_OWN_FS;
	}
	for (unsigned kind = 0; kind < BTREE_KINDS; kind++)
		if (group->root[kind] == block)
			return tree_owner((enum btree_kind)kind);
	if (group->log.len > 0 && block == group->log.start) {
		*len = group->log.len;
		return RMAP_OWN_LOG;
	}
	if (group->inodes.len > 0 && block == group->inodes.start) {
		*len = group->inodes.len;
		return RMAP_OWN_INODES;
	}
	return RMAP_OWN_AG; /* on the free list */
}

/* What is not free has an owner. */
static void fill_rmap(struct leaf *leaf, const struct newfs_group *group)
{
	struct rmap rmap = {.leaf = leaf};
	uint32_t next_free = 0, block = 0;

	while (block < group->blocks) {
		uint32_t len;
		uint64_t owner;

		if (next_free < group->free_count && block == group->free[next_free].start) {
			block += group->free[next_free++].len;
			continue;
		}
		owner = owner_of(group, block, &len);
		rmap_add(&rmap, block, len, owner);
		block += len;
	}
	rmap_end(&rmap);
}

void newfs_fill_roots(uint8_t *head, const struct newfs_layout *layout, const struct newfs_group *group)
{
	const struct geometry *geo = &layout->geo;

	for (unsigned i = 0; i < BTREE_KINDS; i++) {
		enum btree_kind kind = (enum btree_kind)i;
		struct leaf leaf = {.format = &btree_formats[kind], .block_bytes = geo->block_bytes};

		if (group->root[kind] == 0)
			continue;
		leaf.block = head + ((size_t)group->root[kind] << geo->block_log);
		switch (kind) {
		case BTREE_BNO:
			fill_bno(&leaf, group);
			break;
		case BTREE_CNT:
			fill_cnt(&leaf, group);
			break;
		case BTREE_INO:
		case BTREE_FINO:
			fill_chunks(&leaf, layout, group);
			break;
		case BTREE_RMAP:
			fill_rmap(&leaf, group);
			break;
		case BTREE_REFCOUNT: /* nothing is shared */
		case BTREE_BMAP:     /* is no tree of a group */
		case BTREE_KINDS:
			break;
		}
		seal(&leaf, geo, (struct agaddr){group->agno, group->root[kind]});
	}
}
