/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers of groups: each number that cannot be, once; and what every block carries about itself. */
#include <string.h>

#include "base/crc32c.h"
#include "lib/image_builder.h"
#include "unit/runner.h"

Suite *fs_suite(void);

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

enum header {
	AGF,
	AGI,
	AGFL,
};

/* Reads that header of group 1. */
static int read_header(enum header header, struct error *err)
{
	uint32_t blocks[512 / sizeof(be32)], count = 0;
	struct disk_agf agf;
	struct disk_agi agi;
	int rc;

	switch (header) {
	case AGF:
		return fs_read_agf(image.fs, 1, &agf, err);
	case AGI:
		return fs_read_agi(image.fs, 1, &agi, err);
	case AGFL:
		rc = fs_read_agf(image.fs, 1, &agf, err);
		return rc != 0 ? rc : fs_read_agfl(image.fs, 1, &agf, blocks, &count, err);
	}
	return 0;
}

static void *header_bytes(enum header header)
{
	return header == AGF ? (void *)image_agf(&image, 1)
			     : (header == AGI ? (void *)image_agi(&image, 1) : (void *)image_agfl(&image, 1));
}

static const struct field_table *const header_tables[] = {&agf_table, &agi_table, &agfl_table};

static const struct {
	enum header header;
	const char *field;
	uint64_t value;
	enum flaw flaw;
	const char *sentence;
} bad_numbers[] = {
	{AGF, "magicnum", AGI_MAGIC, FLAW_MAGIC, "AGF of group 1: "},
	{AGF, "uuid", 1, FLAW_UUID, "AGF: "},
	{AGF, "seqno", 0, FLAW_ADDRESS, "AGF of group 1 says that it is of group 0"},
	{AGF, "versionnum", 2, FLAW_RANGE, "versionnum is 2,"},
	{AGF, "length", 1024, FLAW_RANGE, "length is 1024,"},
	{AGF, "length", 499, FLAW_RANGE, "length is 499,"},
	{AGF, "bnoroot", 0, FLAW_RANGE, "bnoroot is 0,"},
	{AGF, "bnoroot", 500, FLAW_RANGE, "bnoroot is 500,"},
	{AGF, "bnolevel", 0, FLAW_RANGE, "bnoroot is"},
	{AGF, "bnolevel", BTREE_LEVELS_MAX + 1, FLAW_RANGE, "bnoroot is"},
	{AGF, "cntroot", UINT32_MAX, FLAW_RANGE, "cntroot is 4294967295,"},
	{AGF, "cntlevel", 0, FLAW_RANGE, "cntroot is"},
	{AGF, "rmaproot", 500, FLAW_RANGE, "rmaproot is 500,"},
	{AGF, "rmaplevel", UINT32_MAX, FLAW_RANGE, "rmaproot is"},
	{AGF, "refcntroot", 0, FLAW_RANGE, "refcntroot is 0,"},
	{AGF, "refcntlevel", 0, FLAW_RANGE, "refcntroot is"},
	{AGF, "flfirst", 119, FLAW_RANGE, "flfirst is 119,"},
	{AGF, "fllast", 119, FLAW_RANGE, "fllast is 119,"},
	{AGF, "flcount", 120, FLAW_RANGE, "flcount is 120,"},
	{AGF, "freeblks", 501, FLAW_RANGE, "freeblks is 501,"},
	{AGF, "longest", 1, FLAW_RANGE, "longest is 1,"},
	{AGI, "magicnum", 0, FLAW_MAGIC, "AGI of group 1: "},
	{AGI, "uuid", 1, FLAW_UUID, "AGI: "},
	{AGI, "seqno", UINT32_MAX, FLAW_ADDRESS, "AGI of group 1 says that it is of group 4294967295"},
	{AGI, "versionnum", 0, FLAW_RANGE, "versionnum is 0,"},
	{AGI, "length", 1024, FLAW_RANGE, "length is 1024,"},
	{AGI, "root", 0, FLAW_RANGE, "root is 0,"},
	{AGI, "level", 0, FLAW_RANGE, "root is"},
	{AGI, "free_root", 500, FLAW_RANGE, "free_root is 500,"},
	{AGI, "free_level", 10, FLAW_RANGE, "free_root is"},
	{AGFL, "magicnum", AGF_MAGIC, FLAW_MAGIC, "AGFL of group 1: "},
	{AGFL, "uuid", 1, FLAW_UUID, "AGFL: "},
	{AGFL, "seqno", 0, FLAW_ADDRESS, "AGFL of group 1 says that it is of group 0"},
};

