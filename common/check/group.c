/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to what is known of a group. */
#include "check/checker.h"

const struct chunk *group_chunk(const struct group *group, uint32_t agino)
{
	size_t low = 0, high = group->chunk_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t first = group->chunks[middle].first_agino;

		if (agino < first)
			high = middle;
		else if (agino - first >= INODES_PER_CHUNK)
			low = middle + 1;
		else
			return &group->chunks[middle];
	}
	return NULL;
}

bool check_inode_lost(const struct checker *checker, uint64_t ino)
{
	const struct unit_tables *tables = &checker->tables;

	return tables_find(tables->lost_inodes, tables->lost_count, ino) != tables->lost_count;
}

bool group_lacks_chunks(const struct group *group)
{
	return group->lost & (LOST_AGI | LOST_TREE(BTREE_INO));
}
