/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads command lines as they come. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "reader.h"
#include "session.h"

struct reader {
	struct session *session;
	bool interactive;
	char *line;
	size_t room;
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

char *reader_line(struct reader *reader)
{
	ssize_t len;

	if (reader->interactive) {
		fprintf(reader->session->out, "%s> ", reader->session->program);
		fflush(reader->session->out);
	}
	errno = 0;
	len = getline(&reader->line, &reader->room, stdin);
	if (len < 0 && errno == EINTR) {
		clearerr(stdin);
		fputc('\n', reader->session->out);
		if (reader->line)
			reader->line[0] = '\0';
		return reader->line;
	}
	if (len < 0)
		return NULL;
	if (len > 0 && reader->line[len - 1] == '\n')
		reader->line[len - 1] = '\0';
	return reader->line;
}
