/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What space is used for: every kind once, cells that cut what lies there, and trees that are damaged. */
#include "fs/usage.h"

#include <string.h>

#include "lib/image_builder.h"
#include "unit/runner.h"

Suite *usage_suite(void);

#define CHUNK 200u /* block of group 1 with the inodes */
#define FIRST 300u /* that the extents below are counted from */
#define BLOCK 4096ull

/* Inodes of the chunk. */
enum {
	FILE_ONE,
	FILE_TWO,
	FOLDER,
	LINK,
	BITMAP,
};

static struct image image;
static struct pool *pool;
static uint32_t inobt_root;

static uint64_t ino_of(uint32_t index)
{
	return image_ino(&image, 1, CHUNK * 8 + index);
}

static void put_inodes(void)
{
	static const uint32_t modes[] = {[FILE_ONE] = INODE_MODE_FILE,
					 [FILE_TWO] = INODE_MODE_FILE,
					 [FOLDER] = INODE_MODE_DIR,
					 [LINK] = INODE_MODE_LINK,
					 [BITMAP] = INODE_MODE_FILE};
	const struct disk_inobt_rec chunk = image_chunk(CHUNK * 8, 0, ~0x1full);
	const struct disk_bmap_rec extents[] = {
		image_extent(0, image_pack(&image, (struct agaddr){1, FIRST}), 10, false),
		image_extent(20, image_pack(&image, (struct agaddr){1, FIRST + 10}), 3, true),
	};
	struct disk_inode *first;

	for (uint32_t i = 0; i <= BITMAP; i++)
		image_seal_inode(&image, image_inode(&image, ino_of(i), modes[i], FORK_EXTENTS));
	/* The fork of the first file says what its mappings say: where they are lost, it is asked. */
	first = image_inode(&image, ino_of(FILE_ONE), INODE_MODE_FILE, FORK_EXTENTS);
	image_fork_extents(&image, first, FORK_DATA, extents, 2);
	image_seal_inode(&image, first);
	image_tree(&image, BTREE_INO, 1, &chunk, 1, 0, &inobt_root);
	image_sb(&image, 0)->rbmino = be64_of(ino_of(BITMAP));
	image_seal_headers(&image, 0);
}

/* One of each kind in group 1; blocks 5 to 9 of the first file belong to the second one too. */
static void put_owners(void)
{
	const struct disk_rmap_rec records[] = {
		image_rmap(FIRST, 10, ino_of(FILE_ONE), 0),
		image_rmap(FIRST + 5, 5, ino_of(FILE_TWO), 0),
		image_rmap(FIRST + 10, 3, ino_of(FILE_ONE), 20 | RMAP_OFFSET_UNWRITTEN),
		image_rmap(FIRST + 13, 2, ino_of(FOLDER), 0),
		image_rmap(FIRST + 15, 1, ino_of(FILE_ONE), RMAP_OFFSET_ATTR),
		image_rmap(FIRST + 16, 1, ino_of(FILE_ONE), RMAP_OFFSET_BMBT),
		image_rmap(FIRST + 17, 1, ino_of(LINK), 0),
		image_rmap(FIRST + 18, 4, ino_of(BITMAP), 0),
		image_rmap(FIRST + 22, 2, RMAP_OWN_COW, 0),
		image_rmap(FIRST + 24, 8, RMAP_OWN_INODES, 0),
		image_rmap(FIRST + 32, 1, RMAP_OWN_INOBT, 0),
		image_rmap(FIRST + 33, 2, RMAP_OWN_REFC, 0),
		image_rmap(FIRST + 35, 3, RMAP_OWN_AG, 0),
		image_rmap(FIRST + 38, 1, RMAP_OWN_FS, 0),
		image_rmap(FIRST + 39, 5, RMAP_OWN_LOG, 0),
	};
	const struct disk_alloc_rec free_space = image_free(FIRST + 60, 11);

	image_tree(&image, BTREE_RMAP, 1, records, sizeof(records) / sizeof(records[0]), 0, NULL);
	image_tree(&image, BTREE_BNO, 1, &free_space, 1, 0, NULL);
}

static void set_up(void)
{
	ck_assert_int_eq(pool_open(1, &pool, NULL), 0);
	image_init(&image, &(struct image_options){0});
	put_inodes();
	put_owners();
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
}

static void tear_down(void)
{
	image_fini(&image);
	pool_close(pool);
}

static struct usage_cell whole(void)
{
	return (struct usage_cell){.end_bytes = image.size_bytes};
}

