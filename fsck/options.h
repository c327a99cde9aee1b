/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of fsck.xfsdax. */
#ifndef FSCK_OPTIONS_H
#define FSCK_OPTIONS_H

#include "base/error.h"
#include "check/examine.h"

enum options_action {
	ACTION_CHECK,
	ACTION_HELP,
	ACTION_VERSION,
};

/* What may be repaired. Nothing is, yet; but what is asked for decides what is said. */
enum options_mode {
	MODE_DEFAULT,
	MODE_NEVER, /* -n */
	MODE_SAFE,  /* -a, -p */
	MODE_ALL,   /* -y */
};

struct options {
	enum options_action action;
	enum options_mode mode;
	bool force;   /* -f */
	bool verbose; /* -v */
	bool json;
	bool each;	 /* --all */
	bool progress;	 /* -C */
	int progress_fd; /* with progress: where lines for fsck(8) go; 0: a bar on the terminal */
	struct examine_options examine;
};

/*
 * Fills @out (zeroed by the caller); its strings are borrowed from @argv.
 * ERR_INVALID: the sentence says what is wrong with the command line.
 */
int options_parse(int argc, char **argv, struct options *out, struct error *err) MUST_CHECK;

extern const char options_help[];

#endif
