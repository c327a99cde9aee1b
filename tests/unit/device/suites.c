/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer device. */
#include "unit/runner.h"

#include <stddef.h>

Suite *badblocks_suite(void);
Suite *badblocks_walk_suite(void);
Suite *claim_suite(void);
Suite *device_suite(void);
Suite *dm_table_suite(void);
Suite *guard_suite(void);
Suite *mounts_suite(void);
Suite *residency_suite(void);
Suite *sysfs_suite(void);
Suite *topology_suite(void);
Suite *write_suite(void);

Suite *(*const unit_suites[])(void) = {
	badblocks_suite,
	badblocks_walk_suite,
	claim_suite,
	device_suite,
	dm_table_suite,
	guard_suite,
	mounts_suite,
	residency_suite,
	sysfs_suite,
	topology_suite,
	write_suite,
	NULL,
};
