/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of every report. */
#include "report/flush.h"

#include <errno.h>

int report_flush(FILE *out, struct error *err)
{
	errno = 0;
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	/* The errno of an earlier write is gone by now. */
	if (errno)
		return error_set_errno(err, ERR_IO, errno, "cannot write the report");
	return error_set(err, ERR_IO, "cannot write the report");
}
