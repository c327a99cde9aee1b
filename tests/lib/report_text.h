/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Damage reports as text, to compare the answers of two runs. */
#ifndef LIB_REPORT_TEXT_H
#define LIB_REPORT_TEXT_H

#include <stdbool.h>

#include "check/damage/damage.h"

/* What is damaged: pieces, owners, files and paths, whole and in order, without the notes. Freed by the caller. */
char *report_answer(const struct damage_report *report);

/*
 * Why it may not be all: kind, place and code of each note, but not its words, in a fixed order and once each. Freed
 * by the caller.
 */
char *report_doubts(const struct damage_report *report);

/* Whether every owner and every connected path of @part is in @all, both of the same bad ranges. */
bool report_within(const struct damage_report *part, const struct damage_report *all);

#endif
