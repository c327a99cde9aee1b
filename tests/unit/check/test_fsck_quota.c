/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Quota, in the image "quota" (tests/images/quota-guest.sh): what the kernel counted is what is counted here, and each
 * wrong field of a record is found.
 *
 * User 1000 has 7 inodes with 50 blocks and a symbolic link, user 1001 is over its soft limits.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/dquot.h"
#include "lib/fsck_case.h"

typedef unsigned long long ull;

static struct fsck_case c;
static struct disk_sb *sb;

static void setup(void)
{
	fsck_case_open(&c, "quota");
	sb = (struct disk_sb *)c.image.bytes;
}

static void teardown(void)
{
	fsck_case_close(&c);
}

#define expect(...)                                                                                                    \
	do {                                                                                                           \
		char wanted_[8192];                                                                                    \
		(void)snprintf(wanted_, sizeof(wanted_), __VA_ARGS__);                                                 \
		ck_assert_str_eq(fsck_case_run(&c), wanted_);                                                          \
		ck_assert(c.whole);                                                                                    \
	} while (0)

#define PER_BLOCK (4096u / (unsigned)sizeof(struct disk_dqblk))

static uint64_t quota_ino(unsigned type)
{
	return c.fs->geo.quota_ino[type];
}

/* The record of an id in the quota file of a type (0 user, 1 group, 2 project). */
static struct disk_dqblk *record(unsigned type, uint64_t id)
{
	struct inode inode;
	struct extent extent;
	uint64_t fileoff = id / PER_BLOCK;
	struct agaddr at;

	ck_assert_int_eq(inode_read(c.fs, quota_ino(type), &inode, NULL), 0);
	ck_assert_int_eq(fork_map(c.fs, &inode, FORK_DATA, fileoff, &extent, NULL), 1);
	at = (struct agaddr){extent.start.agno, extent.start.agbno + (uint32_t)(fileoff - extent.fileoff)};
	return (struct disk_dqblk *)(c.image.bytes + geometry_block_offset(&c.fs->geo, at)) + id % PER_BLOCK;
}

static void seal(struct disk_dqblk *dqblk)
{
	crc32c_block_seal(dqblk, sizeof(*dqblk), offsetof(struct disk_dqblk, crc));
}

static void set(unsigned type, uint64_t id, const char *field, uint64_t value)
{
	struct disk_dqblk *dqblk = record(type, id);
	const struct field *found = field_find(&dqblk_table, field);

	ck_assert_ptr_nonnull(found);
	field_set(found, dqblk, 0, value);
	seal(dqblk);
}

static void set_qflags(unsigned flags)
{
	for (uint32_t agno = 0; agno < c.fs->geo.ag_count; agno++) {
		sb = (struct disk_sb *)(c.image.bytes + geometry_sector_offset(&c.fs->geo, agno, 0));
		sb->qflags = be16_of((uint16_t)flags);
		crc32c_block_seal(sb, c.fs->geo.sector_bytes, offsetof(struct disk_sb, crc));
	}
}

START_TEST(sound)
{
	ck_assert_uint_eq(be64_get(record(0, 1000)->dquot.icount), 8);
	ck_assert_uint_eq(be64_get(record(0, 4294967290)->dquot.bcount), 3);
	ck_assert_uint_eq(be64_get(record(2, 42)->dquot.bcount), 6);
	expect("%s", "");
}
END_TEST

START_TEST(usage)
{
	uint64_t blocks = be64_get(record(0, 1000)->dquot.bcount), inodes = be64_get(record(1, 0)->dquot.icount);

	set(0, 1000, "dquot.bcount", blocks + 1);
	set(1, 0, "dquot.icount", inodes - 1);
	set(2, 123456789, "dquot.icount", 0);
	set(2, 5, "dquot.icount", 1);
	expect("QUOTA_USAGE ino %llu data at 33 bcount %llu!=%llu id 1000\n"
	       "QUOTA_USAGE ino %llu data at 0 icount %llu!=%llu id 0\n"
	       "QUOTA_USAGE ino %llu data at 0 icount 0!=1 id 5\n"
	       "QUOTA_USAGE ino %llu data at 4115226 icount 1!=0 id 123456789\n",
	       (ull)quota_ino(0), (ull)blocks, (ull)blocks + 1, (ull)quota_ino(1), (ull)inodes, (ull)inodes - 1,
	       (ull)quota_ino(2), (ull)quota_ino(2));
}
END_TEST

/* The owner of a file is another than quota knows of, and has no record. */
START_TEST(missing)
{
	uint64_t file = fsck_case_ino(&c, "empty7");

	fsck_case_set_inode(&c, file, "gid", 500000);
	expect("QUOTA_USAGE ino %llu data at 100 icount 0!=1 id 3007\nQUOTA_RECORD_MISSING ino %llu id 500000\n",
	       (ull)quota_ino(1), (ull)quota_ino(1));
}
END_TEST

/* What was not counted is not compared, but each record must still be one. */
START_TEST(not_counted)
{
	set(0, 1000, "dquot.bcount", 1);
	set_qflags(0x7cf & ~SB_QUOTA_USER_CHECKED);
	expect("%s", "");
	set(0, 1000, "dquot.pad", 1);
	expect("QUOTA_RECORD_FIELD ino %llu data at 33 pad found 1 id 1000\n", (ull)quota_ino(0));
}
END_TEST

static const struct {
	uint64_t id;
	const char *field;
	uint64_t value;
} bad_records[] = {
	{1000, "dquot.magic", 0x4450},	   {1000, "dquot.version", 2}, {1000, "dquot.type", 0x84}, /* of a group */
	{1000, "dquot.type", 0x01 | 0x40}, /* a bit without meaning */
	{0, "dquot.type", 0x81},	   /* times of id 0 are no times */
	{1000, "dquot.id", 1001},	   {1000, "uuid", 1},
};

