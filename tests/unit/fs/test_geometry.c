/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of a superblock's numbers, one by one, and the conversions against arithmetic without shifts. */
#include <string.h>

#include "lib/image_builder.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *geometry_suite(void);

#define SETS_MAX 8

/* Changes to a sound superblock, and what is said of the result. */
struct refusal {
	struct {
		const char *field;
		uint64_t value;
	} set[SETS_MAX];
	int code;
	const char *sentence; /* a part of it */
};

/* Of 2 groups of 1024 blocks of 4096 bytes; sectors and inodes of 512 bytes. */
static void sound_sb(struct disk_sb *sb)
{
	struct image image;

	image_init(&image, &(struct image_options){0});
	*sb = *image_sb(&image, 0);
	image_fini(&image);
}

static const struct refusal refusals[] = {
	/* Sound, but not handled. */
	{{{"versionnum", 4}}, ERR_UNSUPPORTED, "XFS version 4 (without checksums) is not supported"},
	{{{"versionnum", 0xb4a4}}, ERR_UNSUPPORTED, "XFS version 4 (without checksums) is not supported"},
	{{{"versionnum", 6}}, ERR_UNSUPPORTED, "XFS version 6 is not known"},
	{{{"versionnum", 0xf4a5}}, ERR_UNSUPPORTED, "names without regard to case (ASCII-CI)"},
	{{{"rblocks", 1}}, ERR_UNSUPPORTED, "realtime device"},
	{{{"logstart", 0}}, ERR_UNSUPPORTED, "external journal"},
	{{{"features_incompat", SB_INCOMPAT_METADIR | 3}}, ERR_UNSUPPORTED, "the metadata directory (metadir)"},
	{{{"features_incompat", SB_INCOMPAT_ZONED | 3}}, ERR_UNSUPPORTED, "zoned file systems"},
	{{{"features_incompat", 0x400 | 3}}, ERR_UNSUPPORTED, "incompatible feature bits 0x400 are not known"},
	{{{"features_incompat", 0x80000000}}, ERR_UNSUPPORTED, "bits 0x80000000 are"},
	/* Sizes. */
	{{{"blocksize", 256}, {"blocklog", 8}}, ERR_CORRUPT, "blocksize is 256,"},
	{{{"blocksize", 131072}, {"blocklog", 17}}, ERR_CORRUPT, "blocksize is 131072,"},
	{{{"blocksize", 4097}}, ERR_CORRUPT, "blocksize is 4097,"},
	{{{"blocklog", 13}}, ERR_CORRUPT, "blocksize is 4096,"},
	{{{"blocklog", 255}}, ERR_CORRUPT, "blocksize is 4096,"},
	{{{"sectsize", 256}, {"sectlog", 8}}, ERR_CORRUPT, "sectsize is 256,"},
	{{{"sectsize", 65535}}, ERR_CORRUPT, "sectsize is 65535,"},
	{{{"sectlog", 10}}, ERR_CORRUPT, "sectsize is 512,"},
	{{{"sectsize", 8192}, {"sectlog", 13}}, ERR_CORRUPT, "sectsize is 8192,"},
	{{{"inodesize", 256}, {"inodelog", 8}}, ERR_CORRUPT, "inodesize is 256,"},
	{{{"inodesize", 4096}, {"inodelog", 12}}, ERR_CORRUPT, "inodesize is 4096,"},
	{{{"inodesize", 1000}}, ERR_CORRUPT, "inodesize is 1000,"},
	{{{"inodelog", 10}}, ERR_CORRUPT, "inodesize is 512,"},
	{{{"blocksize", 512}, {"blocklog", 9}, {"inodesize", 1024}, {"inodelog", 10}},
	 ERR_CORRUPT,
	 "inodesize is 1024,"},
	{{{"inopblock", 9}}, ERR_CORRUPT, "inopblock is 9,"},
	{{{"inopblog", 4}, {"inopblock", 16}}, ERR_CORRUPT, "inopblock is 16,"},
	{{{"dirblklog", 5}}, ERR_CORRUPT, "dirblklog is 5,"},
	{{{"dirblklog", 255}}, ERR_CORRUPT, "dirblklog is 255,"},
	/* Groups. */
	{{{"agblocks", 63}, {"agblklog", 6}}, ERR_CORRUPT, "agblocks is 63,"},
	{{{"agblocks", 268435457}, {"agblklog", 29}}, ERR_CORRUPT, "agblocks is 268435457,"},
	{{{"agblklog", 9}}, ERR_CORRUPT, "agblklog is 9,"},
	{{{"agblklog", 11}}, ERR_CORRUPT, "agblklog is 11,"},
	{{{"agblklog", 32}}, ERR_CORRUPT, "agblklog is 32,"},
	{{{"agblklog", 255}}, ERR_CORRUPT, "agblklog is 255,"},
	{{{"agcount", 0}}, ERR_CORRUPT, "agcount is 0,"},
	{{{"agcount", 1}}, ERR_CORRUPT, "dblocks is 2048,"},
	{{{"agcount", 3}}, ERR_CORRUPT, "dblocks is 2048,"},
	{{{"dblocks", 2049}}, ERR_CORRUPT, "dblocks is 2049,"},
	{{{"dblocks", 1024 + 63}}, ERR_CORRUPT, "dblocks is 1087,"},
	{{{"agblocks", 1u << 28}, {"agblklog", 28}, {"agcount", 1u << 24}, {"dblocks", 1ull << 52}},
	 ERR_CORRUPT,
	 "dblocks is 4503599627370496,"},
	{{{"blocksize", 512},
	  {"blocklog", 9},
	  {"inopblock", 1},
	  {"inopblog", 0},
	  {"agblocks", 1u << 31},
	  {"agblklog", 31},
	  {"agcount", (1u << 21) + 1},
	  {"dblocks", (1ull << 52) + 64}},
	 ERR_CORRUPT,
	 "agcount is 2097153,"},
	/* Journal. */
	{{{"logstart", 2u << 10}}, ERR_CORRUPT, "logstart is 2048,"},
	{{{"logstart", UINT64_MAX}}, ERR_CORRUPT, "logstart is 18446744073709551615,"},
	{{{"logblocks", 0}}, ERR_CORRUPT, "logblocks is 0,"},
	{{{"logblocks", 1024}}, ERR_CORRUPT, "logblocks is 1024,"},
	{{{"logblocks", UINT32_MAX}}, ERR_CORRUPT, "logblocks is 4294967295,"},
};

