/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The built manual pages. */
#include "unit/report/manual.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_page(const char *path)
{
	char *text = calloc(1, 1 << 20);
	FILE *page = fopen(path, "r");
	size_t len;

	ck_assert_msg(page != NULL, "cannot open %s", path);
	ck_assert_ptr_nonnull(text);
	len = fread(text, 1, (1 << 20) - 1, page);
	ck_assert_uint_gt(len, 1000);
	ck_assert_int_ne(feof(page), 0);
	fclose(page);
	return text;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool manual_has(const char *path, const char *word)
{
	char *page = read_page(path);
	size_t len = strlen(word);
	bool found = false;

	for (const char *at = strstr(page, word); at && !found; at = strstr(at + 1, word))
		found = (at == page || !is_word(at[-1])) && !is_word(at[len]);
	free(page);
	return found;
}

bool manual_quotes(const char *path, const char *word)
{
	char *page = read_page(path), quoted[100];
	bool found;

	snprintf(quoted, sizeof(quoted), "\\(dq%s\\(dq", word);
	found = strstr(page, quoted) != NULL;
	free(page);
	return found;
}
