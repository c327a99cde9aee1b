/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as mkfs.xfs takes them. */
#ifndef MKFS_VALUE_H
#define MKFS_VALUE_H

#include "base/error.h"

/* What the suffixes b and s stand for. */
struct value_units {
	uint64_t block_bytes;
	uint64_t sector_bytes;
};

/*
 * Hexadecimal after 0x, octal after 0, else decimal; one suffix of b, s, k, m, g, t, p, e of either case.
 * ERR_INVALID: not so, or above 2^63 - 1.
 */
int value_parse(const char *text, const struct value_units *units, uint64_t *out) MUST_CHECK;

#endif
