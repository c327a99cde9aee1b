/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON lines of checks made by hand: exactly these, each an object, each member and each value documented. */
#include "report/fsck_report.h"

#include <check.h>
#include <json.h>
#include <stdlib.h>
#include <string.h>

#include "report/field_unit.h"
#include "unit/report/golden.h"
#include "unit/report/manual.h"
#include "unit/report/sample_fsck.h"

static int print(const struct fsck_report *report, FILE *out, struct error *err)
{
	return report_fsck_json(report, out, "0.1.0", err);
}

START_TEST(test_golden)
{
	char *text, name[100];

	if (strcmp(sample_fscks[_i].name, "fsck-all") == 0)
		return; /* differs in the text only, but for its costs: test_documented sees them */
	text = sample_fsck_print(&sample_fscks[_i], print);
	snprintf(name, sizeof(name), "%s.json", sample_fscks[_i].name);
	golden_check(name, text);
	free(text);
}
END_TEST

static void check_documented(json_object *object)
{
	struct json_object_iterator at = json_object_iter_begin(object), end = json_object_iter_end(object);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *key = json_object_iter_peek_name(&at);
		json_object *value = json_object_iter_peek_value(&at);

		ck_assert_msg(manual_has(MANUAL_FSCK, key), "member %s is not in the manual", key);
		if (json_object_is_type(value, json_type_array))
			for (size_t i = 0; i < json_object_array_length(value); i++)
				if (json_object_is_type(json_object_array_get_idx(value, i), json_type_object))
					check_documented(json_object_array_get_idx(value, i));
	}
}

static void check_line(const char *line)
{
	json_tokener *tokener = json_tokener_new();
	json_object *object;
	char heading[60];

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, line, (int)strlen(line) + 1);
	ck_assert_msg(json_object_is_type(object, json_type_object), "%s: %s",
		      json_tokener_error_desc(json_tokener_get_error(tokener)), line);
	check_documented(object);
	snprintf(heading, sizeof(heading), "\\(dqtype\\(dq: \\(dq%s",
		 json_object_get_string(json_object_object_get(object, "type")));
	ck_assert_msg(manual_has(MANUAL_FSCK, heading), "%s has no heading in the manual", heading);
	json_object_put(object);
	json_tokener_free(tokener);
}

/* Lines of each sample: header, findings, passes, summary. */
START_TEST(test_documented)
{
	static const unsigned lines[SAMPLE_FSCKS] = {1 + 18 + 1, 1 + 18 + 2 + 1, 2, 2, 2};
	char *text = sample_fsck_print(&sample_fscks[_i], print), *rest = text, *line;
	unsigned count = 0;

	while ((line = strsep(&rest, "\n")) && rest) {
		check_line(line);
		count++;
	}
	ck_assert_str_eq(line, "");
	ck_assert_uint_eq(count, lines[_i]);
	free(text);
}
END_TEST

/* What can stand in a member. */
START_TEST(test_values)
{
	for (int i = 0; i < REPAIR_CODES; i++)
		ck_assert_msg(manual_quotes(MANUAL_FSCK, repair_kinds[i].name), "repair %s", repair_kinds[i].name);
	for (int i = SEVERITY_NOTE; i <= SEVERITY_ERROR; i++)
		ck_assert_msg(manual_quotes(MANUAL_FSCK, finding_severity_names[i]), "%s", finding_severity_names[i]);
	for (int i = STAKE_NOTHING; i <= STAKE_DATA; i++)
		ck_assert_msg(manual_quotes(MANUAL_FSCK, finding_stake_names[i]), "%s", finding_stake_names[i]);
	for (int i = UNIT_NONE; i <= UNIT_PAD; i++) {
		const char *name = field_unit_name((enum field_unit)i);

		ck_assert_msg(!name || manual_quotes(MANUAL_FSCK, name), "unit %s", name);
	}
}
END_TEST

START_TEST(test_full_disk)
{
	struct examine_result result = {0};
	const struct fsck_report report = {.result = &result, .device = "d"};
	FILE *full = fopen("/dev/full", "w");
	struct error err = {0};

	sample_fsck_rich(&result);
	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(print(&report, full, &err), ERR_IO);
	fclose(full);
	examine_result_fini(&result);
}
END_TEST

Suite *fsck_json_suite(void);

Suite *fsck_json_suite(void)
{
	Suite *suite = suite_create("fsck_json");
	TCase *tcase = tcase_create("fsck_json");

	tcase_add_loop_test(tcase, test_golden, 0, SAMPLE_FSCKS);
	tcase_add_loop_test(tcase, test_documented, 0, SAMPLE_FSCKS);
	tcase_add_test(tcase, test_values);
	tcase_add_test(tcase, test_full_disk);
	suite_add_tcase(suite, tcase);
	return suite;
}