START_TEST(refuses)
{
	const struct refusal *refusal = &refusals[_i];
	struct geometry geo = {.ag_count = 77};
	struct error err;
	struct disk_sb sb;

	sound_sb(&sb);
	for (size_t i = 0; i < SETS_MAX && refusal->set[i].field; i++)
		image_set(&sb_table, &sb, refusal->set[i].field, refusal->set[i].value);
	ck_assert_int_eq(geometry_from_sb(&sb, &geo, &err), refusal->code);
	ck_assert_int_eq(err.code, refusal->code);
	ck_assert_msg(strstr(err.text, refusal->sentence) != NULL, "said: %s", err.text);
	ck_assert_int_eq(err.flaw, refusal->code == ERR_CORRUPT ? FLAW_RANGE : FLAW_NONE);
	ck_assert_uint_eq(geo.ag_count, 77); /* written only on success */
}
END_TEST

START_TEST(takes_a_sound_one)
{
	struct geometry geo;
	struct disk_sb sb;

	sound_sb(&sb);
	ck_assert_int_eq(geometry_from_sb(&sb, &geo, NULL), 0);
	ck_assert_uint_eq(geo.block_bytes, 4096);
	ck_assert_uint_eq(geo.sector_bytes, 512);
	ck_assert_uint_eq(geo.inode_bytes, 512);
	ck_assert_uint_eq(geo.dirblock_bytes, 4096);
	ck_assert_uint_eq(geo.ag_count, 2);
	ck_assert_uint_eq(geo.ag_blocks, 1024);
	ck_assert_uint_eq(geo.blocks, 2048);
	ck_assert_uint_eq(geo.log_blocks, 16);
	ck_assert_uint_eq(geo.log_start.agno, 0);
	ck_assert_str_eq(geo.label, "by hand");
	ck_assert(geo.has_rmapbt && geo.has_reflink && geo.has_finobt && !geo.has_inobtcount);
	ck_assert(geo.has_ftype && geo.has_sparse_inodes && !geo.has_bigtime && !geo.has_nrext64);
	ck_assert(!geo.has_parent && !geo.has_exchange && !geo.needs_repair && !geo.has_unknown_ro_compat);
}
END_TEST

