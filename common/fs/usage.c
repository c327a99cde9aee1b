/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Usage of space, from the owners of everything.
 *
 * Owners come from the view, piece by piece of the device so that memory stays bounded. Of what several files own the
 * union counts once: owners of data are gathered as intervals and settled for each piece.
 */
#include "fs/usage.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/idmap.h"
#include "fs/chunk.h"

#define PIECE_BYTES (1ull << 32) /* of the device, whose owners are asked for at once */

const char *const usage_names[USAGE_KINDS] = {
	[USAGE_FREE] = "free",
	[USAGE_DATA] = "file_data",
	[USAGE_UNWRITTEN] = "unwritten",
	[USAGE_COW] = "cow_staging",
	[USAGE_DIRECTORY] = "directory",
	[USAGE_ATTRIBUTES] = "attribute_fork",
	[USAGE_SYMLINK] = "symlink",
	[USAGE_FORK_BTREE] = "fork_btree",
	[USAGE_INTERNAL] = "internal_file",
	[USAGE_INODES] = "inode_chunk",
	[USAGE_INODE_TREES] = "inode_trees",
	[USAGE_SPACE_TREES] = "space_trees",
	[USAGE_REFCOUNTBT] = "refcountbt",
	[USAGE_AG_HEADER] = "ag_header",
	[USAGE_LOG] = "journal",
	[USAGE_UNKNOWN] = "unknown",
};

const char *const usage_titles[USAGE_KINDS] = {
	[USAGE_FREE] = "free space",
	[USAGE_DATA] = "file data",
	[USAGE_UNWRITTEN] = "unwritten extents",
	[USAGE_COW] = "CoW staging",
	[USAGE_DIRECTORY] = "directories",
	[USAGE_ATTRIBUTES] = "extended attributes",
	[USAGE_SYMLINK] = "symbolic links",
	[USAGE_FORK_BTREE] = "B+trees of forks",
	[USAGE_INTERNAL] = "internal files",
	[USAGE_INODES] = "inodes",
	[USAGE_INODE_TREES] = "inobt, finobt",
	[USAGE_SPACE_TREES] = "bnobt, cntbt, rmapbt",
	[USAGE_REFCOUNTBT] = "refcountbt",
	[USAGE_AG_HEADER] = "headers of groups",
	[USAGE_LOG] = "journal",
	[USAGE_UNKNOWN] = "not known",
};

/* One piece of the device, and what is known of it so far. */
struct survey {
	const struct fs *fs;
	struct idmap kinds; /* of inodes that are no regular files: enum usage_kind */
	struct usage_cell *cells;
	size_t cell_count;
	struct interval_set owned[USAGE_KINDS]; /* in the piece */
	uint64_t gaps;
};

/* ------------------------------------------------------------------ what inodes are */

static enum usage_kind kind_of_mode(const struct fs *fs, uint64_t ino, uint16_t mode)
{
	const struct geometry *geo = &fs->geo;

	if (ino == geo->rtbitmap_ino || ino == geo->rtsummary_ino)
		return USAGE_INTERNAL;
	for (unsigned i = 0; i < 3; i++)
		if (ino == geo->quota_ino[i])
			return USAGE_INTERNAL;
	switch (mode & INODE_MODE_TYPE) {
	case INODE_MODE_DIR:
		return USAGE_DIRECTORY;
	case INODE_MODE_LINK:
		return USAGE_SYMLINK;
	default:
		return USAGE_DATA;
	}
}

/* The modes of a chunk, in one read; what cannot be read counts as regular files. */
static int learn_chunk(void *arg, const struct chunk *chunk)
{
	struct survey *survey = arg;
	const struct fs *fs = survey->fs;
	uint8_t raw[SB_INODESIZE_MAX];
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc >= 0; i++) {
		const struct disk_inode *inode = (const struct disk_inode *)raw;
		uint64_t ino = geometry_ino_join(&fs->geo, chunk->agno, chunk->first_agino + i);
		enum usage_kind kind;

		if (!(chunk->allocated >> i & 1))
			continue;
		if (device_read(fs->device, chunk_inode_offset(fs, chunk, i), raw, sizeof(*inode), NULL) != 0) {
			survey->gaps++;
			continue;
		}
		kind = kind_of_mode(fs, ino, be16_get(inode->mode));
		if (kind != USAGE_DATA)
			rc = idmap_put(&survey->kinds, ino, kind);
	}
	return rc < 0 ? rc : 0;
}

static int lost_chunks(void *arg, const struct error *why)
{
	struct survey *survey = arg;

	(void)why;
	survey->gaps++;
	return 0;
}

/* ------------------------------------------------------------------ one piece */

static enum usage_kind kind_of_file(const struct survey *survey, const struct owner *owner)
{
	const uint64_t *kind = idmap_get(&survey->kinds, owner->ino);

	if (owner->bmbt)
		return USAGE_FORK_BTREE;
	if (owner->fork == FORK_ATTR)
		return USAGE_ATTRIBUTES;
	if (kind)
		return (enum usage_kind) * kind;
	return owner->unwritten ? USAGE_UNWRITTEN : USAGE_DATA;
}

