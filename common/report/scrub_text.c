/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scrub for people: head, totals, doubts, verdict. Ranges and files: scrub_text_ranges.c, scrub_text_files.c. */
#include "report/scrub_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/flush.h"
#include "report/head_text.h"
#include "report/scrub_text_parts.h"
#include "report/size.h"
#include "report/words.h"

void text_heading(const struct scrub_text *text, enum tone tone, const char *line)
{
	style_begin(text->out, text->style, tone);
	fputs(line, text->out);
	style_end(text->out, text->style);
	fputc('\n', text->out);
}

void text_bytes(const struct scrub_text *text, uint64_t bytes)
{
	fprintf(text->out, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
}

/* ------------------------------------------------------------------ head */

static void head_bad_from(const struct scrub_text *text)
{
	const char *before = "from ";
	char size[SIZE_TEXT];

	head_label(text->out, "bad ranges");
	for (const struct bad_from_word *word = bad_from_words; word->flag; word++)
		if (text->result->bad_from & word->flag) {
			fprintf(text->out, "%s%s", before, word->phrase);
			before = ", ";
		}
	if (text->result->bad_from == 0)
		fputs("none known: the system keeps no list for this device", text->out);
	if (text->result->bad_from & BAD_FROM_MEDIA)
		fprintf(text->out, " (%s read)", size_text(size, text->result->media_bytes));
	fputc('\n', text->out);
}

static void head_owners(const struct scrub_text *text)
{
	head_label(text->out, "owners");
	fprintf(text->out, "from %s", owners_from_sentence(text->result->owners_from));
	if (text->result->slow)
		fputs("; slow, as there are no reverse mappings to ask", text->out);
	fputc('\n', text->out);
}

static void print_head(const struct scrub_text *text)
{
	const struct scrub_result *result = text->result;

	style_begin(text->out, text->style, TONE_HEADING);
	escape_text(text->out, result->device, strlen(result->device));
	if (result->mount_point) {
		fputs(", mounted on ", text->out);
		escape_text(text->out, result->mount_point, strlen(result->mount_point));
	}
	style_end(text->out, text->style);
	fputc('\n', text->out);
	head_file_system(text->out, &result->geo);
	head_bad_from(text);
	head_owners(text);
	head_superblock(text->out, text->style, result->sb_agno, &result->sb_error);
	if (result->journal_known)
		head_journal(text->out, text->style, &result->journal);
}

/* ------------------------------------------------------------------ totals */

static void print_count(const struct scrub_text *text, const char *name, uint64_t count, const char *one,
			uint64_t bytes)
{
	char size[SIZE_TEXT];

	head_label(text->out, name);
	fprintf(text->out, "%" PRIu64 " %s%s", count, one, count == 1 ? "" : "s");
	if (count > 0) {
		fputs(", ", text->out);
		text_bytes(text, bytes);
	}
	if (bytes >= 1024)
		fprintf(text->out, " (%s)", size_text(size, bytes));
	fputc('\n', text->out);
}

static void print_totals(const struct scrub_text *text)
{
	const struct damage_totals *totals = &text->result->damage.totals;

	fputc('\n', text->out);
	text_heading(text, TONE_HEADING, "Totals");
	fputc('\n', text->out);
	print_count(text, "bad", totals->ranges, "range", totals->bad_bytes);
	print_count(text, "damaged", totals->damaged_files, "file", totals->damaged_file_bytes);
	if (totals->ranges == 0)
		return;
	fprintf(text->out, "\n  %10s  %14s  of the device are\n", "places", "bytes");
	for (int code = 0; code < DAMAGE_CODES; code++) {
		if (totals->pieces[code] == 0)
			continue;
		fprintf(text->out, "  %10" PRIu64 "  %14" PRIu64 "  ", totals->pieces[code], totals->bytes[code]);
		fprintf(text->out, "%s\n", damage_kinds[code].title);
		/* Of metadata it is said at each place. */
		if (damage_kinds[code].hurt != HURT_METADATA)
			text_meaning(text, (enum damage_code)code, 30);
	}
}

/* ------------------------------------------------------------------ doubts */

static void print_note(const struct scrub_text *text, const struct damage_note *note)
{
	fprintf(text->out, "  - %s", doubt_sentence(note->doubt));
	if (note->has_range)
		fprintf(text->out, ", bytes %" PRIu64 " to %" PRIu64 " of the device", note->start_bytes,
			note->end_bytes - 1);
	if (note->ino != 0)
		fprintf(text->out, ", inode %" PRIu64, note->ino);
	fputs("\n    ", text->out);
	error_sentence(text->out, &note->why);
	fputc('\n', text->out);
}

static void print_doubts(const struct scrub_text *text)
{
	const struct damage_report *damage = &text->result->damage;

	if (damage->note_count == 0)
		return;
	fputc('\n', text->out);
	text_heading(text, TONE_DOUBT, "Why the list may be incomplete");
	fputc('\n', text->out);
	for (size_t i = 0; i < damage->note_count; i++)
		print_note(text, &damage->notes[i]);
	if (damage->notes_left_out > 0)
		fprintf(text->out, "  - and %zu more of the same kinds\n", damage->notes_left_out);
}

/* ------------------------------------------------------------------ verdict */

static void print_verdict(const struct scrub_text *text)
{
	const struct damage_report *damage = &text->result->damage;
	bool hurt = damage->files_hurt || damage->metadata_hurt;
	enum tone tone = hurt ? TONE_BAD : damage->note_count ? TONE_DOUBT : TONE_GOOD;

	fputc('\n', text->out);
	style_begin(text->out, text->style, tone);
	if (damage->files_hurt && damage->metadata_hurt)
		fputs("Files and metadata are damaged.", text->out);
	else if (damage->files_hurt)
		fputs("Files are damaged, metadata is not.", text->out);
	else if (damage->metadata_hurt)
		fputs("Metadata is damaged.", text->out);
	else if (damage->range_count > 0)
		fputs("Nobody is hurt.", text->out);
	else
		fputs("No bad ranges are known: nobody is hurt.", text->out);
	if (damage->note_count > 0)
		fputs(" The list may be incomplete.", text->out);
	style_end(text->out, text->style);
	fputc('\n', text->out);
}

int report_scrub_text(const struct scrub_result *result, FILE *out, const struct text_style *style, struct error *err)
{
	const struct scrub_text text = {.out = out, .style = style, .result = result};

	print_head(&text);
	text_ranges(&text);
	text_files(&text);
	print_totals(&text);
	print_doubts(&text);
	print_verdict(&text);
	return report_flush(out, err);
}
