/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search for paths as a whole: parent pointers first, the directory tree for what is left. */
#include "fs/path.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fs/path_form.h"

int path_keep(struct path_bytes *to, struct span name, size_t *at)
{
	*at = to->count;
	return array_append(&to->bytes, &to->count, name.bytes, name.len, &to->room, 1);
}

int path_prepend(struct path_text *text, struct span name)
{
	if (text->len + name.len + 1 > PATH_BYTES_MAX)
		return 1;
	while (text->room - text->len < name.len + 1) {
		size_t room = text->room ? text->room * 2 : 1024;
		uint8_t *bytes = malloc(room);

		if (!bytes)
			return ERR_NOMEM;
		if (text->len > 0)
			memcpy(bytes + room - text->len, text->bytes + text->room - text->len, text->len);
		free(text->bytes);
		text->bytes = bytes;
		text->room = room;
	}
	text->len += name.len + 1;
	text->bytes[text->room - text->len] = '/';
	memcpy(text->bytes + text->room - text->len + 1, name.bytes, name.len);
	return 0;
}

int path_emit(const struct path_job *job, uint64_t ino, const struct path_text *text, uint64_t top_ino)
{
	bool connected = top_ino == job->fs->geo.root_ino;
	const char *path = (const char *)(text->bytes + text->room - text->len);

	return job->sink->path ? job->sink->path(job->sink->arg, ino, path, text->len, connected, top_ino) : 0;
}

int path_gap(const struct path_job *job, uint64_t ino, const struct error *why)
{
	return job->sink->gap ? job->sink->gap(job->sink->arg, ino, why) : 0;
}

int path_no_memory(const struct path_job *job)
{
	return error_set(job->err, ERR_NOMEM, "no memory to look for paths");
}

static int emit_root(const struct path_job *job)
{
	uint64_t root = job->fs->geo.root_ino;

	return job->sink->path ? job->sink->path(job->sink->arg, root, "/", 1, true, root) : 0;
}

/* Asks the parent pointers, then the tree for those inodes that are still without an answer. */
static int search(struct path_job *job, uint64_t *rest, bool *left)
{
	size_t count = 0;
	int rc = 0;

	memset(left, true, job->count * sizeof(*left));
	for (size_t i = 0; i < job->count && rc == 0; i++) {
		if (job->inos[i] != job->fs->geo.root_ino)
			continue;
		left[i] = false;
		rc = emit_root(job);
	}
	if (rc == 0 && job->fs->geo.has_parent)
		rc = path_from_parents(job, left);
	for (size_t i = 0; i < job->count; i++)
		if (left[i])
			rest[count++] = job->inos[i];
	job->inos = rest;
	job->count = count;
	return rc == 0 && count > 0 ? path_from_tree(job) : rc;
}

int path_find(const struct fs *fs, struct pool *pool, const uint64_t *inos, size_t count, bool one_path,
	      const struct path_sink *sink, const struct progress *progress, struct error *err)
{
	struct path_job job = {fs, pool, inos, count, one_path, sink, progress, err};
	uint64_t *rest = malloc((count + 1) * sizeof(*rest));
	bool *left = malloc((count + 1) * sizeof(*left));
	int rc = rest && left ? search(&job, rest, left) : path_no_memory(&job);

	free(rest);
	free(left);
	return rc;
}