START_TEST(refuses_a_bad_number)
{
	enum header header = bad_numbers[_i].header;
	struct error err = {0};
	uint64_t group = image_offset(&image, (struct agaddr){1, 0});

	image_set(header_tables[header], header_bytes(header), bad_numbers[_i].field, bad_numbers[_i].value);
	image_seal_headers(&image, 1);
	ck_assert_int_eq(read_header(header, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, bad_numbers[_i].flaw);
	ck_assert_msg(strstr(err.text, bad_numbers[_i].sentence) != NULL, "said: %s", err.text);
	ck_assert(err.has_offset);
	ck_assert_uint_eq(err.offset_bytes, group + (AGF_SECTOR + (unsigned)header) * 512);
}
END_TEST

START_TEST(refuses_a_bad_checksum)
{
	struct error err = {0};

	/* The last byte of the sector. */
	((uint8_t *)header_bytes((enum header)_i))[511] ^= 1;
	ck_assert_int_eq(read_header((enum header)_i, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
}
END_TEST

START_TEST(says_media_error)
{
	uint64_t at = image_offset(&image, (struct agaddr){1, 0}) + (AGF_SECTOR + (unsigned)_i) * 512;
	struct interval_set bad = {0};
	struct error err = {0};

	ck_assert_int_eq(interval_add(&bad, at, at + 512), 0);
	ck_assert_int_eq(device_set_bad(image_device(&image), &bad, NULL), 0);
	interval_fini(&bad);
	ck_assert_int_eq(read_header((enum header)_i, &err), ERR_MEDIA);
	ck_assert_uint_eq(err.offset_bytes, at);
}
END_TEST

/* What a feature brings is not looked at without it. */
START_TEST(asks_for_no_tree_that_is_not_there)
{
	struct image plain;
	struct disk_agf agf;
	struct disk_agi agi;

	image_init(&plain, &(struct image_options){.ro_compat = SB_RO_COMPAT_INOBTCNT});
	image_set(&agf_table, image_agf(&plain, 0), "rmaproot", 0);
	image_set(&agf_table, image_agf(&plain, 0), "refcntlevel", 0);
	image_set(&agi_table, image_agi(&plain, 0), "free_root", UINT32_MAX);
	image_seal_headers(&plain, 0);
	ck_assert_int_eq(image_open_fs(&plain, NULL), 0);
	ck_assert_int_eq(fs_read_agf(plain.fs, 0, &agf, NULL), 0);
	ck_assert_int_eq(fs_read_agi(plain.fs, 0, &agi, NULL), 0);
	image_fini(&plain);
}
END_TEST

static void set_slot(uint32_t slot, uint32_t agbno)
{
	be32 number = be32_of(agbno);

	memcpy((uint8_t *)(image_agfl(&image, 1) + 1) + slot * sizeof(number), &number, sizeof(number));
}

static void set_ring(uint32_t first, uint32_t count)
{
	image_agf(&image, 1)->flfirst = be32_of(first);
	image_agf(&image, 1)->flcount = be32_of(count);
	image_seal_headers(&image, 1);
}

START_TEST(reads_the_free_list_around_its_end)
{
	uint32_t blocks[512 / sizeof(be32)], count = 77;
	struct disk_agf agf;

	set_slot(117, 31);
	set_slot(118, 32); /* the last: 119 slots in a sector of 512 bytes */
	set_slot(0, 33);
	set_slot(1, 499);
	set_ring(117, 4);
	ck_assert_int_eq(fs_read_agf(image.fs, 1, &agf, NULL), 0);
	ck_assert_int_eq(fs_read_agfl(image.fs, 1, &agf, blocks, &count, NULL), 0);
	ck_assert_uint_eq(count, 4);
	ck_assert(blocks[0] == 31 && blocks[1] == 32 && blocks[2] == 33 && blocks[3] == 499);
	set_ring(5, 0);
	ck_assert_int_eq(fs_read_agf(image.fs, 1, &agf, NULL), 0);
	ck_assert_int_eq(fs_read_agfl(image.fs, 1, &agf, blocks, &count, NULL), 0);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(refuses_bad_numbers_in_the_free_list)
{
	static const uint32_t numbers[] = {0, 500, AGBNO_NULL};
	struct error err = {0};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		set_slot(3, 20);
		set_slot(4, numbers[i]);
		set_ring(3, 2);
		ck_assert_int_eq(read_header(AGFL, &err), ERR_CORRUPT);
		ck_assert_int_eq(err.flaw, FLAW_RANGE);
		ck_assert(strstr(err.text, "bno is") != NULL);
	}
}
END_TEST

START_TEST(reads_blocks_of_one_group)
{
	uint8_t bytes[2 * 4096];
	struct error err = {0};

	image_block(&image, (struct agaddr){1, 498})[0] = 0x5a;
	image_block(&image, (struct agaddr){1, 499})[4095] = 0xa5;
	ck_assert_int_eq(fs_read_blocks(image.fs, (struct agaddr){1, 498}, 2, bytes, NULL), 0);
	ck_assert_int_eq(bytes[0], 0x5a);
	ck_assert_int_eq(bytes[8191], 0xa5);
	ck_assert_int_eq(fs_read_blocks(image.fs, (struct agaddr){1, 499}, 2, bytes, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_RANGE);
	ck_assert_int_eq(fs_read_blocks(image.fs, (struct agaddr){0, 1023}, 2, bytes, &err), ERR_CORRUPT);
	ck_assert_int_eq(fs_read_blocks(image.fs, (struct agaddr){2, 0}, 1, bytes, &err), ERR_CORRUPT);
}
END_TEST

/* A block with its own checksum at 0, uuid at 8, owner at 24, address at 32. */
static void make_block(uint8_t block[64], const struct verify *expect)
{
	be64 owner = be64_of(expect->owner), daddr = be64_of(expect->offset_bytes / 512);

	memset(block, 0, 64);
	memcpy(block + 8, &image.fs->geo.meta_uuid, sizeof(struct uuid));
	memcpy(block + 24, &owner, sizeof(owner));
	memcpy(block + 32, &daddr, sizeof(daddr));
	crc32c_block_seal(block, 64, 0);
}

START_TEST(verifies_what_blocks_carry)
{
	struct verify expect = {.what = "thing",
				.offset_bytes = 7 * 4096,
				.crc_at = 0,
				.uuid_at = 8,
				.owner_at = 24,
				.daddr_at = 32,
				.owner = 0x1234567890};
	static const struct {
		size_t byte;
		enum flaw flaw;
	} breaks[] = {{8, FLAW_UUID}, {23, FLAW_UUID}, {24, FLAW_OWNER}, {31, FLAW_OWNER}, {39, FLAW_ADDRESS}};
	uint8_t block[64];
	struct span span = {block, sizeof(block)};
	struct error err = {0};

	make_block(block, &expect);
	ck_assert_int_eq(fs_verify(image.fs, span, &expect, &err), 0);
	block[63] = 1;
	ck_assert_int_eq(fs_verify(image.fs, span, &expect, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
	ck_assert_uint_eq(err.offset_bytes, 7 * 4096);
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		make_block(block, &expect);
		block[breaks[i].byte] ^= 1;
		crc32c_block_seal(block, sizeof(block), 0);
		ck_assert_int_eq(fs_verify(image.fs, span, &expect, &err), ERR_CORRUPT);
		ck_assert_int_eq(err.flaw, breaks[i].flaw);
	}
	expect.crc_at = expect.uuid_at = expect.owner_at = expect.daddr_at = VERIFY_SKIP;
	ck_assert_int_eq(fs_verify(image.fs, span, &expect, &err), 0);
}
END_TEST

START_TEST(refuses_what_lies_outside_the_block)
{
	struct verify expect = {.what = "thing",
				.crc_at = VERIFY_SKIP,
				.uuid_at = 50,
				.owner_at = VERIFY_SKIP,
				.daddr_at = VERIFY_SKIP};
	uint8_t block[64] = {0};
	struct error err = {0};

	ck_assert_int_eq(fs_verify(image.fs, (struct span){block, sizeof(block)}, &expect, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_UUID);
}
END_TEST

/* Blocks carry meta_uuid, whatever the superblock shows to the user. */
START_TEST(knows_blocks_by_meta_uuid)
{
	struct disk_agf agf;

	for (uint32_t agno = 0; agno < 2; agno++) {
		struct disk_sb *sb = image_sb(&image, agno);

		sb->features_incompat = be32_of(be32_get(sb->features_incompat) | SB_INCOMPAT_META_UUID);
		memset(&sb->uuid, 0x99, sizeof(sb->uuid));
		image_seal_headers(&image, agno);
	}
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
	ck_assert_int_eq(image.fs->geo.uuid.b[0], 0x99);
	ck_assert_int_eq(fs_read_agf(image.fs, 1, &agf, NULL), 0);
}
END_TEST

Suite *fs_suite(void)
{
	Suite *suite = suite_create("fs");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, refuses_a_bad_number, 0, sizeof(bad_numbers) / sizeof(bad_numbers[0]));
	tcase_add_loop_test(tcase, refuses_a_bad_checksum, AGF, AGFL + 1);
	tcase_add_loop_test(tcase, says_media_error, AGF, AGFL + 1);
	tcase_add_test(tcase, asks_for_no_tree_that_is_not_there);
	tcase_add_test(tcase, reads_the_free_list_around_its_end);
	tcase_add_test(tcase, refuses_bad_numbers_in_the_free_list);
	tcase_add_test(tcase, reads_blocks_of_one_group);
	tcase_add_test(tcase, verifies_what_blocks_carry);
	tcase_add_test(tcase, refuses_what_lies_outside_the_block);
	tcase_add_test(tcase, knows_blocks_by_meta_uuid);
	suite_add_tcase(suite, tcase);
	return suite;
}
