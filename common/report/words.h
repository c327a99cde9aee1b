/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words for what a scrub knows as codes. Names are API: they stand in JSON and in the manual, and are only ever
 * added to. Sentences are for people. All are static and never NULL.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stdio.h>

#include "check/damage/scrub.h"

const char *hurt_name(enum damage_hurt hurt);
const char *fork_name(enum fork_kind fork);
const char *doubt_name(enum damage_doubt doubt);
const char *doubt_sentence(enum damage_doubt doubt);
const char *journal_name(enum journal_condition condition);

/* "regular", "directory", "symlink", ...: by the type bits of the mode. */
const char *file_type_name(uint16_t mode);

/* How owners were known, for people; @owners_from: that of the result. */
const char *owners_from_sentence(const char *owners_from);

/* Sources of bad ranges: the table ends with a flag 0. */
struct bad_from_word {
	unsigned flag; /* BAD_FROM_* */
	const char *name;
	const char *phrase; /* after "from" */
};
extern const struct bad_from_word bad_from_words[];

/* What of a file can be damaged beside its data: the table ends with a flag 0. */
struct damaged_word {
	unsigned flag; /* DAMAGED_* */
	const char *name;
	const char *phrase;
};
extern const struct damaged_word damaged_words[];

/* An error as one sentence on one line: its text, or else what its flaw or code means, and the place. */
void error_sentence(FILE *out, const struct error *err);

#endif
