/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories: their form, and what is found about an entry whatever the form.
 *
 * Whether the inodes that are named exist and are of the type that the entry says (which includes entries without a
 * type), and what ".." names, is left to the links; the forks themselves to inode_forks.c.
 *
 * Legal, and so not looked at: what stands in unused space and in the padding of the header of a block of names, which
 * the kernel never sets (that of the others it does); the offset of a short entry where there is room between it and
 * its neighbours.
 *
 * Format: design document, "Directories"; what the kernel does where that is silent was seen in images that it wrote.
 */
#include <stdlib.h>
#include <string.h>

#include "check/dir/dir_parts.h"

struct finding dir_finding(enum finding_code code, struct place at, struct span name, uint64_t ino)
{
	struct finding finding = {.code = code, .at = at, .other_ino = ino};

	if (name.bytes && name.len <= sizeof(finding.name)) {
		finding.name_len = (uint8_t)name.len;
		memcpy(finding.name, name.bytes, name.len);
	}
	return finding;
}

bool dir_is_dot(struct span name)
{
	return name.len == 1 && name.bytes[0] == '.';
}

bool dir_is_dotdot(struct span name)
{
	return name.len == 2 && name.bytes[0] == '.' && name.bytes[1] == '.';
}

void dir_raise_entry_name(struct check_work *work, struct place at, const struct dir_entry *entry)
{
	struct finding finding = dir_finding(FINDING_DIR_ENTRY_NAME, at, entry->name, entry->ino);

	finding_raise(&work->findings, &finding);
}

void dir_raise_entry_inode(struct check_work *work, struct place at, const struct dir_entry *entry)
{
	struct finding finding = dir_finding(FINDING_DIR_ENTRY_INODE, at, entry->name, entry->ino);

	finding.field = "inumber";
	finding.has_found = true;
	finding.found = entry->ino;
	finding_raise(&work->findings, &finding);
}

void dir_raise_entry_type(struct check_work *work, struct place at, const struct dir_entry *entry, unsigned expected)
{
	struct finding finding = dir_finding(FINDING_DIR_ENTRY_TYPE, at, entry->name, entry->ino);

	finding.field = "ftype";
	finding.has_expected = expected != DIR_FTYPE_UNKNOWN;
	finding.expected = expected;
	finding.has_found = true;
	finding.found = entry->ftype;
	finding_raise(&work->findings, &finding);
}

void dir_raise_dot(struct check_work *work, struct place at, const char *field, uint64_t expected, uint64_t found)
{
	check_equal(work, FINDING_DIR_DOT, at, field, expected, found);
}

void dir_raise_dotdot(struct check_work *work, struct place at, const char *field, uint64_t expected, uint64_t found)
{
	check_equal(work, FINDING_DIR_DOTDOT_ENTRY, at, field, expected, found);
}

void dir_raise_twice(struct check_work *work, struct place at, struct span name, uint64_t count)
{
	struct finding finding = dir_finding(FINDING_DIR_NAME_TWICE, at, name, 0);

	finding.count = count;
	finding_raise(&work->findings, &finding);
}

void dir_bad_entry(struct check_work *work, struct place at, const struct dir_piece *piece)
{
	links_names_lost(work);
	if (!dir_name_possible(piece->entry.name))
		dir_raise_entry_name(work, at, &piece->entry);
	if (!dir_ino_possible(&work_fs(work)->geo, piece->entry.ino))
		dir_raise_entry_inode(work, at, &piece->entry);
	if (piece->ftype > DIR_FTYPE_WHITEOUT)
		dir_raise_entry_type(work, at, &piece->entry, DIR_FTYPE_UNKNOWN);
}

int dir_worse(struct dir_job *job, bool *whole, uint64_t index, const struct error *why)
{
	if (why->code != ERR_MEDIA || !*whole)
		return why->code == ERR_CORRUPT || why->code == ERR_MEDIA ? 0 : why->code;
	*whole = false;
	return check_worse(job->work, at_dir_block(job, index), why);
}

void dir_check_size(struct check_work *work, const struct inode *dir, uint64_t expected)
{
	check_equal(work, FINDING_DIR_SIZE, at_fork(dir->ino, FORK_DATA), "size", expected, dir->size_bytes);
}

