/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Usage by user, group and project, counted anew.
 *
 * Every inode in use counts for its three owners, with the blocks it has itself, also the root and the realtime files,
 * and files that wait on unlinked lists; only the quota files do not. Seen in an image of a kernel with quota
 * (test_fsck_quota.c). The kernel keeps the counts right from the mount on that has counted them; a mount without quota
 * takes the flags away that say so.
 */
#include "check/quota/quota.h"

#include <stdlib.h>

#include "base/array.h"
#include "check/inode/inode_parts.h"
#include "check/pass.h"

/* Which types are accounted, and were counted when accounting began. Copies of the superblock may tell of times past.
 */
static bool is_counted(const struct fs *fs, enum quota_type type)
{
	static const uint16_t flags[QUOTA_TYPES] = {
		[QUOTA_USER] = SB_QUOTA_USER_ACCOUNTED | SB_QUOTA_USER_CHECKED,
		[QUOTA_GROUP] = SB_QUOTA_GROUP_ACCOUNTED | SB_QUOTA_GROUP_CHECKED,
		[QUOTA_PROJECT] = SB_QUOTA_PROJECT_ACCOUNTED | SB_QUOTA_PROJECT_CHECKED,
	};

	return fs->sb_agno == 0 && quota_has_file(&fs->geo, type) &&
	       (be16_get(fs->sb.qflags) & flags[type]) == flags[type];
}

bool quota_has_file(const struct geometry *geo, enum quota_type type)
{
	return geo->quota_ino[type] != 0 && geo->quota_ino[type] != UINT64_MAX;
}

bool quota_wanted(const struct checker *checker)
{
	for (unsigned type = 0; type < QUOTA_TYPES; type++)
		if (quota_has_file(&checker->fs->geo, (enum quota_type)type))
			return true;
	return false;
}

int quota_usage_new(const struct fs *fs, struct quota_usage **out)
{
	struct quota_usage usage = {0};
	bool any = false;

	for (unsigned type = 0; type < QUOTA_TYPES; type++) {
		usage.of[type].wanted = is_counted(fs, (enum quota_type)type);
		any |= usage.of[type].wanted;
	}
	*out = NULL;
	if (!any)
		return 0;
	*out = malloc(sizeof(**out));
	if (!*out)
		return ERR_NOMEM;
	**out = usage;
	return 0;
}

void quota_usage_free(struct quota_usage *usage)
{
	for (unsigned type = 0; usage && type < QUOTA_TYPES; type++) {
		idmap_fini(&usage->of[type].index);
		free(usage->of[type].counts);
	}
	free(usage);
}

struct quota_count *quota_count_find(const struct quota_table *table, uint32_t id)
{
	const uint64_t *place = idmap_get(&table->index, id);

	return place ? &table->counts[*place] : NULL;
}

static int add_count(struct quota_table *table, uint32_t id, uint64_t blocks, uint64_t inodes)
{
	struct quota_count *count = quota_count_find(table, id);
	int rc;

	if (count) {
		count->blocks += blocks;
		count->inodes += inodes;
		return 0;
	}
	if (array_reserve(&table->counts, table->count, 1, &table->room, sizeof(*table->counts)) != 0)
		return ERR_NOMEM;
	rc = idmap_put(&table->index, id, table->count);
	if (rc > 0)
		table->counts[table->count++] = (struct quota_count){.id = id, .blocks = blocks, .inodes = inodes};
	return rc < 0 ? rc : 0;
}

int quota_inode(struct check_work *work, const struct inode *inode)
{
	const uint64_t *files = work_fs(work)->geo.quota_ino;
	const uint32_t ids[QUOTA_TYPES] = {
		[QUOTA_USER] = inode->uid, [QUOTA_GROUP] = inode->gid, [QUOTA_PROJECT] = inode->projid};
	int rc = 0;

	if (!work->usage || inode->ino == files[QUOTA_USER] || inode->ino == files[QUOTA_GROUP] ||
	    inode->ino == files[QUOTA_PROJECT])
		return 0;
	for (unsigned type = 0; type < QUOTA_TYPES && rc == 0; type++)
		if (work->usage->of[type].wanted)
			rc = add_count(&work->usage->of[type], ids[type], inode->blocks, 1);
	return rc;
}

/* ------------------------------------------------------------------ the pass */

static int compare_ids(const void *a, const void *b)
{
	uint32_t left = ((const struct quota_count *)a)->id, right = ((const struct quota_count *)b)->id;

	return (left > right) - (left < right);
}

/* Adds up what the workers have of a type, ascending by id. */
static int add_up(const struct checker *checker, enum quota_type type, struct quota_table *out)
{
	int rc = 0;

	for (unsigned worker = 0; worker < pool_workers(checker->pool); worker++) {
		const struct quota_usage *usage = checker->works[worker].usage;
		const struct quota_table *from = usage ? &usage->of[type] : out;

		for (size_t i = 0; from != out && i < from->count && rc == 0; i++)
			rc = add_count(out, from->counts[i].id, from->counts[i].blocks, from->counts[i].inodes);
	}
	if (out->count > 1)
		qsort(out->counts, out->count, sizeof(*out->counts), compare_ids);
	for (size_t i = 0; i < out->count; i++)
		*idmap_get(&out->index, out->counts[i].id) = i;
	return rc;
}

int quota_unit(struct check_work *work, size_t unit)
{
	const struct checker *checker = work->checker;
	enum quota_type type = (enum quota_type)unit;
	struct quota_table table = {.wanted = is_counted(checker->fs, type)};
	int rc = 0;

	if (!quota_has_file(&checker->fs->geo, type))
		return 0;
	if (table.wanted && atomic_load(&checker->inodes_lost)) {
		check_not_done(work, at_inode(checker->fs->geo.quota_ino[type]), "quota usage");
		table.wanted = false;
	}
	if (table.wanted)
		rc = add_up(checker, type, &table);
	if (rc == 0)
		rc = quota_file_check(work, type, &table);
	idmap_fini(&table.index);
	free(table.counts);
	return rc;
}

size_t quota_units(const struct checker *checker)
{
	(void)checker;
	return QUOTA_TYPES;
}
