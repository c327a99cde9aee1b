/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The B+tree cursor over all kinds of trees: what it finds and what that costs, against looking at all records.
 */
#include <string.h>

#include "unit/fs/tree_model.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *btree_suite(void);

static struct image image;
static struct model model;

static void set_up(void)
{
	image_init(&image, &(struct image_options){.ag_blocks = 4096});
}

static void tear_down(void)
{
	image_fini(&image);
}

/* What a walk found. */
struct found {
	size_t count;
	uint8_t records[MODEL_RECORDS_MAX * sizeof(struct disk_rmap_rec)];
	struct agaddr places[MODEL_RECORDS_MAX];
};
static struct found found;

static int take(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	ck_assert_uint_lt(found.count, MODEL_RECORDS_MAX);
	memcpy(found.records + found.count * model.format->record_bytes, record, model.format->record_bytes);
	found.places[found.count++] = place;
	return 0;
}

static uint64_t reads(void)
{
	return device_cost(image_device(&image)).reads;
}

/* All records that cover numbers of [low, high]; how many blocks that read. */
static uint64_t query(uint64_t low, uint64_t high)
{
	struct btree_cursor_options options = {.low = {{low, 0, 0}}, .high = {{high, UINT64_MAX, UINT64_MAX}}};
	struct btree_walker walker = {.record = take};
	uint64_t before = reads();
	struct error err;

	found.count = 0;
	ck_assert_msg(btree_walk(&model.tree, &options, &walker, &err) == 0, "%s", err.text);
	return reads() - before;
}

static bool hits(size_t i, uint64_t low, uint64_t high)
{
	uint64_t first, last;

	model_span(&model, i, &first, &last);
	return first <= high && last >= low;
}

static void expect_exactly(uint64_t low, uint64_t high)
{
	size_t n = 0;

	for (size_t i = 0; i < model.count; i++) {
		if (!hits(i, low, high))
			continue;
		ck_assert_uint_lt(n, found.count);
		ck_assert_mem_eq(found.records + n * model.format->record_bytes, model_record(&model, i),
				 model.format->record_bytes);
		n++;
	}
	ck_assert_uint_eq(found.count, n);
}

/* Blocks that hold an answer below them, of all levels or of the leaves alone. */
static uint64_t blocks_with_answers(uint64_t low, uint64_t high, unsigned levels)
{
	uint64_t blocks = 0;

	for (unsigned level = 0; level < levels; level++) {
		for (size_t index = 0; index < model_nodes(&model, level); index++) {
			size_t from, to, i;

			model_below(&model, level, index, &from, &to);
			for (i = from; i < to && !hits(i, low, high); i++)
				;
			blocks += i < to;
		}
	}
	return blocks;
}

static uint64_t all_blocks(void)
{
	uint64_t blocks = 0;

	for (unsigned level = 0; level < model_block_levels(&model); level++)
		blocks += model_nodes(&model, level);
	return blocks;
}

static uint64_t highest(void)
{
	uint64_t end = 0;

	for (size_t i = 0; i < model.count; i++) {
		uint64_t first, last;

		model_span(&model, i, &first, &last);
		if (last > end)
			end = last;
	}
	return end;
}

static const struct {
	size_t count;
	uint32_t per_block;
} sizes[] = {{0, 0}, {1, 0}, {2, 2}, {5, 2}, {40, 3}, {100, 3}, {200, 2}, {200, 5}, {150, 0}, {3000, 0}};
#define SIZES ((int)(sizeof(sizes) / sizeof(sizes[0])))

/* Test _i: a size of a kind. */
static void build(int i, uint64_t *random)
{
	enum btree_kind kind = (enum btree_kind)(i / SIZES);
	size_t count = sizes[i % SIZES].count;

	if (kind == BTREE_BMAP && count == 0)
		count = 1; /* below a root in an inode no block is empty */
	model_build(&model, &image, kind, count, sizes[i % SIZES].per_block, random);
}

