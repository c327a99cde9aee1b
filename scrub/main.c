/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xfsdax-scrub: from the bad ranges of a device to the list of damaged files. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "config.h"

#include "check/damage/scrub.h"
#include "cli/speak.h"
#include "cli/stop.h"
#include "cli/terminal.h"
#include "options.h"
#include "report/output.h"
#include "report/progress_bar.h"
#include "report/scrub_json.h"
#include "report/scrub_prometheus.h"
#include "report/scrub_text.h"

static const char program[] = "xfsdax-scrub";

static struct progress_bar open_bar(void)
{
	struct progress_bar bar = {.stop = cli_catch_stop(0, NULL)};

	if (cli_is_terminal(STDERR_FILENO))
		bar.out = stderr;
	bar.columns = cli_columns(STDERR_FILENO);
	return bar;
}

static int print(const struct options *options, const struct scrub_result *result, FILE *out, struct error *err)
{
	const struct text_style style = {.colour = !options->output && cli_wants_colour()};

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
	/* First, so that a place that cannot be written does not cost a long pass. */
	if (options->output)
		rc = output_open(options->output, &output, &err);
	if (rc == 0) {
		subject = options->scrub.path;
		rc = scrub_run(&options->scrub, &result, &err);
		progress_bar_clear(&bar);
	}
	if (rc == 0 && *bar.stop)
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
		cli_complain(program, subject, &err);
	output_drop(&output);
	scrub_result_fini(&result);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error err = {0};
	int status = 0, rc = options_parse(argc, argv, &options, &err);

	if (rc == ERR_INVALID) {
		status = cli_usage(program, &err);
	} else if (rc != 0) {
		cli_complain(program, NULL, &err);
		status = EXIT_OPERATIONAL;
	} else {
		switch (options.action) {
		case ACTION_SCRUB:
			status = scrub(&options);
			break;
		case ACTION_HELP:
			status = cli_say(program, options_help);
			break;
		case ACTION_VERSION:
			status = cli_say(program, "xfsdax-scrub " PACKAGE_VERSION "\n");
			break;
		}
	}
	options_fini(&options);
	return status;
}
