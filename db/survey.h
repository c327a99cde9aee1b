/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pass over all space, for the commands that show what it is used for. */
#ifndef DB_SURVEY_H
#define DB_SURVEY_H

#include "fs/usage.h"
#include "session.h"

/* usage_find with all processors, stopped by Ctrl-C; says how much could not be read. */
int survey(struct session *session, struct usage_cell *cells, size_t count, uint64_t *gaps,
	   struct error *err) MUST_CHECK;

#endif
