/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who shares what with whom: sums by hand, what does not count, and trees that are damaged. */
#include "fs/sharing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/image_builder.h"
#include "unit/runner.h"

Suite *sharing_suite(void);

#define FIRST 300u /* block of group 1 that the extents below are counted from */

static struct image image;
static struct sharing_list list;
static uint64_t gaps;

static void set_up(void)
{
	image_init(&image, &(struct image_options){0});
	list = (struct sharing_list){0};
	gaps = 0;
}

static void tear_down(void)
{
	sharing_fini(&list);
	image_fini(&image);
}

/* Inode number @index of group 1: where it lies nobody minds here. */
static uint64_t ino_of(uint32_t index)
{
	return image_ino(&image, 1, 200 * 8 + index);
}

/* Reverse mappings of group 1, by owner index: block from FIRST, blocks, block in the file with flags. */
struct mapping {
	uint32_t block, len, owner;
	uint64_t offset;
};

static void put_mappings(const struct mapping *mappings, size_t count)
{
	struct disk_rmap_rec records[16];

	ck_assert_uint_le(count, 16);
	for (size_t i = 0; i < count; i++)
		records[i] = image_rmap(FIRST + mappings[i].block, mappings[i].len, ino_of(mappings[i].owner),
					mappings[i].offset);
	image_tree(&image, BTREE_RMAP, 1, records, count, 0, NULL);
}

static uint32_t put_refcounts(const struct disk_refcount_rec *records, size_t count)
{
	uint32_t block;

	image_tree(&image, BTREE_REFCOUNT, 1, records, count, 0, &block);
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	return block;
}

/* "index:blocks" of each inode in the list. */
static void expect_list(const char *wanted, uint64_t wanted_gaps)
{
	char text[256] = "";

	for (size_t i = 0; i < list.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%" PRIu64 ":%g", i ? " " : "",
			 list.items[i].ino - ino_of(0), (double)list.items[i].bytes / 4096);
	ck_assert_str_eq(text, wanted);
	ck_assert_uint_eq(gaps, wanted_gaps);
	sharing_fini(&list);
}

static void expect_all(const char *wanted, uint64_t wanted_gaps)
{
	ck_assert_int_eq(sharing_of_all(image.fs, NULL, &list, &gaps, NULL), 0);
	expect_list(wanted, wanted_gaps);
}

/* An inode with one extent for each mapping of it. */
static struct inode inode_of(const struct mapping *mappings, size_t count, uint32_t index)
{
	struct disk_inode *disk = image_inode(&image, ino_of(index), INODE_MODE_FILE, FORK_EXTENTS);
	struct disk_bmap_rec records[16];
	struct inode inode;
	size_t extents = 0;

	/* Ascending in the file, as the mappings of one inode are here. */
	for (size_t i = 0; i < count; i++)
		if (mappings[i].owner == index && mappings[i].offset <= RMAP_OFFSET_MASK)
			records[extents++] = image_extent(
				mappings[i].offset, image_pack(&image, (struct agaddr){1, FIRST + mappings[i].block}),
				mappings[i].len, false);
	image_fork_extents(&image, disk, FORK_DATA, records, extents);
	image_seal_inode(&image, disk);
	ck_assert_int_eq(inode_read(image.fs, ino_of(index), &inode, NULL), 0);
	return inode;
}

static void expect_one(const struct mapping *mappings, size_t count, uint32_t index, const char *wanted)
{
	struct inode inode = inode_of(mappings, count, index);

	ck_assert_int_eq(sharing_of_inode(image.fs, &inode, NULL, &list, &gaps, NULL), 0);
	expect_list(wanted, 0);
}

/* Blocks 0-9 of inode 1; of these 2-5 also of inode 2, 4-7 also of inode 3, and 20 of inode 4 alone. */
static const struct mapping three[] = {{0, 10, 1, 0}, {2, 4, 2, 50}, {4, 4, 3, 0}, {20, 1, 4, 0}};

static uint32_t build_three(void)
{
	const struct disk_refcount_rec refcounts[] = {image_refcount(FIRST + 2, 2, 2), image_refcount(FIRST + 4, 2, 3),
						      image_refcount(FIRST + 6, 2, 2)};

	put_mappings(three, 4);
	return put_refcounts(refcounts, 3);
}

START_TEST(each_counts_what_another_has_too)
{
	build_three();
	expect_all("1:6 2:4 3:4", 0);
}
END_TEST

START_TEST(with_whom)
{
	build_three();
	expect_one(three, 4, 1, "2:4 3:4");
	expect_one(three, 4, 2, "1:4 3:2");
	expect_one(three, 4, 3, "1:4 2:2");
	expect_one(three, 4, 4, "");
}
END_TEST

