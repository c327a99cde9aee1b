/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/report/colours.h"

#include <check.h>
#include <string.h>

unsigned colours_strip(char *text)
{
	unsigned begun = 0, ended = 0;
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from != '\033') {
			*to++ = *from;
			continue;
		}
		if (strncmp(from, "\033[0m", 4) == 0)
			ended++;
		else
			begun++;
		from += strcspn(from, "m");
	}
	*to = '\0';
	ck_assert_uint_eq(begun, ended);
	return begun;
}
