/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of findings: what a flood leaves of each code, and that everything is counted. */
#include "check/finding.h"

#include <check.h>

Suite *finding_suite(void);

static struct findings list, all;

static void setup(void)
{
	list = all = (struct findings){0};
}

static void teardown(void)
{
	findings_fini(&list);
	findings_fini(&all);
}

static void raise_many(enum finding_code code, uint64_t first, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		finding_raise(&list, &(struct finding){.code = code, .at = at_inode(first + i)});
}

START_TEST(keeps_the_first_and_counts_all)
{
	raise_many(FINDING_LINK_COUNT, 0, FINDINGS_KEPT_MAX + 500);
	ck_assert_uint_eq(list.count, FINDINGS_KEPT_MAX);
	ck_assert_uint_eq(list.kept[FINDING_LINK_COUNT], FINDINGS_KEPT_MAX);
	ck_assert_uint_eq(list.raised[FINDING_LINK_COUNT], FINDINGS_KEPT_MAX + 500);
	for (unsigned i = 0; i < FINDINGS_KEPT_MAX; i++)
		ck_assert_uint_eq(list.items[i].at.ino, i);
	ck_assert_uint_eq(findings_wrong(&list), FINDINGS_KEPT_MAX + 500);
}
END_TEST

START_TEST(keeps_some_of_each_code)
{
	raise_many(FINDING_LINK_COUNT, 0, FINDINGS_KEPT_MAX);
	raise_many(FINDING_ROOT_MISSING, 7, 1);
	raise_many(FINDING_INODE_SIZE, 0, 2 * FINDINGS_OF_A_CODE);
	ck_assert_uint_eq(list.count, FINDINGS_KEPT_MAX + 1 + FINDINGS_OF_A_CODE);
	ck_assert_int_eq(list.items[FINDINGS_KEPT_MAX].code, FINDING_ROOT_MISSING);
	ck_assert_uint_eq(list.kept[FINDING_INODE_SIZE], FINDINGS_OF_A_CODE);
	ck_assert_uint_eq(list.raised[FINDING_INODE_SIZE], 2 * FINDINGS_OF_A_CODE);
}
END_TEST

/* However many lists there are, and each full of findings of two codes. */
START_TEST(joins_no_more_than_fit)
{
	const unsigned lists = 40;

	for (unsigned i = 0; i < lists; i++) {
		raise_many(i < lists / 2 ? FINDING_LINK_COUNT : FINDING_INODE_SIZE, i * 10000, FINDINGS_KEPT_MAX + 1);
		findings_join(&all, &list);
		ck_assert_uint_eq(list.count, 0);
		ck_assert_uint_eq(list.raised[FINDING_LINK_COUNT], 0);
	}
	ck_assert_uint_eq(all.count, FINDINGS_JOINED_MAX + FINDINGS_OF_A_CODE);
	ck_assert_uint_eq(all.kept[FINDING_LINK_COUNT], FINDINGS_JOINED_MAX);
	ck_assert_uint_eq(all.kept[FINDING_INODE_SIZE], FINDINGS_OF_A_CODE);
	ck_assert_uint_eq(all.raised[FINDING_LINK_COUNT], lists / 2 * (FINDINGS_KEPT_MAX + 1));
	ck_assert_uint_eq(all.raised[FINDING_INODE_SIZE], lists / 2 * (FINDINGS_KEPT_MAX + 1));
	/* In the order of the lists. */
	ck_assert_uint_eq(all.items[0].at.ino, 0);
	ck_assert_uint_eq(all.items[FINDINGS_KEPT_MAX].at.ino, 10000);
}
END_TEST

Suite *finding_suite(void)
{
	Suite *suite = suite_create("finding");
	TCase *tcase = tcase_create("finding");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, keeps_the_first_and_counts_all);
	tcase_add_test(tcase, keeps_some_of_each_code);
	tcase_add_test(tcase, joins_no_more_than_fit);
	suite_add_tcase(suite, tcase);
	return suite;
}
