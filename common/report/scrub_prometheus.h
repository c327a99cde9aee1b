/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A scrub as metrics, in the text format that the textfile collector of the Prometheus node exporter reads.
 *
 * Each sample carries the device, so that the files of several devices can lie side by side. No names of files: labels
 * with unbounded values are what Prometheus handles worst.
 */
#ifndef REPORT_SCRUB_PROMETHEUS_H
#define REPORT_SCRUB_PROMETHEUS_H

#include <stdint.h>
#include <stdio.h>

#include "check/damage/scrub.h"

/* @version: of the program; @now: seconds since 1970. ERR_IO: @out did not take it all. */
int report_scrub_prometheus(const struct scrub_result *result, FILE *out, const char *version, uint64_t now,
			    struct error *err) MUST_CHECK;

#endif
