/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hash: of a name in a directory or an attribute fork. */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "format/da.h"
#include "session.h"

static int hash_run(struct session *session, int argc, char **argv)
{
	struct span name = {(const uint8_t *)argv[1], strlen(argv[1])};

	(void)argc;
	session_say(session, "%#" PRIx32 "\n", da_hash(name.bytes, name.len));
	return COMMAND_DONE;
}

const struct command hash_command = {
	.name = "hash",
	.args_min = 1,
	.args_max = 1,
	.args = "string",
	.summary = "calculate hash value",
	.help = " Prints the number by which directories and attribute forks find a name.\n",
	.run = hash_run,
};
