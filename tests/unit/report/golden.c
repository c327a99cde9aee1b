/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expected reports. */
#include "unit/report/golden.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void golden_check(const char *name, const char *text)
{
	char path[1000], *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	ssize_t len;
	FILE *golden;

	snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
	golden = fopen(path, "r");
	ck_assert_msg(golden != NULL, "cannot open %s", path);
	while ((len = getline(&line, &room, golden)) > 0) {
		number++;
		ck_assert_msg(strncmp(text, line, (size_t)len) == 0, "%s, line %u: expected\n%sbut found\n%.*s", name,
			      number, line, (int)strcspn(text, "\n"), text);
		text += len;
	}
	ck_assert_msg(number > 0, "%s is empty", path);
	ck_assert_msg(*text == '\0', "%s, line %u: nothing is expected, but found\n%s", name, number + 1, text);
	free(line);
	fclose(golden);
}
