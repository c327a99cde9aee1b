/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that a report goes to. */
#include "report/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names tried before giving up: each is in the way only if a run of the same process number was killed. */
#define TRIES 100

/* Where a regular file lies behind symbolic links, so that the rename replaces it and not the link. */
static int find_place(const char *path, struct output *out, bool *direct, struct error *err)
{
	struct stat st;

	*direct = false;
	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			return error_set_errno(err, ERR_IO, errno, "cannot write %s", path);
		out->path = strdup(path);
	} else if (S_ISDIR(st.st_mode)) {
		return error_set(err, ERR_INVALID, "cannot write %s: it is a directory", path);
	} else if (S_ISREG(st.st_mode)) {
		out->path = realpath(path, NULL);
	} else {
		*direct = true;
		return 0;
	}
	return out->path ? 0 : error_set_errno(err, ERR_NOMEM, errno, "cannot find the place of %s", path);
}

/* Creates ".NAME.PID.N.tmp" in the folder of the file; the ending is none that a collector would read. */
static int create_temporary(struct output *out, int *fd, struct error *err)
{
	const char *slash = strrchr(out->path, '/');
	int folder_len = slash ? (int)(slash - out->path + 1) : 0;

	*fd = -1;
	for (int try = 0; try < TRIES && *fd < 0; try++) {
		free(out->temporary);
		out->temporary = NULL;
		if (asprintf(&out->temporary, "%.*s.%s.%ld.%d.tmp", folder_len, out->path, out->path + folder_len,
			     (long)getpid(), try) < 0) {
			out->temporary = NULL;
			return error_set(err, ERR_NOMEM, "no memory for the name of a file");
		}
		*fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (*fd < 0 && errno != EEXIST)
			break;
	}
	if (*fd >= 0)
		return 0;
	error_set_errno(err, ERR_IO, errno, "cannot create a file beside %s", out->path);
	/* It is not ours: not to be removed. */
	free(out->temporary);
	out->temporary = NULL;
	return ERR_IO;
}

int output_open(const char *path, struct output *out, struct error *err)
{
	bool direct;
	int fd = -1;
	int rc = find_place(path, out, &direct, err);

	if (rc == 0 && direct) {
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		rc = fd < 0 ? error_set_errno(err, ERR_IO, errno, "cannot write %s", path) : 0;
	} else if (rc == 0) {
		rc = create_temporary(out, &fd, err);
	}
	if (rc == 0) {
		out->file = fdopen(fd, "w");
		if (!out->file) {
			rc = error_set_errno(err, ERR_NOMEM, errno, "cannot write %s", path);
			close(fd);
		}
	}
	if (rc != 0)
		output_drop(out);
	return rc;
}

/* The new name must survive a crash as well. */
static int sync_folder(const char *path, struct error *err)
{
	char *copy = strdup(path);
	int fd, rc = 0;

	if (!copy)
		return error_set(err, ERR_NOMEM, "no memory for a path");
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot make the name %s durable", path);
	if (fd >= 0)
		close(fd);
	free(copy);
	return rc;
}

int output_commit(struct output *out, struct error *err)
{
	FILE *file = out->file;
	int rc = 0;

	out->file = NULL;
	if (fflush(file) != 0 || (out->path && fsync(fileno(file)) != 0))
		rc = error_set_errno(err, ERR_IO, errno, "cannot write the report");
	if (fclose(file) != 0 && rc == 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot write the report");
	if (rc == 0 && out->path) {
		if (rename(out->temporary, out->path) != 0) {
			rc = error_set_errno(err, ERR_IO, errno, "cannot rename the report to %s", out->path);
		} else {
			free(out->temporary);
			out->temporary = NULL;
			rc = sync_folder(out->path, err);
		}
	}
	output_drop(out);
	return rc;
}

void output_drop(struct output *out)
{
	if (out->file)
		fclose(out->file);
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	free(out->path);
	*out = (struct output){0};
}
