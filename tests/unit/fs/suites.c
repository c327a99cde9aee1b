/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer fs. */
#include "unit/runner.h"

#include <stddef.h>

Suite *journal_suite(void);

Suite *(*const unit_suites[])(void) = {
	journal_suite,
	NULL,
};
