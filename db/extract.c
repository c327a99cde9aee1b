/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree of an extraction.
 *
 * Depth first, without recursion: one descriptor is open, that of the directory under way. The way back is "..", and is
 * held against what was gone down through, should somebody move directories of the destination meanwhile.
 */
#include "extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "extract_parts.h"
#include "fs/dir.h"
#include "report/escape.h"
#include "report/words.h"

/* A directory that is still to be copied. */
struct pending {
	uint64_t ino;
	char *name;
};

struct level {
	struct inode *inode;
	dev_t dev; /* of the directory in the destination */
	ino_t ino;
	struct pending *pending;
	size_t count, room;
	size_t path_len; /* of extraction->path before its name */
	bool keep;	 /* it was there before: its owner, mode and times are not touched */
};

/* ------------------------------------------------------------------ what went wrong */

int extract_wrong(struct extraction *extraction, const char *name, const struct error *err)
{
	struct session *session = extraction->session;

	if (err->code == ERR_CANCELLED)
		return ERR_CANCELLED;
	extraction->wrong++;
	fflush(session->out);
	fprintf(session->errors, "%s: ", session->program);
	escape_text(session->errors, extraction->path, extraction->path_len);
	if (name)
		escape_text(session->errors, name, strlen(name));
	fputs(": ", session->errors);
	error_sentence(session->errors, err);
	fputc('\n', session->errors);
	return extraction->strict || err->code == ERR_NOMEM ? err->code : 0;
}

int extract_wrong_errno(struct extraction *extraction, const char *name, const char *what)
{
	struct error err;

	error_set_errno(&err, ERR_IO, errno, "%s", what);
	return extract_wrong(extraction, name, &err);
}

static int no_memory(struct extraction *extraction)
{
	struct error err;

	error_set(&err, ERR_NOMEM, "no memory");
	return extract_wrong(extraction, NULL, &err);
}

/* ------------------------------------------------------------------ the path under way */

static int append_path(struct extraction *extraction, const char *name)
{
	size_t len = strlen(name), need = extraction->path_len + len + 2;
	char *path = extraction->path;

	if (need > extraction->path_room) {
		path = realloc(path, 2 * need);
		if (!path)
			return no_memory(extraction);
		extraction->path = path;
		extraction->path_room = 2 * need;
	}
	memcpy(path + extraction->path_len, name, len);
	path[extraction->path_len + len] = '/';
	extraction->path_len += len + 1;
	return 0;
}

/* ------------------------------------------------------------------ hard links */

