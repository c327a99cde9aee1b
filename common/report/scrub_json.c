/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scrub as JSON lines. A member that does not apply or is not known is null, so that the set of members is fixed. */
#include "report/scrub_json.h"

#include <string.h>

#include "report/flush.h"
#include "report/json_parts.h"
#include "report/words.h"

/* ------------------------------------------------------------------ parts of lines */

static void put_paths(struct json_line *line, const struct damage_file *file)
{
	json_object *array = json_array(line, "paths");

	for (size_t i = 0; i < file->path_count && !line->no_memory; i++) {
		const struct damage_path *path = &file->paths[i];
		struct json_line nested;

		json_nested_begin(&nested);
		json_name(&nested, "path", "path_hex", path->bytes, path->len);
		json_boolean(&nested, "connected", path->connected);
		if (path->connected)
			json_null(&nested, "top_inode");
		else
			json_number(&nested, "top_inode", path->top_ino);
		json_nested_end(&nested, line, array);
	}
}

/* Which file, the same in "owner", "inode" and "file". */
static void put_file(struct json_line *line, const struct damage_file *file)
{
	json_number(line, "inode", file->info.ino);
	json_boolean(line, "inode_readable", file->known);
	if (file->known && file->info.allocated) {
		json_number(line, "generation", file->info.gen);
		json_text(line, "file_type", file_type_name(file->info.mode));
		json_number(line, "links", file->info.nlink);
		json_number(line, "file_size_bytes", file->info.size_bytes);
	} else {
		json_null(line, "generation");
		json_null(line, "file_type");
		json_null(line, "links");
		json_null(line, "file_size_bytes");
	}
	json_text(line, "internal", file->internal);
	put_paths(line, file);
}

/* The same members of a free inode, of which there is nothing to say but its number. */
static void put_free_inode(struct json_line *line, uint64_t ino)
{
	static const char *const others[] = {"inode_readable", "generation",	  "file_type",
					     "links",	       "file_size_bytes", "internal"};

	json_number(line, "inode", ino);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		json_null(line, others[i]);
	(void)json_array(line, "paths");
}

static void put_device_range(struct json_line *line, uint64_t start, uint64_t end)
{
	json_number(line, "device_offset_bytes", start);
	json_number(line, "length_bytes", end - start);
}

/* Where a line belongs: its bad range and the piece of it. */
static void put_piece(struct json_line *line, size_t range, const struct damage_piece *piece)
{
	json_number(line, "range", range + 1);
	put_device_range(line, piece->start_bytes, piece->end_bytes);
	json_text(line, "class", damage_kinds[piece->code].name);
	json_text(line, "hurts", hurt_name(damage_kinds[piece->code].hurt));
	if (piece->in_group)
		json_number(line, "allocation_group", piece->agno);
	else
		json_null(line, "allocation_group");
}

/* ------------------------------------------------------------------ header */

static int write_header(const struct scrub_result *result, FILE *out, const char *version, struct error *err)
{
	struct json_line line;

	json_line_begin(&line, "header");
	json_text(&line, "tool", "xfsdax-scrub");
	json_text(&line, "version", version);
	json_number(&line, "output_version", SCRUB_JSON_VERSION);
	json_name(&line, "device", "device_hex", result->device, strlen(result->device));
	if (result->mount_point)
		json_name(&line, "mount_point", "mount_point_hex", result->mount_point, strlen(result->mount_point));
	else
		json_null(&line, "mount_point");
	json_file_system(&line, &result->geo);
	json_bad_from(&line, result->bad_from);
	json_number(&line, "media_read_bytes", result->media_bytes);
	json_text(&line, "owners_from", result->owners_from);
	json_boolean(&line, "owners_slow", result->slow);
	json_boolean(&line, "paths_asked", result->damage.paths_asked);
	json_superblock(&line, result->sb_agno, &result->sb_error);
	json_journal(&line, result->journal_known ? &result->journal : NULL);
	return json_line_end(&line, out, err);
}

/* ------------------------------------------------------------------ ranges */

static int write_owner(const struct damage_report *damage, size_t range, const struct damage_piece *piece,
		       const struct damage_owner *owner, FILE *out, struct error *err)
{
	struct json_line line;

	json_line_begin(&line, "owner");
	put_piece(&line, range, piece);
	json_text(&line, "fork", fork_name(owner->fork));
	json_boolean(&line, "fork_btree", owner->bmbt);
	if (owner->bmbt) {
		json_null(&line, "file_offset_bytes");
		json_null(&line, "past_eof_bytes");
		json_null(&line, "unwritten");
	} else {
		json_number(&line, "file_offset_bytes", owner->offset_bytes);
		json_number(&line, "past_eof_bytes", owner->past_eof_bytes);
		json_boolean(&line, "unwritten", owner->unwritten);
	}
	json_boolean(&line, "shared", piece->owner_count > 1);
	put_file(&line, &damage->files[owner->file]);
	return json_line_end(&line, out, err);
}

static int write_inode(const struct damage_report *damage, size_t range, const struct damage_piece *piece,
		       const struct damage_inode *inode, FILE *out, struct error *err)
{
	struct json_line line;

	json_line_begin(&line, "inode");
	put_piece(&line, range, piece);
	json_boolean(&line, "allocated", inode->allocated);
	if (inode->allocated)
		put_file(&line, &damage->files[inode->file]);
	else
		put_free_inode(&line, inode->ino);
	return json_line_end(&line, out, err);
}

static int write_piece(const struct damage_report *damage, size_t range, const struct damage_piece *piece, FILE *out,
		       struct error *err)
{
	struct json_line line;
	int rc;

