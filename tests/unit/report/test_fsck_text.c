/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text report of checks made by hand. */
#include "report/fsck_report.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/escape.h"
#include "unit/report/colours.h"
#include "unit/report/golden.h"
#include "unit/report/sample_fsck.h"

static int print_plain(const struct fsck_report *report, FILE *out, struct error *err)
{
	const struct text_style style = {.colour = false};

	return report_fsck_text(report, out, &style, err);
}

static int print_coloured(const struct fsck_report *report, FILE *out, struct error *err)
{
	const struct text_style style = {.colour = true};

	return report_fsck_text(report, out, &style, err);
}

START_TEST(test_golden)
{
	char *text = sample_fsck_print(&sample_fscks[_i], print_plain), name[100];

	snprintf(name, sizeof(name), "%s.txt", sample_fscks[_i].name);
	golden_check(name, text);
	ck_assert(utf8_valid(text, strlen(text)));
	for (const char *at = text; *at; at++)
		ck_assert_msg(*at == '\n' || (unsigned char)*at >= 0x20, "control character %#x", *at);
	free(text);
}
END_TEST

/* Without its colours it is the plain report. */
START_TEST(test_colours)
{
	char *plain = sample_fsck_print(&sample_fscks[_i], print_plain);
	char *coloured = sample_fsck_print(&sample_fscks[_i], print_coloured);
	unsigned begun;

	begun = colours_strip(coloured);
	ck_assert_str_eq(coloured, plain);
	ck_assert_uint_ge(begun, 1);
	free(plain);
	free(coloured);
}
END_TEST

/* What cannot be written is a failure, not a shorter report. */
START_TEST(test_full_disk)
{
	struct examine_result result = {0};
	const struct fsck_report report = {.result = &result, .device = "d"};
	FILE *full = fopen("/dev/full", "w");
	struct error err = {0};

	sample_fsck_rich(&result);
	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(print_plain(&report, full, &err), ERR_IO);
	ck_assert_str_eq(err.text, "cannot write the report: No space left on device");
	fclose(full);
	examine_result_fini(&result);
}
END_TEST

Suite *fsck_text_suite(void);

Suite *fsck_text_suite(void)
{
	Suite *suite = suite_create("fsck_text");
	TCase *tcase = tcase_create("fsck_text");

	tcase_add_loop_test(tcase, test_golden, 0, SAMPLE_FSCKS);
	tcase_add_loop_test(tcase, test_colours, 0, SAMPLE_FSCKS);
	tcase_add_test(tcase, test_full_disk);
	suite_add_tcase(suite, tcase);
	return suite;
}
