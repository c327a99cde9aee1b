/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files in the text report: how one is named, and the list of the damaged ones. */
#include <inttypes.h>

#include "format/inode.h"
#include "report/escape.h"
#include "report/scrub_text_parts.h"
#include "report/size.h"
#include "report/words.h"

void text_inode(const struct scrub_text *text, const struct damage_file *file)
{
	fprintf(text->out, "inode %" PRIu64, file->info.ino);
	if (!file->known)
		fputs(" (cannot be read)", text->out);
	else if (!file->info.allocated)
		fputs(" (free)", text->out);
	else
		fprintf(text->out, ", generation %" PRIu32 ", %" PRIu32 " link%s", file->info.gen, file->info.nlink,
			file->info.nlink == 1 ? "" : "s");
}

/* In place of a path. */
static const char *no_path(const struct scrub_text *text, const struct damage_file *file)
{
	if (file->known && file->info.allocated && file->info.nlink == 0)
		return "(no path: unlinked, freed when the last process closes it or at the next mount)";
	return text->result->damage.paths_asked ? "(no path known)" : "(paths were not asked for)";
}

void text_paths(const struct scrub_text *text, const struct damage_file *file, unsigned indent)
{
	if (file->internal)
		fprintf(text->out, "(internal file: %s)\n", file->internal);
	else if (file->path_count == 0)
		fprintf(text->out, "%s\n", no_path(text, file));
	for (size_t i = 0; i < file->path_count; i++) {
		const struct damage_path *path = &file->paths[i];

		if (i > 0 || file->internal)
			fprintf(text->out, "%*s", (int)indent, "");
		if (!path->connected)
			fprintf(text->out, "(inode %" PRIu64 ", not reached from the root)", path->top_ino);
		escape_text(text->out, path->bytes, path->len);
		fputc('\n', text->out);
	}
}

static void indent(const struct scrub_text *text)
{
	fprintf(text->out, "%14s", "");
}

static void print_file(const struct scrub_text *text, const struct damage_file *file)
{
	uint64_t lost = file->data_bytes + file->attribute_bytes;
	char size[SIZE_TEXT];

	style_begin(text->out, text->style, TONE_BAD);
	fprintf(text->out, "  %10s", lost ? size_text(size, lost) : "-");
	style_end(text->out, text->style);
	fputs("  ", text->out);
	text_paths(text, file, 14);
	indent(text);
	text_inode(text, file);
	if (file->known && file->info.allocated && (file->info.mode & INODE_MODE_TYPE) == INODE_MODE_FILE)
		fprintf(text->out, ", size %" PRIu64, file->info.size_bytes);
	fputc('\n', text->out);
	for (size_t i = 0; i < file->data.count; i++) {
		const struct interval *lost_range = &file->data.items[i];

		indent(text);
		fprintf(text->out, "lost: data at %" PRIu64 ", ", lost_range->start);
		text_bytes(text, lost_range->end - lost_range->start);
		fputc('\n', text->out);
	}
	for (const struct damaged_word *word = damaged_words; word->flag; word++) {
		if (!(file->what & word->flag))
			continue;
		indent(text);
		fprintf(text->out, "lost: %s", word->phrase);
		if (word->flag == DAMAGED_ATTRIBUTES && file->attribute_bytes > 0) {
			fputs(", ", text->out);
			text_bytes(text, file->attribute_bytes);
		}
		fputc('\n', text->out);
	}
}

void text_files(const struct scrub_text *text)
{
	const struct damage_report *damage = &text->result->damage;

	if (damage->by_damage_count == 0)
		return;
	fputc('\n', text->out);
	text_heading(text, TONE_HEADING, "Damaged files, largest damage first");
	for (size_t i = 0; i < damage->by_damage_count; i++) {
		fputc('\n', text->out);
		print_file(text, &damage->files[damage->by_damage[i]]);
	}
}
