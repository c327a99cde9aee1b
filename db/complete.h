/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What could be typed next at the prompt. */
#ifndef DB_COMPLETE_H
#define DB_COMPLETE_H

#include <stddef.h>

#include "base/error.h"

struct session;

struct completion {
	char **words; /* all that fit, sorted */
	size_t count;
	size_t typed; /* how many characters of them stand there already */
};

/* Candidates for the last word of @line, the text before the cursor. @out is zeroed by the caller. ERR_NOMEM. */
int complete(const struct session *session, const char *line, struct completion *out) MUST_CHECK;

/* What can be added whichever is meant, with a blank if there is only one; for the caller to free. NULL: no memory. */
char *complete_common(const struct completion *found);

void completion_fini(struct completion *completion);

#endif
