/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners on a mounted file system without a reverse mapping: every chunk of inodes, every extent of every file.
 *
 * Only regular files and directories are opened: opening a device has effects, and a symbolic link cannot be
 * opened for this. What those have in blocks (targets, attributes) is never shared, so it stays unexplained and is
 * reported as such; so are B+tree blocks of forks, which GETBMAPX does not list.
 *
 * Inodes are listed in batches; a batch is cut into slices that the pool shares out. Each slice collects its owners,
 * which are handed on slice by slice, so the order does not depend on timing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "format/inode.h"
#include "format/records.h"
#include "fs/view_mounted.h"

#define INODE_BATCH 4096u
#define SLICE	    64u
#define CHUNK_BATCH 1024u

struct owner_list {
	struct owner *items;
	size_t count, room;
};

struct slice {
	struct owner_list owners;
	int rc; /* of the first file that could not be asked */
	struct error err;
};

struct forks {
	const struct mounted *m;
	const struct interval_set *wanted;
	const struct owner_sink *sink;
	struct interval_set explained;
	size_t settled;			/* explained.count when it was settled last */
	struct kernel_bulkstat *inodes; /* INODE_BATCH */
	uint32_t count;
	struct slice slices[INODE_BATCH / SLICE];
};

/* ---- what is explained ---- */

/* Hands on the wanted parts of @owner. */
static int give(struct forks *f, const struct owner *owner)
{
	int rc;

	if (!interval_overlaps(f->wanted, owner->start_bytes, owner->end_bytes))
		return 0;
	rc = interval_add(&f->explained, owner->start_bytes, owner->end_bytes);
	/* Settling merges: it keeps the set small, at a cost that stays in proportion. */
	if (rc == 0 && f->explained.count > 2 * f->settled + 65536) {
		interval_settle(&f->explained);
		f->settled = f->explained.count;
	}
	return rc == 0 ? owner_give(owner, f->wanted, f->sink) : rc;
}

static int find_unexplained(struct forks *f, struct interval_set *rest)
{
	int rc = 0;

	interval_settle(&f->explained);
	for (size_t i = 0; i < f->wanted->count; i++) {
		uint64_t at = f->wanted->items[i].start, end = f->wanted->items[i].end;

		while (at < end && rc == 0) {
			const struct interval *next = interval_find(&f->explained, at);
			uint64_t stop = next && next->start < end ? next->start : end;

			if (stop > at)
				rc = interval_add(rest, at, stop);
			at = stop == end ? end : next->end;
		}
	}
	interval_settle(rest);
	return rc;
}

/* ---- inode chunks ---- */

uint64_t mounted_present_with(uint64_t allocmask)
{
	const uint64_t hole = (1ull << INODES_PER_HOLEBIT) - 1;
	uint64_t present = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK; i += INODES_PER_HOLEBIT)
		if (allocmask & hole << i)
			present |= hole << i;
	return present;
}

static int give_chunk(struct forks *f, const struct kernel_inumbers *chunk)
{
	const struct geometry *geo = &f->m->geo;
	/* INUMBERS does not tell which inodes of a sparse chunk have no space, but those are free. */
	uint64_t present = geo->has_sparse_inodes ? mounted_present_with(chunk->allocmask) : UINT64_MAX;
	uint32_t agno, agino, within;
	uint64_t start;
	int rc = 0;

	if (!geometry_ino_split(geo, chunk->startino, &agno, &agino))
		return 0;
	start = geometry_block_offset(geo, (struct agaddr){agno, geometry_agino_block(geo, agino, &within)}) + within;
	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0;) {
		unsigned from = i;
		struct owner owner = {.kind = OWNER_INODES};

		while (i < INODES_PER_CHUNK && present >> i & 1)
			i++;
		if (i == from) {
			i++;
			continue;
		}
		/* A block belongs to the chunk with all its inodes. */
		owner.start_bytes = (start + (uint64_t)from * geo->inode_bytes) >> geo->block_log << geo->block_log;
		owner.end_bytes = (start + (uint64_t)i * geo->inode_bytes + geo->block_bytes - 1) >>
				  geo->block_log << geo->block_log;
		rc = give(f, &owner);
	}
	return rc;
}

static int give_chunks(struct forks *f, struct error *err)
{
	struct kernel_inumbers *chunks = calloc(CHUNK_BATCH, sizeof(*chunks));
	uint64_t cursor = 0;
	uint32_t count;
	int rc = chunks ? 0 : ERR_NOMEM;

	while (rc == 0) {
		rc = mounted_chunks_next(f->m, &cursor, chunks, CHUNK_BATCH, &count, err);
		if (rc != 0 || count == 0)
			break;
		for (uint32_t i = 0; i < count && rc == 0; i++)
			rc = give_chunk(f, &chunks[i]);
	}
	free(chunks);
	return rc;
}

/* ---- files ---- */

static int list_add(struct owner_list *list, const struct owner *owner)
{
	if (array_reserve(&list->items, list->count, 1, &list->room, sizeof(*list->items)) != 0)
		return ERR_NOMEM;
	list->items[list->count++] = *owner;
	return 0;
}

struct fork_taker {
	const struct forks *f;
	struct slice *slice;
};

