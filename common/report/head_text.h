/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines about the file system that stand at the head of a report for people. */
#ifndef REPORT_HEAD_TEXT_H
#define REPORT_HEAD_TEXT_H

#include <stdio.h>

#include "fs/journal.h"
#include "report/style.h"

/* Begins a line of the head. */
void head_label(FILE *out, const char *name);

/* UUID, label, size. */
void head_file_system(FILE *out, const struct geometry *geo);

/* Why the superblock of group @sb_agno was used; nothing if that is 0. */
void head_superblock(FILE *out, const struct text_style *style, uint32_t sb_agno, const struct error *why);

void head_journal(FILE *out, const struct text_style *style, const struct journal_state *journal);

#endif
