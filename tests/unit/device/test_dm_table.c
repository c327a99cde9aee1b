/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's answer laid out by hand, right and wrong. */
#include "device/dm_table.h"

#include <check.h>
#include <linux/dm-ioctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

Suite *dm_table_suite(void);

struct answer {
	uint8_t bytes[2048];
	size_t used;
};

static struct error err;

/* Returns where the target begins. */
static size_t add(struct answer *answer, uint64_t start, uint64_t len, const char *type, const char *words)
{
	struct dm_target_spec spec = {.sector_start = start, .length = len};
	size_t at = answer->used;

	strncpy(spec.target_type, type, sizeof(spec.target_type) - 1);
	answer->used = (at + sizeof(spec) + strlen(words) + 1 + 7) / 8 * 8;
	ck_assert_uint_le(answer->used, sizeof(answer->bytes));
	spec.next = (uint32_t)answer->used;
	memcpy(answer->bytes + at, &spec, sizeof(spec));
	memcpy(answer->bytes + at + sizeof(spec), words, strlen(words) + 1);
	return at;
}

/* From a copy of exactly that length, so that a sanitizer sees a step beyond. */
static void parse(const struct answer *answer, size_t len, uint32_t count, struct dm_table *table)
{
	void *copy = malloc(len ? len : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, answer->bytes, len);
	ck_assert_int_eq(dm_table_parse(copy, len, count, table, &err), 0);
	free(copy);
}

START_TEST(linear_targets)
{
	struct answer answer = {.used = 0};
	struct dm_table table;

	add(&answer, 0, 2048, "linear", "259:0 34");
	add(&answer, 2048, 100, "striped", "2 128 8:1 0 8:2 0");
	add(&answer, 2148, 7, "linear", "8:17 123456789012");
	parse(&answer, answer.used, 3, &table);
	ck_assert_uint_eq(table.count, 2);
	ck_assert_uint_eq(table.others, 1);
	ck_assert_uint_eq(table.linear[0].start, 0);
	ck_assert_uint_eq(table.linear[0].len, 2048);
	ck_assert(table.linear[0].below == makedev(259, 0));
	ck_assert_uint_eq(table.linear[0].below_start, 34);
	ck_assert_uint_eq(table.linear[1].start, 2148);
	ck_assert_uint_eq(table.linear[1].len, 7);
	ck_assert(table.linear[1].below == makedev(8, 17));
	ck_assert_uint_eq(table.linear[1].below_start, 123456789012u);
	dm_table_fini(&table);
	parse(&answer, 0, 0, &table);
	ck_assert_uint_eq(table.count + table.others, 0);
	dm_table_fini(&table);
}
END_TEST

START_TEST(words_that_are_not_understood)
{
	static const char *const words[] = {"",		  "259:0",     "259:0 ",  "259 0 34",  "/dev/pmem0 34",
					    "259:0 34 1", "259:0 -34", "-1:0 34", "259:0 0x10"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct answer answer = {.used = 0};
		struct dm_table table;

		add(&answer, 0, 2048, "linear", words[i]);
		parse(&answer, answer.used, 1, &table);
		ck_assert_uint_eq(table.count, 0);
		ck_assert_uint_eq(table.others, 1);
		dm_table_fini(&table);
	}
}
END_TEST

START_TEST(cut_anywhere)
{
	struct answer answer = {.used = 0};
	struct dm_table table;
	size_t second;

	add(&answer, 0, 8, "linear", "8:0 0");
	second = add(&answer, 8, 8, "linear", "8:0 8");
	for (size_t len = 0; len < second + sizeof(struct dm_target_spec) + 6; len++) {
		parse(&answer, len, 2, &table);
		ck_assert_uint_lt(table.count, 2);
		ck_assert_uint_ge(table.others, 1);
		dm_table_fini(&table);
	}
}
END_TEST

START_TEST(lies_about_count_and_next)
{
	struct answer answer = {.used = 0};
	struct dm_table table;
	static const uint32_t next[] = {0, 1, 2047, UINT32_MAX};

	add(&answer, 0, 8, "linear", "8:0 0");
	parse(&answer, answer.used, UINT32_MAX, &table);
	ck_assert_uint_eq(table.count, 1);
	ck_assert_uint_ge(table.others, 1);
	dm_table_fini(&table);
	for (size_t i = 0; i < 4; i++) {
		memcpy(answer.bytes + offsetof(struct dm_target_spec, next), &next[i], sizeof(next[i]));
		parse(&answer, answer.used, 5, &table);
		ck_assert_uint_le(table.count + table.others, 5);
		dm_table_fini(&table);
	}
}
END_TEST

Suite *dm_table_suite(void)
{
	Suite *suite = suite_create("dm_table");
	TCase *tc = tcase_create("dm_table");

	tcase_add_test(tc, linear_targets);
	tcase_add_test(tc, words_that_are_not_understood);
	tcase_add_test(tc, cut_anywhere);
	tcase_add_test(tc, lies_about_count_and_next);
	suite_add_tcase(suite, tc);
	return suite;
}
