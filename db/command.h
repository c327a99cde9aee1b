/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a command of the debugger is. Each is a file of its own, cmd_NAME.c, that defines one struct command (or a few
 * that belong together), and a line in commands.def.
 */
#ifndef DB_COMMAND_H
#define DB_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct session;

/* Any number of arguments. */
#define ARGS_ANY (-1)

/* What the words after the name are, for completion at the prompt. */
enum command_words {
	WORDS_NONE,
	WORDS_COMMANDS,
	WORDS_TYPES,
	WORDS_FIELDS, /* of the current structure */
};

/* What a command returns beside ERR_*: */
enum command_result {
	COMMAND_DONE = 0,
	COMMAND_QUIT = 1, /* ends the session */
};

struct command {
	const char *name;
	const char *alias;	/* a second, short name, or NULL */
	int args_min, args_max; /* how many words follow the name; ARGS_ANY */
	const char *args;	/* as in the usage: "[agno]"; NULL: none */
	const char *summary;	/* a line, without the full stop */
	const char *help;	/* further lines for "help NAME", each ended by a newline, or NULL */
	enum command_words words;
	bool takes_json; /* --json as its first argument is taken away and told by session->json */
	/*
	 * @argv: argc words and a NULL, the first the name that was typed; the command may change and reorder them
	 * (getopt). What was asked for goes to session->out; complaints through session_complain or session_say.
	 * Returns COMMAND_DONE, COMMAND_QUIT, or an ERR_* after having complained; the session goes on.
	 */
	int (*run)(struct session *session, int argc, char **argv);
};

/* In the order of their names; ends with NULL. */
extern const struct command *const commands[];

/* By name or alias; NULL: there is none. */
const struct command *command_find(const char *name);

/*
 * Runs one line: splits it into words (blanks separate; @line is changed), finds the command, counts its arguments.
 * An empty line does nothing. Returns what the command returned; ERR_NOT_FOUND, ERR_INVALID, each after a complaint.
 */
int command_run_line(struct session *session, char *line);

/* The same for words. */
int command_run(struct session *session, int argc, char **argv);

#endif
