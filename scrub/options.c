/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of xfsdax-scrub. What it shares with the other programs of the toolkit means the same there. */
#include "options.h"

#include <string.h>

#include "cli/options.h"
#include "report/size.h"

/* clang-format off: as it will look */
const char options_help[] = "Usage: xfsdax-scrub [OPTION]... DEVICE|IMAGE|MOUNTPOINT\n"
			    "Say which files and which metadata the bad ranges of a device damage.\n"
			    "\n"
			    "Bad ranges (without the first two: those that the system knows of the device):\n"
			    "      --badblocks FILE       read them from FILE, as sysfs badblocks has them\n"
			    "      --range OFFSET:LENGTH  take this one; suffixes K, M, G, T; may be repeated\n"
			    "      --media                read all that is in use, add what cannot be read\n"
			    "\n"
			    "Report:\n"
			    "      --json                 JSON, one object a line\n"
			    "      --prometheus           metrics for the textfile collector\n"
			    "      --output FILE          replace FILE with the report, whole or not at all\n"
			    "      --one-path             one path for each file is enough\n"
			    "      --no-paths             inode numbers only\n"
			    "\n"
			    "      --threads N            use N threads (default: one for each processor)\n"
			    "  -h, --help                 show this help\n"
			    "  -V, --version              show the version\n"
			    "\n"
			    "Exit status: 0 nobody hurt, 1 files damaged, 2 metadata damaged, +4 if the list\n"
			    "may be incomplete; 8 could not do the job, 16 wrong usage. See xfsdax-scrub(8).\n";
/* clang-format on */

enum {
	OPTION_BADBLOCKS = 256,
	OPTION_RANGE,
	OPTION_MEDIA,
	OPTION_JSON,
	OPTION_PROMETHEUS,
	OPTION_OUTPUT,
	OPTION_ONE_PATH,
	OPTION_NO_PATHS,
	OPTION_THREADS,
};

static const struct option long_options[] = {
	{"badblocks", required_argument, NULL, OPTION_BADBLOCKS},
	{"range", required_argument, NULL, OPTION_RANGE},
	{"media", no_argument, NULL, OPTION_MEDIA},
	{"json", no_argument, NULL, OPTION_JSON},
	{"prometheus", no_argument, NULL, OPTION_PROMETHEUS},
	{"output", required_argument, NULL, OPTION_OUTPUT},
	{"one-path", no_argument, NULL, OPTION_ONE_PATH},
	{"no-paths", no_argument, NULL, OPTION_NO_PATHS},
	{"threads", required_argument, NULL, OPTION_THREADS},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static int add_range(struct interval_set *ranges, const char *text, struct error *err)
{
	const char *colon = strchr(text, ':');
	uint64_t offset, len;

	if (!colon || size_parse(text, (size_t)(colon - text), &offset) != 0 ||
	    size_parse(colon + 1, strlen(colon + 1), &len) != 0)
		return error_set(err, ERR_INVALID, "--range wants OFFSET:LENGTH, such as 1M:4K, not '%s'", text);
	if (len == 0)
		return error_set(err, ERR_INVALID, "--range %s is empty", text);
	if (len > UINT64_MAX - offset)
		return error_set(err, ERR_INVALID, "--range %s reaches beyond 2^64 bytes", text);
	if (interval_add(ranges, offset, offset + len) != 0)
		return error_set(err, ERR_NOMEM, "no memory for --range %s", text);
	return 0;
}

static int set_format(struct options *options, enum options_format format, struct error *err)
{
	if (options->format != FORMAT_TEXT && options->format != format)
		return error_set(err, ERR_INVALID, "--json and --prometheus exclude each other");
	options->format = format;
	return 0;
}

static int take_option(int option, struct options *out, const char *argument, struct error *err)
{
	switch (option) {
	case OPTION_BADBLOCKS:
		return cli_set_file(&out->scrub.badblocks, "--badblocks", optarg, err);
	case OPTION_RANGE:
		return add_range(&out->scrub.ranges, optarg, err);
	case OPTION_MEDIA:
		out->scrub.media = true;
		return 0;
	case OPTION_JSON:
		return set_format(out, FORMAT_JSON, err);
	case OPTION_PROMETHEUS:
		return set_format(out, FORMAT_PROMETHEUS, err);
	case OPTION_OUTPUT:
		return cli_set_file(&out->output, "--output", optarg, err);
	case OPTION_ONE_PATH:
		out->scrub.damage.one_path = true;
		return 0;
	case OPTION_NO_PATHS:
		out->scrub.damage.no_paths = true;
		return 0;
	case OPTION_THREADS:
		return cli_set_threads(&out->scrub.threads, optarg, err);
	case 'h':
		out->action = ACTION_HELP;
		return 0;
	case 'V':
		out->action = ACTION_VERSION;
		return 0;
	default:
		return cli_refuse(long_options, option, argument, err);
	}
}

int options_parse(int argc, char **argv, struct options *out, struct error *err)
{
	int option, rc = 0;

	opterr = 0;
	while (rc == 0 && out->action == ACTION_SCRUB &&
	       (option = getopt_long(argc, argv, ":hV", long_options, NULL)) != -1)
		rc = take_option(option, out, cli_argument(argv), err);
	if (rc != 0 || out->action != ACTION_SCRUB)
		return rc;
	rc = cli_operand(argc, argv, "no device, image or mount point is given", "asked about", &out->scrub.path, err);
	interval_settle(&out->scrub.ranges);
	/* Metrics hold no paths: looking for them would be in vain. */
	if (out->format == FORMAT_PROMETHEUS)
		out->scrub.damage.no_paths = true;
	return rc;
}

void options_fini(struct options *options)
{
	interval_fini(&options->scrub.ranges);
}
