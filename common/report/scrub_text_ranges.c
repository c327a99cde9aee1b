/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bad ranges in the text report: what lies in each, and who owns it. */
#include <inttypes.h>

#include "report/scrub_text_parts.h"
#include "report/size.h"
#include "report/words.h"

void text_meaning(const struct scrub_text *text, enum damage_code code, unsigned indent)
{
	style_begin(text->out, text->style, TONE_ASIDE);
	style_paragraph(text->out, indent, damage_kinds[code].meaning);
	style_paragraph(text->out, indent, damage_kinds[code].rebuild);
	style_end(text->out, text->style);
}

static enum tone tone_of(enum damage_hurt hurt)
{
	switch (hurt) {
	case HURT_NOBODY:
		return TONE_GOOD;
	case HURT_FILE:
	case HURT_METADATA:
		return TONE_BAD;
	}
	return TONE_BAD;
}

/* Where in the file; @len bytes. */
static void print_place(const struct scrub_text *text, const struct damage_owner *owner, uint64_t len)
{
	if (owner->bmbt) {
		fprintf(text->out, "B+tree block of the %s fork", fork_name(owner->fork));
		return;
	}
	fprintf(text->out, "%s at %" PRIu64 ", ", owner->fork == FORK_ATTR ? "attribute fork" : "data",
		owner->offset_bytes);
	text_bytes(text, len);
	if (owner->unwritten)
		fputs(", unwritten", text->out);
	if (owner->past_eof_bytes == 0)
		return;
	fputs("\n      ", text->out);
	if (owner->past_eof_bytes < len)
		fprintf(text->out, "the last %" PRIu64 " of these bytes lie beyond the end of the file",
			owner->past_eof_bytes);
	else
		fputs("all of it beyond the end of the file", text->out);
}

static void print_owner(const struct scrub_text *text, const struct damage_piece *piece,
			const struct damage_owner *owner)
{
	const struct damage_file *file = &text->result->damage.files[owner->file];

	fputs("    ", text->out);
	text_inode(text, file);
	fputs(": ", text->out);
	print_place(text, owner, piece->end_bytes - piece->start_bytes);
	fputs("\n      ", text->out);
	text_paths(text, file, 6);
}

static void print_lost_inode(const struct scrub_text *text, const struct damage_inode *inode)
{
	const struct damage_file *file = &text->result->damage.files[inode->file];

	fputs("    ", text->out);
	text_inode(text, file);
	/* Of many that lie side by side often no path is left: a line each is enough. */
	fputs(file->path_count > 0 ? "\n      " : " ", text->out);
	text_paths(text, file, 6);
}

/* Numbers of the free inodes of the piece, neighbours as one. */
static void print_free_inodes(const struct scrub_text *text, const struct damage_piece *piece)
{
	const struct damage_inode *inodes = text->result->damage.inodes;
	const char *before = "    free inodes, nothing is lost: ";
	size_t end = piece->inode + piece->inode_count;

	for (size_t i = piece->inode; i < end; i++) {
		size_t last = i;

		if (inodes[i].allocated)
			continue;
		while (last + 1 < end && !inodes[last + 1].allocated && inodes[last + 1].ino == inodes[last].ino + 1)
			last++;
		fprintf(text->out, "%s%" PRIu64, before, inodes[i].ino);
		if (last > i)
			fprintf(text->out, "-%" PRIu64, inodes[last].ino);
		before = ", ";
		i = last;
	}
	if (before[0] == ',')
		fputc('\n', text->out);
}

static void print_piece(const struct scrub_text *text, const struct damage_piece *piece)
{
	const struct damage_report *damage = &text->result->damage;
	const struct damage_kind *kind = &damage_kinds[piece->code];

	fprintf(text->out, "  %" PRIu64 ", ", piece->start_bytes);
	text_bytes(text, piece->end_bytes - piece->start_bytes);
	if (piece->in_group)
		fprintf(text->out, ", AG %" PRIu32, piece->agno);
	fputs(": ", text->out);
	style_begin(text->out, text->style, tone_of(kind->hurt));
	fputs(kind->title, text->out);
	style_end(text->out, text->style);
	fputc('\n', text->out);
	if (kind->hurt == HURT_METADATA)
		text_meaning(text, piece->code, 4);
	for (size_t i = 0; i < piece->owner_count; i++)
		print_owner(text, piece, &damage->owners[piece->owner + i]);
	for (size_t i = 0; i < piece->inode_count; i++)
		if (damage->inodes[piece->inode + i].allocated)
			print_lost_inode(text, &damage->inodes[piece->inode + i]);
	print_free_inodes(text, piece);
}

void text_ranges(const struct scrub_text *text)
{
	const struct damage_report *damage = &text->result->damage;
	char size[SIZE_TEXT];

	for (size_t i = 0; i < damage->range_count; i++) {
		const struct damage_range *range = &damage->ranges[i];
		uint64_t len = range->end_bytes - range->start_bytes;

		fputc('\n', text->out);
		style_begin(text->out, text->style, TONE_HEADING);
		fprintf(text->out, "Range %zu of %zu: offset %" PRIu64 ", ", i + 1, damage->range_count,
			range->start_bytes);
		text_bytes(text, len);
		if (len >= 1024)
			fprintf(text->out, " (%s)", size_text(size, len));
		style_end(text->out, text->style);
		fputc('\n', text->out);
		for (size_t j = 0; j < range->piece_count; j++)
			print_piece(text, &damage->pieces[range->piece + j]);
	}
}
