/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strict walks: what they say of a block that can be used all the same, in every place of a tree; and that a block
 * that cannot be used is not held against its neighbours.
 */
#include <string.h>

#include "unit/fs/tree_model.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *btree_strict_suite(void);

#define PER_BLOCK 4u
#define RECORDS	  60u
#define LSN_MAX	  1000u
#define FLAWS	  (FLAW_LSN + 1)

static struct image image;
static struct model model;

static void set_up(void)
{
	image_init(&image, &(struct image_options){0});
}

static void tear_down(void)
{
	image_fini(&image);
}

static struct {
	size_t records, bads;
	size_t flaws[FLAWS];
	uint64_t offset; /* of the last flaw that is not of COUNT */
} met;

static int on_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	met.records++;
	return 0;
}

static int on_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	(void)arg;
	(void)low;
	(void)high;
	(void)why;
	met.bads++;
	return 0;
}

static int on_flaw(void *arg, const struct error *why)
{
	ck_assert_ptr_eq(arg, &met);
	ck_assert_int_eq(why->code, ERR_CORRUPT);
	ck_assert(why->has_offset && why->flaw < FLAWS);
	met.flaws[why->flaw]++;
	if (why->flaw != FLAW_COUNT)
		met.offset = why->offset_bytes;
	return 0;
}

static void walk(void)
{
	struct btree_strict strict = {on_flaw, &met, LSN_MAX};
	struct btree_cursor_options options = {.low = BTREE_KEY_MIN, .high = BTREE_KEY_MAX, .strict = &strict};
	struct btree_walker walker = {.record = on_record, .bad = on_bad};

	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), 0);
}

static size_t flaws_but_count(void)
{
	size_t flaws = 0;

	for (int i = 0; i < FLAWS; i++)
		flaws += i == FLAW_COUNT ? 0 : met.flaws[i];
	return flaws;
}

static void expect_sound(void)
{
	walk();
	ck_assert_uint_eq(met.records, model.count);
	ck_assert_uint_eq(met.bads, 0);
	ck_assert_uint_eq(flaws_but_count(), 0);
}

static void build(enum btree_kind kind, uint32_t per_block)
{
	uint64_t random = (uint64_t)kind + 7;

	model_build(&model, &image, kind, RECORDS, per_block, &random);
	expect_sound();
}

/* One flaw, in that block; nothing is lost by it. */
static void expect_flaw(enum flaw flaw, unsigned level, size_t index)
{
	walk();
	ck_assert_uint_eq(met.records, model.count);
	ck_assert_uint_eq(met.bads, 0);
	ck_assert_uint_eq(flaws_but_count(), 1);
	ck_assert_uint_eq(met.flaws[flaw], 1);
	ck_assert_uint_eq(met.offset, image_offset(&image, model_node(&model, level, index)));
}

static const struct field_table *header_table(void)
{
	return model.format->long_pointers ? &btree_long_table : &btree_short_table;
}

static uint64_t change(unsigned level, size_t index, const char *field, uint64_t value)
{
	uint8_t *block = image_block(&image, model_node(&model, level, index));
	uint64_t before = image_get(header_table(), block, field);

	image_set(header_table(), block, field, value);
	model_seal(&model, level, index);
	return before;
}

static void try_field(unsigned level, size_t index, const char *field, uint64_t value, enum flaw flaw)
{
	uint64_t before = change(level, index, field, value);

	expect_flaw(flaw, level, index);
	change(level, index, field, before);
	expect_sound();
}

START_TEST(finds_wrong_neighbours)
{
	build((enum btree_kind)_i, PER_BLOCK);
	for (unsigned level = 0; level < model_block_levels(&model); level++)
		for (size_t index = 0; index < model_nodes(&model, level); index++) {
			try_field(level, index, "leftsib", 77, FLAW_SIBLING);
			try_field(level, index, "rightsib", 77, FLAW_SIBLING);
		}
}
END_TEST

START_TEST(finds_lsns_ahead)
{
	build((enum btree_kind)_i, PER_BLOCK);
	for (unsigned level = 0; level < model_block_levels(&model); level++)
		try_field(level, model_nodes(&model, level) - 1, "lsn", LSN_MAX + 1, FLAW_LSN);
	change(0, 0, "lsn", LSN_MAX);
	expect_sound();
}
END_TEST

START_TEST(finds_padding)
{
	build(BTREE_BMAP, PER_BLOCK);
	try_field(0, 1, "pad", 1, FLAW_FORMAT);
	try_field(1, 0, "pad", 0x80000000u, FLAW_FORMAT);
}
END_TEST

