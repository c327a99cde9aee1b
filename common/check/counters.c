/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sums in the superblock. */
#include "check/pass.h"

int counters_unit(struct check_work *work, size_t unit)
{
	(void)work;
	(void)unit;
	return 0;
}
