/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading inodes: each flaw once, and each type and format that there is. */
#include <string.h>

#include "lib/image_builder.h"
#include "unit/runner.h"

Suite *inode_suite(void);

#define SETS_MAX 4

static struct image image;
static struct disk_inode *disk;
static uint64_t ino;

static void set_up(void)
{
	image_init(&image, &(struct image_options){0});
	ino = image_ino(&image, 1, image_take(&image, 1, 1) * 8 + 5);
	disk = image_inode(&image, ino, INODE_MODE_FILE | 0644, FORK_EXTENTS);
	ck_assert_int_eq(image_open_fs(&image, NULL), 0);
}

static void tear_down(void)
{
	image_fini(&image);
}

struct set {
	const char *field;
	uint64_t value;
};

static void apply(const struct set sets[SETS_MAX])
{
	for (size_t i = 0; i < SETS_MAX && sets[i].field; i++)
		image_set(&inode_table, disk, sets[i].field, sets[i].value);
	image_seal_inode(&image, disk);
}

/* An inode of 512 bytes has 336 for its forks. */
static const struct {
	struct set sets[SETS_MAX];
	enum flaw flaw;
	const char *sentence;
} flaws[] = {
	{{{"magic", 0x4e49}}, FLAW_MAGIC, "magic"},
	{{{"uuid", 0}}, FLAW_UUID, "inode"},
	{{{"ino", 5}}, FLAW_OWNER, "inode"},
	{{{"version", 2}}, FLAW_FORMAT, "version"},
	{{{"forkoff", 42}}, FLAW_RANGE, "forkoff"},
	{{{"forkoff", 255}}, FLAW_RANGE, "forkoff"},
	{{{"format", FORK_UUID}}, FLAW_FORMAT, ": format"},
	{{{"format", 5}}, FLAW_FORMAT, ": format"},
	{{{"format", 255}}, FLAW_FORMAT, ": format"},
	{{{"format", FORK_LOCAL}}, FLAW_FORMAT, ": format"},
	{{{"format", FORK_DEV}}, FLAW_FORMAT, ": format"},
	{{{"mode", INODE_MODE_DIR}, {"format", FORK_DEV}}, FLAW_FORMAT, ": format"},
	{{{"mode", INODE_MODE_LINK}, {"format", FORK_BTREE}}, FLAW_FORMAT, ": format"},
	{{{"mode", INODE_MODE_FIFO}}, FLAW_FORMAT, ": format"},
	{{{"mode", INODE_MODE_CHAR}, {"format", FORK_LOCAL}}, FLAW_FORMAT, ": format"},
	{{{"mode", INODE_MODE_BLOCK}, {"format", FORK_BTREE}}, FLAW_FORMAT, ": format"},
	{{{"mode", INODE_MODE_SOCKET}}, FLAW_FORMAT, ": format"},
	{{{"mode", 0644}}, FLAW_FORMAT, ": format"},
	{{{"mode", 0110644}}, FLAW_FORMAT, ": format"},
	{{{"forkoff", 10}, {"aformat", FORK_DEV}}, FLAW_FORMAT, "aformat"},
	{{{"forkoff", 10}, {"aformat", FORK_UUID}}, FLAW_FORMAT, "aformat"},
	{{{"forkoff", 10}, {"aformat", 255}}, FLAW_FORMAT, "aformat"},
	{{{"nextents", 22}}, FLAW_COUNT, ": nextents"},
	{{{"nextents", UINT32_MAX}}, FLAW_COUNT, ": nextents"},
	{{{"nextents", 2}, {"forkoff", 3}}, FLAW_COUNT, ": nextents"},
	{{{"flags2", INODE_FLAG2_NREXT64}, {"big_nextents", 22}}, FLAW_COUNT, ": nextents"},
	{{{"flags2", INODE_FLAG2_NREXT64}, {"big_nextents", UINT64_MAX}}, FLAW_COUNT, ": nextents"},
	{{{"anextents", 2}, {"forkoff", 40}}, FLAW_COUNT, "anextents"},
	{{{"flags2", INODE_FLAG2_NREXT64}, {"forkoff", 40}, {"big_anextents", 1u << 31}}, FLAW_COUNT, "anextents"},
	{{{"mode", INODE_MODE_DIR}, {"format", FORK_LOCAL}, {"size", 337}}, FLAW_RANGE, ": size"},
	{{{"mode", INODE_MODE_LINK}, {"format", FORK_LOCAL}, {"size", 81}, {"forkoff", 10}}, FLAW_RANGE, ": size"},
	{{{"size", 1ull << 63}}, FLAW_RANGE, ": size"},
	{{{"size", UINT64_MAX}}, FLAW_RANGE, ": size"},
};

