/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories in their inode: counts, offsets, size, names.
 *
 * An entry keeps the offset that it had, or would have, in a block behind "." and "..", so that a reader of the
 * directory finds its place again when the form changes: ascending, and each with room for its entry, in a block
 * that also has room for the index. Gaps are legal. Inode numbers have 8 bytes exactly if one of them needs them.
 */
#include <string.h>

#include "check/dir/dir_parts.h"

struct short_job {
	struct check_work *work;
	const struct inode *inode;
	struct dir_short dir;
	uint32_t next_offset; /* the lowest that the next entry may have in a block */
	bool offset_told;     /* once: those behind a wrong one may be right, but nobody knows */
	unsigned long_inos;
	uint32_t hashes[UINT8_MAX];
	uint32_t starts[UINT8_MAX]; /* of entries, in the fork */
};

static bool is_long(uint64_t ino)
{
	return ino > UINT32_MAX;
}

static void wrong_count(const struct short_job *job, const char *field, uint64_t expected, uint64_t found)
{
	check_equal(job->work, FINDING_DIR_SHORT_COUNT, at_inode(job->inode->ino), field, expected, found);
}

static void wrong_offset(const struct short_job *job, const struct dir_entry *entry, uint64_t expected, uint64_t found)
{
	struct finding finding =
		dir_finding(FINDING_DIR_SHORT_OFFSET, at_inode(job->inode->ino), entry->name, entry->ino);

	finding.field = "offset";
	finding.has_expected = finding.has_found = true;
	finding.expected = expected;
	finding.found = found;
	finding_raise(&job->work->findings, &finding);
}

/* @count: of entries that are lost with it. */
static void broken(struct short_job *job, const char *what, uint64_t count)
{
	links_names_lost(job->work);
	finding_raise(&job->work->findings, &(struct finding){.code = FINDING_DIR_SHORT_BROKEN,
							      .at = at_inode(job->inode->ino),
							      .field = what,
							      .count = count});
}

static void check_parent(struct short_job *job)
{
	struct check_work *work = job->work;

	job->long_inos = is_long(job->dir.parent);
	if (dir_ino_possible(&work_fs(work)->geo, job->dir.parent)) {
		links_dotdot(work, job->inode, job->dir.parent);
		return;
	}
	links_names_lost(work);
	dir_raise_entry_inode(work, at_inode(job->inode->ino),
			      &(struct dir_entry){.name = {(const uint8_t *)"..", 2}, .ino = job->dir.parent});
}

static void check_offset(struct short_job *job, const struct dir_entry *entry, uint32_t offset)
{
	bool has_ftype = work_fs(job->work)->geo.has_ftype;

	if (offset >= job->next_offset && offset % DIR_ENTRY_ALIGN == 0)
		job->next_offset = offset;
	else if (!job->offset_told)
		wrong_offset(job, entry, job->next_offset, offset);
	job->offset_told |= job->next_offset != offset;
	job->next_offset += dir_entry_bytes((uint32_t)entry->name.len, has_ftype);
}

static void check_name(struct short_job *job, unsigned index, const struct dir_piece *piece)
{
	const struct dir_entry *entry = &piece->entry;
	struct place at = at_inode(job->inode->ino);

	job->hashes[index] = da_hash(entry->name.bytes, entry->name.len);
	job->starts[index] = piece->at;
	for (unsigned i = 0; i < index; i++) {
		struct dir_piece other;
		uint16_t offset;

		if (job->hashes[i] != job->hashes[index])
			continue;
		(void)dir_short_next(&work_fs(job->work)->geo, &job->dir, job->starts[i], &other, &offset);
		if (other.entry.name.len == entry->name.len &&
		    memcmp(other.entry.name.bytes, entry->name.bytes, entry->name.len) == 0) {
			dir_raise_twice(job->work, at, entry->name, 0);
			break;
		}
	}
}

static void check_entry(struct short_job *job, unsigned index, const struct dir_piece *piece)
{
	const struct dir_entry *entry = &piece->entry;
	struct place at = at_inode(job->inode->ino);

	job->long_inos += is_long(entry->ino);
	if (piece->kind == DIR_PIECE_BAD_ENTRY)
		dir_bad_entry(job->work, at, piece);
	else if (dir_is_dot(entry->name) || dir_is_dotdot(entry->name))
		dir_raise_entry_name(job->work, at, entry); /* the form has no room for them */
	else
		dir_good_entry(job->work, job->inode, at, entry);
	check_name(job, index, piece);
}

/* What must hold when all entries have been seen. */
static void check_whole(const struct short_job *job, uint32_t end)
{
	const struct geometry *geo = &work_fs(job->work)->geo;
	uint32_t index = (job->dir.count + 2u) * (uint32_t)sizeof(struct disk_dir_leaf_entry) +
			 (uint32_t)sizeof(struct disk_dir_block_tail);

	wrong_count(job, "i8count", job->long_inos, job->dir.i8count);
	dir_check_size(job->work, job->inode, end);
	if (!job->offset_told &&
	    (job->next_offset > geo->dirblock_bytes || index > geo->dirblock_bytes - job->next_offset))
		wrong_count(job, "offset", geo->dirblock_bytes - index, job->next_offset);
}

int dir_check_short(struct check_work *work, const struct inode *inode)
{
	const struct geometry *geo = &work_fs(work)->geo;
	struct short_job job = {
		.work = work,
		.inode = inode,
		.next_offset = (uint32_t)sizeof(struct disk_dir_data) + dir_entry_bytes(1, geo->has_ftype) +
			       dir_entry_bytes(2, geo->has_ftype),
	};
	uint32_t at;

	if (!dir_short_open(inode, &job.dir)) {
		broken(&job, "header", 0);
		return 0;
	}
	check_parent(&job);
	at = job.dir.bytes;
	for (unsigned i = 0; i < job.dir.count; i++) {
		struct dir_piece piece;
		uint16_t offset = 0;

		if (dir_short_next(geo, &job.dir, at, &piece, &offset) == DIR_PIECE_LOST) {
			broken(&job, "namelen", job.dir.count - i);
			return 0;
		}
		check_offset(&job, &piece.entry, offset);
		check_entry(&job, i, &piece);
		at += piece.bytes;
	}
	check_whole(&job, at);
	return 0;
}
