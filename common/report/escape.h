/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names from the device, made safe to print.
 *
 * A name is any bytes. Printed as it is, it can break a line, move the cursor, turn the direction of writing or
 * claim to be another name; so everything that does not stand for a visible character is written as an escape. What
 * comes out is always valid UTF-8, whatever the locale is.
 */
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The length of the valid UTF-8 sequence (RFC 3629: shortest form, no surrogates) at the start of @bytes, and its
 * code point; 0 if there is none.
 */
size_t utf8_next(const char *bytes, size_t len, uint32_t *code_point);

bool utf8_valid(const char *bytes, size_t len);

/*
 * For people, reversible: a backslash as "\\"; tab, newline and return as "\t", "\n", "\r"; other control bytes and
 * bytes that are not UTF-8 as "\x1b"; invisible characters, and those that change the direction, as "\u{202e}".
 */
void escape_text(FILE *out, const char *bytes, size_t len);

/* For JSON, whose writer escapes control characters itself: each byte that is not UTF-8 becomes U+FFFD. */
void escape_replace(FILE *out, const char *bytes, size_t len);

/* All bytes as pairs of hexadecimal digits. */
void escape_hex(FILE *out, const char *bytes, size_t len);

/* The value of a label in the text format of Prometheus, without its quotation marks. */
void escape_label(FILE *out, const char *bytes, size_t len);

#endif