/* High keys of the parent, one more than there is below. What is less is out of order for any reader. */
START_TEST(finds_high_keys_that_are_too_high)
{
	build(BTREE_RMAP, PER_BLOCK);
	for (unsigned level = 1; level < model_block_levels(&model); level++) {
		struct disk_rmap_key *keys = (struct disk_rmap_key *)model_entry(&model, level, 0, 0);
		struct disk_rmap_key before = keys[1];
		bool is_top = level + 1 == model_block_levels(&model);

		keys[1].offset = be64_of(be64_get(keys[1].offset) + 1);
		model_seal(&model, level, 0);
		walk();
		ck_assert_uint_eq(met.bads, 0);
		/* The child does not reach that far; and if it was the highest of its siblings, neither does this one.
		 */
		ck_assert_uint_ge(met.flaws[FLAW_ORDER], 1);
		ck_assert_uint_le(flaws_but_count(), is_top ? 1 : 2);
		keys[1] = before;
		model_seal(&model, level, 0);
		expect_sound();
	}
}
END_TEST

/* The blocks of these trees are as good as empty, and that is what is said of all but the root. */
START_TEST(finds_blocks_that_are_too_empty)
{
	size_t blocks = 0;

	build((enum btree_kind)_i, PER_BLOCK);
	for (unsigned level = 0; level + 1 < model.levels; level++)
		blocks += model_nodes(&model, level);
	ck_assert_uint_eq(met.flaws[FLAW_COUNT], blocks);
}
END_TEST

/* What did not fit into the inode: one child, however little is in it. */
START_TEST(lets_a_lone_child_be_poor)
{
	uint64_t random = 5;

	model_build(&model, &image, BTREE_BMAP, 20, 0, &random);
	ck_assert_uint_eq(model_nodes(&model, 0), 1);
	expect_sound();
	ck_assert_uint_eq(met.flaws[FLAW_COUNT], 0);
}
END_TEST

/* A block that cannot be used has neighbours that know it; below it nobody does. */
START_TEST(does_not_blame_the_neighbours)
{
	build((enum btree_kind)_i, PER_BLOCK);
	for (unsigned level = 0; level + 1 < model.levels && level < 2; level++) {
		size_t index = model_nodes(&model, level) / 2;
		uint64_t before = change(level, index, "magic", 1), right;

		walk();
		ck_assert_uint_eq(met.bads, 1);
		ck_assert_uint_eq(flaws_but_count(), 0);
		right = change(level, index - 1, "rightsib", 77);
		walk();
		ck_assert_uint_eq(met.flaws[FLAW_SIBLING], 1);
		ck_assert_uint_eq(met.offset, image_offset(&image, model_node(&model, level, index - 1)));
		change(level, index - 1, "rightsib", right);
		change(level, index, "magic", before);
		expect_sound();
	}
}
END_TEST

START_TEST(does_not_blame_those_beside_a_pointer_to_nowhere)
{
	uint8_t *pointer;

	build((enum btree_kind)_i, PER_BLOCK);
	pointer = model_pointer(&model, 1, 0, 1);
	memset(pointer, 0xff, btree_pointer_bytes(model.format));
	model_seal(&model, 1, 0);
	walk();
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_uint_eq(flaws_but_count(), 0);
}
END_TEST

static int stop(void *arg, const struct error *why)
{
	(void)arg;
	(void)why;
	return ERR_NOMEM;
}

START_TEST(ends_when_told)
{
	struct btree_strict strict = {.flaw = stop};
	struct btree_cursor_options options = {.low = BTREE_KEY_MIN, .high = BTREE_KEY_MAX, .strict = &strict};
	struct btree_walker walker = {.record = on_record, .bad = on_bad};

	build((enum btree_kind)_i, PER_BLOCK);
	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), ERR_NOMEM);
	ck_assert_uint_eq(met.records, 0);
}
END_TEST

Suite *btree_strict_suite(void)
{
	Suite *suite = suite_create("btree_strict");
	TCase *tcase = tcase_create("flaws");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, finds_wrong_neighbours, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, finds_lsns_ahead, 0, BTREE_KINDS);
	tcase_add_test(tcase, finds_padding);
	tcase_add_test(tcase, finds_high_keys_that_are_too_high);
	tcase_add_loop_test(tcase, finds_blocks_that_are_too_empty, 0, BTREE_KINDS);
	tcase_add_test(tcase, lets_a_lone_child_be_poor);
	tcase_add_loop_test(tcase, does_not_blame_the_neighbours, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, does_not_blame_those_beside_a_pointer_to_nowhere, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, ends_when_told, 0, BTREE_KINDS);
	suite_add_tcase(suite, tcase);
	return suite;
}
