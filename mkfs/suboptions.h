/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands behind -b, -d, -i, -l, -m, -n and -s, and in the sections of a configuration file: one table of names.
 *
 * Values are kept as text first and read when all are there, since the size of a block or sector is the unit of others.
 */
#ifndef MKFS_SUBOPTIONS_H
#define MKFS_SUBOPTIONS_H

#include "options.h"

struct suboptions;

struct suboptions *suboptions_new(void);
void suboptions_free(struct suboptions *set);

/* "name=value,name" behind the option -@letter. */
int suboptions_add_list(struct suboptions *set, char letter, const char *list, struct error *err) MUST_CHECK;

/* One of a configuration file, by the name of its section. */
int suboptions_add(struct suboptions *set, const char *section, const char *name, const char *value,
		   struct error *err) MUST_CHECK;

/* Reads all values into @out. */
int suboptions_take(const struct suboptions *set, struct options *out, struct error *err) MUST_CHECK;

#endif