START_TEST(refuses)
{
	struct inode inode;
	struct error err = {0};

	apply(flaws[_i].sets);
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, &err), ERR_CORRUPT);
	ck_assert_msg(err.flaw == flaws[_i].flaw, "%s", err.text);
	ck_assert_msg(strstr(err.text, flaws[_i].sentence) != NULL, "said: %s", err.text);
	ck_assert_uint_eq(err.offset_bytes, (uint64_t)((uint8_t *)disk - image.bytes));
}
END_TEST

START_TEST(refuses_a_bad_checksum)
{
	struct inode inode;
	struct error err = {0};

	((uint8_t *)disk)[511] ^= 1;
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
}
END_TEST

START_TEST(refuses_impossible_numbers)
{
	static const uint64_t numbers[] = {UINT64_MAX, 2ull << 13, 1ull << 40};
	struct inode inode;

	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(inode_read(image.fs, numbers[i], &inode, NULL), ERR_CORRUPT);
	/* The neighbour was never written. */
	ck_assert_int_eq(inode_read(image.fs, ino + 1, &inode, NULL), ERR_CORRUPT);
}
END_TEST

START_TEST(says_media_error)
{
	uint64_t at = (uint64_t)((uint8_t *)disk - image.bytes);
	struct interval_set bad = {0};
	struct inode inode;
	struct error err = {0};

	ck_assert_int_eq(interval_add(&bad, at, at + 512), 0);
	ck_assert_int_eq(device_set_bad(image_device(&image), &bad, NULL), 0);
	interval_fini(&bad);
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, &err), ERR_MEDIA);
	ck_assert_uint_eq(err.offset_bytes, at);
}
END_TEST

START_TEST(takes_every_type)
{
	static const struct {
		uint32_t mode;
		enum fork_format format;
	} types[] = {
		{INODE_MODE_FILE, FORK_EXTENTS}, {INODE_MODE_FILE, FORK_BTREE}, {INODE_MODE_DIR, FORK_LOCAL},
		{INODE_MODE_DIR, FORK_EXTENTS},	 {INODE_MODE_DIR, FORK_BTREE},	{INODE_MODE_LINK, FORK_LOCAL},
		{INODE_MODE_LINK, FORK_EXTENTS}, {INODE_MODE_FIFO, FORK_DEV},	{INODE_MODE_CHAR, FORK_DEV},
		{INODE_MODE_BLOCK, FORK_DEV},	 {INODE_MODE_SOCKET, FORK_DEV},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (unsigned aformat = FORK_LOCAL; aformat <= FORK_BTREE; aformat++) {
			struct inode inode;
			struct error err;

			apply((struct set[SETS_MAX]){{"mode", types[i].mode | 07777},
						     {"format", types[i].format},
						     {"forkoff", 15},
						     {"aformat", aformat}});
			ck_assert_msg(inode_read(image.fs, ino, &inode, &err) == 0, "%s", err.text);
			ck_assert(inode_is(&inode, types[i].mode));
			ck_assert(inode.fork[FORK_DATA].exists && inode.fork[FORK_ATTR].exists);
			ck_assert_int_eq(inode.fork[FORK_DATA].format, types[i].format);
			ck_assert_uint_eq(inode.fork[FORK_ATTR].format, aformat);
			ck_assert_uint_eq(inode_fork_span(&inode, FORK_DATA).len, 120);
			ck_assert_uint_eq(inode_fork_span(&inode, FORK_ATTR).len, 336 - 120);
			ck_assert_ptr_eq(inode_fork_span(&inode, FORK_ATTR).bytes, inode.raw + 176 + 120);
		}
	}
}
END_TEST

