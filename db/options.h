/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of xfsdax-db. */
#ifndef DB_OPTIONS_H
#define DB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum options_action {
	ACTION_SESSION,
	ACTION_HELP,
	ACTION_VERSION,
};

struct options {
	enum options_action action;
	const char *path;
	char **commands; /* those of -c, in their order; the strings are of argv */
	size_t command_count;
	bool expert;	     /* -x */
	const char *program; /* -p: the name in messages */
};

/*
 * Fills @out (zeroed by the caller, options_fini in any case).
 * ERR_INVALID: the sentence says what is wrong with the command line. ERR_NOMEM.
 */
int options_parse(int argc, char **argv, struct options *out, struct error *err) MUST_CHECK;
void options_fini(struct options *options);

extern const char options_help[];

#endif
