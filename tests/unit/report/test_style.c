/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colours and paragraphs. */
#include "report/style.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *styled(bool colour)
{
	const struct text_style style = {.colour = colour};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	style_begin(out, &style, TONE_BAD);
	fputs("bad", out);
	style_end(out, &style);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

START_TEST(test_colour)
{
	char *plain = styled(false), *coloured = styled(true);

	ck_assert_str_eq(plain, "bad");
	ck_assert_str_eq(coloured, "\033[31mbad\033[0m");
	free(plain);
	free(coloured);
}
END_TEST

static char *paragraph(unsigned indent, const char *words)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	style_paragraph(out, indent, words);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

START_TEST(test_paragraph)
{
	char *text = paragraph(4, "one two");

	ck_assert_str_eq(text, "    one two\n");
	free(text);
	text = paragraph(4, "");
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

/* Lines are as full as they can be and no fuller; a word that fits nowhere has a line of its own. */
START_TEST(test_wrap)
{
	char words[400], long_word[151], *text, *line, *rest;
	unsigned lines = 0;

	memset(long_word, 'x', 150);
	long_word[150] = '\0';
	words[0] = '\0';
	for (int i = 0; i < 45; i++)
		strcat(words, "word ");
	strcat(words, long_word);
	text = paragraph(5, words);
	for (rest = text; (line = strsep(&rest, "\n")) && rest; lines++) {
		ck_assert_msg(strncmp(line, "     ", 5) == 0 && line[5] != ' ', "'%s'", line);
		if (lines < 2) /* 17 words of 5 columns, less the blank after the last */
			ck_assert_uint_eq(strlen(line), 5 + 17 * 5 - 1);
		else if (lines == 2)
			ck_assert_uint_eq(strlen(line), 5 + 11 * 5 - 1);
		else
			ck_assert_str_eq(line + 5, long_word);
	}
	ck_assert_uint_eq(lines, 4);
	free(text);
}
END_TEST

Suite *style_suite(void);

Suite *style_suite(void)
{
	Suite *suite = suite_create("style");
	TCase *tcase = tcase_create("style");

	tcase_add_test(tcase, test_colour);
	tcase_add_test(tcase, test_paragraph);
	tcase_add_test(tcase, test_wrap);
	suite_add_tcase(suite, tcase);
	return suite;
}
