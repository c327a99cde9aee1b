/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer write. */
#include "unit/runner.h"

#include <stddef.h>

Suite *newfs_bad_suite(void);
Suite *newfs_groups_suite(void);
Suite *newfs_plan_suite(void);
Suite *newfs_write_suite(void);

Suite *(*const unit_suites[])(void) = {
	newfs_bad_suite,
	newfs_groups_suite,
	newfs_plan_suite,
	newfs_write_suite,
	NULL,
};
