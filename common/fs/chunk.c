/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inode chunks, from the inobt. */
#include "fs/chunk.h"

#include "fs/btree.h"

bool chunk_unpack(const struct fs *fs, uint32_t agno, const struct disk_inobt_rec *rec, struct chunk *out)
{
	struct chunk chunk = {.agno = agno, .first_agino = be32_get(rec->startino), .present = UINT64_MAX};
	struct agaddr last = {.agno = agno};
	uint32_t in_block;

	if (chunk.first_agino > UINT32_MAX - INODES_PER_CHUNK)
		return false;
	if (fs->geo.has_sparse_inodes) {
		uint16_t holes = be16_get(rec->holemask);

		for (unsigned bit = 0; bit < INODES_PER_CHUNK / INODES_PER_HOLEBIT; bit++)
			if (holes >> bit & 1)
				chunk.present &= ~(0xfull << bit * INODES_PER_HOLEBIT);
	}
	if (chunk.present == 0)
		return false;
	last.agbno = geometry_agino_block(
		&fs->geo, chunk.first_agino + 63 - (uint32_t)__builtin_clzll(chunk.present), &in_block);
	if (!geometry_holds(&fs->geo, last, 1))
		return false;
	chunk.allocated = ~be64_get(rec->free) & chunk.present;
	*out = chunk;
	return true;
}

uint64_t chunk_inode_offset(const struct fs *fs, const struct chunk *chunk, unsigned index)
{
	uint32_t in_block;
	struct agaddr at = {chunk->agno, 0};

	at.agbno = geometry_agino_block(&fs->geo, chunk->first_agino + index, &in_block);
	return geometry_block_offset(&fs->geo, at) + in_block;
}

/* A search for one chunk, or a walk over all. */
struct walk {
	const struct fs *fs;
	uint32_t agno;
	const struct chunk_walker *walker;
	struct error *err;
};

static int report(const struct walk *walk, const struct error *why)
{
	if (walk->walker->bad)
		return walk->walker->bad(walk->walker->arg, why);
	if (walk->err)
		*walk->err = *why;
	return why->code;
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	const struct walk *walk = arg;
	const struct disk_inobt_rec *rec = record;
	struct chunk chunk;
	struct error why;

	if (chunk_unpack(walk->fs, walk->agno, rec, &chunk))
		return walk->walker->chunk(walk->walker->arg, &chunk);
	(void)error_corrupt(&why, FLAW_FORMAT, geometry_block_offset(&walk->fs->geo, place),
			    "inobt of group %u: the record of inode %u in the group cannot be", walk->agno,
			    be32_get(rec->startino));
	return report(walk, &why);
}

static int on_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	(void)low;
	(void)high;
	return report(arg, why);
}

static int walk_between(struct walk *walk, struct btree_key low, struct btree_key high)
{
	struct btree_cursor_options options = {.low = low, .high = high};
	struct btree_walker walker = {.record = on_record, .bad = on_bad, .arg = walk};
	struct btree tree;
	struct error why;
	int rc = btree_open_group(walk->fs, BTREE_INO, walk->agno, &tree, &why);

	if (rc == 0)
		return btree_walk(&tree, &options, &walker, walk->err);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return report(walk, &why);
	if (walk->err)
		*walk->err = why;
	return rc;
}

static int take_first(void *arg, const struct chunk *chunk)
{
	*(struct chunk *)arg = *chunk;
	return 1;
}

int chunk_find(const struct fs *fs, uint64_t ino, struct chunk *out, struct error *err)
{
	struct chunk_walker walker = {.chunk = take_first, .arg = out};
	struct walk walk = {.fs = fs, .walker = &walker, .err = err};
	uint32_t agino;

	if (!geometry_ino_split(&fs->geo, ino, &walk.agno, &agino))
		return 0;
	return walk_between(&walk, (struct btree_key){{agino, 0, 0}}, (struct btree_key){{agino, 0, 0}});
}

int chunk_walk(const struct fs *fs, uint32_t agno, const struct chunk_walker *walker, struct error *err)
{
	struct walk walk = {.fs = fs, .agno = agno, .walker = walker, .err = err};

	return walk_between(&walk, BTREE_KEY_MIN, BTREE_KEY_MAX);
}
