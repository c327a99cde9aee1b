/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a damage report: which they are, what is known of them, and their paths. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/damage/damage_build.h"

/* Inode numbers while they are gathered. */
struct numbers {
	uint64_t *items;
	size_t count, room;
};

static int add_number(struct numbers *numbers, uint64_t ino)
{
	if (numbers->count > 0 && numbers->items[numbers->count - 1] == ino)
		return 0;
	if (array_reserve(&numbers->items, numbers->count, 1, &numbers->room, sizeof(*numbers->items)) != 0)
		return ERR_NOMEM;
	numbers->items[numbers->count++] = ino;
	return 0;
}

static int add_allocated(void *arg, uint64_t ino, bool allocated)
{
	return allocated ? add_number(arg, ino) : 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void sort_unique(struct numbers *numbers)
{
	size_t kept = 0;

	if (numbers->count == 0)
		return;
	qsort(numbers->items, numbers->count, sizeof(*numbers->items), by_number);
	for (size_t i = 1; i < numbers->count; i++)
		if (numbers->items[i] != numbers->items[kept])
			numbers->items[++kept] = numbers->items[i];
	numbers->count = kept + 1;
}

static int gather_numbers(struct damage_build *build, struct numbers *numbers, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < build->found_count && rc == 0; i++) {
		const struct owner *owner = &build->found[i];

		if (owner->kind == OWNER_FILE)
			rc = add_number(numbers, owner->ino);
		else if (owner->kind == OWNER_INODES)
			rc = damage_each_inode(build, owner->start_bytes, owner->end_bytes, add_allocated, numbers,
					       err);
	}
	sort_unique(numbers);
	return rc;
}

static const char *internal_name(const struct geometry *geo, uint64_t ino)
{
	static const char *const quotas[] = {"user quota", "group quota", "project quota"};

	for (size_t i = 0; i < 3; i++)
		if (geo->quota_ino[i] == ino)
			return quotas[i];
	if (ino == geo->rtbitmap_ino)
		return "realtime bitmap";
	if (ino == geo->rtsummary_ino)
		return "realtime summary";
	return NULL;
}

/* Whether the inode itself lies in bad bytes: then no more needs to be said of its being unreadable. */
static bool inode_is_bad(const struct damage_build *build, uint64_t ino)
{
	const struct geometry *geo = &build->view->geo;
	uint64_t offset;

	return geometry_ino_offset(geo, ino, &offset) &&
	       interval_overlaps(build->bad, offset, offset + geo->inode_bytes);
}

static int look_up(struct damage_build *build, struct damage_file *file, uint64_t ino, struct error *err)
{
	struct damage_note note = {.doubt = DOUBT_FILE, .ino = ino};
	int rc;

	file->internal = internal_name(&build->view->geo, ino);
	rc = build->view->ops->file(build->view->self, ino, &file->info, &note.why);
	file->info.ino = ino;
	file->known = rc == 0;
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return inode_is_bad(build, ino) ? 0 : damage_note_add(build->report, &note);
	if (rc != 0 && err)
		*err = note.why;
	return rc;
}

int damage_look_up_files(struct damage_build *build, struct error *err)
{
	struct damage_report *report = build->report;
	struct numbers numbers = {0};
	int rc = gather_numbers(build, &numbers, err);

	if (rc == 0) {
		report->files = calloc(numbers.count ? numbers.count : 1, sizeof(*report->files));
		rc = report->files ? 0 : ERR_NOMEM;
	}
	if (rc == 0)
		report->file_count = numbers.count;
	for (size_t i = 0; i < numbers.count && rc == 0; i++)
		rc = look_up(build, &report->files[i], numbers.items[i], err);
	free(numbers.items);
	if (rc == ERR_NOMEM)
		return error_set(err, rc, "no memory for the list of files");
	return rc;
}

static bool file_before(const void *item, const void *wanted)
{
	return ((const struct damage_file *)item)->info.ino < *(const uint64_t *)wanted;
}

size_t damage_file_of(const struct damage_report *report, uint64_t ino)
{
	return array_first(report->files, report->file_count, sizeof(*report->files), file_before, &ino);
}

/* Room for one more path. It doubles, since an inode can have very many names: room is made at powers of two. */
static int grow_paths(struct damage_file *file)
{
	size_t count = file->path_count;
	struct damage_path *paths;

	if ((count & (count - 1)) != 0)
		return 0;
	paths = reallocarray(file->paths, count ? count * 2 : 1, sizeof(*paths));
	if (!paths)
		return ERR_NOMEM;
	file->paths = paths;
	return 0;
}

static int on_path(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top_ino)
{
	struct damage_build *build = arg;
	size_t index = damage_file_of(build->report, ino);
	struct damage_file *file = &build->report->files[index];
	char *bytes;

	if (grow_paths(file) != 0)
		return ERR_NOMEM;
	bytes = malloc(len + 1);
	if (!bytes)
		return ERR_NOMEM;
	memcpy(bytes, path, len);
	bytes[len] = '\0';
	file->paths[file->path_count++] =
		(struct damage_path){.bytes = bytes, .len = len, .connected = connected, .top_ino = top_ino};
	return 0;
}

static int on_path_gap(void *arg, uint64_t ino, const struct error *why)
{
	struct damage_build *build = arg;
	struct damage_note note = {.doubt = DOUBT_PATHS, .ino = ino, .why = *why};

	return damage_note_add(build->report, &note);
}

static int by_bytes(const void *left, const void *right)
{
	const struct damage_path *a = left, *b = right;
	size_t common = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->bytes, b->bytes, common);

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* A file that must have a name. */
static bool has_name(const struct damage_file *file)
{
	return !file->internal && (!file->known || (file->info.allocated && file->info.nlink > 0));
}

/* Sorts, and says for which files no path was found although there must be one. */
static int finish_paths(struct damage_report *report)
{
	int rc = 0;

	for (size_t i = 0; i < report->file_count && rc == 0; i++) {
		struct damage_file *file = &report->files[i];
		struct damage_note note = {.doubt = DOUBT_PATHS, .ino = file->info.ino};

		if (file->path_count > 1)
			qsort(file->paths, file->path_count, sizeof(*file->paths), by_bytes);
		if (file->path_count > 0 || !has_name(file))
			continue;
		(void)error_set(&note.why, ERR_NOT_FOUND, "no path was found for inode %llu",
				(unsigned long long)file->info.ino);
		rc = damage_note_add(report, &note);
	}
	return rc;
}

int damage_add_paths(struct damage_build *build, struct error *err)
{
	struct path_sink sink = {.path = on_path, .gap = on_path_gap, .arg = build};
	struct damage_report *report = build->report;
	struct numbers numbers = {0};
	int rc = 0;

	if (build->options->no_paths)
		return 0;
	report->paths_asked = true;
	for (size_t i = 0; i < report->file_count && rc == 0; i++)
		if (has_name(&report->files[i]))
			rc = add_number(&numbers, report->files[i].info.ino);
	if (rc == 0 && numbers.count > 0)
		rc = build->view->ops->paths(build->view->self, numbers.items, numbers.count, build->options->one_path,
					     &sink, build->options->progress, err);
	if (rc == 0)
		rc = finish_paths(report);
	free(numbers.items);
	if (rc == ERR_NOMEM)
		return error_set(err, rc, "no memory for the paths of %zu files", numbers.count);
	return rc;
}
