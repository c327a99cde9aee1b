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

int tables_add_dir(struct unit_tables *tables, uint64_t ino, uint64_t parent)
{
	return add_dirs(tables, &(struct dir_parent){ino, parent}, 1);
}

int tables_add_lost(struct unit_tables *tables, uint64_t ino)
{
	return add_lost(tables, &ino, 1);
}

int tables_add_unmarked(struct unit_tables *tables, uint64_t ino)
{
	return add_unmarked(tables, &ino, 1);
}

int tables_join(struct unit_tables *to, struct unit_tables *from)
{
	int rc = add_dirs(to, from->dirs, from->dir_count);

	if (rc == 0)
		rc = add_lost(to, from->lost_inodes, from->lost_count);
	if (rc == 0)
		rc = add_unmarked(to, from->unmarked_inodes, from->unmarked_count);
	tables_fini(from);
	return rc;
}

void tables_fini(struct unit_tables *tables)
{
	free(tables->dirs);
	free(tables->lost_inodes);
	free(tables->unmarked_inodes);
	*tables = (struct unit_tables){0};
}
