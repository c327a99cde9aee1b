/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text form of bad blocks: what is right, what is wrong and why, and what the kernel cuts off. */
#include "device/badblocks.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/badblocks_text.h"
#include "unit/device/scratch.h"
#include "unit/random.h"

Suite *badblocks_suite(void);

static struct scratch scratch;
static struct error err;

static void setup(void)
{
	scratch_init(&scratch);
}

static void teardown(void)
{
	scratch_fini(&scratch);
}

START_TEST(right_lines)
{
	static const struct {
		const char *line;
		uint64_t start, end;
	} cases[] = {
		{"0 1", 0, 512},
		{"2456 1", 1257472, 1257984},
		{"  7\t 3  ", 3584, 5120},
		{"007 08", 3584, 7680}, /* decimal all the same */
		{"", 0, 0},
		{" \t ", 0, 0},
		{"36028797018963966 1", 0xfffffffffffffc00u, 0xfffffffffffffe00u}, /* the last sector with an end */
		{"0 36028797018963967", 0, 0xfffffffffffffe00u},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct interval range = {1, 1};
		const char *wrong = badblocks_parse_line(cases[i].line, strlen(cases[i].line), &range);

		ck_assert_msg(!wrong, "'%s': %s", cases[i].line, wrong ? wrong : "");
		ck_assert_uint_eq(range.start, cases[i].start);
		ck_assert_uint_eq(range.end, cases[i].end);
	}
}
END_TEST

START_TEST(wrong_lines)
{
	static const struct {
		const char *line;
		const char *why;
	} cases[] = {
		{"5", "a number is missing"},
		{"5 ", "a number is missing"},
		{"x", "something other than a decimal number"},
		{"-5 1", "something other than a decimal number"},
		{"+5 1", "something other than a decimal number"},
		{"0x5 1", "something other than a decimal number"},
		{"5 1k", "something other than a decimal number"},
		{"5,1", "something other than a decimal number"},
		{"5-6", "something other than a decimal number"},
		{"# 5 1", "something other than a decimal number"},
		{"5 1\r", "something other than a decimal number"},
		{"5 -1", "something other than a decimal number"},
		{"5 1 1", "more than two numbers"},
		{"5 1 #", "more than two numbers"},
		{"5 0", "a range of no sectors"},
		{"18446744073709551616 1", "a number is too large"},
		{"99999999999999999999999999 1", "a number is too large"},
		{"18446744073709551615 1", "the range reaches beyond what a device can hold"}, /* sum wraps */
		{"1 18446744073709551615", "the range reaches beyond what a device can hold"}, /* the same */
		{"36028797018963967 1", "the range reaches beyond what a device can hold"},    /* in bytes it wraps */
		{"36028797018963968 1", "the range reaches beyond what a device can hold"},    /* so does its start */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct interval range = {1, 2};
		const char *wrong = badblocks_parse_line(cases[i].line, strlen(cases[i].line), &range);

		ck_assert_msg(wrong, "'%s' was taken", cases[i].line);
		ck_assert_str_eq(wrong, cases[i].why);
		ck_assert(range.start == 1 && range.end == 2);
	}
	/* A NUL is no digit, and no end. */
	ck_assert_ptr_nonnull(badblocks_parse_line("5\0 1", 4, &(struct interval){0, 0}));
}
END_TEST

START_TEST(file_of_the_user)
{
	static const uint64_t expected[][2] = {{0, 1024}, {5120, 10240}};
	struct badblocks bad;

	scratch_write(&scratch, "list", "15 5\n\n0 1\n1 1\n  \n10 5");
	ck_assert_int_eq(badblocks_read_file(scratch_path(&scratch, "list"), &bad, &err), 0);
	expect_ranges(&bad.bytes, expected, 2);
	ck_assert(!bad.maybe_incomplete && !bad.from_ndctl && !bad.from_sysfs);
	badblocks_fini(&bad);
	badblocks_fini(&bad);

	scratch_write(&scratch, "list", "");
	ck_assert_int_eq(badblocks_read_file(scratch_path(&scratch, "list"), &bad, &err), 0);
	ck_assert_uint_eq(bad.bytes.count, 0);
	badblocks_fini(&bad);
}
END_TEST

START_TEST(long_file_of_the_user_is_complete)
{
	struct badblocks bad;
	FILE *file = fopen(scratch_path(&scratch, "list"), "w");

	ck_assert_ptr_nonnull(file);
	for (unsigned i = 0; i < 5000; i++)
		ck_assert_int_gt(fprintf(file, "%u 1\n", i * 3), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(badblocks_read_file(scratch_path(&scratch, "list"), &bad, &err), 0);
	ck_assert_uint_eq(bad.bytes.count, 5000);
	ck_assert(!bad.maybe_incomplete);
	badblocks_fini(&bad);
}
END_TEST

START_TEST(wrong_file_of_the_user)
{
	struct badblocks bad;
	char line[1000];

	scratch_write(&scratch, "list", "1 1\n\n2 x\n3 1\n");
	ck_assert_int_eq(badblocks_read_file(scratch_path(&scratch, "list"), &bad, &err), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "line 3: something other"));
	memset(line, '1', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	scratch_write(&scratch, "list", line);
	ck_assert_int_eq(badblocks_read_file(scratch_path(&scratch, "list"), &bad, &err), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "line 1: the line is too long"));
	ck_assert_int_eq(badblocks_read_file(scratch_path(&scratch, "none"), &bad, &err), ERR_IO);
	ck_assert_int_eq(badblocks_read_file(scratch.dir, &bad, &err), ERR_IO);
}
END_TEST

