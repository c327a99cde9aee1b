/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Damaged B+trees: everything that is verified of a block, once, in a leaf, in an interior block and in the root; the
 * walk goes on past what is bad, says which keys that loses, and ends whatever the pointers say.
 */
#include <string.h>

#include "unit/fs/tree_model.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *btree_damage_suite(void);

#define PER_BLOCK 4u
#define RECORDS	  60u

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

/* What a walk met. */
static struct {
	size_t records;
	bool seen[RECORDS];
	size_t bads;
	struct btree_key low, high; /* of the last bad one */
	struct error why;
} met;

static int on_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)place;
	for (size_t i = 0; i < model.count; i++) {
		if (memcmp(record, model_record(&model, i), model.format->record_bytes) != 0)
			continue;
		ck_assert(!met.seen[i]);
		met.seen[i] = true;
	}
	met.records++;
	return 0;
}

static int on_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	(void)arg;
	met.bads++;
	met.low = low;
	met.high = high;
	met.why = *why;
	return 0;
}

static void walk(void)
{
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX};
	struct btree_walker walker = {.record = on_record, .bad = on_bad};

	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), 0);
}

static void build(enum btree_kind kind)
{
	uint64_t random = (uint64_t)kind + 7;

	model_build(&model, &image, kind, RECORDS, PER_BLOCK, &random);
	ck_assert_uint_ge(model_block_levels(&model), 2);
	ck_assert_uint_gt(model_nodes(&model, 1), 2);
	walk();
	ck_assert_uint_eq(met.bads, 0);
	ck_assert_uint_eq(met.records, model.count);
}

/* Exactly the block is lost, and the keys that are said to be lost are those below it. */
static void expect_lost(unsigned level, size_t index, int code, enum flaw flaw, uint64_t offset_bytes)
{
	bool is_root = level + 1 == model.levels, is_last = index + 1 == model_nodes(&model, level);
	size_t from, to;

	model_below(&model, level, index, &from, &to);
	walk();
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.code, code);
	ck_assert_msg(met.why.flaw == flaw, "%s", met.why.text);
	ck_assert_uint_eq(met.why.offset_bytes, offset_bytes);
	ck_assert_uint_eq(met.records, model.count - (to - from));
	for (size_t i = 0; i < model.count; i++) {
		struct btree_key low = btree_record_low(model.format, model_record(&model, i));
		struct btree_key high = btree_record_high(model.format, model_record(&model, i));
		bool lost = i >= from && i < to;

		ck_assert_int_eq(met.seen[i], !lost);
		if (lost)
			ck_assert(btree_key_compare(&met.low, &low) <= 0 && btree_key_compare(&high, &met.high) <= 0);
		else if (!model.format->overlapped)
			ck_assert(btree_key_compare(&high, &met.low) < 0 || btree_key_compare(&low, &met.high) > 0);
		/* No more than there was: to the key of the first record. */
		if (i == from && !is_root)
			ck_assert_int_eq(btree_key_compare(&met.low, &low), 0);
	}
	if (model.format->overlapped && !is_root) {
		struct btree_key highest = BTREE_KEY_MIN;

		for (size_t i = from; i < to; i++) {
			struct btree_key high = btree_record_high(model.format, model_record(&model, i));

			if (btree_key_compare(&high, &highest) > 0)
				highest = high;
		}
		ck_assert_int_eq(btree_key_compare(&met.high, &highest), 0);
	} else if (is_root || is_last) {
		ck_assert_int_eq(btree_key_compare(&met.high, &BTREE_KEY_MAX), 0);
	}
}

/* ------------------------------------------------------------------ what a block carries */

struct header_break {
	const char *field;
	uint64_t flip; /* bits of the field */
	enum flaw flaw;
	bool sealed;
};

static const struct header_break header_breaks[] = {
	{"magic", 1, FLAW_MAGIC, true},
	{"lsn", 1, FLAW_CRC, false},
	{"uuid", 1ull << 63, FLAW_UUID, true},
	{"uuid", 1, FLAW_UUID, true},
	{"owner", 3, FLAW_OWNER, true},
	{"blkno", 8, FLAW_ADDRESS, true},
	{"blkno", 1ull << 63, FLAW_ADDRESS, true},
	{"level", 4, FLAW_LEVEL, true},
	{"level", 1, FLAW_LEVEL, true},
	{"numrecs", 0x8000, FLAW_COUNT, true},
};
#define HEADER_BREAKS ((int)(sizeof(header_breaks) / sizeof(header_breaks[0])))

static const struct field_table *header_table(void)
{
	return model.format->long_pointers ? &btree_long_table : &btree_short_table;
}