START_TEST(a_file_can_share_with_itself)
{
	static const struct mapping twice[] = {{0, 2, 1, 0}, {1, 1, 1, 30}};
	const struct disk_refcount_rec refcounts[] = {image_refcount(FIRST + 1, 1, 2)};

	put_mappings(twice, 2);
	put_refcounts(refcounts, 1);
	expect_all("1:2", 0);
	expect_one(twice, 2, 1, "1:2");
}
END_TEST

/* CoW staging is nobody's yet, and only data is shared: what else claims the block is damage, which is not counted. */
START_TEST(what_does_not_count)
{
	static const struct mapping others[] = {
		{0, 4, 1, 0}, {0, 4, 2, RMAP_OFFSET_ATTR}, {0, 4, 3, RMAP_OFFSET_BMBT}, {10, 4, 4, 0}};
	struct disk_refcount_rec refcounts[] = {image_refcount(FIRST, 4, 2), image_refcount(FIRST + 10, 4, 1)};

	refcounts[1].startblock = be32_of((FIRST + 10) | REFCOUNT_COW_FLAG);
	put_mappings(others, 4);
	put_refcounts(refcounts, 2);
	expect_all("1:4", 0);
}
END_TEST

START_TEST(nothing_is_shared)
{
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	expect_all("", 0);
	ck_assert_ptr_null(list.items);
}
END_TEST

/*
 * A record that reaches beyond the group is a gap, the others count; one of no blocks is out of order, and nothing of
 * its block is believed.
 */
START_TEST(hostile_records)
{
	const struct disk_refcount_rec records[] = {image_refcount(FIRST + 2, 2, 2),
						    image_refcount(FIRST + 6, UINT32_MAX - FIRST, 2)};
	const struct disk_refcount_rec empty[] = {image_refcount(FIRST + 2, 2, 2), image_refcount(FIRST + 6, 0, 2)};

	put_mappings(three, 4);
	put_refcounts(_i ? empty : records, 2);
	expect_all(_i ? "" : "1:2 2:2", 1);
}
END_TEST

START_TEST(a_lost_refcountbt_is_a_gap)
{
	uint32_t block = build_three();

	image_block(&image, (struct agaddr){1, block})[100] ^= 1;
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	expect_all("", 1);
}
END_TEST

/* Owners cannot be looked up for any of the three records. */
START_TEST(a_lost_rmapbt_is_a_gap)
{
	build_three();
	image_block(&image, (struct agaddr){1, be32_get(image_agf(&image, 1)->rmaproot)})[100] ^= 1;
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	ck_assert_int_eq(sharing_of_all(image.fs, NULL, &list, &gaps, NULL), 0);
	expect_list("", 3);
}
END_TEST

START_TEST(a_lost_header_is_an_error)
{
	struct error err = {0};

	build_three();
	image_agf(&image, 1)->freeblks = be32_of(1);
	ck_assert_int_eq(sharing_of_all(image.fs, NULL, &list, &gaps, &err), ERR_CORRUPT);
	ck_assert_ptr_null(list.items);
	ck_assert_str_ne(err.text, "");
}
END_TEST

/* Without the trees there is no answer, rather than "nothing". */
START_TEST(no_answer_without_the_trees)
{
	static const uint32_t features[] = {SB_RO_COMPAT_FINOBT, SB_RO_COMPAT_FINOBT | SB_RO_COMPAT_REFLINK};
	struct error err = {0};

	tear_down();
	image_init(&image, &(struct image_options){.ro_compat = features[_i]});
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	ck_assert_int_eq(sharing_of_all(image.fs, NULL, &list, &gaps, &err), ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err.text, _i ? "no rmapbt" : "no reflink"));
}
END_TEST

static int stop_at_second(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)arg, (void)pass, (void)total;
	return done == 2;
}

START_TEST(can_be_stopped)
{
	struct progress progress = {.step = stop_at_second};
	struct error err = {0};

	build_three();
	ck_assert_int_eq(sharing_of_all(image.fs, &progress, &list, &gaps, &err), ERR_CANCELLED);
	ck_assert_int_eq(err.code, ERR_CANCELLED);
	ck_assert_ptr_null(list.items);
}
END_TEST

Suite *sharing_suite(void)
{
	Suite *suite = suite_create("sharing");
	TCase *tcase = tcase_create("sharing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, each_counts_what_another_has_too);
	tcase_add_test(tcase, with_whom);
	tcase_add_test(tcase, a_file_can_share_with_itself);
	tcase_add_test(tcase, what_does_not_count);
	tcase_add_test(tcase, nothing_is_shared);
	tcase_add_loop_test(tcase, hostile_records, 0, 2);
	tcase_add_test(tcase, a_lost_refcountbt_is_a_gap);
	tcase_add_test(tcase, a_lost_rmapbt_is_a_gap);
	tcase_add_test(tcase, a_lost_header_is_an_error);
	tcase_add_test(tcase, can_be_stopped);
	tcase_add_loop_test(tcase, no_answer_without_the_trees, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
