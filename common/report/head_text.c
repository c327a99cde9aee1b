/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of a report for people. */
#include "report/head_text.h"

#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/size.h"
#include "report/uuid_text.h"
#include "report/words.h"

void head_label(FILE *out, const char *name)
{
	fprintf(out, "  %-14s", name);
}

void head_file_system(FILE *out, const struct geometry *geo)
{
	char uuid[UUID_TEXT], size[SIZE_TEXT];

	head_label(out, "file system");
	fprintf(out, "%s", uuid_text(uuid, &geo->uuid));
	if (geo->label[0]) {
		fputs(", label ", out);
		escape_text(out, geo->label, strnlen(geo->label, sizeof(geo->label)));
	}
	fputc('\n', out);
	head_label(out, "size");
	fprintf(out, "%s in %" PRIu32 " group%s, blocks of %" PRIu32 " bytes\n",
		size_text(size, geo->blocks << geo->block_log), geo->ag_count, geo->ag_count == 1 ? "" : "s",
		geo->block_bytes);
}

void head_superblock(FILE *out, const struct text_style *style, uint32_t sb_agno, const struct error *why)
{
	if (sb_agno == 0)
		return;
	head_label(out, "superblock");
	style_begin(out, style, TONE_DOUBT);
	fprintf(out, "the copy in group %" PRIu32 " was used: ", sb_agno);
	error_sentence(out, why);
	style_end(out, style);
	fputc('\n', out);
}

void head_journal(FILE *out, const struct text_style *style, const struct journal_state *journal)
{
	head_label(out, "journal");
	switch (journal->condition) {
	case JOURNAL_CLEAN:
		fputs("clean\n", out);
		return;
	case JOURNAL_DIRTY:
		style_begin(out, style, TONE_DOUBT);
		fprintf(out, "dirty: %" PRIu64 " record%s wait%s for replay; shown is the state before it",
			journal->dirty_records, journal->dirty_records == 1 ? "" : "s",
			journal->dirty_records == 1 ? "s" : "");
		break;
	case JOURNAL_DAMAGED:
		style_begin(out, style, TONE_DOUBT);
		fputs("damaged, changes in it may be missing here: ", out);
		error_sentence(out, &journal->why);
		break;
	}
	style_end(out, style);
	fputc('\n', out);
}
