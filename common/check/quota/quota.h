/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Quota: what each user, group and project uses by the inodes; internal to the layer.
 *
 * quota.c counts, one table a worker, added up at the end; quota_file.c holds the records of the quota files against
 * it.
 */
#ifndef CHECK_QUOTA_H
#define CHECK_QUOTA_H

#include "base/idmap.h"
#include "check/checker.h"

/* What one of them uses. */
struct quota_count {
	uint32_t id;
	bool seen; /* has a record in the quota file */
	uint64_t blocks, inodes;
};

struct quota_table {
	bool wanted;	    /* the superblock says that what the quota file counts is true */
	struct idmap index; /* id: place in counts */
	struct quota_count *counts;
	size_t count, room;
};

/* Of one worker, or of all. */
struct quota_usage {
	struct quota_table of[QUOTA_TYPES];
};

/* Makes *out, NULL if no quota is counted. ERR_NOMEM. */
int quota_usage_new(const struct fs *fs, struct quota_usage **out) MUST_CHECK;
void quota_usage_free(struct quota_usage *usage);

/* The entry of an id; NULL: uses nothing. Borrowed until the table is added to. */
struct quota_count *quota_count_find(const struct quota_table *table, uint32_t id);

/* Whether the superblock names a quota file of that type. */
bool quota_has_file(const struct geometry *geo, enum quota_type type);

/*
 * Whether an inode without a name is a quota file by its content, where the superblock in use is a copy, which need not
 * name all that there are: 1 or 0, ERR_IO, ERR_NOMEM.
 */
int quota_is_unnamed(const struct fs *fs, uint64_t ino) MUST_CHECK;

/* The records of one quota file; @table: what they should count, unless it is not wanted. */
int quota_file_check(struct check_work *work, enum quota_type type, struct quota_table *table) MUST_CHECK;

#endif
