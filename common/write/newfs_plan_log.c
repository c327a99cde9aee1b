/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log: in the middle group, behind its headers.
 *
 * mkfs.xfs takes 1/2048 of the file system, at least 64 MiB from 300 MiB on, and the minimum below that. For DAX: on a
 * disk a large log saves seeks, as metadata is written back in place seldom. In memory that saves nothing; a log that
 * is too small still makes transactions wait, and a large one costs memory and time to recover. So the same 64 MiB, a
 * 1/2048 with larger ones, but no more than 1 GiB; and below 1 GiB a sixteenth, as with many groups a bare minimum
 * leaves room for one transaction at a time. Records are padded to one block, not to the 2 MiB of the data, which is
 * what a sector of persistent memory comes to. The log ends on 2 MiB, so that it leaves nothing unaligned behind it.
 */
#include "write/newfs_plan.h"

#define MIB (1ull << 20)

#define LOG_UNIT_MAX	   (256u << 10)
#define LOG_UNIT_FALLBACK  (32u << 10) /* of mkfs.xfs, where the unit of the data is larger than that */
#define LOG_BLOCKS_MAX	   (1u << 20)
#define LOG_BYTES_MAX	   ((2048 - 10) * MIB)
#define SMALL_FS_BYTES	   (300 * MIB)
#define LOG_BYTES_USUAL	   (64 * MIB)
#define LOG_SHARE	   2048u
#define DAX_LOG_BYTES_MAX  (1024 * MIB)
#define DAX_LOG_SHARE	   16u

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return unit > 1 ? (value + unit - 1) / unit * unit : value;
}

/* ------------------------------------------------------------------ unit */

static int given_unit(struct newfs_draft *draft, struct error *err)
{
	uint64_t bytes = draft->options->log_unit_bytes.value;
	uint32_t block = draft->layout->geo.block_bytes;

	if (bytes == 0 || bytes % block != 0)
		return error_set(err, ERR_INVALID, "log stripe unit %llu is not a multiple of the block size %u",
				 (unsigned long long)bytes, block);
	if (bytes > LOG_UNIT_MAX)
		return error_set(err, ERR_INVALID, "log stripe unit %llu is larger than %u",
				 (unsigned long long)bytes, LOG_UNIT_MAX);
	draft->layout->log_unit_bytes = (uint32_t)bytes;
	return 0;
}

static void default_unit(struct newfs_draft *draft)
{
	struct newfs_layout *layout = draft->layout;
	const struct geometry *geo = &layout->geo;
	uint64_t stripe = (uint64_t)layout->stripe_unit_blocks << geo->block_log;

	layout->log_unit_bytes = 1; /* what the superblock says for none */
	if (!draft->options->like_mkfs_xfs) {
		layout->log_unit_bytes = geo->block_bytes;
	} else if (geo->sector_bytes > 512) {
		layout->log_unit_bytes = geo->block_bytes;
	} else if (stripe > LOG_UNIT_MAX) {
		/* Nothing is left of it in larger blocks. */
		if (LOG_UNIT_FALLBACK >= geo->block_bytes)
			layout->log_unit_bytes = LOG_UNIT_FALLBACK;
	} else if (stripe != 0) {
		layout->log_unit_bytes = (uint32_t)stripe;
	}
}

/*
 * What place and size of the log are multiples of, in blocks; 0: anything. Where the unit of the data is too large for
 * the log and its substitute less than a block, it is still the unit of the data.
 */
static uint32_t align_blocks(const struct newfs_layout *layout)
{
	if (layout->log_unit_bytes > 1)
		return layout->log_unit_bytes >> layout->geo.block_log;
	return layout->stripe_unit_blocks;
}

/* ------------------------------------------------------------------ place */

uint32_t newfs_plan_static_blocks(const struct geometry *geo)
{
	uint32_t headers = (4 * geo->sector_bytes + geo->block_bytes - 1) >> geo->block_log;

	/* Superblock, AGF, AGI, AGFL; free space twice, inodes. */
	return headers + 3 + geo->has_finobt + geo->has_rmapbt + geo->has_reflink;
}

/* In group 0 also four chunks of inodes, or two stripe units, remain: the first inodes must come behind the log. */
static uint32_t kept_for_inodes(const struct newfs_layout *layout)
{
	const struct geometry *geo = &layout->geo;
	uint32_t chunk = ((64u << geo->inode_log) + geo->block_bytes - 1) >> geo->block_log;

	if (geo->log_start.agno != 0)
		return 0;
	return 4 * chunk > 2 * layout->stripe_unit_blocks ? 4 * chunk : 2 * layout->stripe_unit_blocks;
}

/* What remains of its group for the log: mkfs.xfs leaves five blocks, of which four are for the free list. */
static uint64_t room(const struct newfs_layout *layout)
{
	const struct geometry *geo = &layout->geo;
	uint64_t blocks = geometry_ag_blocks(geo, geo->log_start.agno);
	uint64_t taken = newfs_plan_static_blocks(geo) + 5 + (uint64_t)kept_for_inodes(layout);

	return blocks > taken ? blocks - taken : 0;
}