START_TEST(bad_record)
{
	char wanted[200];

	set(0, bad_records[_i].id, bad_records[_i].field, bad_records[_i].value);
	(void)snprintf(wanted, sizeof(wanted), "QUOTA_RECORD_BAD ino %llu data at %u id %u (", (ull)quota_ino(0),
		       (unsigned)bad_records[_i].id / PER_BLOCK, (unsigned)bad_records[_i].id);
	ck_assert_int_eq(strncmp(fsck_case_run(&c), wanted, strlen(wanted)), 0);
	ck_assert_ptr_eq(strchr(c.said, '\n'), strrchr(c.said, '\n'));
}
END_TEST

START_TEST(bad_checksum)
{
	record(0, 2001)->dquot.bwarns = be16_of(1);
	expect("QUOTA_RECORD_BAD ino %llu data at 66 id 2001 (%s)\n", (ull)quota_ino(0), flaw_text(FLAW_CRC));
}
END_TEST

static const struct {
	const char *field;
	uint64_t value;
	const char *said;
} bad_fields[] = {
	{"dquot.pad0", 1, "pad0 found 1"},
	{"dquot.pad", 256, "pad found 256"},
	{"fill", 0x03000000, "fill found 3"},
	{"dquot.itimer", 77, "itimer found 77"},
	{"dquot.btimer", 77, "btimer found 77"},
	{"dquot.rtbtimer", 77, "rtbtimer found 77"},
	{"dquot.rtbcount", 4, "rtbcount found 4"},
};

START_TEST(bad_field)
{
	set(0, 1000, bad_fields[_i].field, bad_fields[_i].value);
	expect("QUOTA_RECORD_FIELD ino %llu data at 33 %s id 1000\n", (ull)quota_ino(0), bad_fields[_i].said);
}
END_TEST

/* A limit is exceeded, and no time runs; the same limits are right for id 0, which has none. */
START_TEST(timers)
{
	set(0, 1001, "dquot.btimer", 0);
	set(0, 1000, "dquot.ino_hardlimit", 1);
	set(0, 1000, "dquot.ino_softlimit", 0);
	set(0, 0, "dquot.itimer", 5);
	expect("QUOTA_RECORD_FIELD ino %llu data at 33 itimer found 0 id 1000\n"
	       "QUOTA_RECORD_FIELD ino %llu data at 33 btimer found 0 id 1001\n",
	       (ull)quota_ino(0), (ull)quota_ino(0));
}
END_TEST

/* A default that came after the hard limit of a user, and went. */
START_TEST(default_limits)
{
	set(0, 1000, "dquot.blk_softlimit", 513);
	expect("%s", "");
}
END_TEST

/* Records behind the last id. */
START_TEST(beyond)
{
	uint64_t id = 4294967300;

	ck_assert_uint_eq(be32_get(record(0, id)->dquot.id), 4);
	set(0, id, "dquot.icount", 1);
	expect("QUOTA_RECORD_FIELD ino %llu data at 143165576 unused found 1 id 4\n", (ull)quota_ino(0));
}
END_TEST

START_TEST(lsn)
{
	ck_assert_uint_ne(be64_get(record(0, 1000)->lsn), 0);
	set(0, 1000, "lsn", (uint64_t)9 << 32);
	ck_assert_int_eq(strncmp(fsck_case_run(&c), "LSN_AHEAD ino ", 14), 0);
}
END_TEST

START_TEST(shape)
{
	fsck_case_set_inode(&c, quota_ino(1), "size", 4096);
	expect("QUOTA_FILE ino %llu size found 4096\n", (ull)quota_ino(1));
}
END_TEST

START_TEST(unreadable)
{
	fsck_case_set_inode(&c, quota_ino(1), "magic", 0);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "QUOTA_FILE ino 132 ino found 132\n"));
	ck_assert_ptr_null(strstr(c.said, "QUOTA_RECORD_MISSING"));
	ck_assert_ptr_null(strstr(c.said, "QUOTA_USAGE"));
}
END_TEST

/* A block with the records of users 1980 to 2009. */
START_TEST(media_error)
{
	uint64_t at = (uint64_t)((uint8_t *)record(0, 2000) - c.image.bytes);

	fsck_case_bad(&c, at, at + 1);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "MEDIA_ERROR"));
	ck_assert_ptr_nonnull(strstr(c.said, "QUOTA_RECORD_MISSING ino 131 x 10 follows\n"));
	ck_assert_ptr_null(strstr(c.said, "QUOTA_USAGE"));
}
END_TEST

Suite *fsck_quota_suite(void);
Suite *fsck_quota_suite(void)
{
	Suite *suite = suite_create("fsck_quota");
	TCase *tc = tcase_create("records");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sound);
	tcase_add_test(tc, usage);
	tcase_add_test(tc, missing);
	tcase_add_test(tc, not_counted);
	tcase_add_loop_test(tc, bad_record, 0, (int)(sizeof(bad_records) / sizeof(bad_records[0])));
	tcase_add_test(tc, bad_checksum);
	tcase_add_loop_test(tc, bad_field, 0, (int)(sizeof(bad_fields) / sizeof(bad_fields[0])));
	tcase_add_test(tc, timers);
	tcase_add_test(tc, default_limits);
	tcase_add_test(tc, beyond);
	tcase_add_test(tc, lsn);
	tcase_add_test(tc, shape);
	tcase_add_test(tc, unreadable);
	tcase_add_test(tc, media_error);
	suite_add_tcase(suite, tc);
	return suite;
}
