/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* push, pop, stack: positions that are kept. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "place.h"

/* Leaves a copy of the current position on the stack. */
static int keep(struct session *session)
{
	struct position copy = session->now;
	struct position *stack;
	struct error err;

	stack = realloc(session->stack, (session->stack_count + 1) * sizeof(*stack));
	if (stack)
		session->stack = stack;
	copy.bytes = malloc(copy.bytes_len > 0 ? copy.bytes_len : 1);
	if (!stack || !copy.bytes) {
		free(copy.bytes);
		error_set(&err, ERR_NOMEM, "no memory for the stack");
		return session_complain(session, &err);
	}
	if (copy.bytes_len > 0)
		memcpy(copy.bytes, session->now.bytes, copy.bytes_len);
	stack[session->stack_count++] = copy;
	return 0;
}

static int push_run(struct session *session, int argc, char **argv)
{
	int rc;

	if (argc > 1 && !command_find(argv[1])) {
		session_say(session, "no such command %s\n", argv[1]);
		return ERR_NOT_FOUND;
	}
	/* Nowhere is no position: there is nothing to come back to. */
	rc = session->now.place.type ? keep(session) : 0;
	if (rc != 0 || argc == 1)
		return rc;
	return command_run(session, argc - 1, argv + 1);
}

static int pop_run(struct session *session, int argc, char **argv)
{
	(void)argc, (void)argv;
	if (session->stack_count == 0) {
		session_say(session, "the stack is empty\n");
		return ERR_NOT_FOUND;
	}
	free(session->now.bytes);
	session->now = session->stack[--session->stack_count];
	if (session->now.place.type)
		session->agno = place_agno(session, &session->now.place);
	return COMMAND_DONE;
}

static void print_level(struct session *session, size_t level, const struct place *place)
{
	session_say(session, "%zu: \n", level);
	place_print(session->out, session, place);
}

static int stack_run(struct session *session, int argc, char **argv)
{
	(void)argc, (void)argv;
	if (!session->now.place.type && session->stack_count == 0)
		return COMMAND_DONE;
	print_level(session, session->stack_count + 1, &session->now.place);
	for (size_t i = session->stack_count; i > 0; i--)
		print_level(session, i, &session->stack[i - 1].place);
	return COMMAND_DONE;
}

const struct command push_command = {
	.name = "push",
	.args_max = ARGS_ANY,
	.args = "[command]",
	.summary = "push location to the stack",
	.help = " Keeps the current position, and then goes to a new one with the command: push inode 64\n",
	.words = WORDS_COMMANDS,
	.run = push_run,
};

const struct command pop_command = {
	.name = "pop",
	.summary = "pop location from the stack",
	.help = " Goes back to the position that was kept last.\n",
	.run = pop_run,
};

const struct command stack_command = {
	.name = "stack",
	.summary = "view the location stack",
	.help = " Lists the current position, then those that were kept, the latest first.\n",
	.run = stack_run,
};