START_TEST(walks_all_records)
{
	uint64_t random = (uint64_t)_i + 1, cost;

	build(_i, &random);
	cost = query(0, UINT64_MAX);
	expect_exactly(0, UINT64_MAX);
	ck_assert_uint_eq(cost, all_blocks());
	for (size_t i = 0; i < found.count; i++) {
		size_t leaf = 0, from, to = 0;

		while (model_below(&model, 0, leaf, &from, &to), to <= i)
			leaf++;
		ck_assert_uint_eq(found.places[i].agbno, model_node(&model, 0, leaf).agbno);
		ck_assert_uint_eq(found.places[i].agno, 1);
	}
}
END_TEST

START_TEST(answers_ranges_at_the_cost_of_answers)
{
	uint64_t random = (uint64_t)_i + 1000, end;
	unsigned levels;

	build(_i, &random);
	levels = model_block_levels(&model);
	end = highest() + 3;
	for (int round = 0; round < 100; round++) {
		uint64_t low = random_below(&random, end);
		uint64_t high = low + random_below(&random, random_below(&random, 4) ? 20 : end);
		uint64_t cost = query(low, high), answers = blocks_with_answers(low, high, levels);

		expect_exactly(low, high);
		ck_assert_uint_ge(cost, answers);
		/* At the upper end one block a level may turn out to begin behind the query. */
		ck_assert_uint_le(cost, answers + levels);
	}
}
END_TEST

START_TEST(looks_up_one_number_at_the_cost_of_the_height)
{
	uint64_t random = (uint64_t)_i + 2000, end;

	build(_i, &random);
	end = highest() + 2;
	for (int round = 0; round < 200; round++) {
		uint64_t at = random_below(&random, end), cost = query(at, at);

		expect_exactly(at, at);
		if (model.kind != BTREE_RMAP && model.kind != BTREE_CNT) {
			ck_assert_uint_le(found.count, 1);
			ck_assert_uint_le(cost, model_block_levels(&model));
		}
	}
}
END_TEST

/* The owners of one block among many: as many reads as the tree is high, and one a leaf that holds an answer. */
START_TEST(asks_a_large_rmapbt_cheaply)
{
	uint64_t random = 42;

	model_build(&model, &image, BTREE_RMAP, MODEL_RECORDS_MAX, 0, &random);
	ck_assert_uint_eq(model.levels, 2);
	for (uint64_t at = 0; at < 1000; at += 3) {
		uint64_t cost = query(at, at);

		expect_exactly(at, at);
		ck_assert_uint_le(cost, model.levels + blocks_with_answers(at, at, 1));
	}
}
END_TEST

START_TEST(answers_between_whole_keys)
{
	struct btree_cursor_options options;
	struct btree_walker walker = {.record = take};
	uint64_t random = 3000;

	/* In the tree by size all words of the key count; no other kind has records of the same first word. */
	model_build(&model, &image, BTREE_CNT, 200, 3, &random);
	for (size_t i = 0; i < model.count; i++) {
		options = (struct btree_cursor_options){.low = btree_record_low(model.format, model_record(&model, i)),
							.high = btree_record_low(model.format, model_record(&model, i))};
		found.count = 0;
		ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), 0);
		ck_assert_uint_eq(found.count, 1);
		ck_assert_mem_eq(found.records, model_record(&model, i), model.format->record_bytes);
	}
}
END_TEST

/* ------------------------------------------------------------------ callbacks */

static size_t announced[BTREE_LEVELS_MAX];

static int announce(void *arg, struct agaddr at, unsigned level)
{
	ck_assert_ptr_eq(arg, announced);
	ck_assert_uint_eq(at.agno, 1);
	/* Each once, in order. */
	ck_assert_uint_eq(at.agbno, model_node(&model, level, announced[level]).agbno);
	announced[level]++;
	return 0;
}

START_TEST(announces_every_block_once)
{
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX, .block = announce, .arg = announced};
	struct btree_walker walker = {.record = take};
	uint64_t random = (uint64_t)_i + 4000, before;

	build(_i, &random);
	for (int skip = 0; skip < 2; skip++) {
		memset(announced, 0, sizeof(announced));
		found.count = 0;
		before = reads();
		options.skip_leaves = skip;
		ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), 0);
		for (unsigned level = 0; level < model_block_levels(&model); level++)
			ck_assert_uint_eq(announced[level], model_nodes(&model, level));
		ck_assert_uint_eq(found.count, skip ? 0 : model.count);
		ck_assert_uint_eq(reads() - before, all_blocks() - (skip ? model_nodes(&model, 0) : 0));
	}
}
END_TEST

