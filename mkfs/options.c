/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of mkfs.xfsdax. */
#include "options.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "suboptions.h"

#define LABEL_MAX 12u

const char options_help[] =
	"Usage: mkfs.xfsdax [OPTION]... DEVICE\n"
	"Make an XFS file system with reflink and rmapbt, laid out for DAX.\n"
	"\n"
	"  -b size=N              block size (4096, which DAX needs)\n"
	"  -s size=N              sector size\n"
	"  -d agcount=N|agsize=N,size=N,su=N,sw=N|sunit=N,swidth=N|noalign,\n"
	"     file,name=PATH,extszinherit=N,daxinherit=0|1,cowextsize=N\n"
	"  -i size=N|perblock=N,maxpct=N,sparse=0|1,nrext64=0|1,exchange=0|1\n"
	"  -l size=N,agnum=N,su=N|sunit=N\n"
	"  -m finobt=0|1,rmapbt=0|1,reflink=0|1,inobtcount=0|1,bigtime=0|1,uuid=UUID\n"
	"  -n size=N,parent=0|1   directories\n"
	"  -L LABEL               label, 12 bytes at most\n"
	"  -c options=FILE        options from a file, in the format of mkfs.xfs\n"
	"      --allow-unmapped   allow reflink without rmapbt\n"
	"  -f                     overwrite what is found on the device\n"
	"  -K                     do not discard\n"
	"  -N                     print the geometry, write nothing\n"
	"  -q                     do not print the geometry\n"
	"      --json             print it as a JSON object\n"
	"  -h, --help             show this help\n"
	"  -V, --version          show the version\n"
	"\n"
	"N takes the suffixes b (blocks), s (sectors), k, m, g, t, p, e. See\n"
	"mkfs.xfsdax(8).\n";

enum {
	OPTION_JSON = 256,
	OPTION_ALLOW_UNMAPPED,
};

static const struct option long_options[] = {
	{"json", no_argument, NULL, OPTION_JSON},
	{"allow-unmapped", no_argument, NULL, OPTION_ALLOW_UNMAPPED},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

/* ------------------------------------------------------------------ the configuration file */

struct config {
	struct suboptions *set;
	struct error err;
	int rc;
};

/* Called by libinih for each "name = value"; 0 stops it. */
static int take_line(void *arg, const char *section, const char *name, const char *value)
{
	struct config *config = arg;

	if (config->rc == 0)
		config->rc = suboptions_add(config->set, section, name, value, &config->err);
	return config->rc == 0;
}

static int read_config(struct suboptions *set, const char *path, struct error *err)
{
	struct config config = {.set = set};
	FILE *file = fopen(path, "re");
	int line;

	if (!file)
		return error_set_errno(err, ERR_IO, errno, "cannot open the configuration file %.100s", path);
	line = ini_parse_file(file, take_line, &config);
	fclose(file);
	if (config.rc != 0)
		return error_set(err, config.rc, "%.60s: %.120s", path, config.err.text);
	if (line != 0)
		return error_set(err, ERR_INVALID, "%.100s: line %d makes no sense", path, line);
	return 0;
}

static int take_config(struct suboptions *set, const char *argument, struct error *err)
{
	static const char name[] = "options=";

	if (strncmp(argument, name, sizeof(name) - 1) != 0 || !argument[sizeof(name) - 1])
		return error_set(err, ERR_INVALID, "-c wants options=FILE, not '%.40s'", argument);
	return read_config(set, argument + sizeof(name) - 1, err);
}

/* ------------------------------------------------------------------ the command line */

static int set_label(struct options *out, const char *label, struct error *err)
{
	if (out->newfs.label[0])
		return error_set(err, ERR_INVALID, "-L is given twice");
	if (strlen(label) > LABEL_MAX)
		return error_set(err, ERR_INVALID, "the label '%.40s' is longer than %u bytes", label, LABEL_MAX);
	strcpy(out->newfs.label, label);
	return 0;
}

static int take_option(int option, struct options *out, struct suboptions *set, const char *argument,
		       struct error *err)
{
	switch (option) {
	case 'b':
	case 'd':
	case 'i':
	case 'l':
	case 'm':
	case 'n':
	case 'r':
	case 's':
		return suboptions_add_list(set, (char)option, optarg, err);
	case 'c':
		return take_config(set, optarg, err);
	case 'L':
		return set_label(out, optarg, err);
	case 'p':
		return error_set(err, ERR_UNSUPPORTED, "-p: prototype files are not supported");
	case 'f':
		out->force = true;
		return 0;
	case 'K':
		out->no_discard = true;
		return 0;
	case 'N':
		out->dry_run = true;
		return 0;
	case 'q':
		out->quiet = true;
		return 0;
	case OPTION_JSON:
		out->json = true;
		return 0;
	case OPTION_ALLOW_UNMAPPED:
		out->newfs.allow_unmapped = true;
		return 0;
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

/* The one device, by its name as an argument or as -d name. */
static int take_path(int argc, char **argv, struct options *out, struct error *err)
{
	int names = argc - optind + (out->path != NULL);

	if (names == 0)
		return error_set(err, ERR_INVALID, "no device is given");
	if (names > 1)
		return error_set(err, ERR_INVALID, "more than one device is given");
	if (!out->path)
		out->path = argv[optind];
	if (!out->path[0])
		return error_set(err, ERR_INVALID, "the name of the device is empty");
	if (out->is_file && !out->newfs.data_bytes.given)
		return error_set(err, ERR_INVALID, "-d file wants -d size too");
	if (out->quiet && out->json)
		return error_set(err, ERR_INVALID, "-q and --json exclude each other");
	return 0;
}

int options_parse(int argc, char **argv, struct options *out, struct error *err)
{
	struct suboptions *set = suboptions_new();
	int option, rc = 0;

	if (!set)
		return error_set(err, ERR_NOMEM, "no memory for the options");
	opterr = 0;
	while (rc == 0 && out->action == ACTION_MAKE &&
	       (option = getopt_long(argc, argv, ":b:c:d:fhi:KL:l:m:Nn:p:qr:s:V", long_options, NULL)) != -1)
		rc = take_option(option, out, set, cli_argument(argv), err);
	if (rc == 0 && out->action == ACTION_MAKE) {
		rc = suboptions_take(set, out, err);
		if (rc == 0)
			rc = take_path(argc, argv, out, err);
	}
	suboptions_free(set);
	return rc;
}

void options_fini(struct options *options)
{
	free(options->name_option);
}
