/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing values as xfs_db does. */
#include <ctype.h>
#include <inttypes.h>
#include <time.h>

#include "report/layout.h"
#include "report/uuid_text.h"

/*
 * Text in quotation marks. xfs_db writes the control characters 7 to 13 as a backslash and the letters a to g, so
 * a newline is "\d"; scripts that undo its escapes rely on it.
 */
static void print_text(FILE *out, const uint8_t *text, uint32_t len)
{
	fputc('"', out);
	for (uint32_t i = 0; i < len; i++) {
		uint8_t c = text[i];

		if (c == '"' || c == '\'' || c == '?' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			fputc(c, out);
		else if (c >= 7 && c <= 13)
			fprintf(out, "\\%c", 'a' + c - 7);
		else
			fprintf(out, "\\%03o", c);
	}
	fputc('"', out);
}

/* A date as ctime(3) writes it. */
static void print_date(FILE *out, int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm parts;
	char text[64];

	if (localtime_r(&when, &parts) && strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &parts) > 0)
		fputs(text, out);
	else
		fprintf(out, "%" PRId64, seconds);
}

static void print_number(FILE *out, uint64_t number, enum shown_base base)
{
	switch (base) {
	case SHOWN_DECIMAL:
		fprintf(out, "%" PRIu64, number);
		return;
	case SHOWN_HEX:
		fprintf(out, "%#" PRIx64, number);
		return;
	case SHOWN_OCTAL:
		fprintf(out, "%#" PRIo64, number);
		return;
	}
}

void layout_print_value(FILE *out, const struct layout_item *item, const struct layout_at *at, uint32_t index)
{
	struct layout_shown shown = layout_show(item, at, index);
	char uuid[UUID_TEXT];

	switch (shown.kind) {
	case SHOWN_NOTHING:
		break;
	case SHOWN_NULL:
		fputs("null", out);
		break;
	case SHOWN_NUMBER:
		print_number(out, shown.number, shown.base);
		break;
	case SHOWN_SIGNED:
		fprintf(out, "%" PRId64, shown.signed_number);
		break;
	case SHOWN_DATE:
		print_date(out, shown.signed_number);
		break;
	case SHOWN_TEXT:
		print_text(out, shown.bytes.bytes, (uint32_t)shown.bytes.len);
		break;
	case SHOWN_UUID:
		fputs(uuid_text(uuid, (const struct uuid *)shown.bytes.bytes), out);
		break;
	}
	if (shown.word)
		fprintf(out, " (%s)", shown.word);
}

/* Hexadecimal digits that an offset below @len needs, three at least. */
static int offset_digits(size_t len)
{
	int digits = 3;

	while (len > (size_t)1 << (4 * digits))
		digits++;
	return digits;
}

void layout_print_words(FILE *out, struct span bytes)
{
	int digits = offset_digits(bytes.len);

	for (size_t i = 0; i < bytes.len; i++) {
		if (i % 32 == 0)
			fprintf(out, "%0*zx:", digits, i);
		fprintf(out, "%s%02x", i % 4 == 0 ? " " : "", bytes.bytes[i]);
		if (i % 32 == 31 || i + 1 == bytes.len)
			fputc('\n', out);
	}
}

void layout_print_text(FILE *out, struct span bytes)
{
	int digits = offset_digits(bytes.len);

	for (size_t row = 0; row < bytes.len; row += 16) {
		fprintf(out, "%0*zx: ", digits, row);
		for (size_t i = row; i < row + 16; i++) {
			if (i < bytes.len)
				fprintf(out, " %02x", bytes.bytes[i]);
			else
				fputs("   ", out);
		}
		fputs("  ", out);
		for (size_t i = row; i < row + 16 && i < bytes.len; i++)
			fputc(isalnum(bytes.bytes[i]) && bytes.bytes[i] < 0x80 ? bytes.bytes[i] : '.', out);
		fputc('\n', out);
	}
}
