/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a record of the inobt or finobt must be by itself.
 *
 * Alignment: a chunk begins where the superblock wants inodes aligned, but no coarser than a chunk; blocks of more than
 * 64 inodes hold several chunks. With sparse inodes, space comes and goes in units of spino_align, and what has no
 * space counts as free (xfs_format.h; design document, "Sparse Inodes"; seen in kernel images).
 */
#include "check/inode/chunks_parts.h"

static uint32_t inodes_of_blocks(const struct geometry *geo, uint32_t blocks)
{
	uint64_t inodes = (uint64_t)blocks << geo->inodes_per_block_log;

	return inodes < INODES_PER_CHUNK ? (uint32_t)inodes : INODES_PER_CHUNK;
}

static bool is_aligned(const struct geometry *geo, uint32_t first_agino)
{
	uint32_t align = inodes_of_blocks(geo, geo->inode_align_blocks ? geo->inode_align_blocks : 1);

	return first_agino % align == 0;
}

/* Holes come in whole units. */
static bool holes_fit(const struct geometry *geo, uint64_t present)
{
	uint32_t unit = inodes_of_blocks(geo, geo->sparse_align_blocks ? geo->sparse_align_blocks : 1);

	if (unit < INODES_PER_HOLEBIT || unit == INODES_PER_CHUNK)
		return unit < INODES_PER_HOLEBIT || present == UINT64_MAX;
	for (uint32_t i = 0; i < INODES_PER_CHUNK; i += unit) {
		uint64_t mask = ((1ull << unit) - 1) << i;

		if ((present & mask) != 0 && (present & mask) != mask)
			return false;
	}
	return true;
}

/* Neither headers nor journal are there. */
static bool place_fits(const struct geometry *geo, const struct chunk *chunk)
{
	uint32_t in_block;
	uint32_t first =
		geometry_agino_block(geo, chunk->first_agino + (uint32_t)__builtin_ctzll(chunk->present), &in_block);
	uint32_t last = geometry_agino_block(geo, chunk->first_agino + 63 - (uint32_t)__builtin_clzll(chunk->present),
					     &in_block);

	if (first < geometry_header_blocks(geo))
		return false;
	return chunk->agno != geo->log_start.agno || last < geo->log_start.agbno ||
	       first - geo->log_start.agbno >= geo->log_blocks || first < geo->log_start.agbno;
}

const char *chunk_record_flaw(const struct fs *fs, const struct disk_inobt_rec *rec, const struct chunk *chunk)
{
	const struct geometry *geo = &fs->geo;
	uint64_t free = be64_get(rec->free);
	unsigned present = (unsigned)__builtin_popcountll(chunk->present);
	unsigned really_free = (unsigned)__builtin_popcountll(free & chunk->present);

	if (!is_aligned(geo, chunk->first_agino) || !place_fits(geo, chunk))
		return "startino";
	if (!geo->has_sparse_inodes)
		return be32_get(rec->freecount) == really_free ? NULL : "freecount";
	if (!holes_fit(geo, chunk->present))
		return "holemask";
	if (rec->count != present)
		return "count";
	if (rec->sp_freecount != really_free)
		return "freecount";
	return (~chunk->present & ~free) == 0 ? NULL : "free";
}
