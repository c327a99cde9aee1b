/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where command lines come from when none are given as options: a person at a terminal, or a pipe. The build picks the
 * implementation: reader_libedit.c edits lines, keeps a history and completes words; reader_plain.c reads.
 */
#ifndef DB_READER_H
#define DB_READER_H

#include <stdbool.h>

#include "base/error.h"

struct session;
struct reader;

/* @interactive: a person types; then there is a prompt. Standard input is read. ERR_NOMEM. */
int reader_open(struct session *session, bool interactive, struct reader **out, struct error *err) MUST_CHECK;
void reader_close(struct reader *reader);

/*
 * The next line, without its newline, borrowed until the next call and the caller's to change; NULL at the end. After
 * Ctrl-C at the prompt: an empty line.
 */
char *reader_line(struct reader *reader);

#endif
