/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes as people read and write them. */
#include "report/size.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static uint64_t rounded(uint64_t size_bytes, unsigned bits)
{
	return (size_bytes >> bits) + (size_bytes >> (bits - 1) & 1);
}

const char *size_text(char text[SIZE_TEXT], uint64_t size_bytes)
{
	unsigned bits = 10;
	uint64_t tenths;

	if (size_bytes < 1024) {
		snprintf(text, SIZE_TEXT, "%" PRIu64 " byte%s", size_bytes, size_bytes == 1 ? "" : "s");
		return text;
	}
	while (bits < 60 && rounded(size_bytes, bits) >= 1024)
		bits += 10;
	tenths = ((size_bytes >> (bits - 10)) * 10 + 512) >> 10;
	if (tenths < 100 && tenths % 10 != 0)
		snprintf(text, SIZE_TEXT, "%" PRIu64 ".%" PRIu64 " %ciB", tenths / 10, tenths % 10,
			 "KMGTPE"[bits / 10 - 1]);
	else
		snprintf(text, SIZE_TEXT, "%" PRIu64 " %ciB", rounded(size_bytes, bits), "KMGTPE"[bits / 10 - 1]);
	return text;
}

/* By how many bits a suffix shifts; false if it is none. */
static bool suffix_bits(const char *suffix, size_t len, unsigned *bits)
{
	static const char letters[] = "kmgt";

	if (len == 0) {
		*bits = 0;
		return true;
	}
	for (unsigned i = 0; i < 4; i++)
		if ((suffix[0] | 0x20) == letters[i]) {
			*bits = 10 * (i + 1);
			return len == 1 || (len == 3 && strncasecmp(suffix + 1, "ib", 2) == 0);
		}
	return false;
}

int size_parse(const char *text, size_t len, uint64_t *size_bytes)
{
	uint64_t value = 0;
	size_t digits = 0;
	unsigned bits;

	while (digits < len && text[digits] >= '0' && text[digits] <= '9') {
		unsigned digit = (unsigned)(text[digits] - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return ERR_INVALID;
		value = value * 10 + digit;
		digits++;
	}
	if (digits == 0 || !suffix_bits(text + digits, len - digits, &bits) || value > UINT64_MAX >> bits)
		return ERR_INVALID;
	*size_bytes = value << bits;
	return 0;
}
