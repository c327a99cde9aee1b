/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forks: extents from the array in the inode and from its tree, against a list; what cannot be true; reading. */
#include "fs/fork.h"

#include <string.h>

#include "lib/image_builder.h"
#include "unit/random.h"
#include "unit/runner.h"

Suite *fork_suite(void);

#define EXTENTS_MAX 200u

static struct image image;
static struct disk_inode *disk;
static struct inode inode;

/* What was put into the fork. */
static struct disk_bmap_rec records[EXTENTS_MAX];
static struct extent extents[EXTENTS_MAX];
static size_t count;

static void set_up(void)
{
	uint32_t block;

	image_init(&image, &(struct image_options){0});
	block = image_take(&image, 1, 1);
	disk = image_inode(&image, image_ino(&image, 1, block * 8 + 3), INODE_MODE_FILE, FORK_EXTENTS);
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	count = 0;
}

static void tear_down(void)
{
	image_fini(&image);
}

static void add(uint64_t fileoff, struct agaddr start, uint32_t len, bool unwritten)
{
	extents[count] = (struct extent){.fileoff = fileoff, .start = start, .len_blocks = len, .unwritten = unwritten};
	records[count++] = image_extent(fileoff, image_pack(&image, start), len, unwritten);
}

static void add_random(size_t wanted, uint64_t *random)
{
	uint64_t at = random_below(random, 3);

	while (count < wanted) {
		uint32_t len = 1 + (uint32_t)random_below(random, 9);

		at += random_below(random, 3);
		add(at, (struct agaddr){(uint32_t)random_below(random, 2), (uint32_t)random_below(random, 1000)}, len,
		    random_below(random, 4) == 0);
		at += len;
	}
}

/* The fork as an array, or with @per_block as a tree. */
static void put(enum fork_kind kind, uint32_t per_block, uint32_t *first)
{
	if (kind == FORK_ATTR)
		disk->forkoff = 4;
	if (per_block)
		(void)image_fork_tree(&image, disk, kind, 1, records, count, per_block, first);
	else
		image_fork_extents(&image, disk, kind, records, count);
	ck_assert_int_eq(inode_read(image.fs, be64_get(disk->ino), &inode, NULL), 0);
}

static struct {
	size_t extents;
	struct extent extent[EXTENTS_MAX];
	size_t bads;
	struct error why; /* of the last */
} met;

static int on_extent(void *arg, const struct extent *extent)
{
	(void)arg;
	ck_assert_uint_lt(met.extents, EXTENTS_MAX);
	met.extent[met.extents++] = *extent;
	return 0;
}

static int on_bad(void *arg, const struct error *why)
{
	(void)arg;
	met.bads++;
	met.why = *why;
	return 0;
}

static void walk(enum fork_kind kind, uint64_t from, uint64_t to)
{
	struct fork_walker walker = {.extent = on_extent, .bad = on_bad};

	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(fork_walk(image.fs, &inode, kind, from, to, &walker, NULL), 0);
}

static bool same(const struct extent *a, const struct extent *b)
{
	return a->fileoff == b->fileoff && a->start.agno == b->start.agno && a->start.agbno == b->start.agbno &&
	       a->len_blocks == b->len_blocks && a->unwritten == b->unwritten;
}

static void expect_range(enum fork_kind kind, uint64_t from, uint64_t to)
{
	size_t n = 0;

	walk(kind, from, to);
	ck_assert_uint_eq(met.bads, 0);
	for (size_t i = 0; i < count; i++)
		if (extents[i].fileoff <= to && extents[i].fileoff + extents[i].len_blocks > from)
			ck_assert(n < met.extents && same(&extents[i], &met.extent[n++]));
	ck_assert_uint_eq(met.extents, n);
}

static const struct {
	size_t extents;
	uint32_t per_block; /* 0: array */
} shapes[] = {{0, 0}, {1, 0}, {16, 0}, {1, 5}, {30, 3}, {200, 4}, {200, 100}};
#define SHAPES ((int)(sizeof(shapes) / sizeof(shapes[0])))

START_TEST(walks_like_a_list)
{
	enum fork_kind kind = _i < SHAPES ? FORK_DATA : FORK_ATTR;
	uint64_t random = (uint64_t)_i + 1, end;

	add_random(shapes[_i % SHAPES].extents, &random);
	put(kind, shapes[_i % SHAPES].per_block, NULL);
	end = count ? extents[count - 1].fileoff + 20 : 20;
	expect_range(kind, 0, FILEOFF_MAX);
	expect_range(kind, 0, UINT64_MAX);
	for (int round = 0; round < 200; round++) {
		uint64_t from = random_below(&random, end), to = from + random_below(&random, 30);
		struct extent at = {0};
		int mapped;

		expect_range(kind, from, to);
		mapped = fork_map(image.fs, &inode, kind, from, &at, NULL);
		expect_range(kind, from, from);
		ck_assert_int_eq(mapped, (int)met.extents);
		ck_assert(!mapped || same(&at, &met.extent[0]));
	}
	walk(kind, 5, 4);
	ck_assert_uint_eq(met.extents, 0);
}
END_TEST

