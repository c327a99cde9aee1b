/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every block of a group of a new file system has one owner or is free: over layouts of all block sizes and features,
 * with the journal anywhere. That it is the same owner as mkfs.xfs gives, tests/oracle/mkfs-bytes shows.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "unit/random.h"
#include "write/newfs_groups.h"

Suite *newfs_groups_suite(void);

/* Of one group. The root directory lies behind the journal, or else behind headers, trees and free list. */
static struct newfs_layout some_layout(uint64_t *state)
{
	struct newfs_layout layout = {0};
	struct geometry *geo = &layout.geo;
	uint32_t first, align;

	geo->block_log = (uint8_t)(10 + random_below(state, 7));
	geo->block_bytes = 1u << geo->block_log;
	geo->sector_log = (uint8_t)(9 + random_below(state, (uint64_t)geo->block_log - 8));
	if (geo->sector_log > 15)
		geo->sector_log = 15;
	geo->sector_bytes = 1u << geo->sector_log;
	geo->inode_log = (uint8_t)(9 + random_below(state, geo->block_log > 11 ? 3 : 1));
	geo->inode_bytes = 1u << geo->inode_log;
	geo->inodes_per_block_log = (uint8_t)(geo->block_log - geo->inode_log);
	geo->ag_count = 1;
	geo->ag_blocks = 1000 + (uint32_t)random_below(state, 100000);
	for (geo->ag_blocks_log = 0; 1u << geo->ag_blocks_log < geo->ag_blocks;)
		geo->ag_blocks_log++;
	geo->blocks = geo->ag_blocks;
	geo->has_finobt = random_below(state, 2);
	geo->has_rmapbt = random_below(state, 2);
	geo->has_reflink = random_below(state, 2);
	geo->log_start.agbno = 12 + (uint32_t)random_below(state, 300);
	geo->log_blocks = 1 + (uint32_t)random_below(state, 300);
	align = 1 + (uint32_t)random_below(state, 100);
	first = geo->log_start.agbno + geo->log_blocks + NEWFS_FREE_LIST_MAX;
	first = (first + align - 1) / align * align;
	geo->root_ino = geometry_block_agino(geo, first);
	geo->rtbitmap_ino = geo->root_ino + 1;
	geo->rtsummary_ino = geo->root_ino + 2;
	return layout;
}

static void claim(uint8_t *owners, uint32_t blocks, uint32_t start, uint32_t len)
{
	ck_assert_uint_le(start, blocks);
	ck_assert_uint_le(len, blocks - start);
	for (uint32_t i = 0; i < len; i++)
		owners[start + i]++;
}

START_TEST(every_block_has_one_owner)
{
	uint64_t state = 4711;

	for (unsigned round = 0; round < 500; round++) {
		struct newfs_layout layout = some_layout(&state);
		uint8_t *owners = calloc(1, layout.geo.ag_blocks);
		uint32_t trees = 3, longest = 0, sum = 0, wrong = 0;
		struct newfs_group group;

		ck_assert_ptr_nonnull(owners);
		newfs_group_init(&group, &layout, 0);
		claim(owners, group.blocks, 0, group.header_blocks);
		for (unsigned kind = 0; kind < BTREE_KINDS; kind++)
			if (group.root[kind])
				claim(owners, group.blocks, group.root[kind], 1);
		claim(owners, group.blocks, group.log.start, group.log.len);
		claim(owners, group.blocks, group.inodes.start, group.inodes.len);
		for (uint32_t i = 0; i < group.free_list_count; i++)
			claim(owners, group.blocks, group.free_list[i], 1);
		for (uint32_t i = 0; i < group.free_count; i++) {
			claim(owners, group.blocks, group.free[i].start, group.free[i].len);
			sum += group.free[i].len;
			longest = group.free[i].len > longest ? group.free[i].len : longest;
			/* Neighbours would be one run. */
			ck_assert(i == 0 || group.free[i].start > group.free[i - 1].start + group.free[i - 1].len);
		}
		for (uint32_t i = 0; i < group.blocks; i++)
			wrong += owners[i] != 1;
		ck_assert_uint_eq(wrong, 0);
		ck_assert_uint_ge((uint64_t)group.header_blocks << layout.geo.block_log, 4ull << layout.geo.sector_log);
		trees += layout.geo.has_finobt ? 1 : 0;
		trees += layout.geo.has_rmapbt ? 1 : 0;
		trees += layout.geo.has_reflink ? 1 : 0;
		ck_assert_uint_eq(group.head_blocks, group.header_blocks + trees);
		ck_assert_uint_eq(newfs_group_free_blocks(&group), sum);
		ck_assert_uint_eq(newfs_group_longest_free(&group), longest);
		ck_assert_uint_ge(newfs_group_inodes(&group, &layout), INODES_PER_CHUNK);
		free(owners);
	}
}
END_TEST

Suite *newfs_groups_suite(void)
{
	Suite *suite = suite_create("newfs_groups");
	TCase *tc = tcase_create("newfs_groups");

	tcase_add_test(tc, every_block_has_one_owner);
	suite_add_tcase(suite, tc);
	return suite;
}
