/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the path search share:
 *
 *   path.c         the search as a whole; lists that grow; paths under construction
 *   path_parent.c  from parent pointers
 *   path_tree.c    the pass over the directory tree
 *   path_stray.c   directories that the pass did not reach
 *   path_answer.c  from what the pass found to paths
 */
#ifndef FS_PATH_FORM_H
#define FS_PATH_FORM_H

#include "base/idmap.h"
#include "fs/path.h"

/* What was asked for. */
struct path_job {
	const struct fs *fs;
	struct pool *pool;
	const uint64_t *inos;
	size_t count;
	bool one_path;
	const struct path_sink *sink;
	const struct progress *progress;
	struct error *err;
};

/* Longer paths are cut at their start and handed out as not connected, so that a hostile depth costs no more. */
#define PATH_BYTES_MAX (1u << 20)

/* Bytes of names, one after the other. */
struct path_bytes {
	uint8_t *bytes;
	size_t count, room;
};

/* Appends a name; *at: where it begins. */
int path_keep(struct path_bytes *to, struct span name, size_t *at) MUST_CHECK;

/* A path under construction, from its last name to its first: it fills its memory from the end. */
struct path_text {
	uint8_t *bytes;
	size_t len, room;
};

/* Puts '/' and the name in front. 1: it would get longer than PATH_BYTES_MAX and was left as it is; 0; ERR_NOMEM. */
int path_prepend(struct path_text *text, struct span name) MUST_CHECK;

/* Hands the path to the sink. */
int path_emit(const struct path_job *job, uint64_t ino, const struct path_text *text, uint64_t top_ino);

int path_gap(const struct path_job *job, uint64_t ino, const struct error *why);
int path_no_memory(const struct path_job *job);

/*
 * Hands out the paths of those inodes whose parent pointers all lead to the root; @left (count flags) says for which
 * it could not.
 */
int path_from_parents(const struct path_job *job, bool *left) MUST_CHECK;

/* Hands out paths from the directory tree. */
int path_from_tree(const struct path_job *job) MUST_CHECK;

#endif