static enum usage_kind kind_of_owner(const struct survey *survey, const struct owner *owner)
{
	switch (owner->kind) {
	case OWNER_FREE:
		return USAGE_FREE;
	case OWNER_FILE:
		return kind_of_file(survey, owner);
	case OWNER_AG_HEADER:
		return USAGE_AG_HEADER;
	case OWNER_LOG:
		return USAGE_LOG;
	case OWNER_SPACE:
		return USAGE_SPACE_TREES;
	case OWNER_INOBT:
		return USAGE_INODE_TREES;
	case OWNER_INODES:
		return USAGE_INODES;
	case OWNER_REFCOUNTBT:
		return USAGE_REFCOUNTBT;
	case OWNER_COW:
		return USAGE_COW;
	case OWNER_UNKNOWN:
		break;
	}
	return USAGE_UNKNOWN;
}

static bool ends_before(const void *item, const void *wanted)
{
	return ((const struct usage_cell *)item)->end_bytes <= *(const uint64_t *)wanted;
}

/* The first cell that ends after @at; cell_count: none. */
static size_t cell_at(const struct survey *survey, uint64_t at)
{
	return array_first(survey->cells, survey->cell_count, sizeof(*survey->cells), ends_before, &at);
}

/* Bytes of [start, end) that lie in the cell. */
static uint64_t inside(const struct usage_cell *cell, uint64_t start, uint64_t end)
{
	uint64_t from = start > cell->start_bytes ? start : cell->start_bytes;
	uint64_t to = end < cell->end_bytes ? end : cell->end_bytes;

	return from < to ? to - from : 0;
}

static int take_owner(void *arg, const struct owner *owner)
{
	struct survey *survey = arg;
	enum usage_kind kind = kind_of_owner(survey, owner);

	if (kind == USAGE_DATA)
		for (size_t i = cell_at(survey, owner->start_bytes);
		     i < survey->cell_count && survey->cells[i].start_bytes < owner->end_bytes; i++)
			survey->cells[i].seen_bytes += inside(&survey->cells[i], owner->start_bytes, owner->end_bytes);
	return interval_add(&survey->owned[kind], owner->start_bytes, owner->end_bytes);
}

static int take_gap(void *arg, uint64_t start_bytes, uint64_t end_bytes, const struct error *why)
{
	struct survey *survey = arg;

	(void)start_bytes;
	(void)end_bytes;
	(void)why;
	survey->gaps++;
	return 0;
}

/* Adds what is owned in the piece to the cells: of several owners of one kind each byte once. */
static void settle_piece(struct survey *survey)
{
	for (int kind = 0; kind < USAGE_KINDS; kind++) {
		struct interval_set *set = &survey->owned[kind];

		interval_settle(set);
		for (size_t i = 0; i < set->count; i++)
			for (size_t c = cell_at(survey, set->items[i].start);
			     c < survey->cell_count && survey->cells[c].start_bytes < set->items[i].end; c++)
				survey->cells[c].bytes[kind] +=
					inside(&survey->cells[c], set->items[i].start, set->items[i].end);
		set->count = 0;
	}
}

static int survey_pieces(struct survey *survey, const struct view *view, const struct progress *progress,
			 struct error *err)
{
	const struct geometry *geo = &survey->fs->geo;
	struct owner_sink sink = {.owner = take_owner, .gap = take_gap, .arg = survey};
	/* Without an rmapbt each question costs a pass over all inodes: one question then. */
	uint64_t total = geo->blocks << geo->block_log, piece = view->slow ? total : PIECE_BYTES;
	int rc = 0;

	for (uint64_t start = 0; start < total && rc == 0; start += piece) {
		uint64_t end = total - start < piece ? total : start + piece;
		struct interval_set wanted = {0};

		rc = interval_add(&wanted, start, end);
		if (rc == 0)
			rc = view->ops->owners(view->self, &wanted, &sink, NULL, err);
		if (rc == 0)
			settle_piece(survey);
		interval_fini(&wanted);
		if (rc == 0 && progress_step(progress, "space", end, total) != 0)
			rc = ERR_CANCELLED;
	}
	return rc;
}

/* What nobody has named. */
static void count_unknown(struct survey *survey)
{
	uint64_t total = survey->fs->geo.blocks << survey->fs->geo.block_log;

	for (size_t c = 0; c < survey->cell_count; c++) {
		struct usage_cell *cell = &survey->cells[c];
		uint64_t known = 0, size = inside(cell, 0, total);

		for (int kind = 0; kind < USAGE_KINDS; kind++)
			known += cell->bytes[kind];
		if (known < size)
			cell->bytes[USAGE_UNKNOWN] += size - known;
	}
}

int usage_find(const struct fs *fs, struct pool *pool, struct usage_cell *cells, size_t count,
	       const struct progress *progress, uint64_t *gaps, struct error *err)
{
	struct survey survey = {.fs = fs, .cells = cells, .cell_count = count};
	struct chunk_walker walker = {.chunk = learn_chunk, .bad = lost_chunks, .arg = &survey};
	struct view view;
	int rc = view_offline_open(fs, pool, &view, err);

	if (rc != 0)
		return rc;
	for (uint32_t agno = 0; agno < fs->geo.ag_count && rc == 0; agno++) {
		rc = chunk_walk(fs, agno, &walker, err);
		if (rc == 0 && progress_step(progress, "inodes", agno + 1u, fs->geo.ag_count) != 0)
			rc = ERR_CANCELLED;
	}
	if (rc == 0)
		rc = survey_pieces(&survey, &view, progress, err);
	count_unknown(&survey);
	for (int kind = 0; kind < USAGE_KINDS; kind++)
		interval_fini(&survey.owned[kind]);
	idmap_fini(&survey.kinds);
	view_close(&view);
	*gaps = survey.gaps;
	if (rc == ERR_NOMEM || rc == ERR_CANCELLED)
		return error_set(err, rc, "the survey of space ended: %s", err_text(rc));
	return rc;
}