static void set_header(unsigned level, size_t index, const char *field, uint64_t value)
{
	image_set(header_table(), image_block(&image, model_node(&model, level, index)), field, value);
}

static uint64_t get_header(unsigned level, size_t index, const char *field)
{
	return image_get(header_table(), image_block(&image, model_node(&model, level, index)), field);
}

static uint64_t offset_of(unsigned level, size_t index)
{
	return image_offset(&image, model_node(&model, level, index));
}

/* A leaf, an interior block, and the highest one; the first, one in the middle and the last. */
static void each_place(void (*test)(unsigned level, size_t index, int how), int how)
{
	unsigned levels = model_block_levels(&model);
	unsigned wanted[] = {0, 1, levels - 1};

	for (size_t i = 0; i < 3; i++) {
		size_t nodes = model_nodes(&model, wanted[i]);

		test(wanted[i], 0, how);
		test(wanted[i], nodes / 2, how);
		test(wanted[i], nodes - 1, how);
	}
}

static void break_header(unsigned level, size_t index, int how)
{
	const struct header_break *b = &header_breaks[how];
	uint64_t before = get_header(level, index, b->field);

	set_header(level, index, b->field, before ^ b->flip);
	if (b->sealed)
		model_seal(&model, level, index);
	expect_lost(level, index, ERR_CORRUPT, b->flaw, offset_of(level, index));
	set_header(level, index, b->field, before);
	model_seal(&model, level, index);
	walk();
	ck_assert_uint_eq(met.bads, 0);
}

START_TEST(finds_a_bad_header)
{
	build((enum btree_kind)(_i / HEADER_BREAKS));
	each_place(break_header, _i % HEADER_BREAKS);
}
END_TEST

static void break_count(unsigned level, size_t index, int how)
{
	uint32_t room = image.options.block_bytes - btree_header_bytes(model.format);
	uint64_t before = get_header(level, index, "numrecs");

	set_header(level, index, "numrecs", how ? btree_capacity(model.format, room, level) + 1 : 0);
	model_seal(&model, level, index);
	expect_lost(level, index, ERR_CORRUPT, FLAW_COUNT, offset_of(level, index));
	set_header(level, index, "numrecs", before);
	model_seal(&model, level, index);
}

START_TEST(finds_bad_counts)
{
	build((enum btree_kind)_i);
	each_place(break_count, 0);
	each_place(break_count, 1);
}
END_TEST

static void break_medium(unsigned level, size_t index, int how)
{
	struct interval_set bad = {0};
	/* The second sector of the block. */
	uint64_t at = offset_of(level, index) + 512;

	(void)how;
	ck_assert_int_eq(interval_add(&bad, at, at + 512), 0);
	ck_assert_int_eq(device_set_bad(image_device(&image), &bad, NULL), 0);
	expect_lost(level, index, ERR_MEDIA, FLAW_NONE, at);
	interval_fini(&bad);
	ck_assert_int_eq(device_set_bad(image_device(&image), &(struct interval_set){0}, NULL), 0);
}

START_TEST(goes_past_media_errors)
{
	build((enum btree_kind)_i);
	each_place(break_medium, 0);
}
END_TEST

/* ------------------------------------------------------------------ keys and records */

/* Changes one block; what must be said of it. The block has PER_BLOCK entries and both neighbours. */
struct order_break {
	const char *what;
	void (*apply)(unsigned level, size_t index);
	const char *sentence; /* for each way in which a kind may see it */
	const char *or_sentence;
};

static uint32_t entry_bytes(unsigned level)
{
	return level == 0 ? model.format->record_bytes : btree_entry_key_bytes(model.format);
}

static void swap_middle(unsigned level, size_t index)
{
	uint8_t *a = model_entry(&model, level, index, 1), *b = model_entry(&model, level, index, 2), keep[64];

	memcpy(keep, a, entry_bytes(level));
	memcpy(a, b, entry_bytes(level));
	memcpy(b, keep, entry_bytes(level));
}

static void repeat_one(unsigned level, size_t index)
{
	memcpy(model_entry(&model, level, index, 2), model_entry(&model, level, index, 1), entry_bytes(level));
}

static void begin_later(unsigned level, size_t index)
{
	memmove(model_entry(&model, level, index, 0), model_entry(&model, level, index, 1),
		(PER_BLOCK - 1) * entry_bytes(level));
}

static void begin_earlier(unsigned level, size_t index)
{
	memcpy(model_entry(&model, level, index, 0), model_entry(&model, level, index - 1, PER_BLOCK - 1),
	       entry_bytes(level));
}

