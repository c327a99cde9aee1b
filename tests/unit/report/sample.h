/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Results of a scrub made by hand, with one of everything that a report can say.
 */
#ifndef UNIT_REPORT_SAMPLE_H
#define UNIT_REPORT_SAMPLE_H

#include <stdio.h>

#include "check/damage/scrub.h"

/* Borrowed, constant. */
const struct scrub_result *sample_rich(void);  /* every kind of line */
const struct scrub_result *sample_clean(void); /* no bad range */
const struct scrub_result *sample_spare(void); /* copy of the superblock, damaged journal, slow, mounted nowhere */

/* What @print writes for @result; the caller frees. */
char *sample_print(int (*print)(const struct scrub_result *result, FILE *out, struct error *err),
		   const struct scrub_result *result);

#endif