static int stop_at_leaf(void *arg, struct agaddr at, unsigned level)
{
	const int *stop = arg;

	(void)at;
	return level == 0 ? *stop : 0;
}

static int stop_at_record(void *arg, const void *record, struct agaddr place)
{
	size_t *left = arg;

	(void)record;
	(void)place;
	return --*left == 0 ? 23 : 0;
}

START_TEST(stops_when_told)
{
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX};
	size_t left = 8;
	int stop;
	struct btree_walker walker = {.record = stop_at_record, .arg = &left};
	uint64_t random = 5;
	const void *record;
	struct btree_cursor *cursor;

	model_build(&model, &image, (enum btree_kind)_i, 50, 3, &random);
	ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), 23);
	ck_assert_uint_eq(left, 0);
	options.block = stop_at_leaf;
	/* 1 is also what tells of a record; a failure is not what ends a walk. */
	for (stop = -1; stop <= 1; stop += 2) {
		options.arg = &stop;
		left = 8;
		ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), stop);
		ck_assert_uint_eq(left, 8);
		ck_assert_int_eq(btree_cursor_open(&model.tree, &options, &cursor, NULL), 0);
		ck_assert_int_eq(btree_next(cursor, &record, NULL), stop < 0 ? stop : 0);
		ck_assert_int_eq(btree_next(cursor, &record, NULL), 0); /* the end */
		btree_cursor_close(cursor);
	}
}
END_TEST

START_TEST(says_which_trees_there_are)
{
	static const struct {
		enum btree_kind kind;
		uint32_t feature;
	} trees[] = {{BTREE_FINO, SB_RO_COMPAT_FINOBT},
		     {BTREE_RMAP, SB_RO_COMPAT_RMAPBT},
		     {BTREE_REFCOUNT, SB_RO_COMPAT_REFLINK}};

	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		struct image plain;
		struct btree tree;

		image_init(&plain, &(struct image_options){.ro_compat = SB_RO_COMPAT_KNOWN & ~trees[i].feature});
		ck_assert_int_eq(image_open_fs(&plain, NULL), 0);
		for (int kind = 0; kind < BTREE_BMAP; kind++)
			ck_assert_int_eq(btree_open_group(plain.fs, (enum btree_kind)kind, 0, &tree, NULL),
					 kind == (int)trees[i].kind ? ERR_NOT_FOUND : 0);
		image_fini(&plain);
	}
}
END_TEST

START_TEST(passes_on_what_is_wrong_with_the_header)
{
	bool of_inodes = _i == BTREE_INO || _i == BTREE_FINO;
	struct btree tree;
	struct error err = {0};

	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	if (of_inodes)
		image_agi(&image, 1)->count = be32_of(1);
	else
		image_agf(&image, 1)->btreeblks = be32_of(1);
	ck_assert_int_eq(btree_open_group(image.fs, (enum btree_kind)_i, 1, &tree, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
}
END_TEST

Suite *btree_suite(void)
{
	Suite *suite = suite_create("btree");
	TCase *tcase = tcase_create("all");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, walks_all_records, 0, BTREE_KINDS * SIZES);
	tcase_add_loop_test(tcase, answers_ranges_at_the_cost_of_answers, 0, BTREE_KINDS * SIZES);
	tcase_add_loop_test(tcase, looks_up_one_number_at_the_cost_of_the_height, 0, BTREE_KINDS * SIZES);
	tcase_add_test(tcase, asks_a_large_rmapbt_cheaply);
	tcase_add_test(tcase, answers_between_whole_keys);
	tcase_add_loop_test(tcase, announces_every_block_once, 0, BTREE_KINDS * SIZES);
	tcase_add_loop_test(tcase, stops_when_told, 0, BTREE_KINDS);
	tcase_add_test(tcase, says_which_trees_there_are);
	tcase_add_loop_test(tcase, passes_on_what_is_wrong_with_the_header, 0, BTREE_BMAP);
	suite_add_tcase(suite, tcase);
	return suite;
}
