/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes, read and written. */
#include "report/size.h"

#include <check.h>
#include <string.h>

static const struct {
	uint64_t size_bytes;
	const char *text;
} texts[] = {
	{0, "0 bytes"},	       {1, "1 byte"},	       {512, "512 bytes"},    {1023, "1023 bytes"},
	{1024, "1 KiB"},       {1536, "1.5 KiB"},      {4096, "4 KiB"},	      {5632, "5.5 KiB"},
	{10188, "9.9 KiB"},    {10200, "10 KiB"}, /* 9.96 */
	{10240, "10 KiB"},     {1047551, "1023 KiB"},  {1047552, "1023 KiB"}, {1048063, "1023 KiB"},
	{1048064, "1 MiB"}, /* rounds to 1024 KiB */
	{1048576, "1 MiB"},    {1257472, "1.2 MiB"},   {1ULL << 30, "1 GiB"}, {3ULL << 39, "1.5 TiB"},
	{1ULL << 50, "1 PiB"}, {UINT64_MAX, "16 EiB"},
};

START_TEST(test_text)
{
	char text[SIZE_TEXT];

	ck_assert_str_eq(size_text(text, texts[_i].size_bytes), texts[_i].text);
}
END_TEST

static const struct {
	const char *text;
	uint64_t size_bytes;
} good[] = {
	{"0", 0},
	{"1257472", 1257472},
	{"007", 7},
	{"4K", 4096},
	{"4k", 4096},
	{"4KiB", 4096},
	{"4kib", 4096},
	{"3M", 3145728},
	{"2G", 2147483648},
	{"1T", 1099511627776},
	{"18446744073709551615", UINT64_MAX},
	{"16777215T", 16777215ULL << 40},
};

START_TEST(test_parse)
{
	uint64_t size_bytes = 0;

	ck_assert_int_eq(size_parse(good[_i].text, strlen(good[_i].text), &size_bytes), 0);
	ck_assert_uint_eq(size_bytes, good[_i].size_bytes);
}
END_TEST

static const char *const bad[] = {
	"",			/* nothing */
	"K",			/* no number */
	"-1",			/* sign */
	"+1",			/* sign */
	" 1",			/* blank */
	"1 ",			/* blank */
	"1 K",			/* blank */
	"0x10",			/* hexadecimal */
	"1.5K",			/* fraction */
	"1e3",			/* exponent */
	"1KB",			/* would be 1000 to some */
	"1Ki",			/* half a unit */
	"1KK",			/* twice */
	"1P",			/* not known */
	"18446744073709551616", /* 2^64 */
	"99999999999999999999", /* beyond */
	"16777216T",		/* 2^64 by the suffix */
};

START_TEST(test_refuse)
{
	uint64_t size_bytes = 12345;

	ck_assert_msg(size_parse(bad[_i], strlen(bad[_i]), &size_bytes) == ERR_INVALID, "'%s'", bad[_i]);
	ck_assert_uint_eq(size_bytes, 12345);
}
END_TEST

START_TEST(test_parse_part)
{
	uint64_t size_bytes = 0;

	ck_assert_int_eq(size_parse("12:34", 2, &size_bytes), 0);
	ck_assert_uint_eq(size_bytes, 12);
	ck_assert_int_eq(size_parse("1KiB", 2, &size_bytes), 0);
	ck_assert_uint_eq(size_bytes, 1024);
}
END_TEST

Suite *size_suite(void);

Suite *size_suite(void)
{
	Suite *suite = suite_create("size");
	TCase *tcase = tcase_create("size");

	tcase_add_loop_test(tcase, test_text, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(tcase, test_parse, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tcase, test_refuse, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, test_parse_part);
	suite_add_tcase(suite, tcase);
	return suite;
}