START_TEST(takes_forks_that_are_full)
{
	struct inode inode;

	apply((struct set[SETS_MAX]){{"nextents", 21}, {"size", INT64_MAX}});
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, NULL), 0);
	ck_assert_uint_eq(inode.fork[FORK_DATA].extents, 21);
	ck_assert(!inode.fork[FORK_ATTR].exists);
	apply((struct set[SETS_MAX]){{"forkoff", 40}, {"nextents", 20}, {"anextents", 1}});
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, NULL), 0);
	ck_assert_uint_eq(inode.fork[FORK_ATTR].extents, 1);
	apply((struct set[SETS_MAX]){{"flags2", INODE_FLAG2_NREXT64}, {"big_nextents", 19}, {"big_anextents", 1}});
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, NULL), 0);
	ck_assert_uint_eq(inode.fork[FORK_DATA].extents, 19);
	ck_assert_uint_eq(inode.fork[FORK_ATTR].extents, 1);
	/* In a tree there may be any number. */
	apply((struct set[SETS_MAX]){{"format", FORK_BTREE}, {"big_nextents", 1ull << 47}});
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, NULL), 0);
	ck_assert_uint_eq(inode.fork[FORK_DATA].extents, 1ull << 47);
}
END_TEST

START_TEST(decodes_numbers)
{
	struct inode inode;

	disk->nlink = be32_of(3);
	disk->gen = be32_of(0xdeadbeef);
	disk->uid = be32_of(1000);
	disk->gid = be32_of(1001);
	disk->projid_lo = be16_of(0x5678);
	disk->projid_hi = be16_of(0x1234);
	disk->size = be64_of(1ull << 40);
	disk->nblocks = be64_of(77);
	disk->flags = be16_of(INODE_FLAG_SYNC);
	disk->flags2 = be64_of(INODE_FLAG2_DAX | INODE_FLAG2_REFLINK);
	disk->next_unlinked = be32_of(99);
	image_seal_inode(&image, disk);
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, NULL), 0);
	ck_assert_uint_eq(inode.ino, ino);
	ck_assert_uint_eq(inode.offset_bytes, (uint64_t)((uint8_t *)disk - image.bytes));
	ck_assert_uint_eq(inode.mode, INODE_MODE_FILE | 0644);
	ck_assert_uint_eq(inode.nlink, 3);
	ck_assert_uint_eq(inode.gen, 0xdeadbeef);
	ck_assert_uint_eq(inode.uid, 1000);
	ck_assert_uint_eq(inode.gid, 1001);
	ck_assert_uint_eq(inode.projid, 0x12345678);
	ck_assert_uint_eq(inode.size_bytes, 1ull << 40);
	ck_assert_uint_eq(inode.blocks, 77);
	ck_assert_uint_eq(inode.flags, INODE_FLAG_SYNC);
	ck_assert_uint_eq(inode.flags2, INODE_FLAG2_DAX | INODE_FLAG2_REFLINK);
	ck_assert_uint_eq(inode.next_unlinked, 99);
}
END_TEST

/* What a free inode has left in its forks counts no more. */
START_TEST(takes_a_free_one_as_it_is)
{
	struct inode inode;

	apply((struct set[SETS_MAX]){{"mode", 0}, {"format", 77}, {"forkoff", 255}, {"size", UINT64_MAX}});
	ck_assert_int_eq(inode_read(image.fs, ino, &inode, NULL), 0);
	ck_assert_uint_eq(inode.mode, 0);
	ck_assert(!inode.fork[FORK_DATA].exists && !inode.fork[FORK_ATTR].exists);
}
END_TEST

Suite *inode_suite(void)
{
	Suite *suite = suite_create("inode");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, refuses, 0, sizeof(flaws) / sizeof(flaws[0]));
	tcase_add_test(tcase, refuses_a_bad_checksum);
	tcase_add_test(tcase, refuses_impossible_numbers);
	tcase_add_test(tcase, says_media_error);
	tcase_add_test(tcase, takes_every_type);
	tcase_add_test(tcase, takes_forks_that_are_full);
	tcase_add_test(tcase, decodes_numbers);
	tcase_add_test(tcase, takes_a_free_one_as_it_is);
	suite_add_tcase(suite, tcase);
	return suite;
}
