/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* crc: whether the checksum of the current structure is right. */
#include <string.h>

#include "command.h"
#include "place.h"

static int crc_run(struct session *session, int argc, char **argv)
{
	const struct type *type = session->now.place.type;
	struct layout_source source;

	if (!type) {
		session_say(session, "no current type\n");
		return ERR_INVALID;
	}
	if (argc > 1 && (strcmp(argv[1], "-i") == 0 || strcmp(argv[1], "-r") == 0)) {
		session_say(session, "%s not in expert mode, writing disabled\n", session->program);
		return ERR_UNSUPPORTED;
	}
	if (argc > 1 && strcmp(argv[1], "-v") != 0) {
		session_say(session, "bad option for crc command\n");
		return ERR_INVALID;
	}
	if (!type->layout) {
		session_say(session, "current type (%s) is not a structure\n", type->name);
		return ERR_INVALID;
	}
	session_say(session, "Verifying CRC:\n");
	source = place_source(session);
	if (!layout_print_crc(session->out, type->layout, &source)) {
		session_say(session, "no CRC field found for type %s\n", type->name);
		return ERR_NOT_FOUND;
	}
	return COMMAND_DONE;
}

const struct command crc_command = {
	.name = "crc",
	.args_max = 1,
	.args = "[-v]",
	.summary = "check the checksum of the current structure",
	.help = " Prints the checksum that is stored, and whether it is that of the structure. -v: the same.\n",
	.run = crc_run,
};
