/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a check grows with the file system: tables of a unit, joined in the order of units; internal to the layer. */
#ifndef CHECK_TABLES_H
#define CHECK_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "fs/rmap.h"

/* Instead of the number of a directory. */
#define NO_PARENT UINT64_MAX

/* A directory and what it is in: its "..", or the directory that names it where the two differ; or NO_PARENT. */
struct dir_parent {
	uint64_t ino, parent;
};

struct unit_tables {
	struct dir_parent *dirs; /* ascending by ino */
	size_t dir_count, dir_room;
	uint64_t *lost_inodes; /* inodes whose forks could not be read in whole, ascending */
	size_t lost_count, lost_room;
	uint64_t *gapped_inodes; /* inodes of whose forks a part is sought in the rmapbt (fork_gaps.c), ascending */
	size_t gapped_count, gapped_room;
	struct rmap *gapped_rmaps; /* what the rmapbt says of them */
	size_t rmap_count, rmap_room;
};

/* Each appends; 0 or ERR_NOMEM, which leaves the tables as they were. */
int tables_add_dir(struct unit_tables *tables, uint64_t ino, uint64_t parent) MUST_CHECK;
int tables_add_lost(struct unit_tables *tables, uint64_t ino) MUST_CHECK;
int tables_add_gapped(struct unit_tables *tables, uint64_t ino) MUST_CHECK;
int tables_add_rmap(struct unit_tables *tables, const struct rmap *rmap) MUST_CHECK;

/* The place of an inode in an ascending list; @count: it is not there. */
size_t tables_find(const uint64_t *inodes, size_t count, uint64_t ino);

/* Appends all of @from, and empties it in any case. ERR_NOMEM. */
int tables_join(struct unit_tables *to, struct unit_tables *from) MUST_CHECK;

/* Ascending again, where later units have appended inodes that earlier ones passed over. */
void tables_sort(struct unit_tables *tables);

/* A zeroed struct is empty. */
void tables_fini(struct unit_tables *tables);

#endif