static void first_block_missing(struct dir_job *job)
{
	finding_raise(&job->work->findings,
		      &(struct finding){.code = FINDING_DIR_FIRST_BLOCK, .at = at_dir_block(job, 0)});
}

/* Where names end; the size of a directory says the same. */
static void judge_names(struct dir_job *job)
{
	const struct dir_map *map = &job->memory->map;
	unsigned log = job->fs->geo.dirblock_blocks_log;

	job->names_end = 0;
	for (size_t i = 0; i < map->count; i++) {
		uint64_t last = (map->extents[i].fileoff + map->extents[i].len_blocks - 1) >> log;

		if (map->extents[i].fileoff >> log < dir_leaf_first(job))
			job->names_end = last < dir_leaf_first(job) ? last + 1 : dir_leaf_first(job);
	}
	if (!map->whole)
		return;
	if (!dir_map_has(job, 0))
		first_block_missing(job);
	dir_check_size(job->work, job->inode, job->names_end * job->fs->geo.dirblock_bytes);
}

/* The kernel, too, tells the form by what is mapped. */
static enum dir_form form_of(const struct dir_job *job)
{
	uint64_t index = dir_leaf_first(job);

	if (!dir_map_next(job, &index, dir_end(job)))
		return DIR_FORM_BLOCK;
	if (index++ != dir_leaf_first(job) || dir_map_next(job, &index, dir_end(job)))
		return DIR_FORM_NODE;
	return DIR_FORM_LEAF;
}

void dir_wrong_form(struct dir_job *job, uint64_t index, uint32_t magic)
{
	/* Of a fork that cannot be read in whole, nobody knows what belongs to it. */
	if (job->memory->map.whole)
		finding_raise(&job->work->findings, &(struct finding){.code = FINDING_DIR_FORM,
								      .at = at_dir_block(job, index),
								      .field = "magic",
								      .has_found = true,
								      .found = magic});
}

void dir_check_pad(struct dir_job *job, uint64_t index, const char *field, uint32_t found)
{
	check_equal(job->work, FINDING_DIR_PAD, at_dir_block(job, index), field, 0, found);
}

void dir_memory_free(struct dir_memory *memory)
{
	if (!memory)
		return;
	free(memory->path[0]);
	free(memory->map.extents);
	free(memory->reached);
	free(memory->shared);
	free(memory->window.items);
	free(memory);
}

/* That of the worker, taken at the first call. */
static struct dir_memory *memory_of(struct check_work *work)
{
	struct dir_memory *memory = work->dir_memory;
	size_t bytes = work_fs(work)->geo.dirblock_bytes;

	if (memory)
		return memory;
	memory = calloc(1, sizeof(*memory));
	if (!memory)
		return NULL;
	memory->path[0] = malloc((DA_LEVELS_MAX + 1) * bytes);
	if (!memory->path[0]) {
		dir_memory_free(memory);
		return NULL;
	}
	for (unsigned i = 1; i < DA_LEVELS_MAX; i++)
		memory->path[i] = memory->path[0] + i * bytes;
	memory->bests = memory->path[0] + DA_LEVELS_MAX * bytes;
	work->dir_memory = memory;
	return memory;
}

static int check_blocks(struct check_work *work, const struct inode *inode)
{
	struct dir_job job = {
		.work = work,
		.fs = work_fs(work),
		.inode = inode,
		.memory = memory_of(work),
		.names_whole = true,
		.index_whole = true,
	};
	int rc = job.memory ? dir_map_fill(&job) : ERR_NOMEM;

	if (rc != 0)
		return rc;
	if (!job.memory->map.whole) {
		job.names_whole = job.index_whole = false;
		links_names_lost(work);
	}
	judge_names(&job);
	job.form = form_of(&job);
	dir_twice_begin(&job);
	if (job.form != DIR_FORM_BLOCK)
		rc = dir_check_index(&job);
	if (rc == 0)
		rc = dir_check_names(&job);
	return rc == 0 ? dir_compare(&job) : rc;
}

int dir_check(struct check_work *work, const struct inode *inode)
{
	switch (inode->fork[FORK_DATA].format) {
	case FORK_LOCAL:
		return dir_check_short(work, inode);
	case FORK_EXTENTS:
	case FORK_BTREE:
		return check_blocks(work, inode);
	case FORK_DEV:
	case FORK_UUID:
		break; /* the check of the inode has said that */
	}
	links_names_lost(work);
	return 0;
}
