/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which parts of a file can be mapped with huge pages: every verdict, alone and beside others. */
#include "fs/daxmap.h"

#include <stdio.h>
#include <string.h>

#include "lib/image_builder.h"
#include "unit/runner.h"

Suite *daxmap_suite(void);

#define MIB  (1024ull * 1024)
#define PAGE 512u /* blocks of 4 KiB in 2 MiB */

static struct image image;
static struct disk_inode *disk;
static struct inode inode;
static struct disk_bmap_rec records[8];
static size_t count;

static void build(uint32_t block_bytes, uint32_t ag_blocks)
{
	uint32_t inodes = block_bytes / 512, block;

	image_init(&image, &(struct image_options){.block_bytes = block_bytes, .ag_blocks = ag_blocks});
	block = image_take(&image, 1, 1);
	disk = image_inode(&image, image_ino(&image, 1, block * inodes + 3), INODE_MODE_FILE, FORK_EXTENTS);
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	count = 0;
}

static void set_up(void)
{
	build(4096, 8 * PAGE);
}

static void tear_down(void)
{
	image_fini(&image);
}

static void add(uint64_t fileoff, uint32_t agbno, uint32_t len, bool unwritten)
{
	records[count++] = image_extent(fileoff, image_pack(&image, (struct agaddr){1, agbno}), len, unwritten);
}

static void put(uint64_t size_bytes)
{
	disk->size = be64_of(size_bytes);
	image_fork_extents(&image, disk, FORK_DATA, records, count);
	image_seal_inode(&image, disk);
	ck_assert_int_eq(inode_read(image.fs, be64_get(disk->ino), &inode, NULL), 0);
}

struct said {
	char text[1024];
};

static int say(void *arg, uint64_t start, uint64_t end, enum daxmap_verdict verdict)
{
	struct said *said = arg;
	size_t len = strlen(said->text);

	snprintf(said->text + len, sizeof(said->text) - len, "%s%g-%g %s", len ? ", " : "", (double)start / (double)MIB,
		 (double)end / (double)MIB, daxmap_names[verdict]);
	return 0;
}

/* In MiB of the file, on a device that begins so many bytes into the memory. */
static void expect_at(uint64_t device_start_bytes, const char *wanted)
{
	struct said said = {""};

	ck_assert_int_eq(daxmap_walk(image.fs, &inode, device_start_bytes, say, &said, NULL), 0);
	ck_assert_str_eq(said.text, wanted);
}

static void expect(const char *wanted)
{
	expect_at(0, wanted);
}

START_TEST(an_aligned_extent_is_huge)
{
	add(0, PAGE, 4 * PAGE, false);
	put(8 * MIB);
	expect("0-8 huge");
}
END_TEST

START_TEST(so_is_one_that_was_never_written)
{
	add(0, PAGE, 2 * PAGE, true);
	put(4 * MIB);
	expect("0-4 huge");
}
END_TEST

START_TEST(a_block_beside_it_is_not)
{
	add(0, PAGE + 1, 4 * PAGE, false);
	put(8 * MIB);
	expect("0-8 unaligned");
}
END_TEST

START_TEST(what_counts_is_the_place_in_the_file_against_that_on_the_device)
{
	/* Neither begins on 2 MiB, but by the same distance. */
	add(PAGE / 2, PAGE + PAGE / 2, 2 * PAGE, false);
	put(5 * MIB);
	expect("0-2 split, 2-4 huge, 4-5 past_end");
}
END_TEST

START_TEST(groups_need_not_begin_on_a_page)
{
	tear_down();
	build(4096, 8 * PAGE + PAGE / 2);
	add(0, PAGE / 2, PAGE, false);
	add(PAGE, 2 * PAGE, PAGE, false);
	put(4 * MIB);
	expect("0-2 huge, 2-4 unaligned");
}
END_TEST

START_TEST(holes_are_told)
{
	add(PAGE, PAGE, PAGE, false);
	add(4 * PAGE, 2 * PAGE, PAGE, false);
	put(12 * MIB);
	expect("0-2 hole, 2-4 huge, 4-8 hole, 8-10 huge, 10-12 hole");
}
END_TEST

START_TEST(a_file_may_have_nothing)
{
	put(3 * MIB);
	expect("0-3 hole");
	put(0);
	expect("");
}
END_TEST

START_TEST(two_extents_in_a_page_split_it)
{
	add(0, PAGE, PAGE / 2, false);
	add(PAGE / 2, 3 * PAGE + PAGE / 2, PAGE / 2 + PAGE, false);
	put(4 * MIB);
	expect("0-2 split, 2-4 huge");
}
END_TEST

