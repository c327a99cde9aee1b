/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check/tables.h"

#include <stdlib.h>

#include "base/array.h"

static int add_dirs(struct unit_tables *tables, const struct dir_parent *dirs, size_t count)
{
	return array_append(&tables->dirs, &tables->dir_count, dirs, count, &tables->dir_room, sizeof(*dirs));
}

static int add_lost(struct unit_tables *tables, const uint64_t *inodes, size_t count)
{
	return array_append(&tables->lost_inodes, &tables->lost_count, inodes, count, &tables->lost_room,
			    sizeof(*inodes));
}

static int add_gapped(struct unit_tables *tables, const uint64_t *inodes, size_t count)
{
	return array_append(&tables->gapped_inodes, &tables->gapped_count, inodes, count, &tables->gapped_room,
			    sizeof(*inodes));
}

static int add_rmaps(struct unit_tables *tables, const struct rmap *rmaps, size_t count)
{
	return array_append(&tables->gapped_rmaps, &tables->rmap_count, rmaps, count, &tables->rmap_room,
			    sizeof(*rmaps));
}

int tables_add_dir(struct unit_tables *tables, uint64_t ino, uint64_t parent)
{
	return add_dirs(tables, &(struct dir_parent){ino, parent}, 1);
}

int tables_add_lost(struct unit_tables *tables, uint64_t ino)
{
	return add_lost(tables, &ino, 1);
}

int tables_add_gapped(struct unit_tables *tables, uint64_t ino)
{
	return add_gapped(tables, &ino, 1);
}

int tables_add_rmap(struct unit_tables *tables, const struct rmap *rmap)
{
	return add_rmaps(tables, rmap, 1);
}

static bool ino_before(const void *item, const void *wanted)
{
	return *(const uint64_t *)item < *(const uint64_t *)wanted;
}

size_t tables_find(const uint64_t *inodes, size_t count, uint64_t ino)
{
	size_t i = array_first(inodes, count, sizeof(*inodes), ino_before, &ino);

	return i < count && inodes[i] == ino ? i : count;
}

int tables_join(struct unit_tables *to, struct unit_tables *from)
{
	int rc = add_dirs(to, from->dirs, from->dir_count);

	if (rc == 0)
		rc = add_lost(to, from->lost_inodes, from->lost_count);
	if (rc == 0)
		rc = add_gapped(to, from->gapped_inodes, from->gapped_count);
	if (rc == 0)
		rc = add_rmaps(to, from->gapped_rmaps, from->rmap_count);
	tables_fini(from);
	return rc;
}

static int compare_inodes(const void *one, const void *other)
{
	const uint64_t *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

static int compare_dirs(const void *one, const void *other)
{
	const struct dir_parent *a = one, *b = other;

	return (a->ino > b->ino) - (a->ino < b->ino);
}

void tables_sort(struct unit_tables *tables)
{
	if (tables->dir_count > 0)
		qsort(tables->dirs, tables->dir_count, sizeof(*tables->dirs), compare_dirs);
	if (tables->lost_count > 0)
		qsort(tables->lost_inodes, tables->lost_count, sizeof(*tables->lost_inodes), compare_inodes);
}

void tables_fini(struct unit_tables *tables)
{
	free(tables->dirs);
	free(tables->lost_inodes);
	free(tables->gapped_inodes);
	free(tables->gapped_rmaps);
	*tables = (struct unit_tables){0};
}
