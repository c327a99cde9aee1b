/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How text for people looks: the escape sequences of ECMA-48. */
#include "report/style.h"

#include <string.h>

static const char *sequence(enum tone tone)
{
	switch (tone) {
	case TONE_HEADING:
		return "\033[1m";
	case TONE_BAD:
		return "\033[31m";
	case TONE_DOUBT:
		return "\033[33m";
	case TONE_GOOD:
		return "\033[32m";
	case TONE_ASIDE:
		return "\033[2m";
	}
	return "";
}

void style_begin(FILE *out, const struct text_style *style, enum tone tone)
{
	if (style->colour)
		fputs(sequence(tone), out);
}

void style_end(FILE *out, const struct text_style *style)
{
	if (style->colour)
		fputs("\033[0m", out);
}

void style_paragraph(FILE *out, unsigned indent, const char *text)
{
	unsigned column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > STYLE_COLUMNS) {
			fputc('\n', out);
			column = 0;
		}
		if (column == 0)
			column = (unsigned)fprintf(out, "%*s", (int)indent, "");
		else
			column += (unsigned)fprintf(out, " ");
		column += (unsigned)fwrite(text, 1, len, out);
		text += len;
		text += strspn(text, " ");
	}
	if (column > 0)
		fputc('\n', out);
}