START_TEST(so_does_an_extent_beside_a_hole)
{
	add(0, PAGE, PAGE + 1, false);
	add(3 * PAGE, 4 * PAGE, PAGE, false);
	put(8 * MIB);
	expect("0-2 huge, 2-4 split, 4-6 hole, 6-8 huge");
}
END_TEST

START_TEST(written_and_unwritten_parts_split_a_page)
{
	add(0, PAGE, 10, true);
	add(10, PAGE + 10, PAGE - 10, false);
	put(2 * MIB);
	expect("0-2 split");
}
END_TEST

START_TEST(the_end_of_the_file_ends_the_huge_pages)
{
	add(0, PAGE, 2 * PAGE, false);
	put(3 * MIB);
	expect("0-2 huge, 2-3 past_end");
	put(4 * MIB - 1);
	ck_assert_uint_eq(inode.size_bytes, 4 * MIB - 1);
	expect("0-2 huge, 2-4 past_end");
}
END_TEST

START_TEST(so_does_the_end_of_a_short_file)
{
	add(0, PAGE, 100, false);
	put(MIB);
	expect("0-1 past_end");
}
END_TEST

START_TEST(blocks_after_the_end_are_not_told)
{
	add(0, PAGE, 4 * PAGE, true);
	put(2 * MIB);
	expect("0-2 huge");
}
END_TEST

START_TEST(shared_pages_are_huge_for_reading)
{
	/* One block of the second page. */
	const struct disk_refcount_rec refcount = image_refcount(2 * PAGE + 7, 1, 2);

	image_tree(&image, BTREE_REFCOUNT, 1, &refcount, 1, 0, NULL);
	image_seal_headers(&image, 1);
	add(0, PAGE, 3 * PAGE, false);
	disk->flags2 = be64_of(INODE_FLAG2_REFLINK);
	put(6 * MIB);
	expect("0-2 huge, 2-4 huge_shared, 4-6 huge");
	/* Without the flag no block of the file can be shared: the tree is not asked. */
	disk->flags2 = be64_of(0);
	put(6 * MIB);
	expect("0-6 huge");
}
END_TEST

START_TEST(where_the_device_begins_counts)
{
	add(0, PAGE, PAGE, false);
	put(2 * MIB);
	expect_at(2 * MIB, "0-2 huge");
	expect_at(MIB, "0-2 unaligned");
	expect_at(512, "0-2 unaligned");
	expect_at(2 * MIB + 512, "0-2 unaligned");
}
END_TEST

START_TEST(blocks_may_be_large)
{
	tear_down();
	build(65536, 256);
	add(0, 64, 32, false);
	add(32, 97, 32, false);
	put(4 * MIB);
	expect("0-2 huge, 2-4 unaligned");
}
END_TEST

static int stop(void *arg, uint64_t start, uint64_t end, enum daxmap_verdict verdict)
{
	(void)start, (void)end, (void)verdict;
	++*(int *)arg;
	return 7;
}

START_TEST(the_listener_can_stop)
{
	int calls = 0;

	add(PAGE, PAGE, PAGE, false);
	put(6 * MIB);
	ck_assert_int_eq(daxmap_walk(image.fs, &inode, 0, stop, &calls, NULL), 7);
	ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(only_files_are_mapped)
{
	struct error err;
	struct said said = {""};

	put(0);
	inode.mode = INODE_MODE_DIR;
	ck_assert_int_eq(daxmap_walk(image.fs, &inode, 0, say, &said, &err), ERR_INVALID);
}
END_TEST

Suite *daxmap_suite(void)
{
	Suite *suite = suite_create("daxmap");
	TCase *tc = tcase_create("daxmap");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, an_aligned_extent_is_huge);
	tcase_add_test(tc, so_is_one_that_was_never_written);
	tcase_add_test(tc, a_block_beside_it_is_not);
	tcase_add_test(tc, what_counts_is_the_place_in_the_file_against_that_on_the_device);
	tcase_add_test(tc, groups_need_not_begin_on_a_page);
	tcase_add_test(tc, holes_are_told);
	tcase_add_test(tc, a_file_may_have_nothing);
	tcase_add_test(tc, two_extents_in_a_page_split_it);
	tcase_add_test(tc, so_does_an_extent_beside_a_hole);
	tcase_add_test(tc, written_and_unwritten_parts_split_a_page);
	tcase_add_test(tc, the_end_of_the_file_ends_the_huge_pages);
	tcase_add_test(tc, so_does_the_end_of_a_short_file);
	tcase_add_test(tc, blocks_after_the_end_are_not_told);
	tcase_add_test(tc, shared_pages_are_huge_for_reading);
	tcase_add_test(tc, where_the_device_begins_counts);
	tcase_add_test(tc, blocks_may_be_large);
	tcase_add_test(tc, the_listener_can_stop);
	tcase_add_test(tc, only_files_are_mapped);
	suite_add_tcase(suite, tc);
	return suite;
}