START_TEST(names_a_label_of_full_length)
{
	struct geometry geo;
	struct disk_sb sb;

	sound_sb(&sb);
	memcpy(sb.fname, "twelve_bytes", sizeof(sb.fname));
	ck_assert_int_eq(geometry_from_sb(&sb, &geo, NULL), 0);
	ck_assert_str_eq(geo.label, "twelve_bytes");
}
END_TEST

START_TEST(flags_unknown_ro_compat)
{
	struct geometry geo;
	struct disk_sb sb;

	sound_sb(&sb);
	sb.features_ro_compat = be32_of(SB_RO_COMPAT_RMAPBT | 0x80000000);
	ck_assert_int_eq(geometry_from_sb(&sb, &geo, NULL), 0);
	ck_assert(geo.has_unknown_ro_compat && geo.has_rmapbt && !geo.has_reflink);
}
END_TEST

START_TEST(takes_every_known_feature)
{
	struct geometry geo;
	struct disk_sb sb;

	sound_sb(&sb);
	sb.features_ro_compat = be32_of(SB_RO_COMPAT_KNOWN);
	sb.features_incompat = be32_of(SB_INCOMPAT_KNOWN);
	sb.features_log_incompat = be32_of(5);
	memset(&sb.meta_uuid, 0x77, sizeof(sb.meta_uuid));
	ck_assert_int_eq(geometry_from_sb(&sb, &geo, NULL), 0);
	ck_assert(geo.has_inobtcount && geo.has_bigtime && geo.has_nrext64 && geo.has_parent && geo.has_exchange);
	ck_assert(geo.needs_repair && !geo.has_unknown_ro_compat);
	ck_assert_uint_eq(geo.features_log_incompat, 5);
	ck_assert(uuid_equal(&geo.meta_uuid, &sb.meta_uuid) && uuid_equal(&geo.uuid, &sb.uuid));
	sb.features_incompat = be32_of(SB_INCOMPAT_FTYPE);
	ck_assert_int_eq(geometry_from_sb(&sb, &geo, NULL), 0);
	ck_assert(uuid_equal(&geo.meta_uuid, &sb.uuid));
}
END_TEST

/* ------------------------------------------------------------------ conversions */

struct shape {
	unsigned block_log, inode_log;
	uint32_t ag_blocks;
	uint32_t ag_count;
	uint32_t last_ag_blocks;
};

static const struct shape shapes[] = {
	{9, 9, 64, 1, 64}, /* the smallest */
	{12, 9, 1024, 2, 1024},
	{12, 9, 1000, 7, 77}, /* no power of two; the last group is short */
	{12, 11, (1u << 20) + 1, 100, 64},
	{9, 9, 1u << 31, 1u << 21, 1u << 31}, /* packed addresses of 52 bits */
	{12, 9, 1u << 28, 1u << 23, (1u << 28) - 1},
	{16, 9, 1u << 24, 1u << 20, 64}, /* the most inodes in a group */
	{16, 11, 1u << 24, 5, 123456},
	{10, 10, 1u << 30, UINT32_MAX >> 10, 1u << 29},
};
#define SHAPES ((int)(sizeof(shapes) / sizeof(shapes[0])))

static uint64_t power_of_two(unsigned exponent)
{
	uint64_t value = 1;

	while (exponent--)
		value *= 2;
	return value;
}

/* The power of two by which a packed form multiplies the group. */
static uint64_t ceiling_power(uint64_t value)
{
	uint64_t power = 1;

	while (power < value)
		power *= 2;
	return power;
}

