/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quit */
#include "command.h"
#include "session.h"

static int quit_run(struct session *session, int argc, char **argv)
{
	(void)session, (void)argc, (void)argv;
	return COMMAND_QUIT;
}

const struct command quit_command = {
	.name = "quit",
	.alias = "q",
	.summary = "exit xfsdax-db",
	.run = quit_run,
};