static int place(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_number *given = &draft->options->log_ag;
	struct newfs_layout *layout = draft->layout;
	struct geometry *geo = &layout->geo;
	uint64_t start;

	if (given->given && given->value >= geo->ag_count)
		return error_set(err, ERR_INVALID, "there is no group %llu for the log, the last one is %u",
				 (unsigned long long)given->value, geo->ag_count - 1);
	geo->log_start.agno = given->given ? (uint32_t)given->value : geo->ag_count / 2;
	/* The packed address is what becomes a multiple, not the distance from the start of the device. */
	geo->log_start.agbno = newfs_plan_static_blocks(geo);
	start = geometry_pack(geo, geo->log_start).packed;
	geo->log_start.agbno += (uint32_t)(round_up(start, align_blocks(layout)) - start);
	return 0;
}

/* ------------------------------------------------------------------ size */

static int given_size(struct newfs_draft *draft, uint64_t least, struct error *err)
{
	struct newfs_layout *layout = draft->layout;
	struct geometry *geo = &layout->geo;
	uint64_t bytes = draft->options->log_bytes.value, blocks = bytes >> geo->block_log;
	uint64_t most = room(layout);
	uint32_t unit = align_blocks(layout);

	if (bytes % 512 != 0)
		return error_set(err, ERR_INVALID, "log size %llu is not a multiple of 512", (unsigned long long)bytes);
	if (blocks < least)
		return error_set(err, ERR_INVALID, "log of %llu blocks is too small, the minimum is %llu",
				 (unsigned long long)blocks, (unsigned long long)least);
	if (bytes > LOG_BYTES_MAX || blocks > LOG_BLOCKS_MAX)
		return error_set(err, ERR_INVALID, "log of %llu blocks is too large, the maximum is %llu",
				 (unsigned long long)blocks,
				 (unsigned long long)(LOG_BYTES_MAX >> geo->block_log < LOG_BLOCKS_MAX ?
							      LOG_BYTES_MAX >> geo->block_log :
							      LOG_BLOCKS_MAX));
	if (blocks > most || !geometry_holds(geo, geo->log_start, blocks))
		return error_set(err, ERR_INVALID, "log of %llu blocks does not fit into its group of %u",
				 (unsigned long long)blocks, geometry_ag_blocks(geo, geo->log_start.agno));
	if (unit > 1 && blocks % unit != 0)
		return error_set(err, ERR_INVALID, "log of %llu blocks is not a multiple of its stripe unit of %u",
				 (unsigned long long)blocks, unit);
	geo->log_blocks = (uint32_t)blocks;
	return 0;
}

static uint64_t usual_bytes(const struct newfs_draft *draft)
{
	const struct geometry *geo = &draft->layout->geo;
	uint64_t bytes = geo->blocks << geo->block_log, share = bytes / LOG_SHARE;

	if (draft->options->like_mkfs_xfs) {
		if (bytes < SMALL_FS_BYTES)
			return 0;
		return share < LOG_BYTES_USUAL ? LOG_BYTES_USUAL : share < LOG_BYTES_MAX ? share : LOG_BYTES_MAX;
	}
	if (bytes / DAX_LOG_SHARE < LOG_BYTES_USUAL)
		return bytes / DAX_LOG_SHARE;
	return share < LOG_BYTES_USUAL ? LOG_BYTES_USUAL : share < DAX_LOG_BYTES_MAX ? share : DAX_LOG_BYTES_MAX;
}

/* For DAX: to the end of the 2 MiB that the log ends in, if it may. */
static uint64_t to_huge_end(const struct newfs_layout *layout, uint64_t blocks, uint64_t most)
{
	const struct geometry *geo = &layout->geo;
	uint64_t huge = NEWFS_HUGE_BYTES >> geo->block_log, start = geo->log_start.agbno;
	uint64_t longer = round_up(start + blocks, huge) - start;

	return longer <= most ? longer : blocks;
}

static int default_size(struct newfs_draft *draft, uint64_t least, struct error *err)
{
	struct newfs_layout *layout = draft->layout;
	struct geometry *geo = &layout->geo;
	uint64_t most = room(layout), blocks = usual_bytes(draft) >> geo->block_log;
	uint64_t group = geometry_ag_blocks(geo, geo->log_start.agno), unit = align_blocks(layout);
	uint64_t behind = group > geo->log_start.agbno ? group - geo->log_start.agbno : 0;

	if (blocks < least)
		blocks = least;
	if (most > LOG_BLOCKS_MAX)
		most = LOG_BLOCKS_MAX;
	if (most > LOG_BYTES_MAX >> geo->block_log)
		most = LOG_BYTES_MAX >> geo->block_log;
	if (most > behind)
		most = behind;
	blocks = round_up(blocks, unit);
	if (blocks > most)
		blocks = unit > 1 ? most / unit * unit : most;
	if (blocks < least)
		return error_set(err, ERR_INVALID, "too small: the log needs %llu blocks, and its group has room for %llu",
				 (unsigned long long)least, (unsigned long long)blocks);
	if (!draft->options->like_mkfs_xfs)
		blocks = to_huge_end(layout, blocks, most);
	geo->log_blocks = (uint32_t)blocks;
	return 0;
}

int newfs_plan_log(struct newfs_draft *draft, struct error *err)
{
	uint64_t least;
	int rc = 0;

	if (draft->options->log_unit_bytes.given)
		rc = given_unit(draft, err);
	else
		default_unit(draft);
	if (rc == 0)
		rc = place(draft, err);
	if (rc != 0)
		return rc;
	least = newfs_plan_min_log_blocks(draft->layout);
	return draft->options->log_bytes.given ? given_size(draft, least, err) : default_size(draft, least, err);
}