static void make_geometry(const struct shape *shape, struct geometry *geo)
{
	struct disk_sb sb;
	struct error err;
	unsigned ag_log = 0;

	sound_sb(&sb);
	while (power_of_two(ag_log) < shape->ag_blocks)
		ag_log++;
	image_set(&sb_table, &sb, "blocksize", power_of_two(shape->block_log));
	image_set(&sb_table, &sb, "blocklog", shape->block_log);
	image_set(&sb_table, &sb, "inodesize", power_of_two(shape->inode_log));
	image_set(&sb_table, &sb, "inodelog", shape->inode_log);
	image_set(&sb_table, &sb, "inopblog", shape->block_log - shape->inode_log);
	image_set(&sb_table, &sb, "inopblock", power_of_two(shape->block_log - shape->inode_log));
	image_set(&sb_table, &sb, "agblocks", shape->ag_blocks);
	image_set(&sb_table, &sb, "agblklog", ag_log);
	image_set(&sb_table, &sb, "agcount", shape->ag_count);
	image_set(&sb_table, &sb, "dblocks",
		  (uint64_t)(shape->ag_count - 1) * shape->ag_blocks + shape->last_ag_blocks);
	ck_assert_msg(geometry_from_sb(&sb, geo, &err) == 0, "%s", err.text);
}

static uint32_t naive_ag_blocks(const struct shape *shape, uint32_t agno)
{
	return agno == shape->ag_count - 1 ? shape->last_ag_blocks : shape->ag_blocks;
}

/* Often an edge: the first, the last, one beyond. */
static uint32_t some_number(uint64_t *state, uint32_t limit)
{
	switch (random_below(state, 4)) {
	case 0:
		return (uint32_t)random_below(state, 2);
	case 1:
		return limit - (uint32_t)random_below(state, 2);
	default:
		return (uint32_t)random_below(state, limit);
	}
}

static void hold_block(const struct shape *shape, const struct geometry *geo, struct agaddr at, uint64_t *state)
{
	bool exists = at.agno < shape->ag_count && at.agbno < naive_ag_blocks(shape, at.agno);
	uint64_t block_bytes = power_of_two(shape->block_log), packed = at.agno * ceiling_power(shape->ag_blocks);
	uint64_t offset = ((uint64_t)at.agno * shape->ag_blocks + at.agbno) * block_bytes;
	struct agaddr back = {UINT32_MAX, UINT32_MAX};

	ck_assert_int_eq(geometry_holds(geo, at, 1), exists);
	ck_assert_int_eq(geometry_holds(geo, at, 0), exists);
	if (at.agbno < ceiling_power(shape->ag_blocks)) {
		packed += at.agbno;
		ck_assert_int_eq(geometry_unpack(geo, (struct fsblock){packed}, &back), exists);
		ck_assert(!exists || (back.agno == at.agno && back.agbno == at.agbno));
	}
	if (!exists)
		return;
	ck_assert_uint_eq(geometry_pack(geo, at).packed, packed);
	ck_assert_uint_eq(geometry_block_offset(geo, at), offset);
	ck_assert_uint_eq(geometry_block_daddr(geo, at), offset / 512);
	ck_assert(geometry_block_of_offset(geo, offset + random_below(state, block_bytes), &back));
	ck_assert(back.agno == at.agno && back.agbno == at.agbno);
	ck_assert(geometry_holds(geo, at, naive_ag_blocks(shape, at.agno) - at.agbno));
	ck_assert(!geometry_holds(geo, at, (uint64_t)naive_ag_blocks(shape, at.agno) - at.agbno + 1));
	ck_assert(!geometry_holds(geo, at, UINT64_MAX));
}

static void hold_inode(const struct shape *shape, const struct geometry *geo, struct agaddr at, uint32_t index)
{
	uint64_t in_block = power_of_two(shape->block_log - shape->inode_log);
	uint64_t agino = at.agbno * in_block + index % in_block;
	uint64_t ino = at.agno * ceiling_power(shape->ag_blocks) * in_block + agino;
	bool in_headers = at.agbno * power_of_two(shape->block_log) < 4 * power_of_two(geo->sector_log);
	bool exists = at.agno < shape->ag_count && at.agbno < naive_ag_blocks(shape, at.agno) && !in_headers;
	uint64_t place = 0;
	uint32_t agno, got, offset;

	if (at.agbno >= ceiling_power(shape->ag_blocks))
		return;
	ck_assert_int_eq(geometry_ino_split(geo, ino, &agno, &got), exists);
	ck_assert_int_eq(geometry_ino_offset(geo, ino, &place), exists);
	if (!exists)
		return;
	ck_assert_uint_eq(agno, at.agno);
	ck_assert_uint_eq(got, agino);
	ck_assert_uint_eq(geometry_ino_join(geo, agno, got), ino);
	ck_assert(geometry_ino_offset(geo, ino, &place));
	ck_assert_uint_eq(place, geometry_block_offset(geo, at) + index % in_block * power_of_two(shape->inode_log));
	ck_assert_uint_eq(geometry_agino_block(geo, got, &offset), at.agbno);
	ck_assert_uint_eq(offset, index % in_block * power_of_two(shape->inode_log));
	ck_assert_uint_eq(geometry_block_agino(geo, at.agbno), at.agbno * in_block);
}

