/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rdump: copies files out of the file system. */
#include <string.h>

#include "command.h"
#include "extract.h"
#include "resolve.h"

/* The last part of @path, in place; NULL: it has none, as of the root, or one that is no name of its own. */
static char *last_name(char *path)
{
	size_t len = strlen(path);
	char *slash;

	while (len > 0 && path[len - 1] == '/')
		path[--len] = '\0';
	slash = strrchr(path, '/');
	path = slash ? slash + 1 : path;
	return *path == '\0' || strcmp(path, ".") == 0 || strcmp(path, "..") == 0 ? NULL : path;
}

/* Resolves all before anything is copied: a wrong word shall not leave half of it behind. */
static int check_paths(struct session *session, int count, char **paths)
{
	int rc = 0;

	for (int i = 0; i < count && rc == 0; i++) {
		uint64_t ino;

		rc = resolve_path(session, paths[i], &ino);
	}
	return rc;
}

static int copy(struct session *session, struct extraction *extraction, int count, char **paths)
{
	int rc = 0;

	for (int i = 0; i < count && rc == 0; i++) {
		uint64_t ino;

		rc = resolve_path(session, paths[i], &ino);
		if (rc == 0)
			rc = extract_tree(extraction, ino, last_name(paths[i]));
	}
	return rc;
}

static int rdump_run(struct session *session, int argc, char **argv)
{
	bool strict = strcmp(argv[1], "-s") == 0;
	char **paths = argv + 1 + strict;
	int count = argc - 2 - strict;
	struct extraction *extraction;
	struct error err;
	int rc;

	if (argv[1][0] == '-' && !strict) {
		session_say(session, "bad option for rdump command\n");
		return ERR_INVALID;
	}
	if (count < 1) {
		session_say(session, "rdump wants paths and a directory to copy them to\n");
		return ERR_INVALID;
	}
	rc = check_paths(session, count, paths);
	if (rc != 0)
		return rc;
	rc = extract_open(session, paths[count], strict, &extraction, &err);
	if (rc != 0)
		return session_complain(session, &err);
	rc = copy(session, extraction, count, paths);
	if (extract_close(extraction) > 0 && rc == 0)
		rc = ERR_IO;
	return rc;
}

const struct command rdump_command = {
	.name = "rdump",
	.args_min = 2,
	.args_max = ARGS_ANY,
	.args = "[-s] path... directory",
	.summary = "copy files out of the file system",
	.help = " Copies what the paths name, directories with all below them, into a directory of the running system: "
		"bytes,\n"
		" holes, hard links, owners, modes, times and extended attributes. Of \"/\" what it holds is copied. "
		"Nothing\n"
		" that exists is replaced. What cannot be read is said and left out.\n"
		"\n"
		" -s  the first thing that goes wrong is the end\n",
	.run = rdump_run,
};
