/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "survey.h"

static int look_up(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)pass;
	(void)done;
	(void)total;
	return session_interrupted(arg);
}

int survey(struct session *session, struct usage_cell *cells, size_t count, uint64_t *gaps, struct error *err)
{
	struct progress progress = {.step = look_up, .arg = session};
	struct pool *pool;
	int rc = pool_open(pool_processors(), &pool, err);

	if (rc != 0)
		return rc;
	rc = usage_find(session->fs, pool, cells, count, &progress, gaps, err);
	pool_close(pool);
	if (rc == 0)
		session_tell_gaps(session, *gaps);
	return rc;
}
