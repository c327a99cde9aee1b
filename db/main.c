/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xfsdax-db: a session of commands that look at the structures of a file system. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

#include "cli/speak.h"
#include "command.h"
#include "options.h"
#include "reader.h"
#include "report/flush.h"
#include "session.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* A person's Ctrl-C stops the command; a script's ends the program, as usual. */
static void catch_interrupt(void)
{
	struct sigaction action = {.sa_handler = on_interrupt};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
}

/* Whether the session goes on. */
static bool run_line(struct session *session, char *line)
{
	bool more;

	interrupted = 0;
	more = command_run_line(session, line) != COMMAND_QUIT;
	/* Ctrl-C ends a write that waits for a slow reader: no failure of the terminal. */
	if (interrupted) {
		fflush(session->out);
		clearerr(session->out);
	}
	return more && !ferror(session->out);
}

static int run_commands(struct session *session, const struct options *options, struct error *err)
{
	for (size_t i = 0; i < options->command_count; i++) {
		char *line = strdup(options->commands[i]);
		bool more;

		if (!line)
			return error_set(err, ERR_NOMEM, "no memory for a command");
		more = run_line(session, line);
		free(line);
		if (!more)
			break;
	}
	return 0;
}

static int read_commands(struct session *session, struct error *err)
{
	bool interactive = isatty(STDIN_FILENO);
	struct reader *reader;
	char *line;
	int rc = reader_open(session, interactive, &reader, err);

	if (rc != 0)
		return rc;
	if (interactive)
		catch_interrupt();
	for (;;) {
		interrupted = 0;
		line = reader_line(reader);
		if (!line || !run_line(session, line))
			break;
		/* The terminal has written ^C, and the cursor stands behind it. */
		if (interactive && interrupted)
			fputc('\n', session->out);
		if (interactive)
			fflush(session->out);
	}
	reader_close(reader);
	return 0;
}

/* A file system of which the first superblock is lost is looked at with another one: say so. */
static void warn_superblock(struct session *session)
{
	struct error err;

	if (session->fs->sb_agno == 0)
		return;
	session_complain(session, &session->fs->sb_error);
	error_set(&err, 0, "the first superblock cannot be used, that of group %u serves instead",
		  session->fs->sb_agno);
	session_complain(session, &err);
}

static int run_session(const struct options *options)
{
	struct session session = {.program = options->program,
				  .out = stdout,
				  .errors = stderr,
				  .terminal = isatty(STDOUT_FILENO),
				  .interrupted = &interrupted};
	struct error err = {0};
	const char *subject = options->path;
	int rc = device_open(options->path, 0, &session.device, &err);

	if (rc == 0)
		rc = fs_open(session.device, &session.fs, &err);
	if (rc == 0) {
		session_init(&session);
		warn_superblock(&session);
		rc = options->command_count > 0 ? run_commands(&session, options, &err) : read_commands(&session, &err);
		subject = NULL;
	}
	if (rc == 0) {
		rc = report_flush(stdout, &err);
		subject = "standard output";
	}
	session_fini(&session);
	fs_close(session.fs);
	device_close(session.device);
	if (rc != 0)
		cli_complain(options->program, subject, &err);
	return rc == 0 ? EXIT_SUCCESS : EXIT_OPERATIONAL;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error err = {0};
	int status = EXIT_OPERATIONAL, rc = options_parse(argc, argv, &options, &err);

	if (rc == ERR_INVALID) {
		status = cli_usage("xfsdax-db", &err);
	} else if (rc != 0) {
		cli_complain("xfsdax-db", NULL, &err);
	} else if (options.action == ACTION_SESSION && options.expert) {
		error_set(&err, ERR_UNSUPPORTED, "writing (-x) is a later step: this version only reads");
		cli_complain(options.program, NULL, &err);
	} else {
		switch (options.action) {
		case ACTION_SESSION:
			status = run_session(&options);
			break;
		case ACTION_HELP:
			status = cli_say("xfsdax-db", options_help);
			break;
		case ACTION_VERSION:
			status = cli_say("xfsdax-db", "xfsdax-db " PACKAGE_VERSION "\n");
			break;
		}
	}
	options_fini(&options);
	return status;
}
