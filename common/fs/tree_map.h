/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which tree of its group a block belongs to. The rmapbt gives one owner to several trees; this tells them apart by
 * their interior blocks, so the block itself, which may be bad, is not read.
 */
#ifndef FS_TREE_MAP_H
#define FS_TREE_MAP_H

#include "base/idmap.h"
#include "fs/fs.h"
#include "fs/view.h"

struct tree_map {
	struct idmap blocks; /* agbno -> enum tree_structure */
};

/*
 * Looks through the trees and the free list of group @agno. What cannot be read is left out: its blocks are
 * STRUCTURE_UNKNOWN. ERR_NOMEM, ERR_IO.
 */
int tree_map_build(const struct fs *fs, uint32_t agno, struct tree_map *out, struct error *err) MUST_CHECK;
void tree_map_fini(struct tree_map *map);

enum tree_structure tree_map_find(const struct tree_map *map, uint32_t agbno);

#endif
