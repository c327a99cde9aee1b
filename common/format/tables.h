/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All field tables, for what loops over every structure: tests, the corruption of fields, the debugger. */
#ifndef FORMAT_TABLES_H
#define FORMAT_TABLES_H

#include "format/field.h"

/* Ends with NULL. */
extern const struct field_table *const all_field_tables[];

#endif
