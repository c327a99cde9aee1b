/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hash of names, against what xfs_db says ("hash NAME"). */
#include <check.h>
#include <string.h>

#include "format/da.h"

static const struct {
	const char *name;
	uint32_t hash;
} names[] = {
	{"", 0},
	{".", 0x2e},
	{"..", 0x172e},
	{"a", 0x61},
	{"ab", 0x30e2},
	{"abc", 0x187163},
	{"abcd", 0xc38b1e4},
	{"abcde", 0x1c58f263},
	{"lost+found", 0x21aa60c},
	{"measurements.csv-0123456789-0123456789", 0x97ade2a2},
};

START_TEST(hash)
{
	ck_assert_uint_eq(da_hash((const uint8_t *)names[_i].name, strlen(names[_i].name)), names[_i].hash);
}
END_TEST

Suite *da_suite(void);
Suite *da_suite(void)
{
	Suite *suite = suite_create("da");
	TCase *tc = tcase_create("hash");

	tcase_add_loop_test(tc, hash, 0, (int)(sizeof(names) / sizeof(names[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
