/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads command lines as they come. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "reader.h"
#include "session.h"

struct reader {
	struct session *session;
	bool interactive;
	char *line;
	size_t room;
	char empty[1]; /* the line after Ctrl-C */
};

int reader_open(struct session *session, bool interactive, struct reader **out, struct error *err)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return error_set(err, ERR_NOMEM, "no memory to read commands");
	reader->session = session;
	reader->interactive = interactive;
	*out = reader;
	return 0;
}

void reader_close(struct reader *reader)
{
	if (reader)
		free(reader->line);
	free(reader);
}

/*
 * Waits until there is a line, which a terminal hands out one by one. false: Ctrl-C came, be it just before: it is held
 * back except while waiting, as it would go unnoticed between a look at the flag and the wait.
 */
static bool wait_for_line(const struct reader *reader)
{
	struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
	sigset_t interrupts, before;
	bool interrupted;

	sigemptyset(&interrupts);
	sigaddset(&interrupts, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupts, &before);
	while (!(interrupted = session_interrupted(reader->session)))
		if (ppoll(&terminal, 1, NULL, &before) >= 0 || errno != EINTR)
			break;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !interrupted;
}

char *reader_line(struct reader *reader)
{
	ssize_t len;

	if (reader->interactive) {
		fprintf(reader->session->out, "%s> ", reader->session->program);
		fflush(reader->session->out);
		if (!wait_for_line(reader)) {
			fputc('\n', reader->session->out);
			reader->empty[0] = '\0';
			return reader->empty;
		}
	}
	len = getline(&reader->line, &reader->room, stdin);
	if (len < 0)
		return NULL;
	if (len > 0 && reader->line[len - 1] == '\n')
		reader->line[len - 1] = '\0';
	return reader->line;
}
