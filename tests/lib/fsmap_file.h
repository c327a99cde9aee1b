/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's GETFSMAP said of an image: the files that tests/images/fsmap-dump wrote.
 */
#ifndef LIB_FSMAP_FILE_H
#define LIB_FSMAP_FILE_H

#include "fs/owner.h"

struct fsmap_row {
	struct owner owner;
	bool shared; /* some block of it is shared */
	bool unknown;
};

struct fsmap_file {
	struct fsmap_row *rows; /* as in the file: ascending start */
	size_t count;
};

/* Ends the program with a message where the file cannot be read or understood. */
void fsmap_file_read(const char *path, struct fsmap_file *out);
void fsmap_file_free(struct fsmap_file *file);

#endif
