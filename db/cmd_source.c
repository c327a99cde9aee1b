/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* source: runs the commands of a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "session.h"

/* A file may run others, and by mistake itself. */
#define SOURCE_DEPTH_MAX 16u

/* Runs the lines to the end of the file, to quit or to Ctrl-C; what fails in one is no reason to leave out the next. */
static int run_lines(struct session *session, FILE *file, const char *path)
{
	char *line = NULL;
	size_t room = 0;
	int rc = COMMAND_DONE;

	while (rc != COMMAND_QUIT && !session_interrupted(session) && getline(&line, &room, file) >= 0)
		rc = command_run_line(session, line);
	free(line);
	if (rc == COMMAND_QUIT)
		return rc;
	if (ferror(file)) {
		session_say(session, "cannot read %s: %s\n", path, strerror(errno));
		return ERR_IO;
	}
	return session_interrupted(session) ? ERR_CANCELLED : COMMAND_DONE;
}

static int source_run(struct session *session, int argc, char **argv)
{
	FILE *file;
	int rc;

	(void)argc;
	if (session->source_depth == SOURCE_DEPTH_MAX) {
		session_say(session, "%s is not read: files that run files, %u deep\n", argv[1], SOURCE_DEPTH_MAX);
		return ERR_INVALID;
	}
	file = fopen(argv[1], "re");
	if (!file) {
		session_say(session, "cannot read %s: %s\n", argv[1], strerror(errno));
		return ERR_IO;
	}
	session->source_depth++;
	rc = run_lines(session, file, argv[1]);
	session->source_depth--;
	fclose(file);
	return rc;
}

const struct command source_command = {
	.name = "source",
	.args_min = 1,
	.args_max = 1,
	.args = "source-file",
	.summary = "get commands from source-file",
	.help = " Runs the lines of a file as if they were typed; quit in it ends the session.\n",
	.run = source_run,
};
