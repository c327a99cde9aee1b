/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of fsck.xfsdax: the options that fsck(8) hands to a checker, and those that all our programs have.
 */
#include "options.h"

#include <fcntl.h>
#include <string.h>

#include "cli/options.h"
#include "report/size.h"

/* Findings of a code for which paths are looked for where not every finding is shown. */
#define PATHS_PER_CODE 100u

/* clang-format off: as it will look */
const char options_help[] = "Usage: fsck.xfsdax [OPTION]... DEVICE|IMAGE\n"
			    "Check an XFS file system that is not mounted, everything against everything.\n"
			    "\n"
			    "  -n                  only check; never write (this version never does)\n"
			    "  -y                  repair everything (later; now it only checks)\n"
			    "  -a, -p              as at boot: check if superblock or journal ask for it\n"
			    "  -f                  with -a or -p: check anyway\n"
			    "  -v                  also show seconds and bytes read of each pass\n"
			    "  -C [FD]             progress: lines for fsck(8) on FD, or a bar on a terminal\n"
			    "\n"
			    "      --all           show every finding, not the first few of each kind\n"
			    "      --no-paths      inode numbers only\n"
			    "      --json          JSON, one object a line\n"
			    "      --badblocks FILE\n"
			    "                      ranges that are bad, as sysfs badblocks has them\n"
			    "                      (default: those that the system knows of the device)\n"
			    "      --threads N     use N threads (default: one for each processor)\n"
			    "  -h, --help          show this help\n"
			    "  -V, --version       show the version\n"
			    "\n"
			    "Exit status: 0 clean, 4 something is wrong, 8 could not check, 16 wrong usage,\n"
			    "32 interrupted, 128 no memory. See fsck.xfsdax(8), xfsdax-findings(5).\n";
/* clang-format on */

enum {
	OPTION_ALL = 256,
	OPTION_NO_PATHS,
	OPTION_JSON,
	OPTION_BADBLOCKS,
	OPTION_THREADS,
};

static const struct option long_options[] = {
	{"all", no_argument, NULL, OPTION_ALL},
	{"no-paths", no_argument, NULL, OPTION_NO_PATHS},
	{"json", no_argument, NULL, OPTION_JSON},
	{"badblocks", required_argument, NULL, OPTION_BADBLOCKS},
	{"threads", required_argument, NULL, OPTION_THREADS},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static int set_mode(struct options *out, enum options_mode mode, struct error *err)
{
	if (out->mode != MODE_DEFAULT && out->mode != mode)
		return error_set(err, ERR_INVALID, "only one of -a or -p, -n and -y can be given");
	out->mode = mode;
	return 0;
}

static bool is_number(const char *text)
{
	return text && text[0] && strspn(text, "0123456789") == strlen(text);
}

/* The descriptor stands behind -C or in the next word, as fsck(8) itself takes it; none is the terminal. */
static int set_progress(struct options *out, char **argv, struct error *err)
{
	const char *text = optarg;
	uint64_t fd = 0;

	if (!text && is_number(argv[optind]))
		text = argv[optind++];
	if (text && (!is_number(text) || size_parse(text, strlen(text), &fd) != 0 || fd > INT16_MAX))
		return error_set(err, ERR_INVALID, "-C wants the number of an open file, not '%.60s'", text);
	if (fd > 0 && fcntl((int)fd, F_GETFD) < 0)
		return error_set(err, ERR_INVALID, "-C %.60s: there is no such open file", text);
	out->progress = true;
	out->progress_fd = (int)fd;
	return 0;
}

static int take_option(int option, struct options *out, char **argv, const char *argument, struct error *err)
{
	switch (option) {
	case 'a':
	case 'p':
		return set_mode(out, MODE_SAFE, err);
	case 'n':
		return set_mode(out, MODE_NEVER, err);
	case 'y':
		return set_mode(out, MODE_ALL, err);
	case 'f':
		out->force = true;
		return 0;
	case 'v':
		out->verbose = true;
		return 0;
	case 'C':
		return set_progress(out, argv, err);
	case OPTION_ALL:
		out->each = true;
		return 0;
	case OPTION_NO_PATHS:
		out->examine.no_paths = true;
		return 0;
	case OPTION_JSON:
		out->json = true;
		return 0;
	case OPTION_BADBLOCKS:
		return cli_set_file(&out->examine.badblocks, "--badblocks", optarg, err);
	case OPTION_THREADS:
		return cli_set_threads(&out->examine.threads, optarg, err);
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
	while (rc == 0 && out->action == ACTION_CHECK &&
	       (option = getopt_long(argc, argv, ":aC::fhnpvVy", long_options, NULL)) != -1)
		rc = take_option(option, out, argv, cli_argument(argv), err);
	if (rc != 0 || out->action != ACTION_CHECK)
		return rc;
	rc = cli_operand(argc, argv, "no device or image is given", "checked", &out->examine.path, err);
	out->examine.at_boot = out->mode == MODE_SAFE && !out->force;
	out->examine.paths_per_code = out->each || out->json ? 0 : PATHS_PER_CODE;
	return rc;
}
