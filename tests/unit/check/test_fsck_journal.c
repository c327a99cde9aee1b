/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the check says of the journal, and of metadata that the journal does not know of. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format/log.h"
#include "fs/journal.h"
#include "lib/fsck_case.h"

static struct fsck_case c;
static struct journal_state journal;

static void open_image(const char *name)
{
	fsck_case_open(&c, name);
	ck_assert_int_eq(journal_inspect(c.fs, &journal, NULL), 0);
}

static void teardown(void)
{
	fsck_case_close(&c);
}

/* A line of what the check says, wherever it stands. */
static bool says(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool says(const char *format, ...)
{
	char line[300] = "\n", said[sizeof(c.said) + 1];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line + 1, sizeof(line) - 2, format, args);
	va_end(args);
	(void)strcat(line, "\n");
	(void)snprintf(said, sizeof(said), "\n%s", fsck_case_run(&c));
	return strstr(said, line) != NULL;
}

static uint64_t offset_of(uint32_t block)
{
	return geometry_block_offset(&c.fs->geo, c.fs->geo.log_start) + (uint64_t)block * LOG_BLOCK_BYTES;
}

START_TEST(dirty)
{
	open_image("dirty");
	ck_assert(says("JOURNAL_DIRTY group %u block %u+%u x 2", c.fs->geo.log_start.agno, c.fs->geo.log_start.agbno,
		       c.fs->geo.log_blocks));
	ck_assert_ptr_null(strstr(c.said, "JOURNAL_TORN"));
	/* Ages of metadata say nothing while records wait. */
	fsck_case_set_inode(&c, c.fs->geo.root_ino, "lsn", lsn_of(9, 9));
	(void)fsck_case_run(&c);
	ck_assert_ptr_null(strstr(c.said, "LSN_AHEAD"));
}
END_TEST

/* The data of the last record did not reach the medium. */
START_TEST(torn)
{
	open_image("dirty");
	c.image.bytes[offset_of(lsn_block(journal.last_lsn) + 1) + 100] ^= 1;
	ck_assert(says("JOURNAL_TORN group %u block %u+%u x 1", c.fs->geo.log_start.agno, c.fs->geo.log_start.agbno,
		       c.fs->geo.log_blocks));
	ck_assert_ptr_nonnull(strstr(c.said, "JOURNAL_DIRTY"));
}
END_TEST

/* The unmount record itself. */
START_TEST(damaged)
{
	uint64_t at;
	struct agaddr block;

	open_image("norm");
	at = offset_of(lsn_block(journal.last_lsn));
	ck_assert(geometry_block_of_offset(&c.fs->geo, at, &block));
	c.image.bytes[at + offsetof(struct disk_log_record, crc)] ^= 1;
	ck_assert(says("JOURNAL_DAMAGED group %u block %u+1 (%s)", block.agno, block.agbno, flaw_text(FLAW_CRC)));
}
END_TEST

START_TEST(unreadable)
{
	struct agaddr block;
	uint64_t at;

	open_image("norm");
	at = offset_of(0);
	ck_assert(geometry_block_of_offset(&c.fs->geo, at, &block));
	fsck_case_bad(&c, at, at + 1);
	ck_assert(says("MEDIA_ERROR group %u block %u+1 (media)", block.agno, block.agbno));
}
END_TEST

/* Where nothing has to be read to know that the journal is clean. */
START_TEST(bad_where_nobody_reads)
{
	uint64_t at, block = 1024;
	struct agaddr start;
	char wanted[200];

	open_image("small");
	start = c.fs->geo.log_start;
	at = geometry_block_offset(&c.fs->geo, start);
	ck_assert_uint_eq(c.fs->geo.block_bytes, block);
	fsck_case_bad(&c, at + 20 * block, at + 20 * block + 1);
	fsck_case_bad(&c, at + 25 * block - 1, at + 25 * block + 1);
	(void)snprintf(wanted, sizeof(wanted),
		       "MEDIA_ERROR group %u block %u+1 (media)\nMEDIA_ERROR group %u block %u+2 (media)\n", start.agno,
		       start.agbno + 20, start.agno, start.agbno + 24);
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}
END_TEST

START_TEST(lsn_ahead)
{
	uint64_t root;

	open_image("norm");
	root = c.fs->geo.root_ino;
	fsck_case_set_inode(&c, root, "lsn", journal.head_lsn);
	ck_assert_str_eq(fsck_case_run(&c), "");
	fsck_case_set_inode(&c, root, "lsn", journal.head_lsn + 1);
	ck_assert(says("LSN_AHEAD ino %llu lsn %llu!=%llu", (unsigned long long)root,
		       (unsigned long long)journal.head_lsn, (unsigned long long)journal.head_lsn + 1));
	fsck_case_set_inode(&c, root, "lsn", lsn_of(lsn_cycle(journal.head_lsn) + 1, 0));
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "LSN_AHEAD"));
	fsck_case_set_inode(&c, root, "lsn", UINT64_MAX);
	ck_assert_str_eq(fsck_case_run(&c), "");
}
END_TEST

Suite *fsck_journal_suite(void);
Suite *fsck_journal_suite(void)
{
	Suite *suite = suite_create("fsck_journal");
	TCase *tc = tcase_create("conditions");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, dirty);
	tcase_add_test(tc, torn);
	tcase_add_test(tc, damaged);
	tcase_add_test(tc, unreadable);
	tcase_add_test(tc, bad_where_nobody_reads);
	tcase_add_test(tc, lsn_ahead);
	suite_add_tcase(suite, tc);
	return suite;
}
