/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer cli. */
#include "unit/runner.h"

#include <stddef.h>

Suite *options_suite(void);
Suite *stop_suite(void);

Suite *(*const unit_suites[])(void) = {
	options_suite,
	stop_suite,
	NULL,
};
