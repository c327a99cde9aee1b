/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AGF, AGI and AGFL. */
#include "check/pass.h"

int headers_unit(struct check_work *work, size_t agno)
{
	(void)work;
	(void)agno;
	return 0;
}
