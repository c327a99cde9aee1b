/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command lines of all programs have in common: getopt_long with opterr 0, and the sentences about mistakes.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <getopt.h>

#include "base/error.h"

/*
 * ERR_INVALID, with the sentence for what getopt_long answered with '?' or, where the short options begin with a colon,
 * with ':'. @option: that answer. @argument: the word that it read last.
 */
int cli_refuse(const struct option *known, int option, const char *argument, struct error *err) MUST_CHECK;

/* The word that getopt_long read last, for cli_refuse. */
const char *cli_argument(char **argv);

/* An option that names one file: a second one would silently win. ERR_INVALID. */
int cli_set_file(const char **file, const char *name, const char *value, struct error *err) MUST_CHECK;

/* The value of --threads. ERR_INVALID. */
int cli_set_threads(unsigned *threads, const char *text, struct error *err) MUST_CHECK;

/*
 * The one operand after the options: a device or the like. @none: the sentence if there is none. @what: what cannot be
 * done with two, such as "checked". ERR_INVALID.
 */
int cli_operand(int argc, char **argv, const char *none, const char *what, const char **out,
		struct error *err) MUST_CHECK;

#endif
