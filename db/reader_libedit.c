/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads command lines with libedit: editing, history, completion. Input that nobody types is read as it comes. */
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "complete.h"
#include "reader.h"
#include "session.h"

#define HISTORY_LINES 1000

struct reader {
	struct session *session;
	EditLine *edit; /* NULL: nobody types */
	History *history;
	char prompt[32];
	char *line;
	size_t room;
};

static char *prompt(EditLine *edit)
{
	struct reader *reader = NULL;

	el_get(edit, EL_CLIENTDATA, &reader);
	return reader->prompt;
}

/* Characters in a line of the terminal. */
static size_t terminal_columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* In columns, so that no word is cut at the edge. */
static void list_words(FILE *out, const struct completion *found)
{
	size_t width = 0, in_line;

	for (size_t i = 0; i < found->count; i++)
		if (strlen(found->words[i]) > width)
			width = strlen(found->words[i]);
	in_line = terminal_columns() / (width + 2);
	fputc('\n', out);
	for (size_t i = 0; i < found->count; i++) {
		bool last = i + 1 == found->count || in_line < 2 || i % in_line == in_line - 1;

		fprintf(out, "%-*s%s", last ? 0 : (int)width, found->words[i], last ? "\n" : "  ");
	}
}

/* Tab: the longest beginning that all candidates share, or else the candidates. */
static unsigned char complete_word(EditLine *edit, int key)
{
	const LineInfo *info = el_line(edit);
	struct completion found = {0};
	struct reader *reader = NULL;
	unsigned char result = CC_ERROR;
	char *before;

	(void)key;
	el_get(edit, EL_CLIENTDATA, &reader);
	before = strndup(info->buffer, (size_t)(info->cursor - info->buffer));
	if (before && complete(reader->session, before, &found) == 0 && found.count > 0) {
		char *add = complete_common(&found);

		if (add && add[0] && el_insertstr(edit, add) == 0) {
			result = CC_REFRESH;
		} else if (found.count > 1) {
			list_words(reader->session->out, &found);
			result = CC_REDISPLAY;
		}
		free(add);
	}
	completion_fini(&found);
	free(before);
	return result;
}

static bool open_edit(struct reader *reader)
{
	HistEvent event;

	reader->edit = el_init(reader->session->program, stdin, stdout, stderr);
	reader->history = history_init();
	if (!reader->edit || !reader->history)
		return false;
	history(reader->history, &event, H_SETSIZE, HISTORY_LINES);
	history(reader->history, &event, H_SETUNIQUE, 1);
	el_set(reader->edit, EL_CLIENTDATA, reader);
	el_set(reader->edit, EL_PROMPT, prompt);
	el_set(reader->edit, EL_EDITOR, "emacs");
	el_set(reader->edit, EL_SIGNAL, 1);
	el_set(reader->edit, EL_HIST, history, reader->history);
	el_set(reader->edit, EL_ADDFN, "complete-word", "complete a command, type or field", complete_word);
	el_set(reader->edit, EL_BIND, "^I", "complete-word", NULL);
	el_set(reader->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(reader->edit, NULL); /* what the user has set in ~/.editrc */
	return true;
}

int reader_open(struct session *session, bool interactive, struct reader **out, struct error *err)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return error_set(err, ERR_NOMEM, "no memory to read commands");
	reader->session = session;
	snprintf(reader->prompt, sizeof(reader->prompt), "%s> ", session->program);
	if (interactive && !open_edit(reader)) {
		reader_close(reader);
		return error_set(err, ERR_NOMEM, "no memory to edit command lines");
	}
	*out = reader;
	return 0;
}

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	if (reader->edit)
		el_end(reader->edit);
	if (reader->history)
		history_end(reader->history);
	free(reader->line);
	free(reader);
}

/* Copies @len bytes of @text into the reader's own line, without the newline. */
static char *own_line(struct reader *reader, const char *text, size_t len)
{
	if (len + 1 > reader->room) {
		char *line = realloc(reader->line, len + 1);

		if (!line)
			return NULL;
		reader->line = line;
		reader->room = len + 1;
	}
	memcpy(reader->line, text, len);
	if (len > 0 && reader->line[len - 1] == '\n')
		len--;
	reader->line[len] = '\0';
	return reader->line;
}

static char *edited_line(struct reader *reader)
{
	HistEvent event;
	const char *text;
	int len = 0;

	fflush(reader->session->out);
	text = el_gets(reader->edit, &len);
	if (!text || len <= 0) {
		bool stopped = session_interrupted(reader->session);

		fputc('\n', reader->session->out);
		/* Ctrl-C throws the line away and is no reason to go. */
		return stopped ? own_line(reader, "", 0) : NULL;
	}
	if (strspn(text, " \t\n") < (size_t)len)
		history(reader->history, &event, H_ENTER, text);
	return own_line(reader, text, (size_t)len);
}

char *reader_line(struct reader *reader)
{
	ssize_t len;

	if (reader->edit)
		return edited_line(reader);
	len = getline(&reader->line, &reader->room, stdin);
	if (len < 0)
		return NULL;
	if (len > 0 && reader->line[len - 1] == '\n')
		reader->line[len - 1] = '\0';
	return reader->line;
}
