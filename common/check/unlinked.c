/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unlinked lists. */
#include "check/pass.h"

int unlinked_unit(struct check_work *work, size_t agno)
{
	(void)work;
	(void)agno;
	return 0;
}
