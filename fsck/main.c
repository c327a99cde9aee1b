/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fsck.xfsdax: check a file system that is not mounted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "config.h"

#include "cli/speak.h"
#include "cli/stop.h"
#include "cli/terminal.h"
#include "options.h"
#include "report/fsck_progress.h"
#include "report/fsck_report.h"
#include "report/progress_bar.h"
#include "report/progress_lines.h"

#define EXIT_CANCELLED 32
#define EXIT_LIBRARY   128

static const char program[] = "fsck.xfsdax";

static uint64_t nanoseconds(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t seconds(void)
{
	return nanoseconds() / 1000000000u;
}

/* Who is told how far the check is. */
struct watchers {
	struct progress_bar bar;
	struct progress_lines lines;
	struct progress to, whole;
	struct fsck_progress progress;
	struct pass_costs costs;
};

static void on_pass(void *arg, const struct fsck_pass_info *pass, bool begins, struct device_cost so_far)
{
	struct watchers *watchers = arg;

	fsck_progress_pass(&watchers->progress, pass, begins);
	pass_costs_take(&watchers->costs, pass, begins, so_far);
}

static void open_watchers(struct watchers *watchers, struct options *options)
{
	/* Nothing is written to the device: the check can be ended anywhere. */
	const volatile sig_atomic_t *stop = cli_catch_stop(EXIT_CANCELLED, "fsck.xfsdax: interrupted\n");

	watchers->bar = (struct progress_bar){.stop = stop, .seconds = seconds, .columns = cli_columns(STDERR_FILENO)};
	watchers->lines =
		(struct progress_lines){.fd = options->progress_fd, .device = options->examine.path, .stop = stop};
	if (options->progress && options->progress_fd == 0 && cli_is_terminal(STDERR_FILENO))
		watchers->bar.out = stderr;
	watchers->to =
		options->progress_fd > 0 ? progress_lines_hook(&watchers->lines) : progress_bar_hook(&watchers->bar);
	watchers->progress.to = &watchers->to;
	watchers->whole = fsck_progress_hook(&watchers->progress);
	watchers->costs.nanoseconds = nanoseconds;
	options->examine.progress = &watchers->whole;
	options->examine.pass = on_pass;
	options->examine.arg = watchers;
	/* Whoever wanted the lines may be gone before the end. */
	if (options->progress_fd > 0)
		signal(SIGPIPE, SIG_IGN);
}

static int draw_secret(struct hash_secret *secret, struct error *err)
{
	if (getrandom(secret->bytes, sizeof(secret->bytes), 0) == (ssize_t)sizeof(secret->bytes))
		return 0;
	return error_set_errno(err, ERR_NOMEM, errno, "cannot draw random numbers");
}

static int print(const struct options *options, const struct watchers *watchers, const struct examine_result *result,
		 struct error *err)
{
	const struct text_style style = {.colour = cli_wants_colour()};
	const struct fsck_report report = {
		.result = result,
		.device = options->examine.path,
		.costs = options->verbose ? &watchers->costs : NULL,
		.each = options->each,
		.no_paths = options->examine.no_paths,
		.no_repair = options->mode == MODE_NEVER,
	};

	if (options->json)
		return report_fsck_json(&report, stdout, PACKAGE_VERSION, err);
	return report_fsck_text(&report, stdout, &style, err);
}

static int status_of_failure(int rc)
{
	switch (rc) {
	case ERR_CANCELLED:
		return EXIT_CANCELLED;
	case ERR_NOMEM:
		return EXIT_LIBRARY;
	default:
		return EXIT_OPERATIONAL;
	}
}

static int check(struct options *options)
{
	struct watchers watchers = {0};
	struct examine_result result = {0};
	struct error err = {0};
	int status, rc;

	open_watchers(&watchers, options);
	rc = draw_secret(&options->examine.secret, &err);
	if (rc == 0)
		rc = examine_run(&options->examine, &result, &err);
	cli_stop_reached();
	progress_bar_clear(&watchers.bar);
	if (rc != 0) {
		cli_complain(program, options->examine.path, &err);
		status = status_of_failure(rc);
	} else if (print(options, &watchers, &result, &err) != 0) {
		cli_complain(program, "standard output", &err);
		status = EXIT_OPERATIONAL;
	} else {
		status = examine_status(&result);
	}
	examine_result_fini(&result);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error err = {0};

	if (options_parse(argc, argv, &options, &err) != 0)
		return cli_usage(program, &err);
	switch (options.action) {
	case ACTION_CHECK:
		return check(&options);
	case ACTION_HELP:
		return cli_say(program, options_help);
	case ACTION_VERSION:
		return cli_say(program, "fsck.xfsdax " PACKAGE_VERSION "\n");
	}
	return EXIT_USAGE;
}
