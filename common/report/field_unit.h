/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of a finding in the unit that the field tables give to the field it names. */
#ifndef REPORT_FIELD_UNIT_H
#define REPORT_FIELD_UNIT_H

#include <stdio.h>

#include "format/field.h"

/*
 * The unit of the fields of that name. UNIT_NONE: it is in no table, as counts are, or tables differ about it. @name
 * may be NULL.
 */
enum field_unit field_unit_of(const char *name);

/* For JSON, such as "blocks": stable. NULL for a plain number. */
const char *field_unit_name(enum field_unit unit);

/* "12 blocks", "0x5", "7:21": the value as people write it. */
void field_unit_print(FILE *out, enum field_unit unit, uint64_t value);

#endif
