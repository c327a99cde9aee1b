/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "survey.h"

int survey(struct session *session, struct usage_cell *cells, size_t count, uint64_t *gaps, struct error *err)
{
	struct progress progress = session_progress(session);
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
