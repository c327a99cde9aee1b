/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The run, and what every outcome has to hold. */
#include "lib/whole_run.h"

#include <string.h>

static bool failed(struct whole_run *run, const char *step, int rc)
{
	if (rc == 0)
		return false;
	run->step = step;
	run->rc = rc;
	return true;
}

void whole_run(struct device *device, struct pool *pool, const struct interval_set *bad, bool scan,
	       struct whole_run *out)
{
	static const struct damage_options options;
	struct view view;

	*out = (struct whole_run){0};
	if (failed(out, "fs_open", fs_open(device, &out->fs, &out->err)) ||
	    failed(out, "journal_inspect", journal_inspect(out->fs, &out->journal, &out->err)) ||
	    failed(out, "view", (scan ? view_scan_open : view_offline_open)(out->fs, pool, &view, &out->err)))
		return;
	(void)failed(out, "damage_find", damage_find(&view, bad, &options, &out->report, &out->err));
	view_close(&view);
}

void whole_run_fini(struct whole_run *run)
{
	damage_report_fini(&run->report);
	fs_close(run->fs);
	*run = (struct whole_run){0};
}

static bool is_text(const struct error *err)
{
	size_t len = strnlen(err->text, sizeof(err->text));

	return len > 0 && len < sizeof(err->text) && err->code < 0 && !strchr(err->text, '\n');
}

static const char *flaw_of_piece(const struct damage_report *report, const struct damage_piece *piece)
{
	if (piece->code >= DAMAGE_CODES || piece->start_bytes >= piece->end_bytes)
		return "a piece is nothing";
	if (piece->owner_count > report->owner_count || piece->owner > report->owner_count - piece->owner_count)
		return "a piece names owners that are not in the report";
	if (piece->inode_count > report->inode_count || piece->inode > report->inode_count - piece->inode_count)
		return "a piece names inodes that are not in the report";
	for (size_t i = 0; i < piece->owner_count; i++)
		if (report->owners[piece->owner + i].file >= report->file_count)
			return "an owner names a file that is not in the report";
	for (size_t i = 0; i < piece->inode_count; i++)
		if (report->inodes[piece->inode + i].allocated &&
		    report->inodes[piece->inode + i].file >= report->file_count)
			return "an inode names a file that is not in the report";
	return NULL;
}

/* Pieces follow each other without a gap; several may cover the same bytes where the file system contradicts itself. */
static const char *flaw_of_range(const struct damage_report *report, const struct damage_range *range)
{
	uint64_t at = range->start_bytes;
	const char *flaw = NULL;

	if (range->piece_count > report->piece_count || range->piece > report->piece_count - range->piece_count)
		return "a range names pieces that are not in the report";
	for (size_t i = 0; i < range->piece_count && !flaw; i++) {
		const struct damage_piece *piece = &report->pieces[range->piece + i];

		flaw = flaw_of_piece(report, piece);
		if (!flaw && (piece->start_bytes > at || piece->start_bytes < range->start_bytes ||
			      piece->end_bytes > range->end_bytes))
			flaw = "pieces do not cover their range";
		if (piece->end_bytes > at)
			at = piece->end_bytes;
	}
	return !flaw && at != range->end_bytes ? "pieces do not reach the end of their range" : flaw;
}

const char *whole_run_flaw(const struct whole_run *run)
{
	const struct damage_report *report = &run->report;
	const char *flaw = NULL;

	if (run->step && (run->rc >= 0 || run->err.code != run->rc || !is_text(&run->err)))
		return "an error without its code or without a sentence";
	if (run->step)
		return NULL; /* the report is half built */
	if (run->journal.condition == JOURNAL_DAMAGED && !is_text(&run->journal.why))
		return "a damaged journal without a sentence";
	if (run->fs->sb_agno != 0 && !is_text(&run->fs->sb_error))
		return "another superblock without a sentence";
	for (size_t i = 0; i < report->note_count && !flaw; i++)
		if (!is_text(&report->notes[i].why))
			flaw = "a note without a sentence";
	for (size_t i = 0; i < report->range_count && !flaw; i++)
		flaw = flaw_of_range(report, &report->ranges[i]);
	for (size_t i = 0; i < report->by_damage_count && !flaw; i++)
		if (report->by_damage[i] >= report->file_count)
			flaw = "a damaged file that is not in the report";
	for (size_t i = 0; i < report->file_count && !flaw; i++)
		for (size_t k = 0; k < report->files[i].path_count && !flaw; k++)
			if (report->files[i].paths[k].len == 0 || report->files[i].paths[k].bytes[0] != '/')
				flaw = "a path that does not begin with a slash";
	return flaw;
}

const char *whole_run_judge(const struct whole_run *run)
{
	const char *flaw = whole_run_flaw(run);

	if (!flaw && run->step && (run->rc == ERR_NOMEM || run->rc == ERR_IO || run->rc == ERR_INVALID))
		return run->err.text;
	return flaw;
}
