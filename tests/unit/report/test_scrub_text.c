/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text report of results made by hand. */
#include "report/scrub_text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/escape.h"
#include "unit/report/colours.h"
#include "unit/report/golden.h"
#include "unit/report/sample.h"

static int print_plain(const struct scrub_result *result, FILE *out, struct error *err)
{
	const struct text_style style = {.colour = false};

	return report_scrub_text(result, out, &style, err);
}

static int print_coloured(const struct scrub_result *result, FILE *out, struct error *err)
{
	const struct text_style style = {.colour = true};

	return report_scrub_text(result, out, &style, err);
}

static void check_text(const char *name, const struct scrub_result *result)
{
	char *text = sample_print(print_plain, result);

	golden_check(name, text);
	ck_assert(utf8_valid(text, strlen(text)));
	for (const char *at = text; *at; at++)
		ck_assert_msg(*at == '\n' || (unsigned char)*at >= 0x20, "control character %#x", *at);
	free(text);
}

START_TEST(test_rich)
{
	check_text("rich.txt", sample_rich());
}
END_TEST

START_TEST(test_clean)
{
	check_text("clean.txt", sample_clean());
}
END_TEST

START_TEST(test_spare)
{
	check_text("spare.txt", sample_spare());
}
END_TEST

/* Without its colours it is the plain report. */
START_TEST(test_colours)
{
	char *plain = sample_print(print_plain, sample_rich()), *coloured = sample_print(print_coloured, sample_rich());
	unsigned begun;

	begun = colours_strip(coloured);
	ck_assert_str_eq(coloured, plain);
	ck_assert_uint_gt(begun, 10);
	free(plain);
	free(coloured);
}
END_TEST

/* What cannot be written is a failure, not a shorter report. */
START_TEST(test_full_disk)
{
	FILE *full = fopen("/dev/full", "w");
	struct error err = {0};

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(print_plain(sample_clean(), full, &err), ERR_IO);
	ck_assert_str_eq(err.text, "cannot write the report: No space left on device");
	fclose(full);
}
END_TEST

Suite *scrub_text_suite(void);

Suite *scrub_text_suite(void)
{
	Suite *suite = suite_create("scrub_text");
	TCase *tcase = tcase_create("scrub_text");

	tcase_add_test(tcase, test_rich);
	tcase_add_test(tcase, test_clean);
	tcase_add_test(tcase, test_spare);
	tcase_add_test(tcase, test_colours);
	tcase_add_test(tcase, test_full_disk);
	suite_add_tcase(suite, tcase);
	return suite;
}
