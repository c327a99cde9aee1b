/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing and moving bad ranges. */
#include "device/badblocks_text.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The number at *at, which is moved behind it; why there is none, or NULL. */
static const char *take_number(const char *line, size_t len, size_t *at, uint64_t *out)
{
	uint64_t value = 0;
	size_t i = *at;

	for (; i < len && line[i] >= '0' && line[i] <= '9'; i++) {
		uint64_t digit = (uint64_t)(line[i] - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return "a number is too large";
		value = value * 10 + digit;
	}
	if (i == *at)
		return i == len ? "a number is missing" : "something other than a decimal number";
	if (i < len && !is_blank(line[i]))
		return "something other than a decimal number";
	while (i < len && is_blank(line[i]))
		i++;
	*at = i;
	*out = value;
	return NULL;
}

const char *badblocks_parse_line(const char *line, size_t len, struct interval *out)
{
	uint64_t first, count;
	const char *wrong;
	size_t at = 0;

	while (at < len && is_blank(line[at]))
		at++;
	if (at == len) {
		*out = (struct interval){0, 0};
		return NULL;
	}
	wrong = take_number(line, len, &at, &first);
	if (!wrong)
		wrong = take_number(line, len, &at, &count);
	if (wrong)
		return wrong;
	if (at != len)
		return "more than two numbers";
	if (count == 0)
		return "a range of no sectors";
	/* The end, too, must be a number of bytes. */
	if (first > UINT64_MAX / BADBLOCKS_SECTOR_BYTES || count > UINT64_MAX / BADBLOCKS_SECTOR_BYTES - first)
		return "the range reaches beyond what a device can hold";
	*out = (struct interval){first * BADBLOCKS_SECTOR_BYTES, (first + count) * BADBLOCKS_SECTOR_BYTES};
	return NULL;
}

int badblocks_parse_sysfs(const char *text, size_t len, size_t page_bytes, const char *name, struct badblocks *out,
			  struct error *err)
{
	/* One byte of the page is kept for a NUL. */
	bool cut = len + 1 >= page_bytes;
	size_t ranges = 0;

	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line_len = end ? (size_t)(end - text) - at : len - at;
		struct interval range;
		const char *wrong;

		/* Cut in the middle of a line: its last number is anything. */
		if (cut && !end)
			break;
		wrong = badblocks_parse_line(text + at, line_len, &range);
		if (wrong)
			return error_set(err, ERR_CORRUPT, "%s: %s", name, wrong);
		if (interval_add(&out->bytes, range.start, range.end) != 0)
			return error_set(err, ERR_NOMEM, "no memory for bad blocks");
		ranges += range.start < range.end;
		at += line_len + 1;
	}
	interval_settle(&out->bytes);
	if (cut || ranges >= BADBLOCKS_FULL)
		out->maybe_incomplete = true;
	return 0;
}

int badblocks_move(const struct interval_set *from, uint64_t start, uint64_t len, uint64_t at, struct interval_set *to)
{
	const struct interval *range = interval_find(from, start);
	size_t i = range ? (size_t)(range - from->items) : from->count;
	int rc = 0;

	for (; rc == 0 && i < from->count && from->items[i].start < start + len; i++) {
		uint64_t first, last;

		range = &from->items[i];
		first = range->start > start ? range->start - start : 0;
		last = range->end - start < len ? range->end - start : len;

		rc = interval_add(to, at + first, at + last);
	}
	interval_settle(to);
	return rc;
}
