/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON lines of results made by hand: exactly these, each an object, each member documented. */
#include "report/scrub_json.h"

#include <check.h>
#include <json.h>
#include <stdlib.h>
#include <string.h>

#include "unit/report/golden.h"
#include "unit/report/manual.h"
#include "unit/report/sample.h"

static int print(const struct scrub_result *result, FILE *out, struct error *err)
{
	return report_scrub_json(result, out, "0.1.0", err);
}

START_TEST(test_golden)
{
	static const char *const names[] = {"rich.json", "clean.json", "spare.json"};
	const struct scrub_result *const results[] = {sample_rich(), sample_clean(), sample_spare()};
	char *text = sample_print(print, results[_i]);

	golden_check(names[_i], text);
	free(text);
}
END_TEST

/* Calls @check with each line as an object. Returns how many there are. */
static unsigned each_line(const struct scrub_result *result, void (*check)(json_object *line))
{
	char *text = sample_print(print, result), *rest = text, *line;
	unsigned lines = 0;

	while ((line = strsep(&rest, "\n")) && rest) {
		json_tokener *tokener = json_tokener_new();
		json_object *object;

		json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
		object = json_tokener_parse_ex(tokener, line, (int)strlen(line) + 1);
		ck_assert_msg(json_object_is_type(object, json_type_object), "%s: %s",
			      json_tokener_error_desc(json_tokener_get_error(tokener)), line);
		check(object);
		json_object_put(object);
		json_tokener_free(tokener);
		lines++;
	}
	ck_assert_str_eq(line, "");
	free(text);
	return lines;
}

static void check_documented(json_object *object)
{
	struct json_object_iterator at = json_object_iter_begin(object), end = json_object_iter_end(object);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *key = json_object_iter_peek_name(&at);
		json_object *value = json_object_iter_peek_value(&at);

		ck_assert_msg(manual_has(MANUAL_SCRUB, key), "member %s is not in the manual", key);
		if (json_object_is_type(value, json_type_array))
			for (size_t i = 0; i < json_object_array_length(value); i++)
				if (json_object_is_type(json_object_array_get_idx(value, i), json_type_object))
					check_documented(json_object_array_get_idx(value, i));
	}
}

static void check_line(json_object *line)
{
	const char *type = json_object_get_string(json_object_object_get(line, "type"));
	char heading[60];

	check_documented(line);
	snprintf(heading, sizeof(heading), "\\(dqtype\\(dq: \\(dq%s", type);
	ck_assert_msg(manual_has(MANUAL_SCRUB, heading), "type %s has no heading in the manual", type);
}

START_TEST(test_documented)
{
	/* header, 4 ranges, 11 pieces, 8 owners, 4 inodes, 4 files, 3 notes, totals */
	ck_assert_uint_eq(each_line(sample_rich(), check_line), 36);
	ck_assert_uint_eq(each_line(sample_clean(), check_line), 2);
	ck_assert_uint_eq(each_line(sample_spare(), check_line), 4);
}
END_TEST

static void check_names(json_object *line)
{
	json_object *paths = json_object_object_get(line, "paths"), *path;

	if (!paths || json_object_get_uint64(json_object_object_get(line, "inode")) != 140)
		return;
	path = json_object_array_get_idx(paths, 0);
	ck_assert_str_eq(json_object_get_string(json_object_object_get(path, "path")),
			 "/evil\n  /etc/passwd\x1b[31m\xef\xbf\xbd\\");
	ck_assert_str_eq(json_object_get_string(json_object_object_get(path, "path_hex")),
			 "2f6576696c0a20202f6574632f7061737377641b5b33316dff5c");
}

/* A name that is no UTF-8 comes back, from the hexadecimal digits. */
START_TEST(test_names)
{
	each_line(sample_rich(), check_names);
}
END_TEST

START_TEST(test_full_disk)
{
	FILE *full = fopen("/dev/full", "w");
	struct error err = {0};

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(print(sample_clean(), full, &err), ERR_IO);
	fclose(full);
}
END_TEST

Suite *scrub_json_suite(void);

Suite *scrub_json_suite(void)
{
	Suite *suite = suite_create("scrub_json");
	TCase *tcase = tcase_create("scrub_json");

	tcase_add_loop_test(tcase, test_golden, 0, 3);
	tcase_add_test(tcase, test_documented);
	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_full_disk);
	suite_add_tcase(suite, tcase);
	return suite;
}
