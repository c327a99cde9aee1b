/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer fs. */
#include "unit/runner.h"

#include <stddef.h>

Suite *journal_suite(void);

Suite *(*const unit_suites[])(void) = {
	journal_suite,
	NULL,
Suite *attr_suite(void);
Suite *dir_suite(void);
Suite *dir_index_suite(void);
Suite *parent_suite(void);
Suite *path_suite(void);
Suite *symlink_suite(void);
Suite *unlinked_suite(void);

Suite *(*const unit_suites[])(void) = {
	attr_suite, dir_suite, dir_index_suite, parent_suite, path_suite, symlink_suite, unlinked_suite, NULL,
Suite *fs_suite(void);
Suite *geometry_suite(void);
Suite *superblock_suite(void);

Suite *(*const unit_suites[])(void) = {
	fs_suite, geometry_suite, superblock_suite, NULL,
};
