/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer fs. */
#include "unit/runner.h"

#include <stddef.h>

Suite *(*const unit_suites[])(void) = {
	NULL,
};
