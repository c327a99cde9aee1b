/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inode chunks: holes of sparse ones, records that cannot be, and finding the chunk of an inode. */
#include "fs/chunk.h"

#include <string.h>

#include "lib/image_builder.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *chunk_suite(void);

static struct image image;

static void set_up(void)
{
	image_init(&image, &(struct image_options){.last_ag_blocks = 500});
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
}

static void tear_down(void)
{
	image_fini(&image);
}

START_TEST(unpacks_holes_of_four_inodes)
{
	uint64_t random = 1;

	for (int round = 0; round < 2000; round++) {
		uint16_t holes = (uint16_t)random_below(&random, UINT16_MAX); /* never all */
		uint64_t free = random_next(&random);
		uint32_t first = (uint32_t)random_below(&random, 500 / 8) * 64;
		struct disk_inobt_rec rec = image_chunk(first, holes, free);
		struct chunk chunk;

		ck_assert(chunk_unpack(image.fs, 1, &rec, &chunk));
		ck_assert_uint_eq(chunk.agno, 1);
		ck_assert_uint_eq(chunk.first_agino, first);
		for (unsigned i = 0; i < 64; i++) {
			bool present = !(holes >> i / 4 & 1);

			ck_assert_int_eq(chunk.present >> i & 1, present);
			ck_assert_int_eq(chunk.allocated >> i & 1, present && !(free >> i & 1));
		}
	}
}
END_TEST

START_TEST(knows_no_holes_without_the_feature)
{
	struct disk_inobt_rec rec = {.startino = be32_of(64), .freecount = be32_of(0xffff0000)};
	struct image plain;
	struct chunk chunk;

	image_init(&plain, &(struct image_options){.incompat = SB_INCOMPAT_FTYPE});
	ck_assert_int_eq(image_open_fs(&plain, NULL), 0);
	ck_assert(chunk_unpack(plain.fs, 0, &rec, &chunk));
	ck_assert_uint_eq(chunk.present, UINT64_MAX);
	ck_assert_uint_eq(chunk.allocated, UINT64_MAX);
	/* With it the same record has no inode at all. */
	ck_assert(!chunk_unpack(image.fs, 0, &rec, &chunk));
	image_fini(&plain);
}
END_TEST

/* 500 blocks of 8 inodes. */
START_TEST(refuses_what_lies_outside_the_group)
{
	static const struct {
		uint32_t first;
		uint16_t holes;
		bool good;
	} records[] = {
		{492 * 8, 0, true},	  {493 * 8, 0, false},	       {496 * 8, 0xff00, true},
		{496 * 8, 0xfe00, false}, {499 * 8, 0xfffc, true},     {500 * 8, 0xfffe, false},
		{UINT32_MAX, 0, false},	  {UINT32_MAX - 63, 0, false}, {0, 0xffff, false},
	};

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct disk_inobt_rec rec = image_chunk(records[i].first, records[i].holes, 0);
		struct chunk chunk;

		ck_assert_int_eq(chunk_unpack(image.fs, 1, &rec, &chunk), records[i].good);
	}
}
END_TEST

START_TEST(places_inodes)
{
	struct chunk chunk = {.agno = 1, .first_agino = 10 * 8 + 4};

	ck_assert_uint_eq(chunk_inode_offset(image.fs, &chunk, 0),
			  image_offset(&image, (struct agaddr){1, 10}) + 4 * 512);
	ck_assert_uint_eq(chunk_inode_offset(image.fs, &chunk, 63),
			  image_offset(&image, (struct agaddr){1, 18}) + 3 * 512);
}
END_TEST

/* Chunks at 40, 48, ... of group 1, so that every second place of a chunk is empty. */
#define CHUNKS 25u
static struct disk_inobt_rec chunks[CHUNKS];

static void make_chunks(uint32_t *first)
{
	for (uint32_t i = 0; i < CHUNKS; i++)
		chunks[i] = image_chunk((40 + 16 * i) * 8, i % 3 ? 0 : 0x00f0, 0xff);
	image_tree(&image, BTREE_INO, 1, chunks, CHUNKS, 4, first);
}