	json_line_begin(&line, "piece");
	put_piece(&line, range, piece);
	json_text(&line, "title", damage_kinds[piece->code].title);
	json_text(&line, "meaning", damage_kinds[piece->code].meaning);
	json_text(&line, "rebuild", damage_kinds[piece->code].rebuild);
	json_number(&line, "owners", piece->owner_count);
	json_number(&line, "inodes", piece->inode_count);
	rc = json_line_end(&line, out, err);
	for (size_t i = 0; i < piece->owner_count && rc == 0; i++)
		rc = write_owner(damage, range, piece, &damage->owners[piece->owner + i], out, err);
	for (size_t i = 0; i < piece->inode_count && rc == 0; i++)
		rc = write_inode(damage, range, piece, &damage->inodes[piece->inode + i], out, err);
	return rc;
}

static int write_range(const struct damage_report *damage, size_t index, FILE *out, struct error *err)
{
	const struct damage_range *range = &damage->ranges[index];
	struct json_line line;
	int rc;

	json_line_begin(&line, "range");
	json_number(&line, "range", index + 1);
	put_device_range(&line, range->start_bytes, range->end_bytes);
	json_number(&line, "pieces", range->piece_count);
	rc = json_line_end(&line, out, err);
	for (size_t i = 0; i < range->piece_count && rc == 0; i++)
		rc = write_piece(damage, index, &damage->pieces[range->piece + i], out, err);
	return rc;
}

/* ------------------------------------------------------------------ the end */

static int write_file(const struct damage_file *file, FILE *out, struct error *err)
{
	struct json_line line;
	json_object *array;

	json_line_begin(&line, "file");
	put_file(&line, file);
	json_number(&line, "damaged_data_bytes", file->data_bytes);
	json_number(&line, "damaged_attribute_bytes", file->attribute_bytes);
	array = json_array(&line, "damaged");
	if (file->data_bytes > 0)
		json_array_text(&line, array, "data");
	for (const struct damaged_word *word = damaged_words; word->flag; word++)
		if (file->what & word->flag)
			json_array_text(&line, array, word->name);
	array = json_array(&line, "data_ranges");
	for (size_t i = 0; i < file->data.count && !line.no_memory; i++) {
		struct json_line nested;

		json_nested_begin(&nested);
		json_number(&nested, "file_offset_bytes", file->data.items[i].start);
		json_number(&nested, "length_bytes", file->data.items[i].end - file->data.items[i].start);
		json_nested_end(&nested, &line, array);
	}
	return json_line_end(&line, out, err);
}

static int write_note(const struct damage_note *note, FILE *out, struct error *err)
{
	struct json_line line;

	json_line_begin(&line, "note");
	json_text(&line, "doubt", doubt_name(note->doubt));
	json_text(&line, "sentence", doubt_sentence(note->doubt));
	if (note->has_range) {
		put_device_range(&line, note->start_bytes, note->end_bytes);
	} else {
		json_null(&line, "device_offset_bytes");
		json_null(&line, "length_bytes");
	}
	if (note->ino != 0)
		json_number(&line, "inode", note->ino);
	else
		json_null(&line, "inode");
	json_reason(&line, "reason", &note->why);
	return json_line_end(&line, out, err);
}

static int write_totals(const struct scrub_result *result, FILE *out, struct error *err)
{
	const struct damage_report *damage = &result->damage;
	struct json_line line;
	json_object *array;

	json_line_begin(&line, "totals");
	json_number(&line, "ranges", damage->totals.ranges);
	json_number(&line, "bad_bytes", damage->totals.bad_bytes);
	json_number(&line, "damaged_files", damage->totals.damaged_files);
	json_number(&line, "damaged_file_bytes", damage->totals.damaged_file_bytes);
	json_boolean(&line, "files_damaged", damage->files_hurt);
	json_boolean(&line, "metadata_damaged", damage->metadata_hurt);
	json_boolean(&line, "maybe_incomplete", damage->note_count > 0);
	json_number(&line, "notes", damage->note_count);
	json_number(&line, "notes_left_out", damage->notes_left_out);
	array = json_array(&line, "classes");
	for (size_t code = 0; code < DAMAGE_CODES && !line.no_memory; code++) {
		struct json_line nested;

		if (damage->totals.pieces[code] == 0)
			continue;
		json_nested_begin(&nested);
		json_text(&nested, "class", damage_kinds[code].name);
		json_text(&nested, "hurts", hurt_name(damage_kinds[code].hurt));
		json_number(&nested, "pieces", damage->totals.pieces[code]);
		json_number(&nested, "bad_bytes", damage->totals.bytes[code]);
		json_nested_end(&nested, &line, array);
	}
	json_number(&line, "exit_status", (uint64_t)scrub_status(result));
	return json_line_end(&line, out, err);
}

int report_scrub_json(const struct scrub_result *result, FILE *out, const char *version, struct error *err)
{
	const struct damage_report *damage = &result->damage;
	int rc = write_header(result, out, version, err);

	for (size_t i = 0; i < damage->range_count && rc == 0; i++)
		rc = write_range(damage, i, out, err);
	for (size_t i = 0; i < damage->by_damage_count && rc == 0; i++)
		rc = write_file(&damage->files[damage->by_damage[i]], out, err);
	for (size_t i = 0; i < damage->note_count && rc == 0; i++)
		rc = write_note(&damage->notes[i], out, err);
	if (rc == 0)
		rc = write_totals(result, out, err);
	return rc == 0 ? report_flush(out, err) : rc;
}
