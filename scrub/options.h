/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of xfsdax-scrub. */
#ifndef SCRUB_OPTIONS_H
#define SCRUB_OPTIONS_H

#include "base/error.h"
#include "check/damage/scrub.h"

enum options_action {
	ACTION_SCRUB,
	ACTION_HELP,
	ACTION_VERSION,
};

enum options_format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_PROMETHEUS,
};

struct options {
	enum options_action action;
	enum options_format format;
	const char *output; /* NULL: stdout */
	struct scrub_options scrub;
};

/*
 * Fills @out (zeroed by the caller, options_fini in any case); its strings are borrowed from @argv.
 * ERR_INVALID: the sentence says what is wrong with the command line. ERR_NOMEM.
 */
int options_parse(int argc, char **argv, struct options *out, struct error *err) MUST_CHECK;
void options_fini(struct options *options);

extern const char options_help[];

#endif