static void end_in_the_next(unsigned level, size_t index)
{
	memcpy(model_entry(&model, level, index, PER_BLOCK - 1), model_entry(&model, level, index + 1, 0),
	       entry_bytes(level));
}

static const struct order_break order_breaks[] = {
	{"entries swapped", swap_middle, "out of order", "overlaps the one before"},
	{"an entry twice", repeat_one, "out of order", "overlaps the one before"},
	{"first entry missing", begin_later, "begins elsewhere than its parent says", ""},
	{"first entry of the block before", begin_earlier, "begins elsewhere than its parent says", ""},
	{"last entry of the block behind", end_in_the_next, "lies beyond what its parent says", "out of order"},
};
#define ORDER_BREAKS ((int)(sizeof(order_breaks) / sizeof(order_breaks[0])))

START_TEST(finds_keys_out_of_place)
{
	const struct order_break *b = &order_breaks[_i % ORDER_BREAKS];
	uint8_t keep[4096];

	build((enum btree_kind)(_i / ORDER_BREAKS));
	for (unsigned level = 0; level < 2; level++) {
		uint8_t *block = image_block(&image, model_node(&model, level, 1));

		/* In the tree of a fork level 1 may be short of blocks with both neighbours. */
		ck_assert_uint_gt(model_nodes(&model, level), 2);
		memcpy(keep, block, sizeof(keep));
		b->apply(level, 1);
		model_seal(&model, level, 1);
		expect_lost(level, 1, ERR_CORRUPT, FLAW_ORDER, offset_of(level, 1));
		ck_assert_msg(strstr(met.why.text, b->sentence) ||
				      (*b->or_sentence && strstr(met.why.text, b->or_sentence)),
			      "%s: said: %s", b->what, met.why.text);
		memcpy(block, keep, sizeof(keep));
	}
}
END_TEST

/* A length that makes a record reach into the next one; where records may overlap, beyond what the parent says. */
START_TEST(finds_records_that_reach_too_far)
{
	static const struct {
		enum btree_kind kind;
		const char *sentence;
	} kinds[] = {{BTREE_BNO, "overlaps"},
		     {BTREE_REFCOUNT, "overlaps"},
		     {BTREE_BMAP, "overlaps"},
		     {BTREE_RMAP, "beyond"}};
	uint64_t first, next, last;
	uint8_t *record;

	build(kinds[_i].kind);
	model_span(&model, PER_BLOCK + 1, &first, &last);
	model_span(&model, PER_BLOCK + 2, &next, &last);
	record = model_entry(&model, 0, 1, 1);
	image_set(model.format->record_fields, record, "blockcount",
		  kinds[_i].kind == BTREE_RMAP ? 100000 : next - first + 1);
	model_seal(&model, 0, 1);
	expect_lost(0, 1, ERR_CORRUPT, FLAW_ORDER, offset_of(0, 1));
	ck_assert_msg(strstr(met.why.text, kinds[_i].sentence) != NULL, "said: %s", met.why.text);
	image_set(model.format->record_fields, record, "blockcount", 0);
	model_seal(&model, 0, 1);
	expect_lost(0, 1, ERR_CORRUPT, FLAW_ORDER, offset_of(0, 1));
}
END_TEST

START_TEST(finds_chunks_that_overlap)
{
	build((enum btree_kind)_i);
	image_set(&inobt_rec_table, model_entry(&model, 0, 1, 1), "startino",
		  image_get(&inobt_rec_table, model_entry(&model, 0, 1, 0), "startino") + 63);
	model_seal(&model, 0, 1);
	expect_lost(0, 1, ERR_CORRUPT, FLAW_ORDER, offset_of(0, 1));
	ck_assert(strstr(met.why.text, "overlaps") != NULL);
}
END_TEST

/* A high key below its own low key, and one that promises less than what is there. */
START_TEST(finds_bad_high_keys)
{
	struct disk_rmap_key *keys;

	build(BTREE_RMAP);
	keys = (struct disk_rmap_key *)model_entry(&model, 1, 1, 1);
	keys[1] = (struct disk_rmap_key){0};
	model_seal(&model, 1, 1);
	expect_lost(1, 1, ERR_CORRUPT, FLAW_ORDER, offset_of(1, 1));
	keys[1] = keys[0];
	model_seal(&model, 1, 1);
	walk();
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.flaw, FLAW_ORDER);
	ck_assert_uint_eq(met.why.offset_bytes, offset_of(0, PER_BLOCK + 1));
}
END_TEST

/* ------------------------------------------------------------------ pointers */