static int take_extent(void *arg, const struct owner *owner)
{
	const struct fork_taker *taker = arg;

	if (!interval_overlaps(taker->f->wanted, owner->start_bytes, owner->end_bytes))
		return 0;
	return list_add(&taker->slice->owners, owner);
}

/* The wanted extents of one fork of an open file. */
static int list_fork(const struct forks *f, int fd, uint64_t ino, enum mounted_fork fork, struct slice *slice)
{
	struct fork_taker taker = {.f = f, .slice = slice};

	return mounted_extents(fd, ino, fork, take_extent, &taker, &slice->err);
}

static int list_file(const struct forks *f, const struct kernel_bulkstat *inode, struct slice *slice)
{
	uint32_t type = inode->mode & INODE_MODE_TYPE;
	int fd, rc;

	/*
	 * Of an inode whose data lies in itself BULKSTAT says that it has no blocks, whatever its attributes take (seen
	 * in the image "norm", test_mounted.c).
	 */
	if ((type != INODE_MODE_FILE && type != INODE_MODE_DIR) || (inode->blocks == 0 && inode->aextents == 0))
		return 0;
	fd = mounted_open_inode(f->m, inode->ino, inode->gen, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME);
	if (fd < 0) {
		if (errno == ESTALE || errno == ENOENT)
			return 0;
		return error_set_errno(&slice->err, ERR_IO, errno, "cannot open inode %llu",
				       (unsigned long long)inode->ino);
	}
	rc = list_fork(f, fd, inode->ino, MOUNTED_DATA, slice);
	if (rc == 0 && inode->forkoff != 0)
		rc = list_fork(f, fd, inode->ino, MOUNTED_ATTR, slice);
	if (rc == 0 && f->m->geo.has_reflink && type == INODE_MODE_FILE)
		rc = list_fork(f, fd, inode->ino, MOUNTED_COW, slice);
	close(fd);
	return rc;
}

static int list_slice(void *arg, unsigned worker, size_t unit)
{
	struct forks *f = arg;
	struct slice *slice = &f->slices[unit];

	(void)worker;
	slice->owners.count = 0;
	slice->rc = 0;
	for (size_t i = unit * SLICE; i < (unit + 1) * SLICE && i < f->count; i++) {
		int rc = list_file(f, &f->inodes[i], slice);

		if (rc == ERR_NOMEM)
			return rc;
		if (rc != 0)
			slice->rc = rc;
	}
	return 0;
}

/* A file that could not be asked may own any part of what is wanted. */
static int give_gap(const struct forks *f, const struct error *why)
{
	int rc = 0;

	for (size_t i = 0; i < f->wanted->count && rc == 0 && f->sink->gap; i++)
		rc = f->sink->gap(f->sink->arg, f->wanted->items[i].start, f->wanted->items[i].end, why);
	return rc;
}

static int give_batch(struct forks *f, struct slice *failed)
{
	size_t slices = (f->count + SLICE - 1) / SLICE;
	int rc = pool_run(f->m->pool, slices, list_slice, f);

	for (size_t i = 0; i < slices && rc == 0; i++) {
		for (size_t k = 0; k < f->slices[i].owners.count && rc == 0; k++)
			rc = give(f, &f->slices[i].owners.items[k]);
		if (f->slices[i].rc != 0 && failed->rc == 0) {
			failed->rc = f->slices[i].rc;
			failed->err = f->slices[i].err;
		}
	}
	return rc;
}

static int give_files(struct forks *f, const struct progress *progress, struct error *err)
{
	uint64_t cursor = 0, done = 0, total = mounted_inode_count(f->m);
	struct slice failed = {0};
	int rc = 0;

	while (rc == 0) {
		rc = mounted_stat_next(f->m, &cursor, f->inodes, INODE_BATCH, &f->count, err);
		if (rc != 0 || f->count == 0)
			break;
		rc = give_batch(f, &failed);
		done += f->count;
		if (rc == 0 && progress_step(progress, "files", done, total > done ? total : done) != 0)
			rc = error_set(err, ERR_CANCELLED, "cancelled");
	}
	return rc == 0 && failed.rc != 0 ? give_gap(f, &failed.err) : rc;
}

int mounted_forks(const struct mounted *m, const struct interval_set *wanted, const struct owner_sink *sink,
		  struct interval_set *rest, const struct progress *progress, struct error *err)
{
	struct forks *f = calloc(1, sizeof(*f));
	int rc = f ? 0 : ERR_NOMEM;

	if (rc == 0) {
		*f = (struct forks){.m = m, .wanted = wanted, .sink = sink};
		f->inodes = calloc(INODE_BATCH, sizeof(*f->inodes));
		rc = f->inodes ? give_chunks(f, err) : ERR_NOMEM;
	}
	if (rc == 0)
		rc = give_files(f, progress, err);
	if (rc == 0)
		rc = find_unexplained(f, rest);
	if (f) {
		for (size_t i = 0; i < INODE_BATCH / SLICE; i++)
			free(f->slices[i].owners.items);
		free(f->inodes);
		interval_fini(&f->explained);
	}
	free(f);
	return rc == ERR_NOMEM ? error_set(err, rc, "no memory for owners") : rc;
}
