/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The session: making one, and what it says. */
#include "session.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "report/words.h"

void session_init(struct session *session)
{
	session->now.place.ino = INO_NONE;
	session->now.place.dir_ino = INO_NONE;
}

void session_fini(struct session *session)
{
	free(session->now.bytes);
	for (size_t i = 0; i < session->stack_count; i++)
		free(session->stack[i].bytes);
	free(session->stack);
}

bool session_interrupted(const struct session *session)
{
	return session->interrupted && *session->interrupted;
}

static int look_up(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)pass;
	(void)done;
	(void)total;
	return session_interrupted(arg);
}

struct progress session_progress(struct session *session)
{
	return (struct progress){.step = look_up, .arg = session};
}

void session_say(struct session *session, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(session->out, format, args);
	va_end(args);
}

int session_complain(struct session *session, const struct error *err)
{
	if (err->code == ERR_CANCELLED)
		return err->code;
	/* What was printed before it belongs before it, should both go to the same place. */
	fflush(session->out);
	fprintf(session->errors, "%s: ", session->program);
	error_sentence(session->errors, err);
	fputc('\n', session->errors);
	return err->code;
}

void session_tell_gaps(struct session *session, uint64_t gaps)
{
	struct error err;

	if (gaps == 0)
		return;
	error_set(&err, 0, "%" PRIu64 " place%s could not be read: what would be told there is missing", gaps,
		  gaps == 1 ? "" : "s");
	session_complain(session, &err);
}

bool session_number(const char *text, uint64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*out = strtoull(text, &end, 0);
	return errno == 0 && *end == '\0';
}

int session_ino(struct session *session, const char *text, uint64_t *out)
{
	if (session_number(text, out))
		return 0;
	session_say(session, "%s is no inode number\n", text);
	return ERR_INVALID;
}
