/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line of xfsdax-db. The letters mean what they mean for xfs_db; what cannot be done is refused, what
 * makes no difference here (-f: files and devices are told apart) is taken.
 */
#include "options.h"

#include <stdlib.h>

#include "cli/options.h"

/* clang-format off: as it will look */
const char options_help[] = "Usage: xfsdax-db [OPTION]... DEVICE|IMAGE\n"
			    "Look at every structure of an unmounted file system. Nothing is ever written.\n"
			    "\n"
			    "  -c, --command COMMAND  run COMMAND instead of reading commands from standard\n"
			    "                         input; may be repeated, they run in their order\n"
			    "  -r                     read-only, as it always is\n"
			    "  -p NAME                the name to use in messages and as prompt\n"
			    "  -f, -F, -i             accepted for scripts that give them to xfs_db\n"
			    "  -x                     expert mode, for writing: refused, there is none yet\n"
			    "  -h, --help             show this help\n"
			    "  -V, --version          show the version\n"
			    "\n"
			    "The command help lists the commands, help COMMAND explains one.\n"
			    "\n"
			    "Exit status: 0 the session ended, also if commands found something wrong;\n"
			    "8 could not do the job, 16 wrong usage. See xfsdax-db(8).\n";
/* clang-format on */

static const struct option long_options[] = {
	{"command", required_argument, NULL, 'c'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static int take_option(int option, struct options *out, const char *argument, struct error *err)
{
	switch (option) {
	case 'c':
		out->commands[out->command_count++] = optarg;
		return 0;
	case 'p':
		if (!optarg[0])
			return error_set(err, ERR_INVALID, "-p wants a name");
		out->program = optarg;
		return 0;
	case 'f':
	case 'F':
	case 'i':
	case 'r':
		return 0;
	case 'x':
		out->expert = true;
		return 0;
	case 'h':
		out->action = ACTION_HELP;
		return 0;
	case 'V':
		out->action = ACTION_VERSION;
		return 0;
	default:
		return cli_refuse(long_options, option, argument, err);
	}
}

int options_parse(int argc, char **argv, struct options *out, struct error *err)
{
	int option, rc = 0;

	out->program = "xfsdax-db";
	/* No more of them than there are words. */
	out->commands = calloc((size_t)argc + 1, sizeof(*out->commands));
	if (!out->commands)
		return error_set(err, ERR_NOMEM, "no memory for the command line");
	opterr = 0;
	while (rc == 0 && out->action == ACTION_SESSION &&
	       (option = getopt_long(argc, argv, ":c:p:fFirxhV", long_options, NULL)) != -1)
		rc = take_option(option, out, cli_argument(argv), err);
	if (rc != 0 || out->action != ACTION_SESSION)
		return rc;
	return cli_operand(argc, argv, "no device or image is given", "looked at", &out->path, err);
}

void options_fini(struct options *options)
{
	free(options->commands);
}
