/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of mkfs.xfsdax: options and suboptions in the habit of mkfs.xfs, and its configuration files. */
#ifndef MKFS_OPTIONS_H
#define MKFS_OPTIONS_H

#include "base/error.h"
#include "write/newfs.h"

enum options_action {
	ACTION_MAKE,
	ACTION_HELP,
	ACTION_VERSION,
};

struct options {
	enum options_action action;
	bool dry_run;	 /* -N */
	bool quiet;	 /* -q */
	bool force;	 /* -f */
	bool no_discard; /* -K */
	bool json;
	bool is_file;	 /* -d file: make the file if it is not there, of -d size */
	bool has_uuid;	 /* newfs.uuid was given */
	const char *path; /* of the device; borrowed from the command line, or @name_option */
	struct newfs_options newfs;
	char *name_option; /* -d name, which @path points to then */
};

/*
 * Fills @out (zeroed by the caller, options_fini in any case).
 * ERR_INVALID: the sentence says what is wrong with the command line or the configuration file. ERR_UNSUPPORTED: this
 * toolkit does not do it. ERR_IO: the configuration file cannot be read. ERR_NOMEM.
 */
int options_parse(int argc, char **argv, struct options *out, struct error *err) MUST_CHECK;
void options_fini(struct options *options);

extern const char options_help[];

#endif
