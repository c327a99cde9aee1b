/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer base. */
#include "unit/runner.h"

#include <stddef.h>

Suite *array_suite(void);
Suite *crc32c_suite(void);
Suite *endian_suite(void);
Suite *error_suite(void);
Suite *hash_suite(void);
Suite *idmap_suite(void);
Suite *interval_suite(void);
Suite *pool_suite(void);
Suite *span_suite(void);

Suite *(*const unit_suites[])(void) = {
	array_suite, crc32c_suite,   endian_suite, error_suite, hash_suite,
	idmap_suite, interval_suite, pool_suite,   span_suite,	NULL,
};
