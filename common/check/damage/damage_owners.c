/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gathering the owners of the bad ranges, and the inodes that lie in bad chunks. */
#include <stdlib.h>

#include "base/array.h"
#include "check/damage/damage_build.h"
#include "format/records.h"

static int on_owner(void *arg, const struct owner *owner)
{
	struct damage_build *build = arg;

	if (array_reserve(&build->found, build->found_count, 1, &build->found_room, sizeof(*build->found)) != 0)
		return ERR_NOMEM;
	build->found[build->found_count++] = *owner;
	return 0;
}

static int on_gap(void *arg, uint64_t start_bytes, uint64_t end_bytes, const struct error *why)
{
	struct damage_build *build = arg;
	struct damage_note note = {.doubt = DOUBT_OWNERS,
				   .has_range = true,
				   .start_bytes = start_bytes,
				   .end_bytes = end_bytes,
				   .why = *why};

	return damage_note_add(build->report, &note);
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_start(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;
	int order = compare(a->start_bytes, b->start_bytes);

	if (order == 0)
		order = compare(a->kind, b->kind);
	if (order == 0)
		order = compare(a->ino, b->ino);
	if (order == 0)
		order = compare(a->fork, b->fork);
	if (order == 0)
		order = compare(a->offset_bytes, b->offset_bytes);
	return order != 0 ? order : compare(a->end_bytes, b->end_bytes);
}

int damage_gather(struct damage_build *build, struct error *err)
{
	struct owner_sink sink = {.owner = on_owner, .gap = on_gap, .arg = build};
	int rc;

	if (build->bad->count == 0)
		return 0;
	rc = build->view->ops->owners(build->view->self, build->bad, &sink, build->options->progress, err);
	if (rc == ERR_NOMEM)
		return error_set(err, rc, "no memory for the owners of %zu ranges", build->bad->count);
	if (rc != 0)
		return rc;
	if (build->found_count > 0)
		qsort(build->found, build->found_count, sizeof(*build->found), by_start);
	return 0;
}

/* Loads the chunk of an inode, unless it is the one that was asked for last. */
static int load_chunk(struct damage_build *build, uint64_t ino, uint64_t offset_bytes, struct error *err)
{
	struct error why;
	int rc;

	if (build->chunk_asked && ino >= build->chunk_first && ino - build->chunk_first < INODES_PER_CHUNK)
		return 0;
	build->chunk_asked = true;
	build->chunk_first = ino - ino % INODES_PER_CHUNK;
	build->chunk_allocated = build->chunk_present = 0;
	rc = build->view->ops->chunk(build->view->self, ino, &build->chunk_first, &build->chunk_allocated,
				     &build->chunk_present, &why);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		struct damage_note note = {.doubt = DOUBT_FILE, .has_range = true, .ino = ino, .why = why};

		/* Not known: take them all for used. */
		build->chunk_allocated = build->chunk_present = UINT64_MAX;
		note.start_bytes = offset_bytes;
		note.end_bytes = offset_bytes + build->view->geo.inode_bytes;
		return damage_note_add(build->report, &note);
	}
	/* That there is none at this inode says nothing of the next one. */
	build->chunk_asked = rc == 1;
	if (rc < 0 && err)
		*err = why;
	return rc < 0 ? rc : 0;
}

int damage_each_inode(struct damage_build *build, uint64_t start_bytes, uint64_t end_bytes,
		      int (*fn)(void *arg, uint64_t ino, bool allocated), void *arg, struct error *err)
{
	const struct geometry *geo = &build->view->geo;
	int rc = 0;

	for (uint64_t at = start_bytes >> geo->inode_log << geo->inode_log; at < end_bytes && rc == 0;
	     at += geo->inode_bytes) {
		uint32_t in_block = (uint32_t)(at & (geo->block_bytes - 1));
		struct agaddr block;
		uint64_t ino, bit;

		if (!geometry_block_of_offset(geo, at, &block))
			break;
		ino = geometry_ino_join(geo, block.agno,
					geometry_block_agino(geo, block.agbno) + (in_block >> geo->inode_log));
		rc = load_chunk(build, ino, at, err);
		if (rc != 0 || ino < build->chunk_first || ino - build->chunk_first >= INODES_PER_CHUNK)
			continue;
		bit = 1ull << (ino - build->chunk_first);
		if (build->chunk_present & bit)
			rc = fn(arg, ino, build->chunk_allocated & bit);
	}
	return rc;
}
