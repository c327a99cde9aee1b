/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How text for people looks. The tool decides, as it knows whether a terminal reads it. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include <stdbool.h>
#include <stdio.h>

struct text_style {
	bool colour;
};

enum tone {
	TONE_HEADING,
	TONE_BAD,     /* somebody is hurt */
	TONE_DOUBT,   /* not sure */
	TONE_GOOD,    /* nobody is hurt */
	TONE_ASIDE,   /* explains */
};

/* Text between the two is shown in @tone; they do not nest. */
void style_begin(FILE *out, const struct text_style *style, enum tone tone);
void style_end(FILE *out, const struct text_style *style);

/* Columns that paragraphs fill. */
#define STYLE_COLUMNS 90u

/* The words of @text (ASCII), indented by at least one column, on as many lines as they need. */
void style_paragraph(FILE *out, unsigned indent, const char *text);

#endif
