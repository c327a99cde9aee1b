/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of every report: whether all of it was written. */
#ifndef REPORT_FLUSH_H
#define REPORT_FLUSH_H

#include <stdio.h>

#include "base/error.h"

/* ERR_IO if anything written to @out since it was opened did not arrive. */
int report_flush(FILE *out, struct error *err) MUST_CHECK;

#endif
