/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help: what commands there are, and what one of them does. */
#include "command.h"
#include "session.h"

static void print_one_line(FILE *out, const struct command *command, const char *name)
{
	fputs(name, out);
	if (command->args)
		fprintf(out, " %s", command->args);
	fprintf(out, " -- %s\n", command->summary);
}

static int print_all(FILE *out)
{
	for (const struct command *const *command = commands; *command; command++)
		print_one_line(out, *command, (*command)->name);
	fputs("\nUse 'help commandname' for extended help.\n", out);
	return COMMAND_DONE;
}

static int help_run(struct session *session, int argc, char **argv)
{
	const struct command *command;

	if (argc == 1)
		return print_all(session->out);
	command = command_find(argv[1]);
	if (!command) {
		session_say(session, "command %s not found\n", argv[1]);
		return ERR_NOT_FOUND;
	}
	print_one_line(session->out, command, argv[1]);
	if (command->help)
		fprintf(session->out, "\n%s\n", command->help);
	return COMMAND_DONE;
}

const struct command help_command = {
	.name = "help",
	.alias = "?",
	.args_max = 1,
	.args = "[command]",
	.summary = "help for one or all commands",
	.words = WORDS_COMMANDS,
	.run = help_run,
};
