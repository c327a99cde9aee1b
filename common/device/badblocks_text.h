/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text form of bad ranges, and moving ranges from one device to another. Pure functions.
 */
#ifndef DEVICE_BADBLOCKS_TEXT_H
#define DEVICE_BADBLOCKS_TEXT_H

#include <stddef.h>

#include "device/badblocks.h"

#define BADBLOCKS_SECTOR_BYTES 512u

/*
 * One line, without its newline. NULL and *out in bytes, empty if the line is blank; or why it is wrong (static), and
 * *out is not touched.
 */
const char *badblocks_parse_line(const char *line, size_t len, struct interval *out);

/*
 * A sysfs file, called @name in errors. Adds to out->bytes, which is settled afterwards, and sets
 * out->maybe_incomplete if the list is full. @page_bytes: what the kernel shows at most. ERR_CORRUPT, ERR_NOMEM.
 */
int badblocks_parse_sysfs(const char *text, size_t len, size_t page_bytes, const char *name, struct badblocks *out,
			  struct error *err) MUST_CHECK;

/*
 * Adds to @to what @from (settled) has in [start, start + len), moved so that start comes to lie on @at.
 * Neither sum may wrap. @to is settled afterwards. ERR_NOMEM.
 */
int badblocks_move(const struct interval_set *from, uint64_t start, uint64_t len, uint64_t at,
		   struct interval_set *to) MUST_CHECK;

#endif
