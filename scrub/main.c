/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xfsdax-scrub: from the bad ranges of a device to the list of damaged files. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "config.h"

#include "check/scrub.h"
#include "options.h"
#include "report/escape.h"
#include "report/output.h"
#include "report/progress_bar.h"
#include "report/scrub_json.h"
#include "report/scrub_prometheus.h"
#include "report/scrub_text.h"
#include "report/words.h"

#define EXIT_OPERATIONAL 8
#define EXIT_USAGE	 16

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	stop_signal = number;
}

/* The first signal asks the passes to stop; a second one ends the program at once. */
static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Whether a sentence names @path as a word. */
static bool names(const char *sentence, const char *path)
{
	size_t len = strlen(path);

	for (const char *at = strstr(sentence, path); at; at = strstr(at + 1, path))
		if ((at == sentence || at[-1] == ' ') && strchr(" :,;", at[len]))
			return true; /* the end of the sentence counts too: strchr finds the NUL */
	return false;
}

/* One line: what it is about, unless the sentence says so itself, and the sentence. */
static void complain(const char *path, const struct error *err)
{
	fputs("xfsdax-scrub: ", stderr);
	if (path && !names(err->text, path)) {
		escape_text(stderr, path, strlen(path));
		fputs(": ", stderr);
	}
	error_sentence(stderr, err);
	fputc('\n', stderr);
}

static int usage(const struct error *err)
{
	fputs("xfsdax-scrub: ", stderr);
	error_sentence(stderr, err);
	fputs(". Try 'xfsdax-scrub --help'.\n", stderr);
	return EXIT_USAGE;
}

static bool is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

static struct progress_bar open_bar(void)
{
	struct progress_bar bar = {.columns = 80, .stop = &stop_signal};
	struct winsize size;

	if (is_terminal(STDERR_FILENO))
		bar.out = stderr;
	if (bar.out && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		bar.columns = size.ws_col;
	return bar;
}

static bool wants_colour(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR");

	return !options->output && !(no_color && no_color[0]) && is_terminal(STDOUT_FILENO);
}

static int print(const struct options *options, const struct scrub_result *result, FILE *out, struct error *err)
{
	const struct text_style style = {.colour = wants_colour(options)};

	switch (options->format) {
	case FORMAT_TEXT:
		return report_scrub_text(result, out, &style, err);
	case FORMAT_JSON:
		return report_scrub_json(result, out, PACKAGE_VERSION, err);
	case FORMAT_PROMETHEUS:
		return report_scrub_prometheus(result, out, PACKAGE_VERSION, (uint64_t)time(NULL), err);
	}
	return ERR_INVALID;
}

static int write_report(const struct options *options, const struct scrub_result *result, struct output *output,
			struct error *err)
{
	int rc;

	if (!options->output)
		return print(options, result, stdout, err);
	rc = print(options, result, output->file, err);
	return rc == 0 ? output_commit(output, err) : rc;
}

static int scrub(struct options *options)
{
	struct progress_bar bar = open_bar();
	const struct progress progress = progress_bar_hook(&bar);
	struct scrub_result result = {0};
	struct output output = {0};
	struct error err = {0};
	const char *subject = options->output;
	int status = EXIT_OPERATIONAL, rc = 0;

	options->scrub.damage.progress = &progress;
	catch_signals();
	/* First, so that a place that cannot be written does not cost a long pass. */
	if (options->output)
		rc = output_open(options->output, &output, &err);
	if (rc == 0) {
		subject = options->scrub.path;
		rc = scrub_run(&options->scrub, &result, &err);
		progress_bar_clear(&bar);
	}
	if (rc == 0 && stop_signal)
		rc = ERR_CANCELLED;
	if (rc == ERR_CANCELLED)
		error_set(&err, rc, "interrupted, nothing is reported");
	if (rc == 0) {
		subject = options->output ? options->output : "standard output";
		rc = write_report(options, &result, &output, &err);
	}
	if (rc == 0)
		status = scrub_status(&result);
	else
		complain(subject, &err);
	output_drop(&output);
	scrub_result_fini(&result);
	return status;
}

/* Help and version are the output that was asked for: losing it is a failure. */
static int say(const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	fputs("xfsdax-scrub: cannot write to standard output\n", stderr);
	return EXIT_OPERATIONAL;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error err = {0};
	int status = 0, rc = options_parse(argc, argv, &options, &err);

	if (rc == ERR_INVALID) {
		status = usage(&err);
	} else if (rc != 0) {
		complain(NULL, &err);
		status = EXIT_OPERATIONAL;
	} else {
		switch (options.action) {
		case ACTION_SCRUB:
			status = scrub(&options);
			break;
		case ACTION_HELP:
			status = say(options_help);
			break;
		case ACTION_VERSION:
			status = say("xfsdax-scrub " PACKAGE_VERSION "\n");
			break;
		}
	}
	options_fini(&options);
	return status;
}