/* Opens the directory of @path, a path in the destination that was made here; *last: the name in it. */
static int open_parent(const struct extraction *extraction, char *path, const char **last)
{
	int fd = openat(extraction->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *slash;

	for (; fd >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		int next;

		*slash = '\0';
		next = openat(fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		*slash = '/';
		close(fd);
		fd = next;
	}
	*last = path;
	return fd;
}

static int link_again(struct extraction *extraction, char *first, const char *name)
{
	const char *last;
	int fd = open_parent(extraction, first, &last), rc = -1;

	if (fd >= 0) {
		rc = linkat(fd, last, extraction->here, name, 0);
		close(fd);
	}
	return rc == 0 ? 0 : extract_wrong_errno(extraction, name, "cannot make the hard link");
}

/* Remembers where the first copy of an inode with several names is. */
static int keep_first(struct extraction *extraction, uint64_t ino, const char *name)
{
	size_t len = extraction->path_len + strlen(name) + 1;
	char *copy = malloc(len);
	int rc = copy ? array_reserve(&extraction->first_copies, extraction->copy_count, 1, &extraction->copy_room,
				      sizeof(*extraction->first_copies))
		      : ERR_NOMEM;

	if (rc == 0)
		rc = idmap_put(&extraction->links, ino, extraction->copy_count);
	if (rc < 0) {
		free(copy);
		return no_memory(extraction);
	}
	if (extraction->path_len > 0)
		memcpy(copy, extraction->path, extraction->path_len);
	memcpy(copy + extraction->path_len, name, len - extraction->path_len);
	extraction->first_copies[extraction->copy_count++] = copy;
	return 0;
}

static int copy_other(struct extraction *extraction, const struct inode *inode, const char *name)
{
	const uint64_t *first = inode->nlink > 1 ? idmap_get(&extraction->links, inode->ino) : NULL;
	int rc;

	if (first)
		return link_again(extraction, extraction->first_copies[*first], name);
	rc = extract_content(extraction, inode, name);
	/* What could not be made has no second name either; what is incomplete has. */
	if (rc == 0 && inode->nlink > 1 && faccessat(extraction->here, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		rc = keep_first(extraction, inode->ino, name);
	return rc;
}

/* ------------------------------------------------------------------ directories */

struct filling {
	struct extraction *extraction;
	struct inode inode;
	int rc;
};

static int add_pending(struct extraction *extraction, uint64_t ino, const char *name)
{
	struct level *level = &extraction->levels[extraction->depth - 1];
	char *copy = strdup(name);
	int rc = copy ? array_reserve(&level->pending, level->count, 1, &level->room, sizeof(*level->pending))
		      : ERR_NOMEM;

	if (rc != 0) {
		free(copy);
		return no_memory(extraction);
	}
	level->pending[level->count++] = (struct pending){ino, copy};
	return 0;
}

static int take_entry(void *arg, const struct dir_entry *entry)
{
	struct filling *filling = arg;
	struct extraction *extraction = filling->extraction;
	char name[DIR_NAME_MAX + 1];
	struct error err;
	int rc;

	memcpy(name, entry->name.bytes, entry->name.len);
	name[entry->name.len] = '\0';
	if (session_interrupted(extraction->session)) {
		rc = ERR_CANCELLED;
	} else if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		error_set(&err, ERR_CORRUPT, "no file can have that name");
		rc = extract_wrong(extraction, name, &err);
	} else {
		rc = inode_read(extraction->session->fs, entry->ino, &filling->inode, &err);
		if (rc != 0)
			rc = extract_wrong(extraction, name, &err);
		else if (inode_is(&filling->inode, INODE_MODE_DIR))
			rc = add_pending(extraction, entry->ino, name);
		else
			rc = copy_other(extraction, &filling->inode, name);
	}
	filling->rc = rc;
	return rc < 0 ? 1 : 0;
}

static int report_bad(void *arg, const struct error *why)
{
	struct filling *filling = arg;

	filling->rc = extract_wrong(filling->extraction, NULL, why);
	return filling->rc < 0 ? 1 : 0;
}

/* Copies what the directory under way holds, but for its directories, which are noted. */
static int fill(struct extraction *extraction)
{
	struct filling *filling = calloc(1, sizeof(*filling));
	const struct dir_walker walker = {.entry = take_entry, .bad = report_bad, .arg = filling};
	struct error err;
	int rc;

	if (!filling)
		return no_memory(extraction);
	filling->extraction = extraction;
	rc = dir_walk(extraction->session->fs, extraction->levels[extraction->depth - 1].inode, &walker, &err);
	rc = rc > 0 ? filling->rc : rc < 0 ? extract_wrong(extraction, NULL, &err) : 0;
	free(filling);
	return rc;
}

/* Goes down into the directory that is open as @fd, which becomes the one under way. */
static int push(struct extraction *extraction, int fd, struct inode *inode, bool keep)
{
	struct level *level;
	struct stat st;
	int rc = array_reserve(&extraction->levels, extraction->depth, 1, &extraction->level_room,
			       sizeof(*extraction->levels));

	if (rc != 0)
		return no_memory(extraction);
	if (fstat(fd, &st) != 0)
		return extract_wrong_errno(extraction, NULL, "cannot look at the directory");
	level = &extraction->levels[extraction->depth++];
	*level = (struct level){.inode = inode, .dev = st.st_dev, .ino = st.st_ino, .keep = keep};
	return 0;
}

/* Goes back up. ERR_IO: the way there is gone. */
static int pop(struct extraction *extraction)
{
	struct level *level = &extraction->levels[extraction->depth - 1];
	const struct copy copy = {extraction, level->inode, NULL, extraction->here};
	int rc = level->keep || extraction->lost ? 0 : extract_attributes(&copy), up = -1;
	struct stat st;

	if (extraction->depth > 1 && !extraction->lost)
		up = openat(extraction->here, "..", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	extraction->path_len = level->path_len;
	free(level->inode);
	for (size_t i = 0; i < level->count; i++)
		free(level->pending[i].name);
	free(level->pending);
	if (extraction->here != extraction->root)
		close(extraction->here);
	extraction->here = extraction->root;
	if (--extraction->depth == 0 || extraction->lost)
		return rc;
	level--;
	if (up >= 0)
		extraction->here = up;
	if (up < 0 || fstat(up, &st) != 0 || st.st_dev != level->dev || st.st_ino != level->ino) {
		extraction->lost = true;
		errno = ESTALE;
		(void)!extract_wrong_errno(extraction, NULL, "the destination was changed meanwhile");
		return ERR_IO;
	}
	return rc;
}

/* Makes the directory @name for inode @ino and goes there. 1: there; 0: it could not be made, which has been said. */
static int enter(struct extraction *extraction, uint64_t ino, const char *name)
{
	struct inode *inode = malloc(sizeof(*inode));
	size_t path_len = extraction->path_len;
	struct error err;
	int fd = -1, rc = inode ? idmap_put(&extraction->directories, ino, 0) : ERR_NOMEM;

	if (rc == 1)
		rc = inode_read(extraction->session->fs, ino, inode, &err);
	else if (rc == 0)
		rc = error_set(&err, ERR_CORRUPT, "directory %llu has more than one name", (unsigned long long)ino);
	else
		rc = error_set(&err, ERR_NOMEM, "no memory");
	if (rc == 0 && mkdirat(extraction->here, name, 0700) != 0)
		rc = error_set_errno(&err, ERR_IO, errno, "cannot make the directory");
	if (rc == 0)
		fd = openat(extraction->here, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (rc == 0 && fd < 0)
		rc = error_set_errno(&err, ERR_IO, errno, "cannot open the directory");
	if (rc != 0) {
		free(inode);
		return extract_wrong(extraction, name, &err);
	}
	rc = push(extraction, fd, inode, false);
	if (rc == 0 && extraction->depth > 0 && extraction->levels[extraction->depth - 1].inode == inode) {
		extraction->levels[extraction->depth - 1].path_len = path_len;
		if (extraction->here != extraction->root)
			close(extraction->here);
		extraction->here = fd;
		extraction->files++;
		rc = append_path(extraction, name);
		return rc == 0 ? 1 : rc;
	}
	close(fd);
	free(inode);
	return rc;
}

/* Copies the directory under way and all below it, and comes back to where it was entered. */
static int copy_tree(struct extraction *extraction)
{
	size_t base = extraction->depth - 1;
	int rc = fill(extraction);

	while (extraction->depth > base) {
		struct level *level = &extraction->levels[extraction->depth - 1];
		int up;

		if (rc == 0 && level->count > 0) {
			struct pending next = level->pending[--level->count];

			rc = enter(extraction, next.ino, next.name);
			free(next.name);
			if (rc == 1)
				rc = fill(extraction);
			continue;
		}
		up = pop(extraction);
		rc = rc == 0 ? up : rc;
	}
	return rc;
}

/* ------------------------------------------------------------------ the whole */

int extract_open(struct session *session, const char *destination, bool strict, struct extraction **out,
		 struct error *err)
{
	struct extraction *extraction = calloc(1, sizeof(*extraction));
	bool made = mkdir(destination, 0700) == 0;

	if (!extraction)
		return error_set(err, ERR_NOMEM, "no memory");
	if (!made && errno != EEXIST) {
		free(extraction);
		return error_set_errno(err, ERR_IO, errno, "cannot make %s", destination);
	}
	extraction->session = session;
	extraction->strict = strict;
	extraction->made = made;
	extraction->buffer = malloc(EXTRACT_CHUNK);
	extraction->root = open(destination, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	extraction->here = extraction->root;
	if (extraction->root < 0 || !extraction->buffer) {
		int rc = extraction->root < 0 ? error_set_errno(err, ERR_IO, errno, "cannot open %s", destination)
					      : error_set(err, ERR_NOMEM, "no memory");

		(void)extract_close(extraction);
		return rc;
	}
	*out = extraction;
	return 0;
}

/* Into the destination itself, which gets the attributes of the directory only if it is new. */
static int extract_into_root(struct extraction *extraction, struct inode *inode)
{
	int rc = idmap_put(&extraction->directories, inode->ino, 0);

	if (rc >= 0)
		rc = push(extraction, extraction->root, inode, !extraction->made);
	else
		rc = no_memory(extraction);
	if (rc != 0 || extraction->depth == 0) {
		free(inode);
		return rc;
	}
	return copy_tree(extraction);
}

int extract_tree(struct extraction *extraction, uint64_t ino, const char *name)
{
	struct inode *inode = malloc(sizeof(*inode));
	struct error err;
	int rc;

	if (!inode)
		return no_memory(extraction);
	rc = inode_read(extraction->session->fs, ino, inode, &err);
	if (rc != 0) {
		rc = extract_wrong(extraction, name, &err);
	} else if (!name) {
		return extract_into_root(extraction, inode);
	} else if (inode_is(inode, INODE_MODE_DIR)) {
		rc = enter(extraction, ino, name);
		rc = rc == 1 ? copy_tree(extraction) : rc;
	} else {
		rc = copy_other(extraction, inode, name);
	}
	free(inode);
	return rc;
}

static void say_lacks(const struct extraction *extraction)
{
	static const char *const what[LACKS] = {
		[LACK_OWNER] = "owners could not be set: only root may",
		[LACK_ATTRIBUTE] =
			"extended attributes could not be set: not permitted, not supported there, or too large",
		[LACK_DEVICE] = "devices could not be made: only root may",
	};
	struct session *session = extraction->session;

	for (int i = 0; i < LACKS; i++)
		if (extraction->lacks[i] > 0)
			fprintf(session->errors, "%s: %llu %s\n", session->program,
				(unsigned long long)extraction->lacks[i], what[i]);
}

uint64_t extract_close(struct extraction *extraction)
{
	uint64_t wrong = extraction->wrong;

	say_lacks(extraction);
	if (extraction->root >= 0)
		close(extraction->root);
	for (size_t i = 0; i < extraction->copy_count; i++)
		free(extraction->first_copies[i]);
	free(extraction->first_copies);
	free(extraction->levels);
	free(extraction->path);
	free(extraction->buffer);
	idmap_fini(&extraction->directories);
	idmap_fini(&extraction->links);
	free(extraction);
	return wrong;
}
