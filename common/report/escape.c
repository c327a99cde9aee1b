/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names from the device, made safe to print. The rules of UTF-8 are those of RFC 3629. */
#include "report/escape.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* How many bytes a sequence with this first byte has, 0 if none begins so, and the bits it brings. */
static size_t first_byte(uint8_t first, uint32_t *bits, uint32_t *lowest)
{
	if (first < 0x80) {
		*bits = first;
		*lowest = 0;
		return 1;
	}
	if (first >= 0xc0 && first < 0xe0) {
		*bits = first & 0x1fu;
		*lowest = 0x80;
		return 2;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*bits = first & 0x0fu;
		*lowest = 0x800;
		return 3;
	}
	if (first >= 0xf0 && first < 0xf8) {
		*bits = first & 0x07u;
		*lowest = 0x10000;
		return 4;
	}
	return 0;
}

size_t utf8_next(const char *bytes, size_t len, uint32_t *code_point)
{
	uint32_t value = 0, lowest = 0;
	size_t need;

	if (len == 0)
		return 0;
	need = first_byte((uint8_t)bytes[0], &value, &lowest);
	if (need == 0 || need > len)
		return 0;
	for (size_t i = 1; i < need; i++) {
		uint8_t next = (uint8_t)bytes[i];

		if ((next & 0xc0u) != 0x80)
			return 0;
		value = value << 6 | (next & 0x3fu);
	}
	if (value < lowest || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code_point = value;
	return need;
}

bool utf8_valid(const char *bytes, size_t len)
{
	uint32_t code_point;

	while (len > 0) {
		size_t step = utf8_next(bytes, len, &code_point);

		if (step == 0)
			return false;
		bytes += step;
		len -= step;
	}
	return true;
}

struct code_range {
	uint32_t first, last;
};

/* Characters that nobody sees, or that change how their neighbours are shown (Unicode: Cc, and Cf and Zl/Zp in part).
 */
static const struct code_range invisible[] = {
	{0x0080, 0x009f},   /* C1 controls: some terminals obey them */
	{0x00ad, 0x00ad},   /* soft hyphen */
	{0x061c, 0x061c},   /* Arabic letter mark */
	{0x180e, 0x180e},   /* Mongolian vowel separator */
	{0x200b, 0x200b},   /* zero width space; the joiners after it are part of how some scripts are written */
	{0x200e, 0x200f},   /* left-to-right and right-to-left marks */
	{0x2028, 0x202e},   /* line and paragraph separator, embeddings and overrides */
	{0x2060, 0x206f},   /* word joiner, isolates */
	{0xfeff, 0xfeff},   /* byte order mark */
	{0xfff9, 0xfffb},   /* interlinear annotation */
	{0xe0000, 0xe007f}, /* tags */
};

static bool is_invisible(uint32_t code_point)
{
	for (size_t i = 0; i < sizeof(invisible) / sizeof(invisible[0]); i++)
		if (code_point >= invisible[i].first && code_point <= invisible[i].last)
			return true;
	return false;
}

static void escape_ascii(FILE *out, char c)
{
	switch (c) {
	case '\\':
		fputs("\\\\", out);
		return;
	case '\t':
		fputs("\\t", out);
		return;
	case '\n':
		fputs("\\n", out);
		return;
	case '\r':
		fputs("\\r", out);
		return;
	default:
		if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\x%02x", (unsigned)(uint8_t)c);
		else
			fputc(c, out);
	}
}

void escape_text(FILE *out, const char *bytes, size_t len)
{
	while (len > 0) {
		uint32_t code_point = 0;
		size_t step = utf8_next(bytes, len, &code_point);

		if (step == 0) {
			fprintf(out, "\\x%02x", (unsigned)(uint8_t)bytes[0]);
			step = 1;
		} else if (step == 1) {
			escape_ascii(out, bytes[0]);
		} else if (is_invisible(code_point)) {
			fprintf(out, "\\u{%x}", (unsigned)code_point);
		} else {
			fwrite(bytes, 1, step, out);
		}
		bytes += step;
		len -= step;
	}
}

void escape_replace(FILE *out, const char *bytes, size_t len)
{
	while (len > 0) {
		uint32_t code_point;
		size_t step = utf8_next(bytes, len, &code_point);

		if (step == 0) {
			fputs(REPLACEMENT, out);
			step = 1;
		} else {
			fwrite(bytes, 1, step, out);
		}
		bytes += step;
		len -= step;
	}
}

void escape_hex(FILE *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%02x", (unsigned)(uint8_t)bytes[i]);
}

void escape_label(FILE *out, const char *bytes, size_t len)
{
	while (len > 0) {
		uint32_t code_point;
		size_t step = utf8_next(bytes, len, &code_point);

		if (step == 0) {
			fputs(REPLACEMENT, out);
			step = 1;
		} else if (bytes[0] == '\n') {
			fputs("\\n", out);
		} else if (bytes[0] == '"' || bytes[0] == '\\') {
			fprintf(out, "\\%c", bytes[0]);
		} else {
			fwrite(bytes, 1, step, out);
		}
		bytes += step;
		len -= step;
	}
}
