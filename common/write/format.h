/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Formatting a device from end to end: look at it, plan, refuse what would destroy something, write.
 *
 * Nothing is written before the plan is complete and every refusal has been thought of.
 */
#ifndef WRITE_FORMAT_H
#define WRITE_FORMAT_H

#include "write/newfs.h"
#include "write/newfs_bad.h"

struct format_options {
	const char *path;
	bool is_file;	 /* make the file if need be, newfs.data_bytes large */
	bool force;	 /* overwrite what is found on the device */
	bool no_discard; /* do not tell the device that its old content is not needed */
	bool dry_run;	 /* only the plan is wanted: what is on the device does not matter */
	struct newfs_options newfs;
	const struct progress *progress;
};

struct format_result {
	struct newfs_layout layout;
	struct newfs_bad bad; /* after format_write */
};

/*
 * Looks at the device and decides everything; writes nothing. @out is zeroed by the caller and emptied by
 * format_result_fini in any case.
 * ERR_INVALID: impossible, or something is on the device and options->force is not set; ERR_UNSUPPORTED, ERR_IO,
 * ERR_NOMEM.
 */
int format_plan(const struct format_options *options, struct format_result *out, struct error *err) MUST_CHECK;

/*
 * Writes what was planned in @result. ERR_BUSY: mounted or claimed by somebody else. ERR_MEDIA: bad blocks lie under
 * metadata, and writing does not clear them; there is no file system then.
 */
int format_write(const struct format_options *options, struct format_result *result, struct error *err) MUST_CHECK;

void format_result_fini(struct format_result *result);

#endif