static void set_pointer(unsigned level, size_t index, uint32_t entry, uint64_t value)
{
	be32 narrow = be32_of((uint32_t)value);
	be64 wide = be64_of(value);
	uint8_t *to = model_pointer(&model, level, index, entry);

	memcpy(to, model.format->long_pointers ? (const void *)&wide : (const void *)&narrow,
	       btree_pointer_bytes(model.format));
	model_seal(&model, level, index);
}

static uint64_t pointer_to(struct agaddr at)
{
	return model.format->long_pointers ? image_pack(&image, at) : at.agbno;
}

START_TEST(goes_past_pointers_that_lead_nowhere)
{
	uint64_t values[] = {0, 1024, UINT32_MAX, UINT64_MAX};
	size_t child = PER_BLOCK + 2;

	build((enum btree_kind)_i);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint64_t value = values[i];

		if (model.format->long_pointers && value == 0)
			continue; /* a block of group 0, as any other: its magic tells */
		if (model.format->long_pointers && value < UINT32_MAX)
			value = 2 * 1024; /* the first block of a group that does not exist */
		set_pointer(1, 1, 2, value);
		expect_lost(0, child, ERR_CORRUPT, FLAW_RANGE, offset_of(1, 1));
		ck_assert(strstr(met.why.text, "pointer 2 leads nowhere") != NULL);
	}
	if (model.format->long_pointers) {
		set_pointer(1, 1, 2, 0);
		expect_lost(0, child, ERR_CORRUPT, FLAW_MAGIC, 0);
	}
}
END_TEST

START_TEST(ends_at_pointers_that_go_in_circles)
{
	unsigned top;

	build((enum btree_kind)_i);
	top = model_block_levels(&model) - 1;
	/* To the block itself and to the highest one: not the level that must be there. */
	set_pointer(1, 1, 1, pointer_to(model_node(&model, 1, 1)));
	expect_lost(0, PER_BLOCK + 1, ERR_CORRUPT, FLAW_LEVEL, offset_of(1, 1));
	set_pointer(1, 1, 1, pointer_to(model_node(&model, top, 0)));
	expect_lost(0, PER_BLOCK + 1, ERR_CORRUPT, FLAW_LEVEL, offset_of(top, 0));
	/* To a leaf that comes by before, and to one that comes by later. */
	set_pointer(1, 1, 1, pointer_to(model_node(&model, 0, PER_BLOCK)));
	expect_lost(0, PER_BLOCK + 1, ERR_CORRUPT, FLAW_ORDER, offset_of(0, PER_BLOCK));
	set_pointer(1, 1, 1, pointer_to(model_node(&model, 0, PER_BLOCK + 2)));
	expect_lost(0, PER_BLOCK + 1, ERR_CORRUPT, FLAW_ORDER, offset_of(0, PER_BLOCK + 2));
}
END_TEST

START_TEST(walks_a_child_of_all_pointers_once)
{
	size_t pointers = 0;

	build((enum btree_kind)_i);
	for (size_t index = 0; index < model_nodes(&model, 1); index++) {
		uint64_t count = get_header(1, index, "numrecs");

		for (uint32_t i = 0; i < count; i++)
			set_pointer(1, index, i, pointer_to(model_node(&model, 0, 3)));
		pointers += count;
	}
	walk();
	ck_assert_uint_eq(met.records, PER_BLOCK);
	ck_assert_uint_eq(met.bads, pointers - 1);
	for (size_t i = 3 * PER_BLOCK; i < 4 * PER_BLOCK; i++)
		ck_assert(met.seen[i]);
}
END_TEST

/* ------------------------------------------------------------------ the rest */

START_TEST(ends_without_a_taker_of_bad_blocks)
{
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX};
	struct btree_walker walker = {.record = on_record};
	struct error err = {0};

	build((enum btree_kind)_i);
	image_block(&image, model_node(&model, 0, 2))[4095] ^= 1;
	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
	ck_assert_uint_eq(err.offset_bytes, offset_of(0, 2));
	ck_assert_uint_eq(met.records, 2 * PER_BLOCK);
}
END_TEST

/* A query that does not go near the damage does not see it. */
START_TEST(does_not_read_what_is_not_asked_for)
{
	struct btree_cursor_options options = {0};
	struct btree_walker walker = {.record = on_record};
	uint64_t first, last;

	build((enum btree_kind)_i);
	image_block(&image, model_node(&model, 0, model_nodes(&model, 0) - 1))[4095] ^= 1;
	model_span(&model, 0, &first, &last);
	options.high = (struct btree_key){{first, UINT64_MAX, UINT64_MAX}};
	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(btree_walk(&model.tree, &options, &walker, NULL), 0);
	ck_assert_uint_ge(met.records, 1);
}
END_TEST

