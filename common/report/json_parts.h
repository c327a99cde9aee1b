/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members of JSON lines that several reports have. */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

#include "fs/journal.h"
#include "report/json_line.h"

/* A string with what @err says; null if @err is NULL. */
void json_reason(struct json_line *line, const char *key, const struct error *err);

/* uuid, label, size_bytes, block_size_bytes, allocation_groups. */
void json_file_system(struct json_line *line, const struct geometry *geo);

/* superblock_group, superblock_reason. */
void json_superblock(struct json_line *line, uint32_t sb_agno, const struct error *why);

/* journal and what goes with it; all null if @journal is NULL. */
void json_journal(struct json_line *line, const struct journal_state *journal);

/* Array of the sources of bad ranges. @bad_from: BAD_FROM_*. */
void json_bad_from(struct json_line *line, unsigned bad_from);

#endif
