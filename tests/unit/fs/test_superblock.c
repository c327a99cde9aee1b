/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding a superblock: the first one, or that of another group where the first cannot be used. */
#include <string.h>

#include "fs/superblock.h"
#include "lib/image_builder.h"
#include "unit/runner.h"

Suite *superblock_suite(void);

static struct image image;

static void set_up(void)
{
	image_init(&image, &(struct image_options){.ag_count = 4, .last_ag_blocks = 100});
}

static void tear_down(void)
{
	image_fini(&image);
}

static void set_bad(uint64_t start, uint64_t end)
{
	struct interval_set bad = {0};

	ck_assert_int_eq(interval_add(&bad, start, end), 0);
	ck_assert_int_eq(device_set_bad(image_device(&image), &bad, NULL), 0);
	interval_fini(&bad);
}

static void break_crc(uint32_t agno)
{
	image_sb(&image, agno)->fname[0] ^= 1;
}

static int read_first(struct error *err)
{
	struct disk_sb sb;
	struct geometry geo;

	return superblock_read_first(image_device(&image), &sb, &geo, err);
}

static void expect_found(uint32_t agno, int first_code, enum flaw flaw)
{
	struct error err;

	ck_assert_msg(image_open_fs(&image, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(image.fs->sb_agno, agno);
	ck_assert_uint_eq(image.fs->geo.ag_count, 4);
	ck_assert_int_eq(image.fs->sb_error.code, first_code);
	ck_assert_int_eq(image.fs->sb_error.flaw, flaw);
}

START_TEST(takes_the_first)
{
	struct error err = {0};

	ck_assert_int_eq(image_open_fs(&image, &err), 0);
	ck_assert_uint_eq(image.fs->sb_agno, 0);
	ck_assert_int_eq(image.fs->sb_error.code, 0);
	/* The rest of the sector is part of the checksum. */
	image.bytes[511] = 1;
	ck_assert_int_eq(read_first(&err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
}
END_TEST

START_TEST(goes_past_a_bad_checksum)
{
	break_crc(0);
	expect_found(1, ERR_CORRUPT, FLAW_CRC);
}
END_TEST

START_TEST(goes_past_a_bad_magic)
{
	memset(image.bytes, 0, 4);
	expect_found(1, ERR_NOT_XFS, FLAW_NONE);
}
END_TEST

START_TEST(goes_past_a_media_error)
{
	set_bad(0, 512);
	expect_found(1, ERR_MEDIA, FLAW_NONE);
}
END_TEST

START_TEST(goes_past_a_bad_number)
{
	image_sb(&image, 0)->agcount = be32_of(9);
	image_seal_headers(&image, 0);
	expect_found(1, ERR_CORRUPT, FLAW_RANGE);
}
END_TEST

START_TEST(goes_past_an_unfinished_mkfs)
{
	image_sb(&image, 0)->inprogress = 1;
	image_seal_headers(&image, 0);
	expect_found(1, ERR_CORRUPT, FLAW_FORMAT);
}
END_TEST

START_TEST(goes_past_a_bad_root_inode)
{
	image_sb(&image, 0)->rootino = be64_of(UINT64_MAX);
	image_seal_headers(&image, 0);
	expect_found(1, ERR_CORRUPT, FLAW_RANGE);
}
END_TEST

START_TEST(goes_past_a_bad_sector_size)
{
	image_sb(&image, 0)->sectsize = be16_of(1000);
	image_seal_headers(&image, 0);
	expect_found(1, ERR_CORRUPT, FLAW_RANGE);
}
END_TEST

START_TEST(goes_past_bad_copies_and_bad_sectors)
{
	uint64_t third = image_offset(&image, (struct agaddr){3, 0});

	/* Everything from the start of the device to the last copy, but for one byte before it. */
	break_crc(0);
	break_crc(1);
	set_bad(image_offset(&image, (struct agaddr){2, 0}), third - 512);
	expect_found(3, ERR_CORRUPT, FLAW_CRC);
}
END_TEST

START_TEST(prefers_a_copy_that_knows_the_root)
{
	break_crc(0);
	image_sb(&image, 1)->rootino = be64_of(UINT64_MAX);
	image_sb(&image, 2)->rootino = be64_of(0x4000000);
	image_seal_headers(&image, 1);
	image_seal_headers(&image, 2);
	expect_found(3, ERR_CORRUPT, FLAW_CRC);
}
END_TEST

START_TEST(takes_a_copy_without_root_if_there_is_no_other)
{
	break_crc(0);
	for (uint32_t agno = 1; agno < 4; agno++) {
		image_sb(&image, agno)->rootino = be64_of(UINT64_MAX);
		image_seal_headers(&image, agno);
	}
	expect_found(1, ERR_CORRUPT, FLAW_CRC);
}
END_TEST

/* What an earlier file system left behind knows a root too. */
START_TEST(prefers_no_copy_of_another_file_system)
{
	break_crc(0);
	image_sb(&image, 1)->rootino = be64_of(UINT64_MAX);
	image_sb(&image, 2)->uuid.b[0] ^= 1;
	image_seal_headers(&image, 1);
	image_seal_headers(&image, 2);
	expect_found(3, ERR_CORRUPT, FLAW_CRC);
	image_sb(&image, 3)->uuid.b[0] ^= 1;
	image_seal_headers(&image, 3);
	expect_found(1, ERR_CORRUPT, FLAW_CRC);
}
END_TEST

START_TEST(says_the_first_error_if_there_is_no_copy)
{
	struct error err;

	break_crc(0);
	for (uint32_t agno = 1; agno < 4; agno++)
		memset(image_sb(&image, agno), 0, 4);
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
	memset(image.bytes, 0, 4);
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_NOT_XFS);
	set_bad(0, 512);
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_MEDIA);
	ck_assert_uint_eq(err.offset_bytes, 0);
}
END_TEST

/* A sound superblock in a file's data, or of an image inside this one. */
START_TEST(takes_none_at_a_wrong_place)
{
	uint8_t copy[512];
	struct error err;

	memcpy(copy, image_sb(&image, 1), sizeof(copy));
	break_crc(0);
	for (uint32_t agno = 1; agno < 4; agno++)
		memset(image_sb(&image, agno), 0, 4);
	memcpy(image_block(&image, (struct agaddr){0, 500}), copy, sizeof(copy));
	memcpy(image_block(&image, (struct agaddr){1, 0}) + 512, copy, sizeof(copy));
	memcpy(image_block(&image, (struct agaddr){2, 1}), copy, sizeof(copy));
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
	/* The same bytes are taken where they belong. */
	memcpy(image_sb(&image, 2), copy, sizeof(copy));
	expect_found(2, ERR_CORRUPT, FLAW_CRC);
}
END_TEST

/* An image kept in a file can lie where its numbers put a copy; the headers beside it are of another group then. */
START_TEST(takes_none_whose_headers_are_of_another_group)
{
	struct error err;

	break_crc(0);
	for (uint32_t agno = 1; agno < 4; agno++) {
		image_agf(&image, agno)->seqno = be32_of(0);
		image_agi(&image, agno)->seqno = be32_of(0);
	}
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_CORRUPT);
	/* One of them is enough, as the other may be bad. */
	image_agi(&image, 3)->seqno = be32_of(3);
	expect_found(3, ERR_CORRUPT, FLAW_CRC);
}
END_TEST

START_TEST(does_not_look_for_copies_of_what_is_not_supported)
{
	struct error err;

	image_sb(&image, 0)->versionnum = be16_of(4);
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_UNSUPPORTED); /* without a checksum, as version 4 has none */
	image_sb(&image, 0)->versionnum = be16_of(5);
	image_sb(&image, 0)->rblocks = be64_of(1);
	image_seal_headers(&image, 0);
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_UNSUPPORTED);
	ck_assert(strstr(err.text, "realtime") != NULL);
}
END_TEST