static uint64_t survey(struct usage_cell *cells, size_t count)
{
	uint64_t gaps = 0;

	ck_assert_int_eq(usage_find(image.fs, pool, cells, count, NULL, &gaps, NULL), 0);
	return gaps;
}

static uint64_t sum_of(const struct usage_cell *cell)
{
	uint64_t sum = 0;

	for (int kind = 0; kind < USAGE_KINDS; kind++)
		sum += cell->bytes[kind];
	return sum;
}

static const uint64_t wanted[USAGE_KINDS] = {
	[USAGE_FREE] = 11,
	[USAGE_DATA] = 10,
	[USAGE_UNWRITTEN] = 3,
	[USAGE_COW] = 2,
	[USAGE_DIRECTORY] = 2,
	[USAGE_ATTRIBUTES] = 1,
	[USAGE_SYMLINK] = 1,
	[USAGE_FORK_BTREE] = 1,
	[USAGE_INTERNAL] = 4,
	[USAGE_INODES] = 8,
	[USAGE_INODE_TREES] = 1,
	[USAGE_SPACE_TREES] = 3,
	[USAGE_REFCOUNTBT] = 2,
	/* Headers and journal lie where they lie, whoever owns them. */
	[USAGE_AG_HEADER] = 3,
	[USAGE_LOG] = 16 + 5,
};

START_TEST(every_kind)
{
	struct usage_cell cell = whole();
	uint64_t unknown = image.size_bytes;

	ck_assert_uint_eq(survey(&cell, 1), 0);
	for (int kind = 0; kind < USAGE_KINDS; kind++) {
		ck_assert_ptr_nonnull(usage_names[kind]);
		ck_assert_ptr_nonnull(usage_titles[kind]);
		if (kind == USAGE_UNKNOWN)
			continue;
		ck_assert_msg(cell.bytes[kind] == wanted[kind] * BLOCK, "%s: %g blocks", usage_names[kind],
			      (double)cell.bytes[kind] / (double)BLOCK);
		unknown -= wanted[kind] * BLOCK;
	}
	/* What no tree names, as nearly all of this image. */
	ck_assert_uint_eq(cell.bytes[USAGE_UNKNOWN], unknown);
	ck_assert_uint_eq(cell.seen_bytes, 15 * BLOCK);
}
END_TEST

/* Cells end inside of what lies there, also inside of a block, leave out what nobody wants, and reach beyond the end.
 */
START_TEST(cells_cut)
{
	uint64_t start = image_offset(&image, (struct agaddr){1, FIRST});
	struct usage_cell cells[] = {
		{.start_bytes = start + 4 * BLOCK, .end_bytes = start + 7 * BLOCK},
		{.start_bytes = start + 7 * BLOCK, .end_bytes = start + 7 * BLOCK + 512},
		{.start_bytes = start + 9 * BLOCK, .end_bytes = start + 11 * BLOCK},
		{.start_bytes = image.size_bytes - BLOCK, .end_bytes = image.size_bytes + 100 * BLOCK},
		{.start_bytes = image.size_bytes + 200 * BLOCK, .end_bytes = UINT64_MAX},
	};

	survey(cells, 5);
	ck_assert_uint_eq(cells[0].bytes[USAGE_DATA], 3 * BLOCK);
	ck_assert_uint_eq(cells[0].seen_bytes, 5 * BLOCK);
	ck_assert_uint_eq(cells[1].bytes[USAGE_DATA], 512);
	ck_assert_uint_eq(cells[1].seen_bytes, 1024);
	ck_assert_uint_eq(cells[2].bytes[USAGE_DATA], BLOCK);
	ck_assert_uint_eq(cells[2].bytes[USAGE_UNWRITTEN], BLOCK);
	ck_assert_uint_eq(sum_of(&cells[2]), 2 * BLOCK);
	ck_assert_uint_eq(cells[3].bytes[USAGE_UNKNOWN], BLOCK);
	ck_assert_uint_eq(sum_of(&cells[4]), 0);
}
END_TEST

/* Forks are asked then: what only the tree knew is not known, and everything still adds up. */
START_TEST(a_lost_rmapbt)
{
	struct usage_cell cell = whole();

	image_block(&image, (struct agaddr){1, be32_get(image_agf(&image, 1)->rmaproot)})[100] ^= 1;
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	survey(&cell, 1);
	ck_assert_uint_eq(cell.bytes[USAGE_DATA], 10 * BLOCK);
	ck_assert_uint_eq(cell.bytes[USAGE_UNWRITTEN], 3 * BLOCK);
	ck_assert_uint_eq(cell.bytes[USAGE_COW], 0);
	ck_assert_uint_eq(sum_of(&cell), image.size_bytes);
}
END_TEST

