/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* owner: every owner of a block or a range, with the paths of files. */
#include <inttypes.h>

#include "check/damage/damage.h"
#include "command.h"
#include "range.h"
#include "report/escape.h"
#include "report/json_line.h"
#include "report/words.h"

/* What damage_find says of a range is also who owns it. */
struct answer {
	struct session *session;
	const struct damage_report *report;
};

static void print_paths(const struct answer *answer, const struct damage_file *file)
{
	FILE *out = answer->session->out;

	for (size_t i = 0; i < file->path_count; i++) {
		const struct damage_path *path = &file->paths[i];

		fputs("      ", out);
		if (!path->connected)
			fprintf(out, "(below inode %" PRIu64 ") ", path->top_ino);
		escape_text(out, path->bytes, path->len);
		fputc('\n', out);
	}
	if (file->path_count == 0 && !file->internal)
		fputs("      (no name was found)\n", out);
}

static void print_owner(const struct answer *answer, const struct damage_owner *owner)
{
	const struct damage_file *file = &answer->report->files[owner->file];
	FILE *out = answer->session->out;

	fprintf(out, "   inode %" PRIu64 " %s fork", file->info.ino, fork_name(owner->fork));
	if (owner->bmbt)
		fputs(", block of its B+tree", out);
	else
		fprintf(out, " at byte %" PRIu64 "%s%s", owner->offset_bytes, owner->unwritten ? ", unwritten" : "",
			owner->past_eof_bytes > 0 ? ", beyond the end of the file" : "");
	if (file->internal)
		fprintf(out, " (%s)", file->internal);
	fputc('\n', out);
	print_paths(answer, file);
}

static void print_piece(const struct answer *answer, const struct damage_piece *piece)
{
	const struct geometry *geo = &answer->session->fs->geo;
	FILE *out = answer->session->out;
	struct agaddr at;

	fprintf(out, "bytes %" PRIu64 "+%" PRIu64, piece->start_bytes, piece->end_bytes - piece->start_bytes);
	if (geometry_block_of_offset(geo, piece->start_bytes, &at))
		fprintf(out, ", fsblock %" PRIu64 " (%" PRIu32 "/%" PRIu32 ")", geometry_pack(geo, at).packed, at.agno,
			at.agbno);
	fprintf(out, ": %s\n", damage_kinds[piece->code].title);
	for (size_t i = 0; i < piece->owner_count; i++)
		print_owner(answer, &answer->report->owners[piece->owner + i]);
	for (size_t i = 0; i < piece->inode_count; i++) {
		const struct damage_inode *inode = &answer->report->inodes[piece->inode + i];

		fprintf(out, "   inode %" PRIu64 "%s\n", inode->ino, inode->allocated ? "" : ", free");
		if (inode->allocated)
			print_paths(answer, &answer->report->files[inode->file]);
	}
}

static void json_owner(struct json_line *line, const struct damage_file *file)
{
	json_object *paths;

	json_number(line, "inode", file->info.ino);
	if (file->internal)
		json_text(line, "internal", file->internal);
	paths = json_array(line, "paths");
	for (size_t i = 0; i < file->path_count; i++) {
		struct json_line path;

		json_nested_begin(&path);
		json_name(&path, "path", "path_hex", file->paths[i].bytes, file->paths[i].len);
		json_boolean(&path, "connected", file->paths[i].connected);
		json_nested_end(&path, line, paths);
	}
}

/* One object for each owner of each piece; a piece without files has one of its own. */
static int json_piece(const struct answer *answer, const struct damage_piece *piece, struct error *err)
{
	size_t files = piece->owner_count + piece->inode_count, lines = files ? files : 1;
	int rc = 0;

	for (size_t i = 0; i < lines && rc == 0; i++) {
		struct json_line line;

		json_line_begin(&line, "owner");
		json_number(&line, "start_bytes", piece->start_bytes);
		json_number(&line, "length_bytes", piece->end_bytes - piece->start_bytes);
		json_text(&line, "kind", damage_kinds[piece->code].name);
		if (i < piece->owner_count) {
			const struct damage_owner *owner = &answer->report->owners[piece->owner + i];

			json_text(&line, "fork", fork_name(owner->fork));
			json_boolean(&line, "fork_btree", owner->bmbt);
			if (!owner->bmbt)
				json_number(&line, "offset_bytes", owner->offset_bytes);
			json_boolean(&line, "unwritten", owner->unwritten);
			json_owner(&line, &answer->report->files[owner->file]);
		} else if (i < files) {
			const struct damage_inode *inode =
				&answer->report->inodes[piece->inode + i - piece->owner_count];

			json_boolean(&line, "allocated", inode->allocated);
			if (inode->allocated)
				json_owner(&line, &answer->report->files[inode->file]);
			else
				json_number(&line, "inode", inode->ino);
		}
		rc = json_line_end(&line, answer->session->out, err);
	}
	return rc;
}

static int print(const struct answer *answer, struct error *err)
{
	const struct damage_report *report = answer->report;
	int rc = 0;

	for (size_t i = 0; i < report->piece_count && rc == 0; i++) {
		if (session_interrupted(answer->session))
			return ERR_CANCELLED;
		if (answer->session->json)
			rc = json_piece(answer, &report->pieces[i], err);
		else
			print_piece(answer, &report->pieces[i]);
	}
	for (size_t i = 0; i < report->note_count; i++)
		if (session_complain(answer->session, &report->notes[i].why) == ERR_NOMEM)
			return ERR_NOMEM;
	return rc;
}

static int ask(struct session *session, const struct interval *range, struct error *err)
{
	struct progress progress = session_progress(session);
	struct damage_options options = {.progress = &progress};
	struct damage_report report = {0};
	struct answer answer = {session, &report};
	struct interval_set bytes = {0};
	struct view view = {0};
	struct pool *pool = NULL;
	int rc = interval_add(&bytes, range->start, range->end);

	if (rc == 0)
		rc = pool_open(pool_processors(), &pool, err);
	if (rc == 0)
		rc = view_offline_open(session->fs, pool, &view, err);
	if (rc == 0) {
		rc = damage_find(&view, &bytes, &options, &report, err);
		if (rc == 0)
			rc = print(&answer, err);
		damage_report_fini(&report);
		view_close(&view);
	}
	pool_close(pool);
	interval_fini(&bytes);
	return rc;
}

static int owner_run(struct session *session, int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : NULL;
	struct interval range;
	struct error err = {0};
	int rc = range_parse(session, text, &range);

	if (rc != 0)
		return rc;
	rc = ask(session, &range, &err);
	return rc == 0 || rc == ERR_CANCELLED ? rc : session_complain(session, &err);
}

const struct command owner_command = {
	.name = "owner",
	.args_max = 1,
	.args = "[--json] [block|range]",
	.takes_json = true,
	.summary = "show every owner of a block, with paths",
	.help = RANGE_HELP " Without one: the block of the current structure.\n",
	.run = owner_run,
};
