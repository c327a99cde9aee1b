/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the text report of a scrub. Private to scrub_text*.c. */
#ifndef REPORT_SCRUB_TEXT_PARTS_H
#define REPORT_SCRUB_TEXT_PARTS_H

#include <stdio.h>

#include "check/damage/scrub.h"
#include "report/style.h"

struct scrub_text {
	FILE *out;
	const struct text_style *style;
	const struct scrub_result *result;
};

/* A line of its own in @tone. */
void text_heading(const struct scrub_text *text, enum tone tone, const char *line);

/* "4096 bytes". */
void text_bytes(const struct scrub_text *text, uint64_t bytes);
/* "inode 131, generation 77, 2 links". */
void text_inode(const struct scrub_text *text, const struct damage_file *file);
/* Every path of the file on a line, or one that says why there is none. The first begins where the cursor is. */
void text_paths(const struct scrub_text *text, const struct damage_file *file, unsigned indent);
/* What a kind of damage means and what to do, as a paragraph. */
void text_meaning(const struct scrub_text *text, enum damage_code code, unsigned indent);

void text_ranges(const struct scrub_text *text);
void text_files(const struct scrub_text *text);

#endif
