/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owners: cutting and handing them out, and those that the geometry alone tells, byte by byte. */
#include "fs/owner.h"

#include <stdlib.h>
#include <string.h>

#include "lib/image_builder.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *owner_suite(void);

START_TEST(cuts_to_a_range)
{
	static const struct {
		uint64_t from, to;
		bool left;
		uint64_t start, end;
	} cuts[] = {
		{0, 100, false, 0, 0},	    {200, 300, false, 0, 0},	{0, 101, true, 100, 101},
		{199, 900, true, 199, 200}, {120, 130, true, 120, 130}, {0, UINT64_MAX, true, 100, 200},
		{100, 200, true, 100, 200}, {150, 150, false, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct owner owner = {.kind = OWNER_FILE, .start_bytes = 100, .end_bytes = 200, .offset_bytes = 5000};
		struct owner block = owner, log = owner;

		block.bmbt = true;
		block.offset_bytes = 0;
		log.kind = OWNER_LOG;
		log.offset_bytes = 0;
		ck_assert_int_eq(owner_cut(&owner, cuts[i].from, cuts[i].to), cuts[i].left);
		ck_assert_int_eq(owner_cut(&block, cuts[i].from, cuts[i].to), cuts[i].left);
		ck_assert_int_eq(owner_cut(&log, cuts[i].from, cuts[i].to), cuts[i].left);
		if (!cuts[i].left)
			continue;
		ck_assert_uint_eq(owner.start_bytes, cuts[i].start);
		ck_assert_uint_eq(owner.end_bytes, cuts[i].end);
		ck_assert_uint_eq(owner.offset_bytes, 5000 + cuts[i].start - 100);
		ck_assert_uint_eq(block.start_bytes, cuts[i].start);
		/* These have no offset that moves along. */
		ck_assert_uint_eq(block.offset_bytes, 0);
		ck_assert_uint_eq(log.offset_bytes, 0);
	}
}
END_TEST

#define PLACES 4000u

/* For each byte who has it: 1 + kind of owner. */
struct byte_map {
	uint8_t of[PLACES];
	uint64_t offset[PLACES];
	bool twice;
};

static int mark(void *arg, const struct owner *owner)
{
	struct byte_map *map = arg;

	for (uint64_t at = owner->start_bytes; at < owner->end_bytes; at++) {
		map->twice |= map->of[at] != 0;
		map->of[at] = (uint8_t)(1 + owner->kind);
		map->offset[at] = owner->offset_bytes + at - owner->start_bytes;
	}
	return 0;
}

static void random_set(struct interval_set *set, uint64_t limit, uint64_t unit, uint64_t *random)
{
	uint64_t at = random_below(random, limit / 8 + 1);

	while (at < limit) {
		uint64_t end = at + 1 + random_below(random, limit / 4);

		end = end < limit ? end : limit;
		ck_assert_int_eq(interval_add(set, at * unit, end * unit), 0);
		at = end + 1 + random_below(random, limit / 4);
	}
	interval_settle(set);
}

START_TEST(gives_the_wanted_parts)
{
	uint64_t random = 1;

	for (int round = 0; round < 300; round++) {
		static struct byte_map map;
		struct owner_sink sink = {.owner = mark, .arg = &map};
		struct interval_set wanted = {0};
		struct owner owner = {.kind = OWNER_FILE, .start_bytes = random_below(&random, PLACES)};

		owner.end_bytes = owner.start_bytes + random_below(&random, PLACES - owner.start_bytes + 1);
		owner.offset_bytes = random_below(&random, 100000);
		memset(&map, 0, sizeof(map));
		random_set(&wanted, PLACES, 1, &random);
		ck_assert_int_eq(owner_give(&owner, &wanted, &sink), 0);
		ck_assert(!map.twice);
		for (uint64_t at = 0; at < PLACES; at++) {
			bool is_wanted = interval_overlaps(&wanted, at, at + 1);
			bool owned = at >= owner.start_bytes && at < owner.end_bytes;

			ck_assert_int_eq(map.of[at] != 0, is_wanted && owned);
			if (map.of[at])
				ck_assert_uint_eq(map.offset[at], owner.offset_bytes + at - owner.start_bytes);
		}
		interval_fini(&wanted);
	}
}
END_TEST

static int stop_at_second(void *arg, const struct owner *owner)
{
	(void)owner;
	return ++*(int *)arg == 2 ? 9 : 0;
}

START_TEST(stops_when_told)
{
	int calls = 0;
	struct owner_sink sink = {.owner = stop_at_second, .arg = &calls};
	struct owner owner = {.start_bytes = 0, .end_bytes = 100};
	struct interval_set wanted = {0};

	for (uint64_t at = 0; at < 100; at += 10)
		ck_assert_int_eq(interval_add(&wanted, at, at + 5), 0);
	ck_assert_int_eq(owner_give(&owner, &wanted, &sink), 9);
	ck_assert_int_eq(calls, 2);
	interval_fini(&wanted);
}
END_TEST

/* ------------------------------------------------------------------ by geometry */

/* Owners as they are given, in units of half a sector so that parts of sectors are asked for too. */
#define UNIT 256u
struct unit_map {
	uint8_t *of;
	uint64_t count;
};

static int mark_units(void *arg, const struct owner *owner)
{
	struct unit_map *map = arg;

	ck_assert_uint_lt(owner->start_bytes, owner->end_bytes);
	for (uint64_t at = owner->start_bytes / UNIT; at < owner->end_bytes / UNIT; at++) {
		ck_assert_uint_lt(at, map->count);
		ck_assert_uint_eq(map->of[at], 0);
		map->of[at] = (uint8_t)(1 + owner->kind);
	}
	return 0;
}

static const struct image_options shapes[] = {
	{.last_ag_blocks = 100},
	{.block_bytes = 512, .sector_bytes = 512},
	{.block_bytes = 1024, .sector_bytes = 512, .ag_count = 5, .ag_blocks = 300},
	{.block_bytes = 4096, .sector_bytes = 4096, .last_ag_blocks = 64},
	{.block_bytes = 65536, .sector_bytes = 512, .ag_blocks = 64, .ag_count = 3},
};
#define SHAPES ((int)(sizeof(shapes) / sizeof(shapes[0])))

/* 0: not known by the geometry. */
static uint8_t naive(const struct image *image, uint64_t at)
{
	const struct image_options *o = &image->options;
	uint64_t block = at / o->block_bytes, in_group = block % o->ag_blocks;
	uint64_t log = be64_get(image_sb(image, 0)->logstart); /* in group 0: packed and plain are the same */

	if (at >= image->size_bytes)
		return 0;
	if (in_group * o->block_bytes < 4ull * o->sector_bytes)
		return 1 + OWNER_AG_HEADER;
	return block >= log && block < log + o->log_blocks ? 1 + OWNER_LOG : 0;
}

START_TEST(knows_headers_and_journal)
{
	uint64_t random = (uint64_t)_i + 1;
	struct image image;
	struct unit_map map;

	image_init(&image, &shapes[_i]);
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	map.count = image.size_bytes / UNIT + 50;
	map.of = malloc(map.count);
	ck_assert_ptr_nonnull(map.of);
	for (int round = 0; round < 20; round++) {
		struct owner_sink sink = {.owner = mark_units, .arg = &map};
		struct interval_set wanted = {0}, rest = {0};

		memset(map.of, 0, map.count);
		if (round == 0)
			ck_assert_int_eq(interval_add(&wanted, 0, map.count * UNIT), 0);
		else
			random_set(&wanted, round % 2 ? map.count : map.count / 50, UNIT, &random);
		ck_assert_int_eq(owners_by_geometry(&image.fs->geo, &wanted, &sink, &rest, NULL), 0);
		for (uint64_t i = 0; i < map.count; i++) {
			bool is_wanted = interval_overlaps(&wanted, i * UNIT, i * UNIT + 1);
			uint8_t expected = is_wanted ? naive(&image, i * UNIT) : 0;

			ck_assert_uint_eq(map.of[i], expected);
			ck_assert_int_eq(interval_overlaps(&rest, i * UNIT, i * UNIT + 1), is_wanted && !expected);
		}
		interval_fini(&wanted);
		interval_fini(&rest);
	}
	free(map.of);
	image_fini(&image);
}
END_TEST

Suite *owner_suite(void)
{
	Suite *suite = suite_create("owner");
	TCase *tcase = tcase_create("all");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, cuts_to_a_range);
	tcase_add_test(tcase, gives_the_wanted_parts);
	tcase_add_test(tcase, stops_when_told);
	tcase_add_loop_test(tcase, knows_headers_and_journal, 0, SHAPES);
	suite_add_tcase(suite, tcase);
	return suite;
}
