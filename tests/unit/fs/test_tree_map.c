/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telling the tree blocks of a group apart, also of those that cannot be read. */
#include "fs/tree_map.h"

#include <string.h>

#include "unit/fs/tree_model.h"
#include "unit/runner.h"

Suite *tree_map_suite(void);

#define RECORDS	  60u
#define PER_BLOCK 4u

static struct image image;
static struct model models[BTREE_KINDS];
static struct tree_map map;

static const enum tree_structure structures[BTREE_BMAP] = {
	[BTREE_BNO] = STRUCTURE_BNOBT,
	[BTREE_CNT] = STRUCTURE_CNTBT,
	[BTREE_INO] = STRUCTURE_INOBT,
	[BTREE_FINO] = STRUCTURE_FINOBT,
	[BTREE_RMAP] = STRUCTURE_RMAPBT,
	[BTREE_REFCOUNT] = STRUCTURE_UNKNOWN, /* the rmapbt gives it an owner of its own */
};

static void set_up(void)
{
	uint64_t random = 1;

	image_init(&image, &(struct image_options){0});
	for (int kind = 0; kind < BTREE_BMAP; kind++)
		model_build(&models[kind], &image, (enum btree_kind)kind, RECORDS, PER_BLOCK, &random);
}

static void tear_down(void)
{
	tree_map_fini(&map);
	image_fini(&image);
}

static void build(void)
{
	tree_map_fini(&map);
	ck_assert_int_eq(tree_map_build(image.fs, 1, &map, NULL), 0);
}

/* All blocks are known, but for those of @lost below block @index of its level. */
static void expect_map(enum btree_kind lost, unsigned level, size_t index)
{
	for (int kind = 0; kind < BTREE_BMAP; kind++) {
		const struct model *model = &models[kind];

		for (unsigned l = 0; l < model->levels; l++) {
			for (size_t i = 0; i < model_nodes(model, l); i++) {
				size_t from, to, lost_from, lost_to;
				enum tree_structure expected = structures[kind];

				model_below(model, l, i, &from, &to);
				model_below(model, level, index, &lost_from, &lost_to);
				if (kind == (int)lost && l < level && from >= lost_from && to <= lost_to)
					expected = STRUCTURE_UNKNOWN;
				ck_assert_int_eq(tree_map_find(&map, model_node(model, l, i).agbno), expected);
			}
		}
	}
}

START_TEST(knows_every_block)
{
	build();
	expect_map(BTREE_KINDS, 0, 0);
	ck_assert_int_eq(tree_map_find(&map, 0), STRUCTURE_UNKNOWN);
	ck_assert_int_eq(tree_map_find(&map, 1023), STRUCTURE_UNKNOWN);
	ck_assert_int_eq(tree_map_find(&map, AGBNO_NULL), STRUCTURE_UNKNOWN);
}
END_TEST

/* Leaves are not read, so it does not matter that they are bad: it is they who are asked for. */
START_TEST(needs_no_leaf)
{
	for (int kind = 0; kind < BTREE_BMAP; kind++)
		for (size_t i = 0; i < model_nodes(&models[kind], 0); i++)
			memset(image_block(&image, model_node(&models[kind], 0, i)), 0xee, 4096);
	build();
	expect_map(BTREE_KINDS, 0, 0);
}
END_TEST

START_TEST(leaves_out_what_hangs_below_a_bad_block)
{
	if (structures[_i] == STRUCTURE_UNKNOWN)
		return;
	image_block(&image, model_node(&models[_i], 1, 1))[4095] ^= 1;
	build();
	expect_map((enum btree_kind)_i, 1, 1);
}
END_TEST

START_TEST(knows_the_free_list)
{
	be32 slots[3] = {be32_of(900), be32_of(901), be32_of(902)};

	memcpy(image_agfl(&image, 1) + 1, slots, sizeof(slots));
	image_agf(&image, 1)->flfirst = be32_of(1); /* 900 was taken from it */
	image_agf(&image, 1)->flcount = be32_of(2);
	image_seal_headers(&image, 1);
	build();
	expect_map(BTREE_KINDS, 0, 0);
	ck_assert_int_eq(tree_map_find(&map, 900), STRUCTURE_UNKNOWN);
	ck_assert_int_eq(tree_map_find(&map, 901), STRUCTURE_FREE_LIST);
	ck_assert_int_eq(tree_map_find(&map, 902), STRUCTURE_FREE_LIST);
	/* A bad list costs no more than the list. */
	image_agfl(&image, 1)->lsn = be64_of(1);
	build();
	expect_map(BTREE_KINDS, 0, 0);
	ck_assert_int_eq(tree_map_find(&map, 901), STRUCTURE_UNKNOWN);
}
END_TEST

START_TEST(does_with_one_header)
{
	bool without_agf = _i == 0;

	if (without_agf)
		image_agf(&image, 1)->lsn = be64_of(1);
	else
		image_agi(&image, 1)->lsn = be64_of(1);
	build();
	for (int kind = 0; kind < BTREE_REFCOUNT; kind++) {
		bool of_inodes = kind == BTREE_INO || kind == BTREE_FINO;

		ck_assert_int_eq(tree_map_find(&map, model_node(&models[kind], 0, 3).agbno),
				 of_inodes == without_agf ? structures[kind] : STRUCTURE_UNKNOWN);
	}
}
END_TEST

Suite *tree_map_suite(void)
{
	Suite *suite = suite_create("tree_map");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, knows_every_block);
	tcase_add_test(tcase, needs_no_leaf);
	tcase_add_loop_test(tcase, leaves_out_what_hangs_below_a_bad_block, 0, BTREE_BMAP);
	tcase_add_test(tcase, knows_the_free_list);
	tcase_add_loop_test(tcase, does_with_one_header, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
