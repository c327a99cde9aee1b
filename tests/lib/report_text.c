/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printing reports. */
#include "lib/report_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

static FILE *open_text(char **text, size_t *len)
{
	FILE *out = open_memstream(text, len);

	if (!out)
		abort();
	return out;
}

static void print_piece(FILE *out, const struct damage_report *report, const struct damage_piece *piece)
{
	fprintf(out, "%llu-%llu %s\n", (ull)piece->start_bytes, (ull)piece->end_bytes, damage_kinds[piece->code].name);
	for (size_t i = 0; i < piece->owner_count; i++) {
		const struct damage_owner *owner = &report->owners[piece->owner + i];

		fprintf(out, "  owner %llu fork %d bmbt %d unwritten %d offset %llu past %llu\n",
			(ull)report->files[owner->file].info.ino, owner->fork, owner->bmbt, owner->unwritten,
			(ull)owner->offset_bytes, (ull)owner->past_eof_bytes);
	}
	for (size_t i = 0; i < piece->inode_count; i++) {
		const struct damage_inode *inode = &report->inodes[piece->inode + i];

		fprintf(out, "  inode %llu allocated %d\n", (ull)inode->ino, inode->allocated);
	}
}

static void print_file(FILE *out, const struct damage_file *file)
{
	fprintf(out, "file %llu known %d mode %o gen %u nlink %u size %llu what %x\n", (ull)file->info.ino, file->known,
		file->info.mode, file->info.gen, file->info.nlink, (ull)file->info.size_bytes, file->what);
	for (size_t i = 0; i < file->data.count; i++)
		fprintf(out, "  lost %llu-%llu\n", (ull)file->data.items[i].start, (ull)file->data.items[i].end);
	for (size_t i = 0; i < file->path_count; i++) {
		fprintf(out, "  path %d %llu ", file->paths[i].connected, (ull)file->paths[i].top_ino);
		fwrite(file->paths[i].bytes, 1, file->paths[i].len, out);
		fputc('\n', out);
	}
}

char *report_answer(const struct damage_report *report)
{
	char *text;
	size_t len;
	FILE *out = open_text(&text, &len);

	for (size_t i = 0; i < report->piece_count; i++)
		print_piece(out, report, &report->pieces[i]);
	for (size_t i = 0; i < report->file_count; i++)
		print_file(out, &report->files[i]);
	fclose(out);
	return text;
}

static int by_note(const void *left, const void *right)
{
	const struct damage_note *a = left, *b = right;
	const uint64_t x[] = {a->doubt, a->ino, a->start_bytes, a->end_bytes, (uint64_t)-a->why.code, a->why.offset_bytes};
	const uint64_t y[] = {b->doubt, b->ino, b->start_bytes, b->end_bytes, (uint64_t)-b->why.code, b->why.offset_bytes};

	for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

char *report_doubts(const struct damage_report *report)
{
	struct damage_note *notes = calloc(report->note_count + 1, sizeof(*notes));
	char *text;
	size_t len;
	FILE *out = open_text(&text, &len);

	if (!notes)
		abort();
	for (size_t i = 0; i < report->note_count; i++)
		notes[i] = report->notes[i];
	qsort(notes, report->note_count, sizeof(*notes), by_note);
	for (size_t i = 0; i < report->note_count; i++)
		if (i == 0 || by_note(&notes[i - 1], &notes[i]) != 0)
			fprintf(out, "note %d inode %llu bytes %llu-%llu: code %d at %llu\n", notes[i].doubt,
				(ull)notes[i].ino, (ull)notes[i].start_bytes, (ull)notes[i].end_bytes, notes[i].why.code,
				(ull)notes[i].why.offset_bytes);
	fclose(out);
	free(notes);
	return text;
}

static bool same_owner(const struct damage_report *a, const struct damage_piece *pa, const struct damage_owner *oa,
		       const struct damage_report *b, const struct damage_piece *pb, const struct damage_owner *ob)
{
	/* Pieces may be cut at other places. */
	return a->files[oa->file].info.ino == b->files[ob->file].info.ino && oa->fork == ob->fork &&
	       oa->bmbt == ob->bmbt && oa->unwritten == ob->unwritten &&
	       (oa->bmbt || oa->offset_bytes - pa->start_bytes == ob->offset_bytes - pb->start_bytes);
}

static bool has_owner(const struct damage_report *all, const struct damage_report *part,
		      const struct damage_piece *piece, const struct damage_owner *owner)
{
	for (size_t i = 0; i < all->piece_count; i++) {
		const struct damage_piece *other = &all->pieces[i];

		if (other->start_bytes >= piece->end_bytes || other->end_bytes <= piece->start_bytes)
			continue;
		for (size_t k = 0; k < other->owner_count; k++)
			if (same_owner(part, piece, owner, all, other, &all->owners[other->owner + k]))
				return true;
	}
	return false;
}

/* Paths are sorted by their bytes, and end with a NUL, which they do not hold. */
static bool has_path(const struct damage_report *all, uint64_t ino, const struct damage_path *path)
{
	const struct damage_file *file = NULL;
	size_t low = 0, high;

	for (size_t i = 0; i < all->file_count && !file; i++)
		if (all->files[i].info.ino == ino)
			file = &all->files[i];
	high = file ? file->path_count : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct damage_path *at = &file->paths[middle];
		int order = memcmp(at->bytes, path->bytes, (at->len < path->len ? at->len : path->len) + 1);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool report_within(const struct damage_report *part, const struct damage_report *all)
{
	for (size_t i = 0; i < part->piece_count; i++)
		for (size_t k = 0; k < part->pieces[i].owner_count; k++)
			if (!has_owner(all, part, &part->pieces[i], &part->owners[part->pieces[i].owner + k]))
				return false;
	for (size_t i = 0; i < part->file_count; i++)
		for (size_t k = 0; k < part->files[i].path_count; k++)
			if (part->files[i].paths[k].connected &&
			    !has_path(all, part->files[i].info.ino, &part->files[i].paths[k]))
				return false;
	return true;
}