START_TEST(converts_like_plain_arithmetic)
{
	const struct shape *shape = &shapes[_i];
	uint64_t state = (uint64_t)_i + 1;
	struct geometry geo;

	make_geometry(shape, &geo);
	for (int round = 0; round < 20000; round++) {
		uint32_t agno = some_number(&state, shape->ag_count);
		uint32_t blocks = agno < shape->ag_count ? naive_ag_blocks(shape, agno) : shape->ag_blocks;
		struct agaddr at = {agno, some_number(&state, blocks)};

		if (agno < shape->ag_count)
			ck_assert_uint_eq(geometry_ag_blocks(&geo, agno), blocks);
		hold_block(shape, &geo, at, &state);
		hold_inode(shape, &geo, at, (uint32_t)random_next(&state));
	}
}
END_TEST

START_TEST(knows_where_it_ends)
{
	const struct shape *shape = &shapes[_i];
	uint64_t bytes, inodes = power_of_two(shape->block_log - shape->inode_log);
	struct geometry geo;
	struct agaddr at;
	uint32_t agno, agino;

	make_geometry(shape, &geo);
	bytes = ((uint64_t)(shape->ag_count - 1) * shape->ag_blocks + shape->last_ag_blocks) *
		power_of_two(shape->block_log);
	ck_assert(geometry_block_of_offset(&geo, bytes - 1, &at));
	ck_assert_uint_eq(at.agno, shape->ag_count - 1);
	ck_assert_uint_eq(at.agbno, shape->last_ag_blocks - 1);
	ck_assert(!geometry_block_of_offset(&geo, bytes, &at));
	ck_assert(!geometry_block_of_offset(&geo, UINT64_MAX, &at));
	ck_assert(!geometry_unpack(&geo, (struct fsblock){UINT64_MAX}, &at));
	ck_assert(!geometry_unpack(&geo, (struct fsblock){shape->ag_count * ceiling_power(shape->ag_blocks)}, &at));
	ck_assert(!geometry_ino_split(&geo, UINT64_MAX, &agno, &agino));
	ck_assert(!geometry_ino_split(&geo, shape->ag_count * ceiling_power(shape->ag_blocks) * inodes, &agno, &agino));
	ck_assert_uint_eq(geometry_fileoff_max(&geo), INT64_MAX / power_of_two(shape->block_log));
	ck_assert(!geometry_holds(&geo, (struct agaddr){UINT32_MAX, 0}, 1));
	ck_assert(!geometry_holds(&geo, (struct agaddr){0, UINT32_MAX}, 1));
}
END_TEST

START_TEST(places_sectors_of_headers)
{
	struct geometry geo;

	make_geometry(&shapes[2], &geo);
	ck_assert_uint_eq(geometry_sector_offset(&geo, 0, 3), 3 * 512);
	ck_assert_uint_eq(geometry_sector_offset(&geo, 6, 1), 6ull * 1000 * 4096 + 512);
}
END_TEST

Suite *geometry_suite(void)
{
	Suite *suite = suite_create("geometry");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, refuses, 0, sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(tcase, takes_a_sound_one);
	tcase_add_test(tcase, names_a_label_of_full_length);
	tcase_add_test(tcase, flags_unknown_ro_compat);
	tcase_add_test(tcase, takes_every_known_feature);
	tcase_add_loop_test(tcase, converts_like_plain_arithmetic, 0, SHAPES);
	tcase_add_loop_test(tcase, knows_where_it_ends, 0, SHAPES);
	tcase_add_test(tcase, places_sectors_of_headers);
	suite_add_tcase(suite, tcase);
	return suite;
}
