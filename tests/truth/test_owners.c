/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every mapping that the kernel reports: the damage report of that very range must name the same owners, offsets and
 * flags, and so must the report of the whole device at once.
 *
 * usage: test_owners rmapbt|scan|mounted IMAGE|MOUNTPOINT FSMAP
 *
 * The three ways of knowing owners: "scan" leaves the rmapbt out, so that every fork is looked at; "mounted" asks the
 * running kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/damage/damage.h"
#include "fs/fs.h"
#include "lib/fsmap_file.h"

static unsigned long checks, failures;
static bool mounted; /* the kernel does not tell one tree of a group from another */

static void fail(const char *what, const struct damage_piece *piece)
{
	failures++;
	if (failures < 20)
		printf("FAIL bytes %llu to %llu: %s (reported as %s)\n", (unsigned long long)piece->start_bytes,
		       (unsigned long long)piece->end_bytes, what, damage_kinds[piece->code].name);
}

/* Whether a piece may be called that, if the kernel names this owner. */
static bool code_fits(enum damage_code code, const struct owner *owner, size_t owners)
{
	switch (owner->kind) {
	case OWNER_FREE:
		return code == DAMAGE_FREE;
	case OWNER_AG_HEADER:
		return code == DAMAGE_SUPERBLOCK || code == DAMAGE_SUPERBLOCK_COPY || code == DAMAGE_AGF ||
		       code == DAMAGE_AGI || code == DAMAGE_AGFL || code == DAMAGE_AG_PADDING;
	case OWNER_LOG:
		return code == DAMAGE_JOURNAL;
	case OWNER_SPACE:
		if (mounted)
			return code == DAMAGE_SPACE_METADATA;
		return code == DAMAGE_BNOBT || code == DAMAGE_CNTBT || code == DAMAGE_RMAPBT || code == DAMAGE_FREE_LIST;
	case OWNER_INOBT:
		if (mounted)
			return code == DAMAGE_INODE_METADATA;
		return code == DAMAGE_INOBT || code == DAMAGE_FINOBT;
	case OWNER_INODES:
		return code == DAMAGE_INODES;
	case OWNER_REFCOUNTBT:
		return code == DAMAGE_REFCOUNTBT;
	case OWNER_COW:
		return code == DAMAGE_COW_STAGING;
	case OWNER_UNKNOWN:
		return false;
	case OWNER_FILE:
		break;
	}
	if (owner->bmbt)
		return code == DAMAGE_FORK_BTREE;
	if (owner->fork == FORK_ATTR)
		return code == DAMAGE_ATTRIBUTES;
	if (owner->unwritten)
		return code == DAMAGE_UNWRITTEN;
	if (owners > 1)
		return code == DAMAGE_SHARED_DATA || code == DAMAGE_PAST_EOF;
	return code == DAMAGE_DATA || code == DAMAGE_PAST_EOF || code == DAMAGE_SYMLINK || code == DAMAGE_DIRECTORY ||
	       code == DAMAGE_DIRECTORY_INDEX || code == DAMAGE_QUOTA || code == DAMAGE_INTERNAL_FILE;
}

static bool same_owner(const struct damage_report *report, const struct damage_owner *have, const struct owner *want)
{
	return report->files[have->file].info.ino == want->ino && have->fork == want->fork &&
	       have->bmbt == want->bmbt && have->unwritten == want->unwritten &&
	       (want->bmbt || have->offset_bytes == want->offset_bytes);
}

/*
 * One piece against all rows that overlap it. Rows are sorted by start, but may overlap: @first is one from which on
 * any may.
 */
static void check_piece(const struct damage_report *report, const struct damage_piece *piece,
			const struct fsmap_file *file, size_t first)
{
	size_t named = 0, rows = 0;

	checks++;
	for (size_t i = first; i < file->count && file->rows[i].owner.start_bytes < piece->end_bytes; i++)
		if (file->rows[i].owner.end_bytes > piece->start_bytes)
			rows++;
	for (size_t i = first; i < file->count && file->rows[i].owner.start_bytes < piece->end_bytes; i++) {
		struct owner want = file->rows[i].owner;
		bool found = false;

		if (!owner_cut(&want, piece->start_bytes, piece->end_bytes))
			continue;
		if (!code_fits(piece->code, &want, rows))
			fail("of another kind than the kernel says", piece);
		if (want.kind != OWNER_FILE)
			continue;
		/* A bmbt piece may be of several rows that touch: each holds part of it. */
		if (!want.bmbt && (want.start_bytes != piece->start_bytes || want.end_bytes != piece->end_bytes) &&
		    rows == 1)
			fail("not all of it has the owner that the kernel names", piece);
		for (size_t k = 0; k < piece->owner_count && !found; k++) {
			struct owner at = want;

			/* A row may begin inside a joined piece. */
			if (!at.bmbt)
				at.offset_bytes -= at.start_bytes - piece->start_bytes;
			found = same_owner(report, &report->owners[piece->owner + k], &at);
		}
		if (!found)
			fail("an owner is missing", piece);
		else
			named++;
	}
	if (rows == 0)
		fail("the kernel knows nothing of it", piece);
	if (named < piece->owner_count)
		fail("an owner that the kernel does not name", piece);
}

