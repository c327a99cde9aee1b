/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parent pointers, sound and damaged. */
#include <check.h>
#include <string.h>

#include "fs/parent.h"
#include "unit/fs/fixture.h"

#define INO 640u

static struct fixture fixture;
static struct inode inode;
static struct heard heard;

static void setup(void)
{
	fixture_init(&fixture, 12, 0);
	fixture_inode(&fixture, INO, INODE_MODE_FILE, FORK_EXTENTS, &inode);
	fixture_attr_fork(&inode, FORK_LOCAL);
}

static void teardown(void)
{
	fixture_fini(&fixture);
}

static int hear_parent(void *arg, const struct parent *parent)
{
	hear(arg, "%llu.%u/%.*s ", (unsigned long long)parent->ino, parent->gen, (int)parent->name.len,
	     (const char *)parent->name.bytes);
	return 0;
}

static void walk(const uint8_t *attrs, size_t len)
{
	const struct parent_walker walker = {.parent = hear_parent, .bad = hear_bad, .arg = &heard};
	struct error err;

	memset(&heard, 0, sizeof(heard));
	fixture_local(&inode, FORK_ATTR, attrs, len);
	ck_assert_int_eq(parent_walk(&fixture.fs, &inode, &walker, &err), 0);
}

/* A user attribute of the same name, a pointer to inode 130 of generation 7, one to 131. */
static const uint8_t attrs[] = {0,   4 + 17 + 17 + 17,
				3,   0, /* header */
				2,   12,
				0,   'h',
				'i', 0,
				0,   0,
				0,   0,
				0,   0,
				130, 0,
				0,   0,
				7, /* user */
				2,   12,
				8,   'h',
				'i', 0,
				0,   0,
				0,   0,
				0,   0,
				130, 0,
				0,   0,
				7, /* parent */
				2,   12,
				8,   'y',
				'o', 0,
				0,   0,
				0,   0,
				0,   0,
				131, 0,
				0,   0x01,
				0x00}; /* parent */

START_TEST(sound)
{
	walk(attrs, sizeof(attrs));
	ck_assert_str_eq(heard.names, "130.7/hi 131.256/yo ");
	ck_assert_uint_eq(heard.bad, 0);
}
END_TEST

START_TEST(damaged)
{
	const struct parent_walker silent = {0};
	uint8_t bytes[sizeof(attrs)];
	struct error err;

	memcpy(bytes, attrs, sizeof(bytes));
	bytes[21 + 3] = '/';
	walk(bytes, sizeof(bytes));
	ck_assert_str_eq(heard.names, "131.256/yo ");
	ck_assert_int_eq(heard.first_flaw, FLAW_FORMAT);
	ck_assert_int_eq(parent_walk(&fixture.fs, &inode, &silent, &err), ERR_CORRUPT);

	memcpy(bytes, attrs, sizeof(bytes));
	bytes[21 + 5] = 1; /* an inode number far away */
	walk(bytes, sizeof(bytes));
	ck_assert_str_eq(heard.names, "131.256/yo ");
	ck_assert_int_eq(heard.first_flaw, FLAW_RANGE);

	memcpy(bytes, attrs, sizeof(bytes));
	bytes[21]++; /* the name takes a byte of the value, which then is too short */
	bytes[21 + 1]--;
	bytes[21 + 5] = 'x';
	walk(bytes, sizeof(bytes));
	ck_assert_str_eq(heard.names, "131.256/yo ");
	ck_assert_int_eq(heard.first_flaw, FLAW_FORMAT);

	/* Being made or removed: a short form is changed in one go, and cannot say so. */
	memcpy(bytes, attrs, sizeof(bytes));
	bytes[21 + 2] = 0x88;
	walk(bytes, sizeof(bytes));
	ck_assert_str_eq(heard.names, "131.256/yo ");
	ck_assert_int_eq(heard.first_flaw, FLAW_FORMAT);
}
END_TEST

Suite *parent_suite(void);
Suite *parent_suite(void)
{
	Suite *suite = suite_create("parent");
	TCase *tc = tcase_create("pointers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sound);
	tcase_add_test(tc, damaged);
	suite_add_tcase(suite, tc);
	return suite;
}
