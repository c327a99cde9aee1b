/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as mkfs.xfs takes them. */
#include "value.h"

#include <errno.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* 0 if it is no suffix. */
static uint64_t factor(char suffix, const struct value_units *units)
{
	static const char letters[] = "kmgtpe";
	const char *at;

	suffix = (char)tolower((unsigned char)suffix);
	if (suffix == 'b')
		return units->block_bytes;
	if (suffix == 's')
		return units->sector_bytes;
	at = strchr(letters, suffix);
	return at ? 1ull << (10 * (at - letters + 1)) : 0;
}

int value_parse(const char *text, const struct value_units *units, uint64_t *out)
{
	unsigned long long value;
	uint64_t by = 1;
	char *end;

	/* strtoull takes blanks and signs. */
	if (!isdigit((unsigned char)text[0]))
		return ERR_INVALID;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno != 0)
		return ERR_INVALID;
	if (end[0] != '\0') {
		by = factor(end[0], units);
		if (by == 0 || end[1] != '\0')
			return ERR_INVALID;
	}
	if (value > INT64_MAX / by)
		return ERR_INVALID;
	*out = value * by;
	return 0;
}