/* The third of five extents cannot be: the others are handed out. */
static const struct {
	uint64_t fileoff, packed;
	uint32_t len;
	enum flaw flaw;
} bad_records[] = {
	{20, 100, 0, FLAW_RANGE},		/* empty */
	{20, 2u << 10, 1, FLAW_RANGE},		/* no such group */
	{20, (1ull << 52) - 1, 1, FLAW_RANGE},	/* the highest address */
	{20, 1020, 5, FLAW_RANGE},		/* beyond the end of its group */
	{20, 100, (1u << 21) - 1, FLAW_RANGE},	/* the longest */
	{11, 100, 1, FLAW_ORDER},		/* inside the one before */
	{0, 100, 1, FLAW_ORDER},		/* before all */
	{(1ull << 54) - 1, 100, 2, FLAW_RANGE}, /* past the last block of a record */
	{1ull << 51, 100, 1, FLAW_RANGE},	/* past the largest size of a file, 2^63 - 1 */
	{(1ull << 51) - 1, 100, 2, FLAW_RANGE},
};

START_TEST(goes_past_a_bad_record)
{
	add(0, (struct agaddr){0, 50}, 4, false);
	add(10, (struct agaddr){0, 60}, 4, true);
	records[count++] = image_extent(bad_records[_i].fileoff, bad_records[_i].packed, bad_records[_i].len, false);
	add(30, (struct agaddr){1, 70}, 4, false);
	add(40, (struct agaddr){1, 1020}, 4, false);
	put(FORK_DATA, 0, NULL);
	walk(FORK_DATA, 0, FILEOFF_MAX);
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.flaw, bad_records[_i].flaw);
	ck_assert_uint_eq(met.why.offset_bytes, inode.offset_bytes);
	ck_assert_uint_eq(met.extents, 4);
	for (size_t i = 0, n = 0; i < count; i++)
		ck_assert(i == 2 || same(&met.extent[n++], &extents[i]));
}
END_TEST

START_TEST(takes_the_last_block_of_the_largest_file)
{
	add((1ull << 51) - 1, (struct agaddr){1, 7}, 1, false);
	put(FORK_DATA, 0, NULL);
	expect_range(FORK_DATA, 0, FILEOFF_MAX);
}
END_TEST

START_TEST(ends_without_a_taker_of_bad_parts)
{
	struct fork_walker walker = {.extent = on_extent};
	struct error err = {0};

	add(5, (struct agaddr){0, 50}, 4, false);
	add(1, (struct agaddr){0, 60}, 4, true);
	put(FORK_DATA, 0, NULL);
	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(fork_walk(image.fs, &inode, FORK_DATA, 0, FILEOFF_MAX, &walker, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_ORDER);
	ck_assert_uint_eq(met.extents, 1);
}
END_TEST

START_TEST(goes_past_a_bad_block_of_the_tree)
{
	uint64_t random = 9;
	struct agaddr leaf = {.agno = 1};

	add_random(40, &random);
	put(FORK_DATA, 4, &leaf.agbno);
	leaf.agbno += 3; /* extents 12 .. 15 */
	image_block(&image, leaf)[100] ^= 1;
	walk(FORK_DATA, 0, FILEOFF_MAX);
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.flaw, FLAW_CRC);
	ck_assert_uint_eq(met.why.offset_bytes, image_offset(&image, leaf));
	ck_assert_uint_eq(met.extents, 36);
	for (size_t i = 0; i < 36; i++)
		ck_assert(same(&met.extent[i], &extents[i < 12 ? i : i + 4]));
}
END_TEST

START_TEST(reports_a_bad_root)
{
	uint64_t random = 9;

	add_random(40, &random);
	put(FORK_DATA, 4, NULL);
	image_fork(disk, FORK_DATA)[1] = 0; /* its level */
	image_seal_inode(&image, disk);
	ck_assert_int_eq(inode_read(image.fs, be64_get(disk->ino), &inode, NULL), 0);
	walk(FORK_DATA, 0, FILEOFF_MAX);
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_int_eq(met.why.code, ERR_CORRUPT);
	ck_assert_uint_eq(met.why.offset_bytes, inode.offset_bytes);
}
END_TEST

static struct fork_range gaps[8];
static size_t gap_count;

