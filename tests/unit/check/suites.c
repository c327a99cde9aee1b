/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer check. */
#include "unit/runner.h"

#include <stddef.h>

Suite *damage_suite(void);
Suite *damage_joins_suite(void);
Suite *damage_kinds_suite(void);
Suite *fsck_links_suite(void);
Suite *fsck_space_suite(void);
Suite *sweep_suite(void);

Suite *(*const unit_suites[])(void) = {
	damage_suite,
	damage_joins_suite,
	damage_kinds_suite,
	fsck_links_suite,
	fsck_space_suite,
	sweep_suite,
	NULL,
};
