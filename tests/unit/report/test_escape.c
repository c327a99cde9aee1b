/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names from the device: what is shown as it is, and what is not. */
#include "report/escape.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

typedef void escape_fn(FILE *out, const char *bytes, size_t len);

static void check_escape(escape_fn *escape, const char *bytes, size_t len, const char *expected)
{
	char *text = NULL;
	size_t text_len;
	FILE *out = open_memstream(&text, &text_len);

	ck_assert_ptr_nonnull(out);
	escape(out, bytes, len);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_msg(strcmp(text, expected) == 0, "'%s' where '%s' is expected", text, expected);
	ck_assert_uint_eq(text_len, strlen(expected));
	free(text);
}

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t len;
	const char *text, *replaced, *label;
} escapes[] = {
	/* bytes, for people, for JSON, for a label */
	{BYTES(""), "", "", ""},
	{BYTES("/a/b c.txt"), "/a/b c.txt", "/a/b c.txt", "/a/b c.txt"},
	{BYTES("a\nb\tc\rd"), "a\\nb\\tc\\rd", "a\nb\tc\rd", "a\\nb\tc\rd"},
	{BYTES("\x01\x1b[31m\x7f"), "\\x01\\x1b[31m\\x7f", "\x01\x1b[31m\x7f", "\x01\x1b[31m\x7f"},
	{BYTES("back\\slash \"q\""), "back\\\\slash \"q\"", "back\\slash \"q\"", "back\\\\slash \\\"q\\\""},
	{BYTES("d\xc3\xa9p\xc3\xb4t \xf0\x9f\x90\x9f"), "d\xc3\xa9p\xc3\xb4t \xf0\x9f\x90\x9f",
	 "d\xc3\xa9p\xc3\xb4t \xf0\x9f\x90\x9f", "d\xc3\xa9p\xc3\xb4t \xf0\x9f\x90\x9f"},
	/* a lone byte of Latin-1, at the end and before ASCII */
	{BYTES("caf\xe9"), "caf\\xe9", "caf\xef\xbf\xbd", "caf\xef\xbf\xbd"},
	{BYTES("\xe9t\xe9"), "\\xe9t\\xe9", "\xef\xbf\xbdt\xef\xbf\xbd", "\xef\xbf\xbdt\xef\xbf\xbd"},
	/* turns the direction: "txt.exe" could be shown as "exe.txt" */
	{BYTES("\xe2\x80\xae"
	       "txt"),
	 "\\u{202e}txt",
	 "\xe2\x80\xae"
	 "txt",
	 "\xe2\x80\xae"
	 "txt"},
	{BYTES("a\xe2\x80\x8b\xef\xbb\xbf"
	       "b"),
	 "a\\u{200b}\\u{feff}b",
	 "a\xe2\x80\x8b\xef\xbb\xbf"
	 "b",
	 "a\xe2\x80\x8b\xef\xbb\xbf"
	 "b"},
	{BYTES("\xc2\x9b"
	       "2J"),
	 "\\u{9b}2J",
	 "\xc2\x9b"
	 "2J",
	 "\xc2\x9b"
	 "2J"},
	/* the zero width joiner is part of how scripts and emoji are written */
	{BYTES("\xe2\x80\x8d"), "\xe2\x80\x8d", "\xe2\x80\x8d", "\xe2\x80\x8d"},
};

START_TEST(test_escapes)
{
	check_escape(escape_text, escapes[_i].bytes, escapes[_i].len, escapes[_i].text);
	check_escape(escape_replace, escapes[_i].bytes, escapes[_i].len, escapes[_i].replaced);
	check_escape(escape_label, escapes[_i].bytes, escapes[_i].len, escapes[_i].label);
}
END_TEST