static int on_gap(void *arg, struct fork_range lost, const struct error *why)
{
	(void)arg;
	ck_assert_int_eq(why->flaw, FLAW_CRC);
	ck_assert_uint_lt(gap_count, sizeof(gaps) / sizeof(gaps[0]));
	gaps[gap_count++] = lost;
	return 0;
}

/* Spoils a leaf in the middle, the last one, and an interior block; returns what is lost of the fork. */
static void spoil_tree(uint32_t first)
{
	const struct fork_walker walker = {.extent = on_extent, .bad = on_bad, .gap = on_gap};
	const uint32_t spoilt[] = {3, 9,
				   11}; /* leaves of 4 extents: 10; above them 3 of 4, 4 and 2 leaves, and the root */

	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++)
		image_block(&image, (struct agaddr){1, first + spoilt[i]})[100] ^= 1;
	gap_count = 0;
	memset(&met, 0, sizeof(met));
	ck_assert_int_eq(fork_walk(image.fs, &inode, FORK_DATA, 0, FILEOFF_MAX, &walker, NULL), 0);
	ck_assert_uint_eq(met.bads, 0);
}

START_TEST(tells_what_was_mapped_below_a_bad_block)
{
	uint64_t random = 9;
	uint32_t first;

	add_random(40, &random);
	put(FORK_DATA, 4, &first);
	spoil_tree(first);
	ck_assert_uint_eq(gap_count, 3);
	ck_assert_uint_eq(gaps[0].from, extents[12].fileoff);
	ck_assert_uint_eq(gaps[0].to, extents[16].fileoff - 1);
	ck_assert_uint_eq(gaps[1].from, extents[16].fileoff);
	ck_assert_uint_eq(gaps[1].to, extents[32].fileoff - 1);
	ck_assert_uint_eq(gaps[2].from, extents[36].fileoff);
	ck_assert_uint_eq(gaps[2].to, FILEOFF_MAX);
	ck_assert_uint_eq(met.extents, 12 + 4);
}
END_TEST

START_TEST(hands_out_what_is_known_from_elsewhere)
{
	struct extent known[EXTENTS_MAX];
	struct fork_substitute substitutes[2] = {{.ranges = gaps, .extents = known}};
	uint64_t random = 9;
	uint32_t first;

	add_random(40, &random);
	put(FORK_DATA, 4, &first);
	spoil_tree(first);
	for (size_t i = 12; i < 40; i++)
		if (i < 32 || i >= 36)
			known[substitutes[FORK_DATA].extent_count++] = extents[i];
	substitutes[FORK_DATA].range_count = gap_count;
	inode.substitutes = substitutes;
	expect_range(FORK_DATA, 0, FILEOFF_MAX);
	for (int round = 0; round < 200; round++) {
		uint64_t from = random_below(&random, extents[39].fileoff + 20);

		expect_range(FORK_DATA, from, from + random_below(&random, 30));
	}
	/* Of one range nothing is known: that is as it was before. */
	substitutes[FORK_DATA].ranges = gaps + 1;
	substitutes[FORK_DATA].range_count = 2;
	walk(FORK_DATA, 0, FILEOFF_MAX);
	ck_assert_uint_eq(met.bads, 1);
	ck_assert_uint_eq(met.extents, 36);
}
END_TEST

static size_t blocks[2];

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	(void)arg;
	ck_assert_uint_eq(at.agno, 1);
	ck_assert_uint_le(level, 1);
	blocks[level]++;
	return 0;
}

START_TEST(announces_blocks_without_reading_leaves)
{
	struct fork_walker walker = {.block = on_block};
	uint64_t random = 3, before;

	add_random(60, &random);
	put(FORK_DATA, 6, NULL); /* 10 leaves, 2 blocks above, 2 entries in the root */
	before = device_cost(image_device(&image)).reads;
	ck_assert_int_eq(fork_walk(image.fs, &inode, FORK_DATA, 0, FILEOFF_MAX, &walker, NULL), 0);
	ck_assert_uint_eq(blocks[0], 10);
	ck_assert_uint_eq(blocks[1], 2);
	ck_assert_uint_eq(device_cost(image_device(&image)).reads - before, 2);
}
END_TEST

START_TEST(finds_no_extents_in_other_formats)
{
	disk->mode = be16_of(INODE_MODE_DIR);
	disk->format = FORK_LOCAL;
	memset(image_fork(disk, FORK_DATA), 0xff, 300);
	image_seal_inode(&image, disk);
	ck_assert_int_eq(inode_read(image.fs, be64_get(disk->ino), &inode, NULL), 0);
	walk(FORK_DATA, 0, FILEOFF_MAX);
	ck_assert_uint_eq(met.extents + met.bads, 0);
	walk(FORK_ATTR, 0, FILEOFF_MAX);
	ck_assert_uint_eq(met.extents + met.bads, 0);
}
END_TEST

