/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow by doubling. */
#include "check/tables.h"

#include <stdlib.h>
#include <string.h>

/*
 * Room for @count more things of @size bytes behind @have of them. Returns the array, moved or not; NULL: no memory,
 * and the old one stands.
 */
static void *grow(void *items, size_t have, size_t *room, size_t count, size_t size)
{
	size_t larger = *room ? *room : 16;
	void *grown;

	if (items && count <= *room - have)
		return items;
	while (larger - have < count)
		larger *= 2;
	grown = reallocarray(items, larger, size);
	if (grown)
		*room = larger;
	return grown;
}

static int add_dirs(struct unit_tables *tables, const struct dir_parent *dirs, size_t count)
{
	struct dir_parent *grown;

	if (count == 0)
		return 0;
	grown = grow(tables->dirs, tables->dir_count, &tables->dir_room, count, sizeof(*dirs));
	if (!grown)
		return ERR_NOMEM;
	tables->dirs = grown;
	memcpy(grown + tables->dir_count, dirs, count * sizeof(*dirs));
	tables->dir_count += count;
	return 0;
}

static int add_inodes(uint64_t **items, size_t *have, size_t *room, const uint64_t *inodes, size_t count)
{
	uint64_t *grown;

	if (count == 0)
		return 0;
	grown = grow(*items, *have, room, count, sizeof(*inodes));
	if (!grown)
		return ERR_NOMEM;
	*items = grown;
	memcpy(grown + *have, inodes, count * sizeof(*inodes));
	*have += count;
	return 0;
}

static int add_lost(struct unit_tables *tables, const uint64_t *inodes, size_t count)
{
	return add_inodes(&tables->lost_inodes, &tables->lost_count, &tables->lost_room, inodes, count);
}

static int add_unmarked(struct unit_tables *tables, const uint64_t *inodes, size_t count)
{
	return add_inodes(&tables->unmarked_inodes, &tables->unmarked_count, &tables->unmarked_room, inodes, count);
}

static int add_gapped(struct unit_tables *tables, const uint64_t *inodes, size_t count)
{
	return add_inodes(&tables->gapped_inodes, &tables->gapped_count, &tables->gapped_room, inodes, count);
}

static int add_rmaps(struct unit_tables *tables, const struct rmap *rmaps, size_t count)
{
	struct rmap *grown;

	if (count == 0)
		return 0;
	grown = grow(tables->gapped_rmaps, tables->rmap_count, &tables->rmap_room, count, sizeof(*rmaps));
	if (!grown)
		return ERR_NOMEM;
	tables->gapped_rmaps = grown;
	memcpy(grown + tables->rmap_count, rmaps, count * sizeof(*rmaps));
	tables->rmap_count += count;
	return 0;
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

int tables_add_unmarked(struct unit_tables *tables, uint64_t ino)
{
	return add_unmarked(tables, &ino, 1);
}

size_t tables_find(const uint64_t *inodes, size_t count, uint64_t ino)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (inodes[middle] < ino)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && inodes[low] == ino ? low : count;
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
	if (rc == 0)
		rc = add_unmarked(to, from->unmarked_inodes, from->unmarked_count);
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
	free(tables->unmarked_inodes);
	*tables = (struct unit_tables){0};
}
