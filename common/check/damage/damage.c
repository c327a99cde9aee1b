/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building a damage report: the steps, and what is left at the end: order and totals. */
#include "check/damage/damage.h"

#include <stdlib.h>

#include "check/damage/damage_build.h"

static bool same_note(const struct damage_note *a, const struct damage_note *b)
{
	return a->doubt == b->doubt && a->ino == b->ino && a->has_range == b->has_range &&
	       a->start_bytes == b->start_bytes && a->end_bytes == b->end_bytes && a->why.code == b->why.code &&
	       a->why.has_offset == b->why.has_offset && a->why.offset_bytes == b->why.offset_bytes;
}

int damage_note_add(struct damage_report *report, const struct damage_note *note)
{
	struct damage_note *notes;

	for (size_t i = 0; i < report->note_count; i++)
		if (same_note(&report->notes[i], note))
			return 0;
	if (report->note_count == DAMAGE_NOTES_MAX) {
		report->notes_left_out++;
		return 0;
	}
	notes = reallocarray(report->notes, report->note_count + 1, sizeof(*notes));
	if (!notes)
		return ERR_NOMEM;
	report->notes = notes;
	notes[report->note_count++] = *note;
	return 0;
}

static int set_ranges(struct damage_build *build, struct error *err)
{
	struct damage_report *report = build->report;
	size_t count = build->bad->count;

	report->ranges = calloc(count ? count : 1, sizeof(*report->ranges));
	if (!report->ranges)
		return error_set(err, ERR_NOMEM, "no memory for %zu ranges", count);
	report->range_count = count;
	for (size_t i = 0; i < count; i++)
		report->ranges[i] = (struct damage_range){.start_bytes = build->bad->items[i].start,
							  .end_bytes = build->bad->items[i].end};
	return 0;
}

static uint64_t lost_bytes(const struct damage_file *file)
{
	return file->data_bytes + file->attribute_bytes;
}

/* Largest damage first; qsort_r hands the files in. */
static int by_damage(const void *a, const void *b, void *files_arg)
{
	const struct damage_file *files = files_arg;
	size_t ia = *(const size_t *)a, ib = *(const size_t *)b;
	uint64_t x = lost_bytes(&files[ia]), y = lost_bytes(&files[ib]);

	if (x != y)
		return x > y ? -1 : 1;
	return (ia > ib) - (ia < ib); /* files are sorted by inode number */
}

static int order_files(struct damage_report *report, struct error *err)
{
	report->by_damage = calloc(report->file_count ? report->file_count : 1, sizeof(*report->by_damage));
	if (!report->by_damage)
		return error_set(err, ERR_NOMEM, "no memory to sort %zu files", report->file_count);
	for (size_t i = 0; i < report->file_count; i++) {
		struct damage_file *file = &report->files[i];

		interval_settle(&file->data);
		file->data_bytes = interval_total(&file->data);
		file->damaged = file->data_bytes > 0 || file->what != 0;
		if (!file->damaged)
			continue;
		report->by_damage[report->by_damage_count++] = i;
		report->totals.damaged_files++;
		report->totals.damaged_file_bytes += lost_bytes(file);
	}
	qsort_r(report->by_damage, report->by_damage_count, sizeof(*report->by_damage), by_damage, report->files);
	return 0;
}

static void add_totals(struct damage_report *report)
{
	report->totals.ranges = report->range_count;
	for (size_t i = 0; i < report->range_count; i++)
		report->totals.bad_bytes += report->ranges[i].end_bytes - report->ranges[i].start_bytes;
	for (size_t i = 0; i < report->piece_count; i++) {
		const struct damage_piece *piece = &report->pieces[i];

		report->totals.bytes[piece->code] += piece->end_bytes - piece->start_bytes;
		report->totals.pieces[piece->code]++;
		report->files_hurt |= damage_kinds[piece->code].hurt == HURT_FILE;
		report->metadata_hurt |= damage_kinds[piece->code].hurt == HURT_METADATA;
	}
}

int damage_find(const struct view *view, const struct interval_set *bad, const struct damage_options *options,
		struct damage_report *out, struct error *err)
{
	struct damage_build build = {.view = view, .bad = bad, .options = options, .report = out};
	int rc = set_ranges(&build, err);

	if (rc == 0)
		rc = damage_gather(&build, err);
	if (rc == 0)
		rc = damage_look_up_files(&build, err);
	if (rc == 0)
		rc = damage_cut_pieces(&build, err);
	if (rc == 0)
		rc = order_files(out, err);
	if (rc == 0)
		rc = damage_add_paths(&build, err);
	if (rc == 0)
		add_totals(out);
	free(build.found);
	return rc;
}

void damage_report_fini(struct damage_report *report)
{
	for (size_t i = 0; i < report->file_count; i++) {
		for (size_t k = 0; k < report->files[i].path_count; k++)
			free(report->files[i].paths[k].bytes);
		free(report->files[i].paths);
		interval_fini(&report->files[i].data);
	}
	free(report->ranges);
	free(report->pieces);
	free(report->owners);
	free(report->inodes);
	free(report->files);
	free(report->by_damage);
	free(report->notes);
	*report = (struct damage_report){0};
}
