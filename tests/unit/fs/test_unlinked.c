/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of unlinked inodes: their ends, loops, and inodes that do not belong there. */
#include <check.h>
#include <string.h>

#include "fs/unlinked.h"
#include "unit/fs/fixture.h"

static struct fixture fixture;
static struct disk_agi agi;
static struct heard heard;

static void setup(void)
{
	fixture_init(&fixture, 10, 0); /* two inodes in a block */
	for (unsigned i = 0; i < AGI_UNLINKED_BUCKETS; i++)
		agi.unlinked[i] = be32_of(AGINO_NULL);
}

static void teardown(void)
{
	fixture_fini(&fixture);
}

static int hear_inode(void *arg, uint32_t bucket, const struct inode *inode)
{
	hear(arg, "%u:%llu ", bucket, (unsigned long long)inode->ino);
	return 0;
}

static int hear_bad_list(void *arg, uint32_t bucket, uint32_t agino, const struct error *why)
{
	hear(arg, "%u:bad%u ", bucket, agino);
	return hear_bad(arg, why);
}

static void walk(void)
{
	const struct unlinked_walker walker = {.inode = hear_inode, .bad = hear_bad_list, .arg = &heard};
	struct error err;

	memset(&heard, 0, sizeof(heard));
	ck_assert_int_eq(unlinked_walk(&fixture.fs, 0, &agi, &walker, &err), 0);
}

static void put(uint32_t agino, uint32_t next, uint32_t nlink)
{
	struct inode inode;

	fixture_inode(&fixture, agino, INODE_MODE_FILE, FORK_EXTENTS, &inode);
	inode.nlink = nlink;
	inode.next_unlinked = next;
	fixture_put(&fixture, &inode);
}

START_TEST(sound)
{
	walk();
	ck_assert_str_eq(heard.names, "");
	put(64 + 3, 128 + 3, 0);
	put(128 + 3, 192 + 3, 0);
	put(192 + 3, AGINO_NULL, 0);
	put(64 + 63, AGINO_NULL, 0);
	agi.unlinked[3] = be32_of(64 + 3);
	agi.unlinked[63] = be32_of(64 + 63);
	walk();
	ck_assert_str_eq(heard.names, "3:67 3:131 3:195 63:127 ");
	ck_assert_uint_eq(heard.bad, 0);
}
END_TEST

START_TEST(damaged)
{
	const struct unlinked_walker silent = {0};
	struct inode inode;
	struct error err;

	/* A loop. */
	put(64 + 3, 128 + 3, 0);
	put(128 + 3, 64 + 3, 0);
	put(64 + 5, AGINO_NULL, 0);
	agi.unlinked[3] = be32_of(64 + 3);
	agi.unlinked[5] = be32_of(64 + 5);
	walk();
	ck_assert_str_eq(heard.names, "3:67 3:131 3:bad67 5:69 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_LOOP);
	ck_assert_int_eq(unlinked_walk(&fixture.fs, 0, &agi, &silent, &err), ERR_CORRUPT);

	/* Into another list. */
	put(128 + 3, 64 + 5, 0);
	walk();
	ck_assert_str_eq(heard.names, "3:67 3:131 3:bad69 5:69 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_RANGE);

	/* An inode that has a name: the list goes on behind it. */
	put(128 + 3, 192 + 3, 1);
	put(192 + 3, AGINO_NULL, 0);
	walk();
	ck_assert_str_eq(heard.names, "3:67 3:bad131 3:195 5:69 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_COUNT);
	ck_assert_int_eq(unlinked_walk(&fixture.fs, 0, &agi, &silent, &err), ERR_CORRUPT);

	/* One that is free. */
	fixture_inode(&fixture, 128 + 3, 0, FORK_EXTENTS, &inode);
	inode.next_unlinked = 192 + 3;
	fixture_put(&fixture, &inode);
	walk();
	ck_assert_str_eq(heard.names, "3:67 3:bad131 3:195 5:69 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_FORMAT);

	/* An inode that is none, and a number that no inode has. */
	put(64 + 3, 256 + 3, 0);
	walk();
	ck_assert_str_eq(heard.names, "3:67 3:bad259 5:69 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_MAGIC);
	put(64 + 3, 0x40000003, 0);
	walk();
	ck_assert_str_eq(heard.names, "3:67 3:bad1073741827 5:69 ");
}
END_TEST

Suite *unlinked_suite(void);
Suite *unlinked_suite(void)
{
	Suite *suite = suite_create("unlinked");
	TCase *tc = tcase_create("lists");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sound);
	tcase_add_test(tc, damaged);
	suite_add_tcase(suite, tc);
	return suite;
}
