/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* echo: marks in the output of scripts. */
#include "command.h"
#include "session.h"

static int echo_run(struct session *session, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		fprintf(session->out, "%s ", argv[i]);
	fputc('\n', session->out);
	return COMMAND_DONE;
}

const struct command echo_command = {
	.name = "echo",
	.args_max = ARGS_ANY,
	.args = "[args]...",
	.summary = "echo arguments",
	.run = echo_run,
};
