/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units by the name of the field. */
#include "report/field_unit.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	const char *name;
	enum field_unit unit;
} names[] = {
	{"freeblks", UNIT_BLOCKS}, {"dblocks", UNIT_BLOCKS}, {"icount", UNIT_NONE}, {"features_incompat", UNIT_FLAGS},
	{"rootino", UNIT_INO},	   {"seqno", UNIT_AGNO},     {NULL, UNIT_NONE},	    {"no such field", UNIT_NONE},
};

START_TEST(test_lookup)
{
	ck_assert_int_eq(field_unit_of(names[_i].name), names[_i].unit);
}
END_TEST

static const struct {
	enum field_unit unit;
	uint64_t value;
	const char *text;
} values[] = {
	{UNIT_NONE, 12, "12"},
	{UNIT_BLOCKS, 1, "1 block"},
	{UNIT_BLOCKS, 12, "12 blocks"},
	{UNIT_BYTES, 0, "0 bytes"},
	{UNIT_SECTORS, 8, "8 sectors"},
	{UNIT_FLAGS, 18, "0x12"},
	{UNIT_MAGIC, 0x58465342, "0x58465342"},
	{UNIT_MODE, 0100644, "0100644"},
	{UNIT_LSN, (uint64_t)7 << 32 | 21, "7:21"},
	{UNIT_INO, UINT64_MAX, "18446744073709551615"},
};

START_TEST(test_print)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	field_unit_print(out, values[_i].unit, values[_i].value);
	fclose(out);
	ck_assert_str_eq(text, values[_i].text);
	free(text);
}
END_TEST

Suite *field_unit_suite(void);

Suite *field_unit_suite(void)
{
	Suite *suite = suite_create("field_unit");
	TCase *tcase = tcase_create("field_unit");

	tcase_add_loop_test(tcase, test_lookup, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_loop_test(tcase, test_print, 0, sizeof(values) / sizeof(values[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