/* Nobody can tell which inodes are directories then: a gap, and their blocks are data. */
START_TEST(a_lost_inobt)
{
	struct usage_cell cell = whole();

	image_block(&image, (struct agaddr){1, inobt_root})[100] ^= 1;
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	ck_assert_uint_gt(survey(&cell, 1), 0);
	ck_assert_uint_eq(cell.bytes[USAGE_DIRECTORY], 0);
	ck_assert_uint_eq(cell.bytes[USAGE_DATA], (10 + 2 + 1 + 4) * BLOCK);
	ck_assert_uint_eq(cell.bytes[USAGE_FREE], 11 * BLOCK);
}
END_TEST

/* A mapping that reaches beyond its group is not believed. */
START_TEST(hostile_mapping)
{
	struct usage_cell cell = whole();
	const struct disk_rmap_rec records[] = {image_rmap(FIRST, 10, ino_of(FILE_ONE), 0),
						image_rmap(FIRST + 10, UINT32_MAX - FIRST, ino_of(FILE_TWO), 0)};

	image_tree(&image, BTREE_RMAP, 1, records, 2, 0, NULL);
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	survey(&cell, 1);
	ck_assert_uint_eq(cell.bytes[USAGE_DATA], 10 * BLOCK);
	ck_assert_uint_eq(sum_of(&cell), image.size_bytes);
}
END_TEST

/* Two who own a block that can have one owner: each kind counts it, and nothing wraps. */
START_TEST(owners_that_contradict)
{
	struct usage_cell cell = whole();
	const struct disk_rmap_rec records[] = {image_rmap(FIRST, 1023 - FIRST, ino_of(FOLDER), 0),
						image_rmap(FIRST, 1023 - FIRST, ino_of(FILE_ONE), 7),
						image_rmap(FIRST + 60, 11, RMAP_OWN_AG, 0)};

	image_tree(&image, BTREE_RMAP, 1, records, 3, 0, NULL);
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	survey(&cell, 1);
	ck_assert_uint_eq(cell.bytes[USAGE_FREE], 11 * BLOCK);
	for (int kind = 0; kind < USAGE_KINDS; kind++)
		ck_assert_uint_le(cell.bytes[kind], image.size_bytes);
}
END_TEST

static int stop_at(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)done, (void)total;
	return strcmp(arg, pass) == 0;
}

START_TEST(can_be_stopped)
{
	static char *const passes[] = {"inodes", "space"};
	struct progress progress = {.step = stop_at, .arg = passes[_i]};
	struct usage_cell cell = whole();
	struct error err = {0};
	uint64_t gaps;

	ck_assert_int_eq(usage_find(image.fs, pool, &cell, 1, &progress, &gaps, &err), ERR_CANCELLED);
	ck_assert_str_ne(err.text, "");
}
END_TEST

/* Every cell adds up in every way of cutting the device, and so do the cells together. */
START_TEST(any_cells)
{
	struct usage_cell all = whole(), cells[64] = {0};
	size_t count = (size_t)_i + 1;

	survey(&all, 1);
	for (size_t i = 0; i < count; i++) {
		cells[i].start_bytes = image.size_bytes / count * i;
		cells[i].end_bytes = i + 1 == count ? image.size_bytes : image.size_bytes / count * (i + 1);
	}
	survey(cells, count);
	for (int kind = 0; kind < USAGE_KINDS; kind++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < count; i++)
			sum += cells[i].bytes[kind];
		ck_assert_uint_eq(sum, all.bytes[kind]);
	}
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(sum_of(&cells[i]), cells[i].end_bytes - cells[i].start_bytes);
}
END_TEST

Suite *usage_suite(void)
{
	Suite *suite = suite_create("usage");
	TCase *tcase = tcase_create("usage");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, every_kind);
	tcase_add_test(tcase, cells_cut);
	tcase_add_test(tcase, a_lost_rmapbt);
	tcase_add_test(tcase, a_lost_inobt);
	tcase_add_test(tcase, hostile_mapping);
	tcase_add_test(tcase, owners_that_contradict);
	tcase_add_loop_test(tcase, can_be_stopped, 0, 2);
	tcase_add_loop_test(tcase, any_cells, 0, 64);
	suite_add_tcase(suite, tcase);
	return suite;
}
