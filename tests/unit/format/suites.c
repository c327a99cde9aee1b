/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer format. */
#include "unit/runner.h"

#include <stddef.h>

Suite *da_suite(void);
Suite *field_suite(void);

Suite *(*const unit_suites[])(void) = {
	da_suite,
	field_suite,
	NULL,
};
