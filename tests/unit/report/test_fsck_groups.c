/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands together in a report, and in which order. */
#include "report/fsck_groups.h"

#include <check.h>
#include <stdlib.h>

#include "unit/report/sample_fsck.h"

static struct examine_result result;
static struct fsck_groups groups;

static void open_rich(bool each)
{
	struct error err = {0};

	sample_fsck_rich(&result);
	ck_assert_int_eq(fsck_groups_make(&result.fsck.findings, each, &groups, &err), 0);
}

static void close_rich(void)
{
	fsck_groups_fini(&groups);
	examine_result_fini(&result);
}

/* Severity first, then what is at stake; causes in the order of what they are about. */
START_TEST(test_order)
{
	static const enum finding_code codes[] = {FINDING_MEDIA_ERROR, FINDING_INODE_UNREADABLE,
						  FINDING_INODE_NOT_IN_USE, FINDING_AGF_FIELD, FINDING_NOT_CHECKED};
	static const size_t causes[] = {1, 1, 2, 7, 1};
	static const uint64_t counts[] = {1, 1, 4, 10, 1};

	open_rich(false);
	ck_assert_uint_eq(groups.count, 5);
	for (size_t i = 0; i < 5; i++) {
		ck_assert_uint_eq(groups.items[i].code, codes[i]);
		ck_assert_uint_eq(groups.items[i].cause_count, causes[i]);
		ck_assert_uint_eq(groups.items[i].count, counts[i]);
	}
	/* three findings of inode 150 are one cause */
	ck_assert_uint_eq(groups.causes[groups.items[2].cause].more, 0);
	ck_assert_uint_eq(groups.causes[groups.items[2].cause + 1].more, 2);
	close_rich();
}
END_TEST

START_TEST(test_each)
{
	open_rich(true);
	ck_assert_uint_eq(groups.items[2].cause_count, 4);
	for (size_t i = 0; i < groups.cause_count; i++)
		ck_assert_uint_eq(groups.causes[i].more, 0);
	close_rich();
}
END_TEST

/* By inode, by group, or to nobody. */
START_TEST(test_follows)
{
	const struct fsck_group *rest;

	open_rich(false);
	rest = &groups.items[groups.count];
	ck_assert_uint_eq(groups.items[0].follow_count, 1);
	ck_assert_uint_eq(groups.items[0].follows[0].code, FINDING_AGF_FIELD);
	ck_assert_uint_eq(groups.items[1].follow_count, 1);
	ck_assert_uint_eq(groups.items[1].follows[0].code, FINDING_INODE_NOT_IN_USE);
	ck_assert_uint_eq(groups.items[1].follows[0].count, 2);
	ck_assert_uint_eq(groups.items[2].follow_count, 0);
	ck_assert_uint_eq(rest->follow_count, 1);
	ck_assert_uint_eq(rest->follows[0].count, 1);
	close_rich();
}
END_TEST

/* Nothing at all, and nothing but what follows. */
START_TEST(test_empty)
{
	struct findings findings = {0};
	struct error err = {0};

	ck_assert_int_eq(fsck_groups_make(&findings, false, &groups, &err), 0);
	ck_assert_uint_eq(groups.count, 0);
	fsck_groups_fini(&groups);
	finding_raise(&findings, &(struct finding){.code = FINDING_MEDIA_ERROR, .follows = true});
	ck_assert_int_eq(fsck_groups_make(&findings, false, &groups, &err), 0);
	ck_assert_uint_eq(groups.count, 0);
	ck_assert_uint_eq(groups.items[0].follow_count, 1);
	fsck_groups_fini(&groups);
	findings_fini(&findings);
}
END_TEST

Suite *fsck_groups_suite(void);

Suite *fsck_groups_suite(void)
{
	Suite *suite = suite_create("fsck_groups");
	TCase *tcase = tcase_create("fsck_groups");

	tcase_add_test(tcase, test_order);
	tcase_add_test(tcase, test_each);
	tcase_add_test(tcase, test_follows);
	tcase_add_test(tcase, test_empty);
	suite_add_tcase(suite, tcase);
	return suite;
}
