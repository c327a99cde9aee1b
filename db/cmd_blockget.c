/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * blockget: in xfs_db the pass that gathers what ncheck tells. Here ncheck gathers itself, so `blockget -n` has nothing
 * to do and says nothing, as scripts expect it of a sound file system. What else blockget does is the job of another
 * program.
 */
#include <string.h>

#include "command.h"
#include "session.h"

static int blockget_run(struct session *session, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "-n") == 0)
		return COMMAND_DONE;
	session_say(session, "blockget gathers nothing here: owner tells whose a block is, fsck.xfsdax checks\n");
	return ERR_UNSUPPORTED;
}

const struct command blockget_command = {
	.name = "blockget",
	.args_max = ARGS_ANY,
	.args = "-n",
	.summary = "nothing: ncheck needs no preparation",
	.help = " blockget -n is taken, for scripts that call it before ncheck, and does nothing. Whose a block is, "
		"owner\n"
		" tells; whether the file system is consistent, fsck.xfsdax.\n",
	.run = blockget_run,
};
