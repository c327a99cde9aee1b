/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program says beside its report: one line on standard error when something fails, help and version. */
#ifndef CLI_SPEAK_H
#define CLI_SPEAK_H

#include "base/error.h"

/* Exit statuses that mean the same in every program. */
#define EXIT_OPERATIONAL 8
#define EXIT_USAGE	 16

/* "PROGRAM: PATH: sentence", without PATH if it is NULL or if the sentence names it itself. */
void cli_complain(const char *program, const char *path, const struct error *err);

/* "PROGRAM: sentence. Try 'PROGRAM --help'."; returns EXIT_USAGE. */
int cli_usage(const char *program, const struct error *err);

/* Writes what was asked for, help or version: losing it is a failure. The exit status: 0 or EXIT_OPERATIONAL. */
int cli_say(const char *program, const char *text);

#endif
