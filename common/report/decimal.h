/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decimal numbers for lists of millions of lines, where printf takes most of the time. */
#ifndef REPORT_DECIMAL_H
#define REPORT_DECIMAL_H

#include <stdint.h>
#include <string.h>

#define DECIMAL_TEXT 20 /* the longest: UINT64_MAX, or INT64_MIN with its sign */

/* Writes the digits at @to, which has room for DECIMAL_TEXT, without a NUL. Returns the place behind them. */
static inline char *decimal_put(char *to, uint64_t value)
{
	char digits[DECIMAL_TEXT];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	memcpy(to, digits + at, sizeof(digits) - at);
	return to + (sizeof(digits) - at);
}

static inline char *decimal_put_signed(char *to, int64_t value)
{
	if (value >= 0)
		return decimal_put(to, (uint64_t)value);
	*to++ = '-';
	return decimal_put(to, -(uint64_t)value);
}

/* Writes @text without its NUL. */
static inline char *decimal_text(char *to, const char *text)
{
	size_t len = strlen(text);

	memcpy(to, text, len);
	return to + len;
}

#endif