/* ------------------------------------------------------------------ reading */

static void fill(struct agaddr at, uint32_t len, uint8_t first)
{
	for (uint32_t i = 0; i < len; i++)
		memset(image_block(&image, (struct agaddr){at.agno, at.agbno + i}), first + (int)i, 4096);
}

START_TEST(reads_over_extents)
{
	struct agaddr a = {0, 200}, b = {1, 300}, first = {0};
	static uint8_t to[6 * 4096];

	add(10, a, 4, false);
	add(14, b, 5, false);
	put(FORK_DATA, _i ? 2 : 0, NULL);
	fill(a, 4, 10);
	fill(b, 5, 14);
	ck_assert_int_eq(fork_read(image.fs, &inode, FORK_DATA, 12, 6, to, &first, NULL), 0);
	for (size_t i = 0; i < 6 * 4096; i++)
		ck_assert_uint_eq(to[i], 12 + i / 4096);
	ck_assert(first.agno == 0 && first.agbno == 202);
	ck_assert_int_eq(fork_read(image.fs, &inode, FORK_DATA, 18, 1, to, NULL, NULL), 0);
	ck_assert_uint_eq(to[4095], 18);
}
END_TEST

START_TEST(reads_no_holes)
{
	static uint8_t to[4 * 4096];
	struct error err = {0};
	static const struct {
		uint64_t from;
		uint32_t len;
	} reads[] = {{0, 1}, {9, 2}, {12, 4}, {14, 1}, {20, 1}, {19, 2}, {30, 1}, {FILEOFF_MAX, 1}};

	add(10, (struct agaddr){0, 200}, 4, false);
	add(15, (struct agaddr){0, 300}, 5, false);
	add(20, (struct agaddr){0, 400}, 5, true); /* never written */
	put(FORK_DATA, 0, NULL);
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
		ck_assert_int_eq(fork_read(image.fs, &inode, FORK_DATA, reads[i].from, reads[i].len, to, NULL, &err),
				 ERR_CORRUPT);
	ck_assert_int_eq(fork_read(image.fs, &inode, FORK_DATA, FILEOFF_MAX, 2, to, NULL, &err), ERR_CORRUPT);
	ck_assert_int_eq(fork_read(image.fs, &inode, FORK_DATA, UINT64_MAX, 1, to, NULL, &err), ERR_CORRUPT);
	ck_assert(strstr(err.text, "cannot be in a fork") != NULL);
}
END_TEST

START_TEST(says_media_errors_of_what_it_reads)
{
	uint64_t at = image_offset(&image, (struct agaddr){0, 202}) + 1024;
	struct interval_set bad = {0};
	struct error err = {0};
	static uint8_t to[4 * 4096];

	add(10, (struct agaddr){0, 200}, 4, false);
	put(FORK_DATA, 0, NULL);
	ck_assert_int_eq(interval_add(&bad, at, at + 512), 0);
	ck_assert_int_eq(device_set_bad(image_device(&image), &bad, NULL), 0);
	interval_fini(&bad);
	ck_assert_int_eq(fork_read(image.fs, &inode, FORK_DATA, 10, 4, to, NULL, &err), ERR_MEDIA);
	ck_assert_uint_eq(err.offset_bytes, at);
	ck_assert_int_eq(fork_read(image.fs, &inode, FORK_DATA, 10, 2, to, NULL, &err), 0);
}
END_TEST

Suite *fork_suite(void)
{
	Suite *suite = suite_create("fork");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, walks_like_a_list, 0, 2 * SHAPES);
	tcase_add_loop_test(tcase, goes_past_a_bad_record, 0, sizeof(bad_records) / sizeof(bad_records[0]));
	tcase_add_test(tcase, takes_the_last_block_of_the_largest_file);
	tcase_add_test(tcase, ends_without_a_taker_of_bad_parts);
	tcase_add_test(tcase, goes_past_a_bad_block_of_the_tree);
	tcase_add_test(tcase, reports_a_bad_root);
	tcase_add_test(tcase, tells_what_was_mapped_below_a_bad_block);
	tcase_add_test(tcase, hands_out_what_is_known_from_elsewhere);
	tcase_add_test(tcase, announces_blocks_without_reading_leaves);
	tcase_add_test(tcase, finds_no_extents_in_other_formats);
	tcase_add_loop_test(tcase, reads_over_extents, 0, 2);
	tcase_add_test(tcase, reads_no_holes);
	tcase_add_test(tcase, says_media_errors_of_what_it_reads);
	suite_add_tcase(suite, tcase);
	return suite;
}
