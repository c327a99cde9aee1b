/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer fs. */
#include "unit/runner.h"

#include <stddef.h>

Suite *btree_suite(void);
Suite *btree_damage_suite(void);
Suite *chunk_suite(void);
Suite *fork_suite(void);
Suite *fs_suite(void);
Suite *geometry_suite(void);
Suite *inode_suite(void);
Suite *owner_suite(void);
Suite *rmap_suite(void);
Suite *superblock_suite(void);
Suite *tree_map_suite(void);

Suite *(*const unit_suites[])(void) = {
	btree_suite,	btree_damage_suite, chunk_suite, fork_suite,	   fs_suite,	   geometry_suite,
	inode_suite,	owner_suite,	    rmap_suite,	 superblock_suite, tree_map_suite, NULL,
};
