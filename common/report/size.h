/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes as people read and write them. K, M, G, T are powers of 1024 here. */
#ifndef REPORT_SIZE_H
#define REPORT_SIZE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SIZE_TEXT 32u

/*
 * Three digits or so and a unit, such as "1.2 MiB", "640 KiB", "512 bytes": rounded to nearest, and always with the
 * unit that leaves less than 1024. Returns @text.
 */
const char *size_text(char text[SIZE_TEXT], uint64_t size_bytes);

/*
 * A decimal number with an optional suffix K, M, G or T of either case, alone or as in "KiB"; @len characters of
 * @text, all of them. ERR_INVALID: not so, or above 2^64 - 1.
 */
int size_parse(const char *text, size_t len, uint64_t *size_bytes) MUST_CHECK;

#endif