static int parse(const char *text, size_t page_bytes, struct badblocks *bad)
{
	*bad = (struct badblocks){0};
	return badblocks_parse_sysfs(text, strlen(text), page_bytes, "sysfs", bad, &err);
}

START_TEST(text_of_sysfs)
{
	static const uint64_t expected[][2] = {{0, 512}, {5120, 10240}};
	struct badblocks bad;

	ck_assert_int_eq(parse("\n", 4096, &bad), 0); /* of a disk that keeps no list */
	ck_assert_uint_eq(bad.bytes.count, 0);
	ck_assert_int_eq(parse("0 1\n10 10\n", 4096, &bad), 0);
	expect_ranges(&bad.bytes, expected, 2);
	ck_assert(!bad.maybe_incomplete);
	badblocks_fini(&bad);
	ck_assert_int_eq(parse("0 1\n10\n", 4096, &bad), ERR_CORRUPT);
	badblocks_fini(&bad);
}
END_TEST

START_TEST(full_table_may_be_incomplete)
{
	char text[512 * 10 + 1];
	struct badblocks bad;
	size_t used = 0;

	for (unsigned i = 0; i < BADBLOCKS_FULL - 1; i++)
		used += (size_t)sprintf(text + used, "%u 1\n", 2 * i);
	ck_assert_int_eq(parse(text, 65536, &bad), 0);
	ck_assert_uint_eq(bad.bytes.count, BADBLOCKS_FULL - 1);
	ck_assert(!bad.maybe_incomplete);
	badblocks_fini(&bad);
	used += (size_t)sprintf(text + used, "%u 1\n", 2 * BADBLOCKS_FULL);
	ck_assert_int_eq(parse(text, 65536, &bad), 0);
	ck_assert_uint_eq(bad.bytes.count, BADBLOCKS_FULL);
	ck_assert(bad.maybe_incomplete);
	badblocks_fini(&bad);
}
END_TEST

START_TEST(full_page_is_cut_in_the_middle_of_a_line)
{
	static const uint64_t two[][2] = {{512000, 512512}, {1024000, 1024512}};
	static const uint64_t three[][2] = {{512000, 512512}, {1024000, 1024512}, {1536000, 1536512}};
	struct badblocks bad;

	/* 20 bytes and the NUL: the "1" at the end may be the first digit of a longer number. */
	ck_assert_int_eq(parse("1000 1\n2000 1\n3000 1", 21, &bad), 0);
	expect_ranges(&bad.bytes, two, 2);
	ck_assert(bad.maybe_incomplete);
	badblocks_fini(&bad);
	ck_assert_int_eq(parse("1000 1\n2000 1\n30", 17, &bad), 0);
	expect_ranges(&bad.bytes, two, 2);
	ck_assert(bad.maybe_incomplete);
	badblocks_fini(&bad);
	/* Cut behind a line. */
	ck_assert_int_eq(parse("1000 1\n2000 1\n3000 1\n", 22, &bad), 0);
	expect_ranges(&bad.bytes, three, 3);
	ck_assert(bad.maybe_incomplete);
	badblocks_fini(&bad);
	/* One byte of the page left: all there. */
	ck_assert_int_eq(parse("1000 1\n2000 1\n3000 1\n", 23, &bad), 0);
	expect_ranges(&bad.bytes, three, 3);
	ck_assert(!bad.maybe_incomplete);
	badblocks_fini(&bad);
}
END_TEST

#define NUMBERS 120u

START_TEST(moves_exactly_a_part)
{
	uint64_t state = 4711 + (uint64_t)_i;
	struct interval_set from = {0}, to = {0};
	bool there[NUMBERS] = {false};
	uint64_t start = random_below(&state, NUMBERS), len = random_below(&state, NUMBERS - start + 1);
	uint64_t at = random_below(&state, 300);
	unsigned wrong = 0;

	for (unsigned i = 0; i < 12; i++) {
		uint64_t first = random_below(&state, NUMBERS - 8), count = random_below(&state, 8);

		ck_assert_int_eq(interval_add(&from, first, first + count), 0);
		for (uint64_t n = first; n < first + count; n++)
			there[n] = true;
	}
	interval_settle(&from);
	ck_assert_int_eq(badblocks_move(&from, start, len, at, &to), 0);
	for (uint64_t n = 0; n < 600; n++) {
		bool expected = n >= at && n - at < len && there[start + (n - at)];

		wrong += interval_overlaps(&to, n, n + 1) != expected;
	}
	ck_assert_uint_eq(wrong, 0);
	interval_fini(&from);
	interval_fini(&to);
}
END_TEST

Suite *badblocks_suite(void)
{
	Suite *suite = suite_create("badblocks");
	TCase *tc = tcase_create("badblocks");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, right_lines);
	tcase_add_test(tc, wrong_lines);
	tcase_add_test(tc, file_of_the_user);
	tcase_add_test(tc, long_file_of_the_user_is_complete);
	tcase_add_test(tc, wrong_file_of_the_user);
	tcase_add_test(tc, text_of_sysfs);
	tcase_add_test(tc, full_table_may_be_incomplete);
	tcase_add_test(tc, full_page_is_cut_in_the_middle_of_a_line);
	tcase_add_loop_test(tc, moves_exactly_a_part, 0, 60);
	suite_add_tcase(suite, tc);
	return suite;
}
