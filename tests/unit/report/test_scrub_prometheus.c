/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Metrics of results made by hand. */
#include "report/scrub_prometheus.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/escape.h"
#include "unit/report/golden.h"
#include "unit/report/manual.h"
#include "unit/report/sample.h"

static int print(const struct scrub_result *result, FILE *out, struct error *err)
{
	return report_scrub_prometheus(result, out, "0.1.0", 1767225600, err);
}

START_TEST(test_rich)
{
	char *text = sample_print(print, sample_rich());

	golden_check("rich.prom", text);
	free(text);
}
END_TEST

/* Every sample follows the head of its metric, has the label of the device, and stands in the manual. */
START_TEST(test_form)
{
	/* The device of this sample has a quotation mark, a backslash, a newline and a byte 0xff. */
	static const char device[] = "{device=\"odd\\\"\\\\\\n\xef\xbf\xbd.img\"";
	char *text = sample_print(print, sample_spare()), *line, *rest = text, name[100] = "";
	unsigned samples = 0;

	ck_assert(utf8_valid(text, strlen(text)));
	while ((line = strsep(&rest, "\n")) && rest) {
		if (strncmp(line, "# HELP ", 7) == 0) {
			ck_assert_int_eq(sscanf(line, "# HELP %99s", name), 1);
			ck_assert_msg(strncmp(name, "xfsdax_scrub_", 13) == 0, "%s", name);
			ck_assert_msg(manual_has(MANUAL_SCRUB, name), "%s is not in the manual", name);
		} else if (line[0] == '#') {
			ck_assert_msg(strncmp(line, "# TYPE ", 7) == 0 && strncmp(line + 7, name, strlen(name)) == 0 &&
					      strcmp(line + 7 + strlen(name), " gauge") == 0,
				      "%s", line);
		} else {
			const char *labels = line + strlen(name), *value = strrchr(line, ' ');

			ck_assert_msg(strncmp(line, name, strlen(name)) == 0, "%s", line);
			ck_assert_msg(strncmp(labels, device, sizeof(device) - 1) == 0, "%s", line);
			ck_assert_msg(value && value[-1] == '}' && strspn(value + 1, "0123456789") == strlen(value + 1),
				      "%s", line);
			samples++;
		}
	}
	ck_assert_uint_eq(samples, DAMAGE_CODES + 8);
	free(text);
}
END_TEST

Suite *scrub_prometheus_suite(void);

Suite *scrub_prometheus_suite(void)
{
	Suite *suite = suite_create("scrub_prometheus");
	TCase *tcase = tcase_create("scrub_prometheus");

	tcase_add_test(tcase, test_rich);
	tcase_add_test(tcase, test_form);
	suite_add_tcase(suite, tcase);
	return suite;
}