/* Pieces must tile the ranges. */
static void check_tiles(const struct damage_report *report)
{
	for (size_t r = 0; r < report->range_count; r++) {
		const struct damage_range *range = &report->ranges[r];
		uint64_t at = range->start_bytes;

		checks++;
		for (size_t p = 0; p < range->piece_count; p++) {
			const struct damage_piece *piece = &report->pieces[range->piece + p];

			if (piece->start_bytes != at)
				fail("pieces do not tile the range", piece);
			at = piece->end_bytes;
		}
		if (at != range->end_bytes) {
			failures++;
			printf("FAIL range at %llu is not covered\n", (unsigned long long)range->start_bytes);
		}
	}
}

/* The first row that can overlap anything from @start on. */
static size_t first_row(const struct fsmap_file *file, uint64_t start)
{
	size_t i = 0;

	while (i < file->count && file->rows[i].owner.end_bytes <= start)
		i++;
	return i;
}

static void run(const struct view *view, uint64_t start, uint64_t end, const struct fsmap_row *row,
		const struct fsmap_file *file)
{
	struct damage_options options = {.no_paths = true};
	struct interval_set bad = {0};
	struct damage_report report = {0};
	struct error err;
	size_t shared = 0;

	if (interval_add(&bad, start, end) != 0)
		exit(99);
	if (damage_find(view, &bad, &options, &report, &err) != 0) {
		printf("FAIL damage_find: %s\n", err.text);
		exit(1);
	}
	check_tiles(&report);
	for (size_t i = 0; i < report.piece_count; i++) {
		check_piece(&report, &report.pieces[i], file, first_row(file, report.pieces[i].start_bytes));
		shared += report.pieces[i].owner_count > 1;
	}
	if (row && row->shared != (shared > 0)) {
		failures++;
		printf("FAIL bytes %llu to %llu: shared for the kernel %d, for us %zu\n", (unsigned long long)start,
		       (unsigned long long)end, row->shared, shared);
	}
	if (report.note_count > 0) {
		failures++;
		printf("FAIL doubt on a sound file system: %s\n", report.notes[0].why.text);
	}
	damage_report_fini(&report);
	interval_fini(&bad);
}

static void check_all(const struct view *view, const struct fsmap_file *file)
{
	run(view, 0, view->geo.blocks << view->geo.block_log, NULL, file);
	for (size_t i = 0; i < file->count; i++)
		run(view, file->rows[i].owner.start_bytes, file->rows[i].owner.end_bytes, &file->rows[i], file);
}

static int give_up(const char *path, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", path, err->text);
	return 99;
}

static int check_mounted(const char *target, struct pool *pool, const struct fsmap_file *file)
{
	struct view view = {0};
	struct error err;

	mounted = true;
	if (view_mounted_open(target, pool, &view, &err) != 0)
		return give_up(target, &err);
	check_all(&view, file);
	view_close(&view);
	return 0;
}

static int check_image(const char *path, bool by_scan, struct pool *pool, const struct fsmap_file *file)
{
	struct device *device = NULL;
	struct view view = {0};
	struct fs *fs = NULL;
	struct error err;
	int rc = device_open(path, 0, &device, &err);

	if (rc == 0)
		rc = fs_open(device, &fs, &err);
	if (rc == 0)
		rc = by_scan ? view_scan_open(fs, pool, &view, &err) : view_offline_open(fs, pool, &view, &err);
	if (rc == 0)
		check_all(&view, file);
	view_close(&view);
	fs_close(fs);
	device_close(device);
	return rc == 0 ? 0 : give_up(path, &err);
}

int main(int argc, char **argv)
{
	const char *way = argc == 4 ? argv[1] : "";
	struct fsmap_file file;
	struct pool *pool = NULL;
	struct error err;
	int status;

	if (strcmp(way, "rmapbt") != 0 && strcmp(way, "scan") != 0 && strcmp(way, "mounted") != 0) {
		fprintf(stderr, "usage: test_owners rmapbt|scan|mounted IMAGE|MOUNTPOINT FSMAP\n");
		return 99;
	}
	fsmap_file_read(argv[3], &file);
	if (pool_open(2, &pool, &err) != 0)
		return give_up("pool", &err);
	status = strcmp(way, "mounted") == 0 ? check_mounted(argv[2], pool, &file)
					      : check_image(argv[2], strcmp(way, "scan") == 0, pool, &file);
	pool_close(pool);
	fsmap_file_free(&file);
	if (status != 0)
		return status;
	printf("%lu passed, %lu failed\n", checks - (failures < checks ? failures : checks), failures);
	return failures ? 1 : 0;
}
