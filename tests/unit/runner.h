/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One runner a layer: it links that layer and those below, no layer above. The layer's suites.c lists its suites.
 */
#ifndef UNIT_RUNNER_H
#define UNIT_RUNNER_H

#include <check.h>

/* Ends with NULL. */
extern Suite *(*const unit_suites[])(void);

#endif
