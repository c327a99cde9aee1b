/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of what a check said, the lines of one subject: what follows from the same change elsewhere is tested there. */
#ifndef UNIT_CHECK_OWN_LINES_H
#define UNIT_CHECK_OWN_LINES_H

#include <string.h>

/* Keeps the lines of @said whose first word is one of @codes (ends with NULL). @out: as large as @said. */
static inline const char *own_lines(const char *said, const char *const *codes, char *out)
{
	char *to = out;

	while (*said) {
		size_t len = strcspn(said, "\n") + 1, word = strcspn(said, " \n");

		for (const char *const *code = codes; *code; code++)
			if (strlen(*code) == word && memcmp(*code, said, word) == 0) {
				memcpy(to, said, len);
				to += len;
			}
		said += len;
	}
	*to = '\0';
	return out;
}

#endif
