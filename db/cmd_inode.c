/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inode: to an inode, which then is the current one. */
#include <inttypes.h>

#include "command.h"
#include "place.h"

static int inode_run(struct session *session, int argc, char **argv)
{
	uint64_t ino;

	if (argc == 1) {
		if (session->now.place.ino == INO_NONE)
			session_say(session, "no current inode\n");
		else
			session_say(session, "current inode number is %" PRIu64 "\n", session->now.place.ino);
		return COMMAND_DONE;
	}
	if (!session_number(argv[1], &ino)) {
		session_say(session, "bad value for inode number %s\n", argv[1]);
		return ERR_INVALID;
	}
	return place_go_inode(session, ino);
}

const struct command inode_command = {
	.name = "inode",
	.args_max = 1,
	.args = "[inode#]",
	.summary = "set current inode",
	.help = " Goes to an inode. It stays the current one, which ablock, dblock, bmap and others look at, while "
		"other\n"
		" places are gone to. Without a number: says which one it is.\n",
	.run = inode_run,
};
