/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map of the tree blocks of a group. */
#include "fs/tree_map.h"

#include "fs/btree.h"

struct building {
	struct tree_map *map;
	enum tree_structure structure;
};

static int put(struct tree_map *map, uint32_t agbno, enum tree_structure structure)
{
	int rc = idmap_put(&map->blocks, agbno, (uint64_t)structure);

	return rc < 0 ? rc : 0;
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	const struct building *building = arg;

	(void)level;
	return put(building->map, at.agbno, building->structure);
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	return 0; /* leaves are not read */
}

static int on_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	(void)arg;
	(void)low;
	(void)high;
	(void)why;
	return 0; /* what hangs below stays unknown, which the caller says */
}

static int add_tree(const struct fs *fs, enum btree_kind kind, uint32_t agno, struct building *building,
		    struct error *err)
{
	struct btree_cursor_options options = {
		.high = BTREE_KEY_MAX, .skip_leaves = true, .block = on_block, .arg = building};
	struct btree_walker walker = {.record = on_record, .bad = on_bad, .arg = building};
	struct btree tree;
	struct error why;
	int rc = btree_open_group(fs, kind, agno, &tree, &why);

	if (rc == 0)
		return btree_walk(&tree, &options, &walker, err);
	if (rc == ERR_NOT_FOUND || rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return 0;
	if (err)
		*err = why;
	return rc;
}

static int add_free_list(const struct fs *fs, uint32_t agno, struct tree_map *map, struct error *err)
{
	uint32_t blocks[SB_SECTSIZE_MAX / sizeof(be32)], count = 0;
	struct disk_agf agf;
	struct error why;
	int rc = fs_read_agf(fs, agno, &agf, &why);

	if (rc == 0)
		rc = fs_read_agfl(fs, agno, &agf, blocks, &count, &why);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return 0;
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = put(map, blocks[i], STRUCTURE_FREE_LIST);
	return rc != 0 ? error_set(err, rc, "the free list of group %u: %s", agno, err_text(rc)) : 0;
}

int tree_map_build(const struct fs *fs, uint32_t agno, struct tree_map *out, struct error *err)
{
	static const struct {
		enum btree_kind kind;
		enum tree_structure structure;
	} trees[] = {
		{BTREE_BNO, STRUCTURE_BNOBT}, {BTREE_CNT, STRUCTURE_CNTBT},   {BTREE_RMAP, STRUCTURE_RMAPBT},
		{BTREE_INO, STRUCTURE_INOBT}, {BTREE_FINO, STRUCTURE_FINOBT},
	};
	struct tree_map map = {0};
	int rc = 0;

	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]) && rc == 0; i++) {
		struct building building = {.map = &map, .structure = trees[i].structure};

		rc = add_tree(fs, trees[i].kind, agno, &building, err);
	}
	if (rc == 0)
		rc = add_free_list(fs, agno, &map, err);
	if (rc != 0)
		tree_map_fini(&map);
	else
		*out = map;
	return rc;
}

void tree_map_fini(struct tree_map *map)
{
	idmap_fini(&map->blocks);
}

enum tree_structure tree_map_find(const struct tree_map *map, uint32_t agbno)
{
	const uint64_t *found = idmap_get(&map->blocks, agbno);

	return found ? (enum tree_structure)*found : STRUCTURE_UNKNOWN;
}
