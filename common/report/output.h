/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file that a report goes to: whole or not at all.
 *
 * It is written beside its place under another name, made durable, and renamed, so a reader never sees half of it and
 * a failed run leaves the last report as it was. A place that is no regular file (a pipe, /dev/stderr) is written to
 * directly.
 */
#ifndef REPORT_OUTPUT_H
#define REPORT_OUTPUT_H

#include <stdio.h>

#include "base/error.h"

struct output {
	FILE *file;
	char *path;	 /* where it will be; NULL: written directly */
	char *temporary; /* where it is */
};

/* Opens @path for a report; @out is zeroed by the caller. ERR_IO, ERR_INVALID (a directory), ERR_NOMEM. */
int output_open(const char *path, struct output *out, struct error *err) MUST_CHECK;

/* Makes the report durable and puts it into its place; on failure too, @out is closed then. ERR_IO. */
int output_commit(struct output *out, struct error *err) MUST_CHECK;

/* Throws away what was written; nothing to do after output_commit. */
void output_drop(struct output *out);

#endif