START_TEST(test_hex)
{
	check_escape(escape_hex, BYTES(""), "");
	check_escape(escape_hex, BYTES("\x00\x7f\xff/"), "007fff2f");
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	size_t step; /* 0: not valid */
	uint32_t code_point;
} sequences[] = {
	{BYTES("a"), 1, 'a'},
	{BYTES("\xc2\x80"), 2, 0x80},
	{BYTES("\xdf\xbf"), 2, 0x7ff},
	{BYTES("\xe0\xa0\x80"), 3, 0x800},
	{BYTES("\xed\x9f\xbf"), 3, 0xd7ff},
	{BYTES("\xee\x80\x80"), 3, 0xe000},
	{BYTES("\xef\xbf\xbf"), 3, 0xffff},
	{BYTES("\xf0\x90\x80\x80"), 4, 0x10000},
	{BYTES("\xf4\x8f\xbf\xbf"), 4, 0x10ffff},
	{BYTES(""), 0, 0},
	{BYTES("\x80"), 0, 0},		       /* begins in the middle */
	{BYTES("\xc3"), 0, 0},		       /* cut off */
	{BYTES("\xe2\x80"), 0, 0},	       /* cut off */
	{BYTES("\xc3("), 0, 0},		       /* second byte is none */
	{BYTES("\xc0\xaf"), 0, 0},	       /* a slash in two bytes */
	{BYTES("\xc1\xbf"), 0, 0},	       /* too long a form */
	{BYTES("\xe0\x9f\xbf"), 0, 0},	       /* too long a form */
	{BYTES("\xf0\x8f\xbf\xbf"), 0, 0},     /* too long a form */
	{BYTES("\xed\xa0\x80"), 0, 0},	       /* surrogate */
	{BYTES("\xed\xbf\xbf"), 0, 0},	       /* surrogate */
	{BYTES("\xf4\x90\x80\x80"), 0, 0},     /* beyond U+10FFFF */
	{BYTES("\xf8\x88\x80\x80\x80"), 0, 0}, /* five bytes */
	{BYTES("\xff"), 0, 0},
};

START_TEST(test_utf8)
{
	uint32_t code_point = 0;

	ck_assert_uint_eq(utf8_next(sequences[_i].bytes, sequences[_i].len, &code_point), sequences[_i].step);
	ck_assert_uint_eq(code_point, sequences[_i].code_point);
	ck_assert(utf8_valid(sequences[_i].bytes, sequences[_i].len) ==
		  (sequences[_i].len == 0 || sequences[_i].step == sequences[_i].len));
}
END_TEST

/* Whatever comes in, valid UTF-8 comes out: every pair of bytes, and no control byte in text for people. */
START_TEST(test_output_is_valid)
{
	for (unsigned second = 0; second < 256; second++) {
		const char bytes[2] = {(char)_i, (char)second};
		char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		escape_text(out, bytes, 2);
		ck_assert_int_eq(fflush(out), 0);
		for (size_t i = 0; i < len; i++)
			ck_assert_msg((unsigned char)text[i] >= 0x20 && text[i] != 0x7f, "%02x %02x", (unsigned)_i,
				      second);
		escape_replace(out, bytes, 2);
		escape_label(out, bytes, 2);
		ck_assert_int_eq(fclose(out), 0);
		ck_assert_msg(utf8_valid(text, len), "%02x %02x", (unsigned)_i, second);
		free(text);
	}
}
END_TEST

Suite *escape_suite(void);

Suite *escape_suite(void)
{
	Suite *suite = suite_create("escape");
	TCase *tcase = tcase_create("escape");

	tcase_add_loop_test(tcase, test_escapes, 0, sizeof(escapes) / sizeof(escapes[0]));
	tcase_add_loop_test(tcase, test_utf8, 0, sizeof(sequences) / sizeof(sequences[0]));
	tcase_add_test(tcase, test_hex);
	tcase_add_loop_test(tcase, test_output_is_valid, 0, 256); /* the first byte */
	suite_add_tcase(suite, tcase);
	return suite;
}
