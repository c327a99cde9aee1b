/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pass over all inodes: reads each chunk once and hands every inode to the checks of its parts.
 *
 * A unit is a range of chunks over all groups, so workers share them out whatever the sizes of the groups.
 */

#include "check/regained.h"
#include "check/inode/inode_parts.h"
#include "check/pass.h"

#define CHUNKS_PER_UNIT 8u

static size_t units_of_group(const struct group *group)
{
	return (group->chunk_count + CHUNKS_PER_UNIT - 1) / CHUNKS_PER_UNIT;
}

size_t inodes_units(const struct checker *checker)
{
	size_t units = 0;

	for (uint32_t agno = 0; agno < checker->fs->geo.ag_count; agno++)
		units += units_of_group(&checker->groups[agno]);
	return units;
}

int inode_lose(struct check_work *work, uint64_t ino, const struct error *why)
{
	atomic_store(&work->checker->inodes_lost, true);
	atomic_store(&work->checker->names_lost, true);
	atomic_store(&work->checker->parents_lost, true);
	if (tables_add_lost(&work->tables, ino) != 0)
		return ERR_NOMEM;
	return check_trouble(work, FINDING_INODE_UNREADABLE, at_inode(ino), why);
}

/* What lies in the inode, by its type. */
static int check_content(struct check_work *work, const struct inode *inode)
{
	switch (inode->mode & INODE_MODE_TYPE) {
	case INODE_MODE_DIR:
		work->totals.directories++;
		return dir_check(work, inode);
	case INODE_MODE_LINK:
		work->totals.others++;
		return symlink_check(work, inode);
	case INODE_MODE_FILE:
		work->totals.files++;
		return 0;
	default:
		work->totals.others++;
		return 0;
	}
}

int inode_content_check(struct check_work *work, const struct inode *inode)
{
	int rc = check_content(work, inode);

	if (rc == 0)
		rc = attr_check(work, inode);
	if (rc == 0)
		rc = links_inode(work, inode);
	return rc == 0 ? quota_inode(work, inode) : rc;
}

static int check_used(struct check_work *work, const struct inode *inode)
{
	enum fork_state state = FORK_WHOLE;
	int rc;

	inode_core_check(work, inode);
	rc = inode_forks_check(work, inode, &state);
	if (rc != 0)
		return rc;
	switch (state) {
	case FORK_GAPS:
		if (work_fs(work)->geo.has_rmapbt)
			return tables_add_gapped(&work->tables, inode->ino); /* fork_gaps.c goes on with it */
		rc = tables_add_lost(&work->tables, inode->ino);
		break;
	case FORK_LOST:
		rc = tables_add_lost(&work->tables, inode->ino);
		break;
	case FORK_WHOLE:
		break;
	}
	return rc == 0 ? inode_content_check(work, inode) : rc;
}

static int check_inode(struct check_work *work, const struct inode *inode, bool allocated)
{
	if (allocated && inode->mode != 0) {
		work->totals.inodes_used++;
		return check_used(work, inode);
	}
	if (allocated) {
		finding_raise(&work->findings,
			      &(struct finding){.code = FINDING_INODE_NOT_IN_USE, .at = at_inode(inode->ino)});
		return 0;
	}
	work->totals.inodes_free++;
	inode_free_check(work, inode);
	return 0;
}

bool chunk_load(struct check_work *work, const struct chunk *chunk)
{
	const struct fs *fs = work_fs(work);

	return chunk->present == UINT64_MAX &&
	       device_read(fs->device, chunk_inode_offset(fs, chunk, 0), work->chunk_memory,
			   (size_t)fs->geo.inode_bytes * INODES_PER_CHUNK, NULL) == 0;
}

int chunk_inode(struct check_work *work, const struct chunk *chunk, bool loaded, unsigned index, struct inode *out,
		struct error *err)
{
	const struct fs *fs = work_fs(work);
	uint64_t ino = geometry_ino_join(&fs->geo, chunk->agno, chunk->first_agino + index);
	uint32_t at = index * fs->geo.inode_bytes;
	int rc;

	if (!loaded)
		return regained_read(work->checker, ino, out, err);
	rc = inode_decode(fs, ino, work->chunk_memory + at, chunk_inode_offset(fs, chunk, 0) + at, out, err);
	if (rc == 0)
		regained_attach(work->checker, out);
	return rc;
}

/* *unmarked: bits of its inodes in use that do not carry the mark of those that share. */
static int check_chunk(struct check_work *work, const struct chunk *chunk, uint64_t *unmarked)
{
	bool loaded = chunk_load(work, chunk);
	struct inode inode;
	struct error why;
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0; i++) {
		bool allocated = chunk->allocated >> i & 1;

		if (!(chunk->present >> i & 1))
			continue;
		if (chunk_inode(work, chunk, loaded, i, &inode, &why) != 0) {
			rc = inode_lose(work,
					geometry_ino_join(&work_fs(work)->geo, chunk->agno, chunk->first_agino + i),
					&why);
			continue;
		}
		rc = check_inode(work, &inode, allocated);
		if (allocated && inode.mode != 0 && !(inode.flags2 & INODE_FLAG2_REFLINK))
			*unmarked |= 1ull << i;
	}
	return rc;
}

const struct group *inodes_range(const struct checker *checker, size_t unit, size_t *first, size_t *end)
{
	const struct group *group = checker->groups;

	/* unit is less than inodes_units: some group has it */
	for (; unit >= units_of_group(group); group++)
		unit -= units_of_group(group);
	*first = unit * CHUNKS_PER_UNIT;
	*end = group->chunk_count - *first < CHUNKS_PER_UNIT ? group->chunk_count : *first + CHUNKS_PER_UNIT;
	return group;
}

int inodes_unit(struct check_work *work, size_t unit)
{
	size_t first, end;
	const struct group *group = inodes_range(work->checker, unit, &first, &end);
	int rc = 0;

	for (size_t i = first; i < end && rc == 0; i++)
		rc = check_chunk(work, &group->chunks[i], &group->unmarked[i]);
	return rc;
}

/* Takes what the workers have added up. */
int inodes_end(struct check_work *work)
{
	struct checker *checker = work->checker;

	for (unsigned worker = 0; worker < pool_workers(checker->pool); worker++) {
		struct check_work *from = &checker->works[worker];

		for (uint32_t agno = 0; agno < checker->fs->geo.ag_count; agno++) {
			struct inode_sums *sums = &from->sums[agno];
			struct inode_sums *to = &checker->sums[agno];

			hash_sum_add(&checker->groups[agno].claimed[CLAIM_FILES], sums->claims);
			hash_sum_add(&to->named, sums->named);
			hash_sum_add(&to->linked, sums->linked);
			hash_sum_add(&to->children, sums->children);
			hash_sum_add(&to->dotdots, sums->dotdots);
			hash_sum_add(&to->names, sums->names);
			hash_sum_add(&to->parents, sums->parents);
			hash_sum_add(&to->unlinked, sums->unlinked);
			*sums = (struct inode_sums){0};
		}
		checker->result->totals.inodes_used += from->totals.inodes_used;
		checker->result->totals.inodes_free += from->totals.inodes_free;
		checker->result->totals.files += from->totals.files;
		checker->result->totals.directories += from->totals.directories;
		checker->result->totals.others += from->totals.others;
		from->totals = (struct fsck_totals){0};
	}
	return 0;
}