START_TEST(finds_the_chunk_of_an_inode)
{
	make_chunks(NULL);
	for (uint32_t agino = 0; agino < 500 * 8; agino++) {
		uint32_t i = agino / 128 - 2;
		bool inside = agino >= 320 && (agino - 320) % 128 < 64 && (agino - 320) / 128 < CHUNKS;
		struct chunk chunk;

		i = inside ? (agino - 320) / 128 : i;
		ck_assert_int_eq(chunk_find(image.fs, image_ino(&image, 1, agino), &chunk, NULL), inside);
		if (inside)
			ck_assert_uint_eq(chunk.first_agino, (40 + 16 * i) * 8);
	}
	/* No such inode, and a group without chunks. */
	ck_assert_int_eq(chunk_find(image.fs, UINT64_MAX, &(struct chunk){0}, NULL), 0);
	ck_assert_int_eq(chunk_find(image.fs, image_ino(&image, 0, 320), &(struct chunk){0}, NULL), 0);
}
END_TEST

static struct {
	size_t chunks, bads;
	uint32_t first[CHUNKS];
	struct error why;
} met;

static int on_chunk(void *arg, const struct chunk *chunk)
{
	(void)arg;
	ck_assert_uint_lt(met.chunks, CHUNKS);
	met.first[met.chunks++] = chunk->first_agino;
	return 0;
}

static int on_bad(void *arg, const struct error *why)
{
	(void)arg;
	met.bads++;
	met.why = *why;
	return 0;
}

static void walk(void)
{
	struct chunk_walker walker = {.chunk = on_chunk, .bad = on_bad};

	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(chunk_walk(image.fs, 1, &walker, NULL), 0);
}

START_TEST(walks_all_chunks)
{
	make_chunks(NULL);
	walk();
	ck_assert_uint_eq(met.bads, 0);
	ck_assert_uint_eq(met.chunks, CHUNKS);
	for (uint32_t i = 0; i < CHUNKS; i++)
		ck_assert_uint_eq(met.first[i], (40 + 16 * i) * 8);
}
END_TEST

START_TEST(goes_past_what_is_bad)
{
	struct agaddr leaf = {.agno = 1};
	struct disk_inobt_rec *record;
	struct chunk chunk;
	struct error err = {0};

	make_chunks(&leaf.agbno);
	leaf.agbno++; /* chunks 4 .. 7 */
	record = (struct disk_inobt_rec *)(image_block(&image, leaf) + sizeof(struct disk_btree_short)) + 2;
	record->holemask = be16_of(0xffff);
	image_seal_tree_block(&image, BTREE_INO, leaf);
	walk();
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.flaw, FLAW_FORMAT);
	ck_assert_uint_eq(met.why.offset_bytes, image_offset(&image, leaf));
	ck_assert_uint_eq(met.chunks, CHUNKS - 1);
	record->holemask = be16_of(0); /* not sealed */
	walk();
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.flaw, FLAW_CRC);
	ck_assert_uint_eq(met.chunks, CHUNKS - 4);
	ck_assert_int_eq(chunk_find(image.fs, image_ino(&image, 1, (40 + 16 * 5) * 8), &chunk, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
	ck_assert_int_eq(chunk_find(image.fs, image_ino(&image, 1, (40 + 16 * 9) * 8), &chunk, &err), 1);
}
END_TEST

START_TEST(reports_a_bad_header)
{
	make_chunks(NULL);
	image_agi(&image, 1)->count = be32_of(99); /* not sealed */
	walk();
	ck_assert_uint_eq(met.chunks, 0);
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.flaw, FLAW_CRC);
	ck_assert_int_eq(chunk_find(image.fs, image_ino(&image, 1, 320), &(struct chunk){0}, NULL), ERR_CORRUPT);
}
END_TEST

Suite *chunk_suite(void)
{
	Suite *suite = suite_create("chunk");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, unpacks_holes_of_four_inodes);
	tcase_add_test(tcase, knows_no_holes_without_the_feature);
	tcase_add_test(tcase, refuses_what_lies_outside_the_group);
	tcase_add_test(tcase, places_inodes);
	tcase_add_test(tcase, finds_the_chunk_of_an_inode);
	tcase_add_test(tcase, walks_all_chunks);
	tcase_add_test(tcase, goes_past_what_is_bad);
	tcase_add_test(tcase, reports_a_bad_header);
	suite_add_tcase(suite, tcase);
	return suite;
}
