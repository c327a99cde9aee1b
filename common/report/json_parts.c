/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reports as JSON say in common. */
#include "report/json_parts.h"

#include <stdlib.h>
#include <string.h>

#include "report/uuid_text.h"
#include "report/words.h"

void json_reason(struct json_line *line, const char *key, const struct error *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *memory;

	if (!err) {
		json_null(line, key);
		return;
	}
	memory = open_memstream(&text, &len);
	if (!memory) {
		line->no_memory = true;
		return;
	}
	error_sentence(memory, err);
	if (fclose(memory) == 0)
		json_text(line, key, text);
	else
		line->no_memory = true;
	free(text);
}

void json_file_system(struct json_line *line, const struct geometry *geo)
{
	char uuid[UUID_TEXT];

	json_text(line, "uuid", uuid_text(uuid, &geo->uuid));
	json_name(line, "label", "label_hex", geo->label, strnlen(geo->label, sizeof(geo->label)));
	json_number(line, "size_bytes", geo->blocks << geo->block_log);
	json_number(line, "block_size_bytes", geo->block_bytes);
	json_number(line, "allocation_groups", geo->ag_count);
}

void json_superblock(struct json_line *line, uint32_t sb_agno, const struct error *why)
{
	json_number(line, "superblock_group", sb_agno);
	json_reason(line, "superblock_reason", sb_agno ? why : NULL);
}

void json_journal(struct json_line *line, const struct journal_state *journal)
{
	if (!journal) {
		json_null(line, "journal");
		json_null(line, "journal_dirty_records");
		json_null(line, "journal_dirty_bytes");
		json_null(line, "journal_reason");
		return;
	}
	json_text(line, "journal", journal_name(journal->condition));
	json_number(line, "journal_dirty_records", journal->dirty_records);
	json_number(line, "journal_dirty_bytes", journal->dirty_bytes);
	json_reason(line, "journal_reason", journal->condition == JOURNAL_DAMAGED ? &journal->why : NULL);
}

void json_bad_from(struct json_line *line, unsigned bad_from)
{
	json_object *array = json_array(line, "bad_ranges_from");

	for (const struct bad_from_word *word = bad_from_words; word->flag; word++)
		if (bad_from & word->flag)
			json_array_text(line, array, word->name);
}
