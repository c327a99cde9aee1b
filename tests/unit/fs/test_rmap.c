/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reverse mappings: queries of random, overlapping mappings against looking at all of them, records that cannot be, and
 * what is said to be missing where the tree is damaged.
 */
#include "fs/rmap.h"

#include <string.h>

#include "unit/fs/tree_model.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *rmap_suite(void);

static struct image image;
static struct model model;

static void set_up(void)
{
	image_init(&image, &(struct image_options){0});
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
}

static void tear_down(void)
{
	image_fini(&image);
}

static struct {
	size_t rmaps, gaps;
	struct rmap rmap[MODEL_RECORDS_MAX];
	struct agaddr gap; /* the last */
	uint32_t gap_len;
	struct error why;
} met;

static int on_rmap(void *arg, const struct rmap *rmap)
{
	(void)arg;
	met.rmap[met.rmaps++] = *rmap;
	return 0;
}

static int on_gap(void *arg, struct agaddr start, uint32_t len_blocks, const struct error *why)
{
	(void)arg;
	met.gaps++;
	met.gap = start;
	met.gap_len = len_blocks;
	met.why = *why;
	return 0;
}

static void query(uint32_t agbno, uint32_t len)
{
	struct rmap_sink sink = {.rmap = on_rmap, .gap = on_gap};

	met.rmaps = met.gaps = 0;
	ck_assert_int_eq(rmap_query(image.fs, (struct agaddr){1, agbno}, len, &sink, NULL), 0);
}

static void expect_same(const struct rmap *got, size_t i)
{
	const struct disk_rmap_rec *rec = (const struct disk_rmap_rec *)model_record(&model, i);

	ck_assert_uint_eq(got->start.agno, 1);
	ck_assert_uint_eq(got->start.agbno, be32_get(rec->startblock));
	ck_assert_uint_eq(got->len_blocks, be32_get(rec->blockcount));
	ck_assert_uint_eq(got->owner, be64_get(rec->owner));
	ck_assert_uint_eq(got->fileoff, image_get(&rmap_rec_table, rec, "offset"));
	ck_assert_uint_eq(got->attr_fork, image_get(&rmap_rec_table, rec, "attrfork"));
	ck_assert_uint_eq(got->bmbt_block, image_get(&rmap_rec_table, rec, "bmbtblock"));
	ck_assert_uint_eq(got->unwritten, image_get(&rmap_rec_table, rec, "extentflag"));
}

START_TEST(answers_like_a_list)
{
	static const struct {
		size_t count;
		uint32_t per_block;
	} sizes[] = {{0, 0}, {1, 0}, {30, 3}, {150, 3}, {2000, 0}};
	uint64_t random = (uint64_t)_i + 1;

	model_build(&model, &image, BTREE_RMAP, sizes[_i].count, sizes[_i].per_block, &random);
	for (int round = 0; round < 300; round++) {
		uint32_t at = (uint32_t)random_below(&random, 1000), n = 0;
		uint32_t len = 1 + (uint32_t)random_below(&random, random_below(&random, 3) ? 4 : 1024 - at);

		query(at, len);
		ck_assert_uint_eq(met.gaps, 0);
		for (size_t i = 0; i < model.count; i++) {
			uint64_t first, last;

			model_span(&model, i, &first, &last);
			if (first < at + len && last >= at) {
				ck_assert_uint_lt(n, met.rmaps);
				expect_same(&met.rmap[n++], i);
			}
		}
		ck_assert_uint_eq(met.rmaps, n);
	}
}
END_TEST

static const struct {
	uint32_t len;
	uint64_t owner, offset;
	bool good;
} records[] = {
	{4, 128, 0, true},
	{4, 128, RMAP_OFFSET_ATTR | 5, true},
	{4, 128, RMAP_OFFSET_BMBT, true},
	{4, 128, RMAP_OFFSET_UNWRITTEN | 7, true},
	{4, RMAP_OWN_FS, 0, true},
	{4, RMAP_OWN_LOG, 0, true},
	{4, RMAP_OWN_AG, 0, true},
	{4, RMAP_OWN_INOBT, 0, true},
	{4, RMAP_OWN_INODES, 0, true},
	{4, RMAP_OWN_REFC, 0, true},
	{4, RMAP_OWN_COW, 0, true},
	{4, RMAP_OWN_COW, 1, false}, /* no file: no offset */
	{4, RMAP_OWN_AG, RMAP_OFFSET_ATTR, false},
	{4, 128, RMAP_OFFSET_BMBT | RMAP_OFFSET_ATTR, true},
	{4, 128, RMAP_OFFSET_BMBT | 1, false}, /* a tree block has no place in the file */
	{4, 128, RMAP_OFFSET_BMBT | RMAP_OFFSET_UNWRITTEN, false},
	{4, 128, RMAP_OFFSET_ATTR | RMAP_OFFSET_UNWRITTEN, false},
	{4, 128, 1ull << 54, false}, /* bits without a meaning */
	{4, 128, 1ull << 60, false},
	{4, RMAP_OWN_NULL, 0, false},
	{4, RMAP_OWN_UNKNOWN, 0, false},
	{4, RMAP_OWN_MIN, 0, false},
	{4, RMAP_OWN_MIN - 1, 0, false}, /* no inode has such a number */
	{4, 2ull << 13, 0, false},	 /* nor in group 2 of 2 */
	{1024 - 499, 128, 0, false},	 /* past the end of the group */
	{UINT32_MAX, 128, 0, false},
	{4, 128, (1ull << 54) - 3, false}, /* past the last block of a record */
	{4, 128, (1ull << 51) - 4, true},  /* the last blocks of the largest file */
	{4, 128, (1ull << 51) - 3, false},
};