static void put_root(uint16_t level, uint16_t count)
{
	struct disk_bmap_root root = {be16_of(level), be16_of(count)};

	memcpy(image_fork(model.disk_inode, FORK_DATA), &root, sizeof(root));
	image_seal_inode(&image, model.disk_inode);
}

/* The root of a fork's tree stands in the inode, so that is the place that must be named. */
START_TEST(finds_bad_roots_in_inodes)
{
	uint64_t offset;
	uint16_t level, count;
	uint8_t *keys;
	be64 keep;
	struct error err = {0};

	build(BTREE_BMAP);
	offset = (uint64_t)((uint8_t *)model.disk_inode - image.bytes);
	level = (uint16_t)(model.levels - 1);
	count = (uint16_t)model_nodes(&model, model_block_levels(&model) - 1);
	ck_assert_uint_ge(count, 2);
	for (uint16_t bad = 0; bad <= BTREE_LEVELS_MAX; bad += BTREE_LEVELS_MAX) {
		put_root(bad, count);
		ck_assert_int_eq(model_reopen(&model, &err), ERR_CORRUPT);
		ck_assert_int_eq(err.flaw, FLAW_LEVEL);
		ck_assert_uint_eq(err.offset_bytes, offset);
	}
	for (int how = 0; how < 2; how++) {
		put_root(level, how ? 21 : 0); /* 20 fit */
		ck_assert_int_eq(model_reopen(&model, &err), 0);
		walk();
		ck_assert_uint_eq(met.records, 0);
		ck_assert_uint_eq(met.bads, 1);
		ck_assert_int_eq(met.why.flaw, FLAW_COUNT);
		ck_assert_uint_eq(met.why.offset_bytes, offset);
		ck_assert_int_eq(btree_key_compare(&met.low, &BTREE_KEY_MIN), 0);
		ck_assert_int_eq(btree_key_compare(&met.high, &BTREE_KEY_MAX), 0);
	}
	put_root(level, count);
	keys = image_fork(model.disk_inode, FORK_DATA) + sizeof(struct disk_bmap_root);
	memcpy(&keep, keys, sizeof(keep));
	memcpy(keys, keys + 8, sizeof(keep));
	image_seal_inode(&image, model.disk_inode);
	ck_assert_int_eq(model_reopen(&model, &err), 0);
	walk();
	ck_assert_int_eq(met.why.flaw, FLAW_ORDER);
	ck_assert_uint_eq(met.why.offset_bytes, offset);
	/* A pointer of the root that leads nowhere. */
	memcpy(keys, &keep, sizeof(keep));
	memset(keys + 20 * 8 + 8, 0xff, 8);
	image_seal_inode(&image, model.disk_inode);
	ck_assert_int_eq(model_reopen(&model, &err), 0);
	expect_lost(model_block_levels(&model) - 1, 1, ERR_CORRUPT, FLAW_RANGE, offset);
}
END_TEST

START_TEST(finds_a_fork_too_small_for_a_root)
{
	struct btree tree;
	struct inode inode = {.ino = 1};
	struct error err = {0};

	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	inode.fork[FORK_ATTR].len = 3;
	ck_assert_int_eq(btree_of_fork(image.fs, &inode, FORK_ATTR, &tree, &err), ERR_CORRUPT);
}
END_TEST

Suite *btree_damage_suite(void)
{
	Suite *suite = suite_create("btree_damage");
	TCase *tcase = tcase_create("all");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, finds_a_bad_header, 0, BTREE_KINDS * HEADER_BREAKS);
	tcase_add_loop_test(tcase, finds_bad_counts, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, goes_past_media_errors, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, finds_keys_out_of_place, 0, BTREE_KINDS * ORDER_BREAKS);
	tcase_add_loop_test(tcase, finds_records_that_reach_too_far, 0, 4);
	tcase_add_loop_test(tcase, finds_chunks_that_overlap, BTREE_INO, BTREE_FINO + 1);
	tcase_add_test(tcase, finds_bad_high_keys);
	tcase_add_loop_test(tcase, goes_past_pointers_that_lead_nowhere, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, ends_at_pointers_that_go_in_circles, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, walks_a_child_of_all_pointers_once, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, ends_without_a_taker_of_bad_blocks, 0, BTREE_KINDS);
	tcase_add_loop_test(tcase, does_not_read_what_is_not_asked_for, 0, BTREE_KINDS);
	tcase_add_test(tcase, finds_bad_roots_in_inodes);
	tcase_add_test(tcase, finds_a_fork_too_small_for_a_root);
	suite_add_tcase(suite, tcase);
	return suite;
}
