/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer fs. */
#include "unit/runner.h"

#include <stddef.h>

Suite *attr_suite(void);
Suite *btree_damage_suite(void);
Suite *btree_strict_suite(void);
Suite *btree_suite(void);
Suite *chunk_suite(void);
Suite *daxmap_suite(void);
Suite *dir_index_suite(void);
Suite *dir_suite(void);
Suite *fork_suite(void);
Suite *fs_suite(void);
Suite *geometry_suite(void);
Suite *inode_suite(void);
Suite *journal_suite(void);
Suite *owner_suite(void);
Suite *parent_suite(void);
Suite *path_suite(void);
Suite *rmap_suite(void);
Suite *sharing_suite(void);
Suite *superblock_suite(void);
Suite *symlink_suite(void);
Suite *tree_map_suite(void);
Suite *unlinked_suite(void);
Suite *usage_suite(void);

Suite *(*const unit_suites[])(void) = {
	attr_suite,
	btree_damage_suite,
	btree_strict_suite,
	btree_suite,
	chunk_suite,
	daxmap_suite,
	dir_index_suite,
	dir_suite,
	fork_suite,
	fs_suite,
	geometry_suite,
	inode_suite,
	journal_suite,
	owner_suite,
	parent_suite,
	path_suite,
	rmap_suite,
	sharing_suite,
	superblock_suite,
	symlink_suite,
	tree_map_suite,
	unlinked_suite,
	usage_suite,
	NULL,
};