/* In the middle of three mappings, of which the others are handed out in any case. */
START_TEST(takes_what_can_be)
{
	struct disk_rmap_rec recs[3] = {image_rmap(490, 5, 128, 0),
					image_rmap(500, records[_i].len, records[_i].owner, records[_i].offset),
					image_rmap(600, 5, 129, 0)};
	uint64_t end = 500ull + records[_i].len < 1000 ? 500ull + records[_i].len : 1000;
	uint32_t first;

	image_tree(&image, BTREE_RMAP, 1, recs, 3, 0, &first);
	query(480, 1000 - 480);
	ck_assert_uint_eq(met.rmaps, records[_i].good ? 3 : 2);
	ck_assert_uint_eq(met.gaps, !records[_i].good);
	if (records[_i].good)
		return;
	ck_assert_uint_eq(met.gap.agbno, 500);
	ck_assert_uint_eq(met.gap_len, end - 500);
	ck_assert_int_eq(met.why.flaw, FLAW_FORMAT);
	ck_assert_uint_eq(met.why.offset_bytes, image_offset(&image, (struct agaddr){1, first}));
	/* Not a gap of what it does not cover. */
	query(480, 20);
	ck_assert_uint_eq(met.gaps, 0);
}
END_TEST

/* A leaf is lost: what it may have covered is missing, cut to what was asked for. */
START_TEST(says_what_a_bad_leaf_hides)
{
	struct disk_rmap_rec recs[20];
	struct agaddr leaf = {.agno = 1};

	for (uint32_t i = 0; i < 20; i++)
		recs[i] = image_rmap(100 + 10 * i, 10, 128 + i, 0);
	image_tree(&image, BTREE_RMAP, 1, recs, 20, 4, &leaf.agbno);
	leaf.agbno += 2; /* blocks 180 .. 219 */
	image_block(&image, leaf)[4095] ^= 1;
	query(0, 1024);
	ck_assert_uint_eq(met.rmaps, 16);
	ck_assert_uint_eq(met.gaps, 1);
	ck_assert_uint_eq(met.gap.agno, 1);
	ck_assert_uint_eq(met.gap.agbno, 180);
	ck_assert_uint_eq(met.gap_len, 40);
	ck_assert_int_eq(met.why.flaw, FLAW_CRC);
	query(200, 5);
	ck_assert_uint_eq(met.rmaps, 0);
	ck_assert_uint_eq(met.gap.agbno, 200);
	ck_assert_uint_eq(met.gap_len, 5);
	query(170, 10);
	ck_assert_uint_eq(met.rmaps, 1);
	ck_assert_uint_eq(met.gaps, 0);
}
END_TEST

START_TEST(says_that_all_is_hidden_by_a_bad_header)
{
	image_agf(&image, 1)->freeblks = be32_of(1); /* not sealed */
	query(70, 30);
	ck_assert_uint_eq(met.gaps, 1);
	ck_assert_uint_eq(met.gap.agbno, 70);
	ck_assert_uint_eq(met.gap_len, 30);
	ck_assert_int_eq(met.why.flaw, FLAW_CRC);
}
END_TEST

static int stop(void *arg, const struct rmap *rmap)
{
	(void)rmap;
	return ++*(int *)arg == 3 ? 42 : 0;
}

START_TEST(stops_when_told)
{
	struct disk_rmap_rec recs[8];
	int calls = 0;
	struct rmap_sink sink = {.rmap = stop, .arg = &calls};

	for (uint32_t i = 0; i < 8; i++)
		recs[i] = image_rmap(100, 5, 128 + i, 0);
	image_tree(&image, BTREE_RMAP, 1, recs, 8, 0, NULL);
	ck_assert_int_eq(rmap_query(image.fs, (struct agaddr){1, 102}, 1, &sink, NULL), 42);
	ck_assert_int_eq(calls, 3);
}
END_TEST

START_TEST(says_that_there_is_no_tree)
{
	struct rmap_sink sink = {.rmap = on_rmap, .gap = on_gap};
	struct image plain;

	image_init(&plain, &(struct image_options){.ro_compat = SB_RO_COMPAT_FINOBT});
	ck_assert_int_eq(image_open_fs(&plain, NULL), 0);
	ck_assert_int_eq(rmap_query(plain.fs, (struct agaddr){0, 0}, 1, &sink, NULL), ERR_NOT_FOUND);
	image_fini(&plain);
}
END_TEST

Suite *rmap_suite(void)
{
	Suite *suite = suite_create("rmap");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, answers_like_a_list, 0, 5);
	tcase_add_loop_test(tcase, takes_what_can_be, 0, sizeof(records) / sizeof(records[0]));
	tcase_add_test(tcase, says_what_a_bad_leaf_hides);
	tcase_add_test(tcase, says_that_all_is_hidden_by_a_bad_header);
	tcase_add_test(tcase, stops_when_told);
	tcase_add_test(tcase, says_that_there_is_no_tree);
	suite_add_tcase(suite, tcase);
	return suite;
}
