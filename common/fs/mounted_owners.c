/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners on a mounted file system: GETFSMAP, and where that has no reverse mapping to read, a pass over all files.
 */
#include <errno.h>
#include <unistd.h>

#include "fs/view_mounted.h"

struct pass {
	const struct mounted *m;
	const struct owner_sink *sink;
	struct interval_set unknown; /* allocated, but without a reverse mapping nobody knows to whom */
};

static int take_owner(void *arg, const struct owner *owner)
{
	struct pass *pass = arg;

	if (owner->kind == OWNER_UNKNOWN && !pass->m->geo.has_rmapbt)
		return interval_add(&pass->unknown, owner->start_bytes, owner->end_bytes);
	return pass->sink->owner(pass->sink->arg, owner);
}

/* Ranges of which nothing can be said but that: an unknown owner, and why. */
static int give_unknown(const struct pass *pass, const struct interval_set *ranges, int code, const char *why)
{
	int rc = 0;

	for (size_t i = 0; i < ranges->count && rc == 0; i++) {
		struct owner owner = {.kind = OWNER_UNKNOWN,
				      .start_bytes = ranges->items[i].start,
				      .end_bytes = ranges->items[i].end};
		struct error err = {0};

		error_set_at(&err, code, owner.start_bytes, "%s", why);
		rc = pass->sink->owner(pass->sink->arg, &owner);
		if (rc == 0 && pass->sink->gap)
			rc = pass->sink->gap(pass->sink->arg, owner.start_bytes, owner.end_bytes, &err);
	}
	return rc;
}

/* All of @wanted by GETFSMAP. */
static int ask_kernel(struct pass *pass, const struct interval_set *wanted, const struct progress *progress,
		      struct error *err)
{
	uint64_t total = interval_total(wanted), done = 0;
	struct interval_set missing = {0};
	int rc = 0;

	for (size_t i = 0; i < wanted->count && rc == 0; i++) {
		const struct interval *range = &wanted->items[i];

		rc = mounted_fsmap(pass->m, range->start, range->end, take_owner, pass, &missing, err);
		done += range->end - range->start;
		if (rc == 0 && progress_step(progress, "owners", done, total) != 0)
			rc = error_set(err, ERR_CANCELLED, "cancelled");
	}
	if (rc == 0)
		rc = give_unknown(pass, &missing, ERR_NOT_FOUND, "the kernel names no owner, not even free space");
	interval_fini(&missing);
	return rc;
}

/* What GETFSMAP could not tell, from the geometry, the inode chunks and the files. */
static int ask_files(const struct pass *pass, const struct progress *progress, struct error *err)
{
	struct interval_set rest = {0}, unexplained = {0};
	int rc = owners_by_geometry(&pass->m->geo, &pass->unknown, pass->sink, &rest, err);

	if (rc == 0 && rest.count > 0)
		rc = mounted_forks(pass->m, &rest, pass->sink, &unexplained, progress, err);
	if (rc == 0)
		rc = give_unknown(pass, &unexplained, ERR_UNSUPPORTED,
				  "without rmapbt the kernel tells no owner of B+trees, of the targets of symbolic links, "
				  "and of attributes of special files");
	interval_fini(&rest);
	interval_fini(&unexplained);
	return rc;
}

int mounted_owners(const struct mounted *m, const struct interval_set *wanted, const struct owner_sink *sink,
		   const struct progress *progress, struct error *err)
{
	struct pass pass = {.m = m, .sink = sink};
	int rc;

	/*
	 * Data that was written but has no blocks yet, and copy-on-write that is staged but not in its file yet, would
	 * get their place just after the question: let them have it before. A failure is a matter of whoever wrote.
	 */
	if (syncfs(m->fd) != 0 && errno == EBADF)
		return error_set_errno(err, ERR_IO, errno, "cannot sync the file system");
	rc = ask_kernel(&pass, wanted, progress, err);
	interval_settle(&pass.unknown);
	if (rc == 0 && pass.unknown.count > 0)
		rc = ask_files(&pass, progress, err);
	interval_fini(&pass.unknown);
	return rc == ERR_NOMEM ? error_set(err, rc, "no memory for owners") : rc;
}