START_TEST(refuses_what_is_larger_than_the_device)
{
	struct error err;

	for (uint32_t agno = 0; agno < 4; agno++) {
		image_sb(&image, agno)->dblocks = be64_of(3 * 1024 + 101);
		image_seal_headers(&image, agno);
	}
	ck_assert_int_eq(image_open_fs(&image, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_RANGE);
	ck_assert_uint_eq(err.offset_bytes, image.size_bytes);
}
END_TEST

Suite *superblock_suite(void)
{
	Suite *suite = suite_create("superblock");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, takes_the_first);
	tcase_add_test(tcase, goes_past_a_bad_checksum);
	tcase_add_test(tcase, goes_past_a_bad_magic);
	tcase_add_test(tcase, goes_past_a_media_error);
	tcase_add_test(tcase, goes_past_a_bad_number);
	tcase_add_test(tcase, goes_past_an_unfinished_mkfs);
	tcase_add_test(tcase, goes_past_a_bad_root_inode);
	tcase_add_test(tcase, goes_past_a_bad_sector_size);
	tcase_add_test(tcase, goes_past_bad_copies_and_bad_sectors);
	tcase_add_test(tcase, prefers_a_copy_that_knows_the_root);
	tcase_add_test(tcase, takes_a_copy_without_root_if_there_is_no_other);
	tcase_add_test(tcase, prefers_no_copy_of_another_file_system);
	tcase_add_test(tcase, says_the_first_error_if_there_is_no_copy);
	tcase_add_test(tcase, takes_none_at_a_wrong_place);
	tcase_add_test(tcase, takes_none_whose_headers_are_of_another_group);
	tcase_add_test(tcase, does_not_look_for_copies_of_what_is_not_supported);
	tcase_add_test(tcase, refuses_what_is_larger_than_the_device);
	suite_add_tcase(suite, tcase);
	return suite;
}
