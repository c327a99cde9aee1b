/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mkfs.xfsdax: lay out a file system for DAX. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <uuid/uuid.h>

#include "config.h"

#include "cli/speak.h"
#include "options.h"
#include "report/newfs_text.h"
#include "write/format.h"

static const char program[] = "mkfs.xfsdax";

/*
 * The time that reproducible builds set (reproducible-builds.org, "SOURCE_DATE_EPOCH"). Later than 32 bits can say is
 * refused whatever the format of the file system: nobody means it.
 */
static int take_epoch(const char *text, struct newfs_options *newfs, struct error *err)
{
	char *end;

	/* strtoll takes blanks and signs. */
	if (!isdigit((unsigned char)text[0]))
		return error_set(err, ERR_INVALID, "SOURCE_DATE_EPOCH wants seconds from 0 to %d, not '%.40s'",
				 INT32_MAX, text);
	errno = 0;
	newfs->now_seconds = strtoll(text, &end, 10);
	if (errno != 0 || *end || newfs->now_seconds > INT32_MAX)
		return error_set(err, ERR_INVALID, "SOURCE_DATE_EPOCH wants seconds from 0 to %d, not '%.40s'",
				 INT32_MAX, text);
	return 0;
}

/* What the library takes as parameters, so that an image can be made twice. */
static int draw(struct options *options, struct error *err)
{
	struct newfs_options *newfs = &options->newfs;
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct timespec now;

	if (!options->has_uuid)
		uuid_generate(newfs->uuid.b);
	/* Nothing is random then but a UUID that was not given. */
	if (epoch)
		return take_epoch(epoch, newfs, err);
	if (getrandom(&newfs->root_generation, sizeof(newfs->root_generation), 0) !=
	    (ssize_t)sizeof(newfs->root_generation))
		return error_set_errno(err, ERR_IO, errno, "cannot draw random numbers");
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return error_set_errno(err, ERR_IO, errno, "cannot tell the time");
	newfs->now_seconds = now.tv_sec;
	newfs->now_nanoseconds = (uint32_t)now.tv_nsec;
	return 0;
}

static void warn(const struct newfs_layout *layout)
{
	for (unsigned bit = 1; bit != 0 && bit <= layout->warnings; bit <<= 1)
		if (layout->warnings & bit)
			fprintf(stderr, "mkfs.xfsdax: warning: %s\n", newfs_warning_text((enum newfs_warning)bit));
}

/* What a person should know of the medium. */
static void tell_bad(const struct format_result *result)
{
	for (size_t i = 0; i < result->bad.outside.count; i++)
		fprintf(stderr,
			"mkfs.xfsdax: warning: %llu bytes at %llu are bad, as free space: write zeros to clear them\n",
			(unsigned long long)(result->bad.outside.items[i].end - result->bad.outside.items[i].start),
			(unsigned long long)result->bad.outside.items[i].start);
	if (result->bad.maybe_incomplete)
		fputs("mkfs.xfsdax: warning: the kernel's list of bad blocks is full, there may be more\n", stderr);
	if (result->bad.cleared_bytes > 0)
		fprintf(stderr, "mkfs.xfsdax: %llu bad bytes that metadata needs were cleared\n",
			(unsigned long long)result->bad.cleared_bytes);
}

/* Written out before the work begins, as people watch it. */
static int print(const struct options *options, const struct newfs_layout *layout, struct error *err)
{
	if (options->json)
		return report_newfs_json(layout, options->path, stdout, err);
	return options->quiet ? 0 : report_newfs_text(layout, options->path, stdout, err);
}

static int make(struct options *options)
{
	struct format_result result = {0};
	struct format_options format;
	struct error err = {0};
	int rc = draw(options, &err);

	format = (struct format_options){.path = options->path,
					 .is_file = options->is_file,
					 .force = options->force,
					 .no_discard = options->no_discard,
					 .dry_run = options->dry_run,
					 .newfs = options->newfs};
	if (rc == 0)
		rc = format_plan(&format, &result, &err);
	if (rc == 0) {
		warn(&result.layout);
		rc = print(options, &result.layout, &err);
	}
	if (rc == 0 && !options->dry_run)
		rc = format_write(&format, &result, &err);
	tell_bad(&result);
	format_result_fini(&result);
	if (rc != 0)
		cli_complain(program, NULL, &err);
	return rc == 0 ? EXIT_SUCCESS : EXIT_OPERATIONAL;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error err = {0};
	int status = EXIT_OPERATIONAL, rc = options_parse(argc, argv, &options, &err);

	if (rc == ERR_INVALID) {
		status = cli_usage(program, &err);
	} else if (rc != 0) {
		cli_complain(program, NULL, &err);
	} else {
		switch (options.action) {
		case ACTION_MAKE:
			status = make(&options);
			break;
		case ACTION_HELP:
			status = cli_say(program, options_help);
			break;
		case ACTION_VERSION:
			status = cli_say(program, "mkfs.xfsdax " PACKAGE_VERSION "\n");
			break;
		}
	}
	options_fini(&options);
	return status;
}
