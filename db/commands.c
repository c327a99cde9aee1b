/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of commands, and running one by a line of text. */
#include "command.h"

#include <string.h>

#include "session.h"

#define LINE_WORDS_MAX 1000

#define COMMAND(name) extern const struct command name##_command;
#include "commands.def"
#undef COMMAND

#define COMMAND(name) &name##_command,
const struct command *const commands[] = {
#include "commands.def"
	NULL,
};
#undef COMMAND

const struct command *command_find(const char *name)
{
	for (const struct command *const *command = commands; *command; command++)
		if (strcmp((*command)->name, name) == 0 || ((*command)->alias && strcmp((*command)->alias, name) == 0))
			return *command;
	return NULL;
}

/* What people know from xfs_db, and what to use instead. */
static const struct {
	const char *name, *instead;
} absent[] = {
	{"attr_remove", "there is no writing yet"},
	{"attr_set", "there is no writing yet"},
	{"blockfree", "blockget gathers nothing that could be freed"},
	{"blocktrash", "there is no writing yet"},
	{"blockuse", "owner tells whose a block is"},
	{"debug", "there is nothing to be debugged that way"},
	{"fuzz", "there is no writing yet"},
	{"log", "there is no log of a session; use script(1)"},
	{"logformat", "there is no writing yet"},
	{"logres", "it reserves nothing in the journal"},
	{"metadump", "use that of xfsprogs"},
	{"write", "there is no writing yet"},
};

static void say_not_found(struct session *session, const char *name)
{
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		if (strcmp(absent[i].name, name) != 0)
			continue;
		session_say(session, "xfsdax-db has no command %s: %s\n", name, absent[i].instead);
		return;
	}
	session_say(session, "command %s not found\n", name);
}

static int count_arguments(struct session *session, const struct command *command, const char *name, int count)
{
	if (count >= command->args_min && (command->args_max == ARGS_ANY || count <= command->args_max))
		return 0;
	session_say(session, "bad argument count %d to %s, expected ", count, name);
	if (command->args_max == ARGS_ANY)
		session_say(session, "at least %d", command->args_min);
	else if (command->args_min == command->args_max)
		session_say(session, "%d", command->args_min);
	else
		session_say(session, "between %d and %d", command->args_min, command->args_max);
	session_say(session, " arguments\n");
	return ERR_INVALID;
}

int command_run(struct session *session, int argc, char **argv)
{
	const struct command *command;
	int rc;

	if (argc == 0)
		return COMMAND_DONE;
	command = command_find(argv[0]);
	if (!command) {
		say_not_found(session, argv[0]);
		return ERR_NOT_FOUND;
	}
	session->json = command->takes_json && argc > 1 && strcmp(argv[1], "--json") == 0;
	if (session->json) {
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	rc = count_arguments(session, command, argv[0], argc - 1);
	return rc == 0 ? command->run(session, argc, argv) : rc;
}

int command_run_line(struct session *session, char *line)
{
	char *words[LINE_WORDS_MAX + 1], *state = NULL;
	int count = 0;

	for (char *word = strtok_r(line, " \t\n", &state); word; word = strtok_r(NULL, " \t\n", &state)) {
		if (count == LINE_WORDS_MAX) {
			session_say(session, "more than %d words in a line\n", LINE_WORDS_MAX);
			return ERR_INVALID;
		}
		words[count++] = word;
	}
	words[count] = NULL;
	return command_run(session, count, words);
}
