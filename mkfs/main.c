/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mkfs.xfsdax: lay out a file system for DAX. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <uuid/uuid.h>

#include "config.h"

#include "options.h"
#include "probe.h"
#include "report/newfs_text.h"
#include "report/words.h"

#define EXIT_OPERATIONAL 8
#define EXIT_USAGE	 16

static void complain(const struct error *err)
{
	fputs("mkfs.xfsdax: ", stderr);
	error_sentence(stderr, err);
	fputc('\n', stderr);
}

static int usage(const struct error *err)
{
	fputs("mkfs.xfsdax: ", stderr);
	error_sentence(stderr, err);
	fputs(". Try 'mkfs.xfsdax --help'.\n", stderr);
	return EXIT_USAGE;
}

/* What the library takes as parameters, so that an image can be made twice. */
static int draw(struct options *options, struct error *err)
{
	struct newfs_options *newfs = &options->newfs;
	struct timespec now;

	if (!options->has_uuid)
		uuid_generate(newfs->uuid.b);
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

static int make(struct options *options)
{
	struct newfs_layout layout;
	struct newfs_device device;
	struct error err = {0};
	int rc;

	rc = probe_device(options->path, options->is_file ? options->newfs.data_bytes.value : 0, &device, &err);
	if (rc == 0)
		rc = draw(options, &err);
	if (rc == 0)
		rc = newfs_plan(&options->newfs, &device, &layout, &err);
	if (rc == 0) {
		warn(&layout);
		if (options->json)
			rc = report_newfs_json(&layout, options->path, stdout, &err);
		else if (!options->quiet)
			rc = report_newfs_text(&layout, options->path, stdout, &err);
	}
	if (rc == 0 && !options->dry_run)
		rc = error_set(&err, ERR_UNSUPPORTED, "only the geometry can be had so far (-N), nothing was written");
	if (rc != 0)
		complain(&err);
	return rc == 0 ? EXIT_SUCCESS : EXIT_OPERATIONAL;
}

/* Help and version are the output that was asked for: losing it is a failure. */
static int say(const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	fputs("mkfs.xfsdax: cannot write to standard output\n", stderr);
	return EXIT_OPERATIONAL;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error err = {0};
	int status = EXIT_OPERATIONAL, rc = options_parse(argc, argv, &options, &err);

	if (rc == ERR_INVALID) {
		status = usage(&err);
	} else if (rc != 0) {
		complain(&err);
	} else {
		switch (options.action) {
		case ACTION_MAKE:
			status = make(&options);
			break;
		case ACTION_HELP:
			status = say(options_help);
			break;
		case ACTION_VERSION:
			status = say("mkfs.xfsdax " PACKAGE_VERSION "\n");
			break;
		}
	}
	options_fini(&options);
	return status;
}
