/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AGF, AGI and AGFL of a new file system. */
#include <string.h>

#include "base/crc32c.h"
#include "format/agf.h"
#include "format/agfl.h"
#include "format/agi.h"
#include "write/newfs_parts.h"

#define FREE_LIST_FIRST 1u /* slot of the ring in which mkfs.xfs 6.1 begins (seen in its images) */

/* 1 level, or 0 where there is no such tree. */
static be32 levels(const struct newfs_group *group, enum btree_kind kind)
{
	return be32_of(group->root[kind] ? 1 : 0);
}

static void fill_agf(void *sector, const struct geometry *geo, const struct newfs_group *group)
{
	struct disk_agf agf = {
		.magicnum = be32_of(AGF_MAGIC),
		.versionnum = be32_of(AGF_VERSION),
		.seqno = be32_of(group->agno),
		.length = be32_of(group->blocks),
		.bnoroot = be32_of(group->root[BTREE_BNO]),
		.cntroot = be32_of(group->root[BTREE_CNT]),
		.rmaproot = be32_of(group->root[BTREE_RMAP]),
		.bnolevel = levels(group, BTREE_BNO),
		.cntlevel = levels(group, BTREE_CNT),
		.rmaplevel = levels(group, BTREE_RMAP),
		.flfirst = be32_of(FREE_LIST_FIRST),
		.fllast = be32_of(FREE_LIST_FIRST + group->free_list_count - 1),
		.flcount = be32_of(group->free_list_count),
		.freeblks = be32_of(newfs_group_free_blocks(group)),
		.longest = be32_of(newfs_group_longest_free(group)),
		.uuid = geo->uuid,
		.rmapblocks = levels(group, BTREE_RMAP), /* of one block each */
		.refcntblocks = levels(group, BTREE_REFCOUNT),
		.refcntroot = be32_of(group->root[BTREE_REFCOUNT]),
		.refcntlevel = levels(group, BTREE_REFCOUNT),
	};

	memcpy(sector, &agf, sizeof(agf));
	crc32c_block_seal(sector, geo->sector_bytes, offsetof(struct disk_agf, crc));
}

static void fill_agi(void *sector, const struct newfs_layout *layout, const struct newfs_group *group)
{
	const struct geometry *geo = &layout->geo;
	uint32_t inodes = newfs_group_inodes(group, layout);
	uint32_t first = inodes ? geometry_block_agino(geo, group->inodes.start) : AGINO_NULL;
	struct disk_agi agi = {
		.magicnum = be32_of(AGI_MAGIC),
		.versionnum = be32_of(AGI_VERSION),
		.seqno = be32_of(group->agno),
		.length = be32_of(group->blocks),
		.count = be32_of(inodes),
		.root = be32_of(group->root[BTREE_INO]),
		.level = levels(group, BTREE_INO),
		.freecount = be32_of(inodes ? inodes - NEWFS_USED_INODES : 0),
		.newino = be32_of(first),
		.dirino = be32_of(AGINO_NULL),
		.uuid = geo->uuid,
		.free_root = be32_of(group->root[BTREE_FINO]),
		.free_level = levels(group, BTREE_FINO),
	};

	if (geo->has_inobtcount) {
		agi.iblocks = levels(group, BTREE_INO);
		agi.fblocks = levels(group, BTREE_FINO);
	}
	for (unsigned i = 0; i < AGI_UNLINKED_BUCKETS; i++)
		agi.unlinked[i] = be32_of(AGINO_NULL);
	memcpy(sector, &agi, sizeof(agi));
	crc32c_block_seal(sector, geo->sector_bytes, offsetof(struct disk_agi, crc));
}

static void fill_agfl(uint8_t *sector, const struct geometry *geo, const struct newfs_group *group)
{
	struct disk_agfl agfl = {
		.magicnum = be32_of(AGFL_MAGIC),
		.seqno = be32_of(group->agno),
		.uuid = geo->uuid,
	};

	memcpy(sector, &agfl, sizeof(agfl));
	for (uint32_t i = 0; i < agfl_slots(geo->sector_bytes); i++) {
		bool used = i >= FREE_LIST_FIRST && i - FREE_LIST_FIRST < group->free_list_count;
		be32 slot = be32_of(used ? group->free_list[i - FREE_LIST_FIRST] : AGBNO_NULL);

		memcpy(sector + sizeof(agfl) + i * sizeof(slot), &slot, sizeof(slot));
	}
	crc32c_block_seal(sector, geo->sector_bytes, offsetof(struct disk_agfl, crc));
}

void newfs_fill_headers(uint8_t *head, const struct newfs_layout *layout, const struct newfs_group *group)
{
	const struct geometry *geo = &layout->geo;

	fill_agf(head + ((size_t)AGF_SECTOR << geo->sector_log), geo, group);
	fill_agi(head + ((size_t)AGI_SECTOR << geo->sector_log), layout, group);
	fill_agfl(head + ((size_t)AGFL_SECTOR << geo->sector_log), geo, group);
}
