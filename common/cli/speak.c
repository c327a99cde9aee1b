/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines to standard error, help and version to standard output. */
#include "cli/speak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/escape.h"
#include "report/words.h"

/* Whether a sentence names @path as a word. */
static bool names(const char *sentence, const char *path)
{
	size_t len = strlen(path);

	for (const char *at = strstr(sentence, path); at; at = strstr(at + 1, path))
		if ((at == sentence || at[-1] == ' ') && strchr(" :,;", at[len]))
			return true; /* the end of the sentence counts too: strchr finds the NUL */
	return false;
}

void cli_complain(const char *program, const char *path, const struct error *err)
{
	fprintf(stderr, "%s: ", program);
	if (path && !names(err->text, path)) {
		escape_text(stderr, path, strlen(path));
		fputs(": ", stderr);
	}
	error_sentence(stderr, err);
	fputc('\n', stderr);
}

int cli_usage(const char *program, const struct error *err)
{
	fprintf(stderr, "%s: ", program);
	error_sentence(stderr, err);
	fprintf(stderr, ". Try '%s --help'.\n", program);
	return EXIT_USAGE;
}

int cli_say(const char *program, const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "%s: cannot write to standard output\n", program);
	return EXIT_OPERATIONAL;
}
