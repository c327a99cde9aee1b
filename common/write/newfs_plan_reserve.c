/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The smallest log: mkfs.xfs refuses to make a smaller one and the kernel to mount it.
 *
 * Before a transaction starts, room for the most that it can log is reserved. The log must hold three times the
 * greediest one, counted with the times that it goes on (its "rolls"). What the transactions can log was measured:
 * `mkfs.xfs -N -l size=...` names the minimum in its refusal, and the block, inode, directory block, sector and group
 * sizes, the log stripe unit and the features were varied until each term below was told apart (tests/slow/min-log asks
 * for 2976 minima: all are the same). Only the transactions that are ever the greediest are here. Sizes of records,
 * headers and log formats are those of xfs_format.h and xfs_log_format.h.
 */
#include "write/newfs_plan.h"

#define MIN_LOG_BLOCKS	512u
#define LOG_FACTOR	3u
#define BASIC_BLOCK	512u
#define RECORD_BYTES	(256u << 10) /* largest log record */
#define RECORD_HEADER	(8u * 512u)  /* its header: one sector for each 32 KiB */
#define OP_HEADER	12u
#define TRANS_HEADER	16u
#define BUFFER_OVERHEAD 128u		   /* how a logged buffer is described */
#define INODE_OVERHEAD	(4u * OP_HEADER + 56u + 2u * 72u) /* how an inode is, with the roots of two forks */
#define QUOTA_BYTES	768u		   /* six quota records */
#define SYMLINK_BYTES	1024u

#define DA_LEVELS	      5u /* of the hash tree of a directory or attribute fork */
#define DIR_BLOCKS	      (DA_LEVELS + 2u)
#define OLD_RMAP_LEVELS	      9u /* reckoned with whenever reflink is on too */
#define REFLINK_ROLLS	      8u
#define INODES_PER_CHUNK      64u
#define SHORT_HEADER	      56u /* of a B+tree block in a group */
#define LONG_HEADER	      72u /* of one of a file */
#define ATTR_NAME_MAX	      255u

struct reservation {
	uint64_t bytes;
	unsigned rolls;
};

/* The geometry, and the levels that its B+trees can grow to. */
struct shape {
	const struct geometry *geo;
	unsigned alloc, rmap, refcount, inobt, data_fork, attr_fork;
};

static uint64_t divide_up(uint64_t value, uint64_t by)
{
	return value / by + (value % by != 0);
}

/* ------------------------------------------------------------------ levels */

unsigned newfs_plan_levels(uint64_t records, uint32_t leaf_min, uint32_t node_min)
{
	unsigned levels = 1;

	for (uint64_t blocks = divide_up(records, leaf_min); blocks > 1; blocks = divide_up(blocks, node_min))
		levels++;
	return levels;
}

/* Half of what fits: fuller than that every block is. */
static uint32_t half_full(const struct geometry *geo, uint32_t entry_bytes)
{
	return (geo->block_bytes - SHORT_HEADER) / entry_bytes / 2;
}

unsigned newfs_plan_alloc_levels(const struct geometry *geo)
{
	/* At worst every second block is free. */
	return newfs_plan_levels(((uint64_t)geo->ag_blocks + 1) / 2, half_full(geo, 8), half_full(geo, 8 + 4));
}

unsigned newfs_plan_rmap_levels(const struct geometry *geo)
{
	return newfs_plan_levels(geo->ag_blocks, half_full(geo, 24), half_full(geo, 2 * 20 + 4));
}

/* Of a fork's tree, whose root has room for @root entries in the inode. */
static unsigned fork_levels(const struct geometry *geo, uint64_t extents, unsigned root)
{
	uint32_t half = (geo->block_bytes - LONG_HEADER) / 16 / 2;
	unsigned levels = 1;

	for (uint64_t blocks = divide_up(extents, half); blocks > 1; levels++)
		blocks = blocks <= root ? 1 : divide_up(blocks, half);
	return levels;
}

static struct shape shape_of(const struct geometry *geo)
{
	uint64_t inodes = 1ull << (geo->ag_blocks_log + geo->inodes_per_block_log);
	struct shape shape = {.geo = geo};

	shape.alloc = newfs_plan_alloc_levels(geo);
	shape.rmap = geo->has_reflink ? OLD_RMAP_LEVELS : newfs_plan_rmap_levels(geo);
	shape.refcount = newfs_plan_levels(geo->ag_blocks, half_full(geo, 12), half_full(geo, 4 + 4));
	shape.inobt = newfs_plan_levels(inodes / INODES_PER_CHUNK, half_full(geo, 16), half_full(geo, 4 + 4));
	shape.data_fork = fork_levels(geo, geo->has_nrext64 ? (1ull << 48) - 1 : (1ull << 31) - 1, 3);
	shape.attr_fork = fork_levels(geo, geo->has_nrext64 ? (1ull << 32) - 1 : (1ull << 15) - 1, 2);
	return shape;
}

/* ------------------------------------------------------------------ pieces */

static uint64_t blocks_logged(const struct shape *shape, uint64_t blocks)
{
	return blocks * (shape->geo->block_bytes + BUFFER_OVERHEAD);
}

static uint64_t sectors_logged(const struct shape *shape, unsigned sectors)
{
	return (uint64_t)sectors * (shape->geo->sector_bytes + BUFFER_OVERHEAD);
}

static uint64_t inodes_logged(const struct shape *shape, unsigned inodes)
{
	return (uint64_t)inodes * (INODE_OVERHEAD + shape->geo->inode_bytes);
}

/* Tree blocks that taking or giving back @extents extents can change: a split or join at every level but the root. */
static uint64_t space_blocks(const struct shape *shape, unsigned extents)
{
	uint64_t blocks = 2ull * extents * (2 * shape->alloc - 1);

	if (shape->geo->has_rmapbt)
		blocks += (uint64_t)extents * (2 * shape->rmap - 1);
	return blocks;
}

static uint64_t refcount_blocks(const struct shape *shape, unsigned extents)
{
	return shape->geo->has_reflink ? (uint64_t)extents * (2 * shape->refcount - 1) : 0;
}

static uint64_t inobt_blocks(const struct shape *shape)
{
	return shape->inobt + space_blocks(shape, 1);
}

/* What adding a name to a directory can change: the way down the hash tree, and the tree of the blocks added. */
static uint64_t directory_blocks(const struct shape *shape)
{
	uint64_t per_block = 1ull << shape->geo->dirblock_blocks_log;
	uint64_t leaf = (shape->geo->block_bytes - LONG_HEADER) / 16;

	return per_block * DIR_BLOCKS + DIR_BLOCKS * divide_up(per_block, leaf) * (shape->data_fork - 1) + 1;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* ------------------------------------------------------------------ transactions */

static struct reservation write_reservation(const struct shape *shape)
{
	uint64_t space = blocks_logged(shape, space_blocks(shape, 2) + refcount_blocks(shape, 2));
	uint64_t map = inodes_logged(shape, 1) + blocks_logged(shape, shape->data_fork) + sectors_logged(shape, 3);

	return (struct reservation){QUOTA_BYTES + space + larger(map, sectors_logged(shape, 5)),
				    shape->geo->has_reflink ? REFLINK_ROLLS : 2};
}

static struct reservation truncate_reservation(const struct shape *shape)
{
	uint64_t space = blocks_logged(shape, space_blocks(shape, 4) + refcount_blocks(shape, 4));
	uint64_t map = inodes_logged(shape, 1) + blocks_logged(shape, shape->data_fork + 1);

	return (struct reservation){QUOTA_BYTES + larger(map, sectors_logged(shape, 9) + space),
				    shape->geo->has_reflink ? REFLINK_ROLLS : 2};
}

static struct reservation rename_reservation(const struct shape *shape)
{
	uint64_t names = inodes_logged(shape, 5) + blocks_logged(shape, 2 * directory_blocks(shape));
	uint64_t space = sectors_logged(shape, 7) + blocks_logged(shape, space_blocks(shape, 3));

	return (struct reservation){QUOTA_BYTES + larger(names, space), 2};
}

static struct reservation symlink_reservation(const struct shape *shape)
{
	uint64_t finobt = shape->geo->has_finobt ? blocks_logged(shape, inobt_blocks(shape)) : 0;
	uint64_t chunk = sectors_logged(shape, 2) + shape->geo->sector_bytes +
			 blocks_logged(shape, space_blocks(shape, 1) + inobt_blocks(shape));
	uint64_t name = inodes_logged(shape, 2) + sectors_logged(shape, 1) + shape->geo->block_bytes +
			blocks_logged(shape, directory_blocks(shape));

	return (struct reservation){QUOTA_BYTES + larger(chunk, name) + finobt + SYMLINK_BYTES + BUFFER_OVERHEAD, 3};
}

static struct reservation free_inode_reservation(const struct shape *shape)
{
	uint64_t chunk = divide_up((uint64_t)INODES_PER_CHUNK << shape->geo->inode_log, shape->geo->block_bytes);
	uint64_t trees = inobt_blocks(shape) * (shape->geo->has_finobt ? 2 : 1);

	return (struct reservation){QUOTA_BYTES + inodes_logged(shape, 1) + sectors_logged(shape, 4) +
					    blocks_logged(shape, space_blocks(shape, 1) + chunk + trees),
				    2};
}

/* An attribute as large as fits into a leaf, with every block that it can make the fork grow by. */
static struct reservation attr_reservation(const struct shape *shape)
{
	uint32_t block = shape->geo->block_bytes, bytes = block / 4 * 3 - ATTR_NAME_MAX - 1;
	uint64_t leaf = (block - LONG_HEADER) / 16, levels = shape->attr_fork - 1;
	uint64_t grown = DA_LEVELS + DA_LEVELS * levels + divide_up(bytes, block) + divide_up(bytes, leaf) * levels;
	uint64_t each = sectors_logged(shape, 1) + blocks_logged(shape, shape->attr_fork);

	return (struct reservation){QUOTA_BYTES + inodes_logged(shape, 1) + sectors_logged(shape, 1) +
					    blocks_logged(shape, DA_LEVELS) + each * grown,
				    3};
}

/*
 * By bytes and rolls; but the attribute counts for its bytes alone against those, and for its rolls only if it wins.
 * Strange, and measured.
 */
static struct reservation greediest(const struct shape *shape)
{
	const struct reservation all[] = {
		write_reservation(shape),   truncate_reservation(shape),   rename_reservation(shape),
		symlink_reservation(shape), free_inode_reservation(shape),
	};
	const struct reservation attr = attr_reservation(shape);
	struct reservation most = all[0];

	for (size_t i = 1; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].bytes * all[i].rolls > most.bytes * most.rolls)
			most = all[i];
	return attr.bytes > most.bytes * most.rolls ? attr : most;
}

/* With the headers of the records that it is spread over, and the padding of the last. */
static uint64_t in_records(uint64_t bytes, uint32_t log_unit_bytes)
{
	uint64_t records;

	bytes += OP_HEADER + TRANS_HEADER + OP_HEADER;
	records = divide_up(bytes, RECORD_BYTES - RECORD_HEADER);
	return bytes + records * (OP_HEADER + RECORD_HEADER) + RECORD_HEADER +
	       2ull * (log_unit_bytes > 1 ? log_unit_bytes : BASIC_BLOCK);
}

uint64_t newfs_plan_min_log_blocks(const struct newfs_layout *layout)
{
	const struct shape shape = shape_of(&layout->geo);
	struct reservation most = greediest(&shape);
	uint64_t basic = divide_up(in_records(most.bytes, layout->log_unit_bytes) * most.rolls, BASIC_BLOCK);
	uint64_t unit = layout->log_unit_bytes / BASIC_BLOCK, blocks;

	/* Two units of slack; without a unit it is 1024 sectors instead (measured). */
	if (layout->log_unit_bytes > 1)
		basic = divide_up(basic, unit) * unit + 2 * unit;
	else
		basic += 1024;
	blocks = divide_up(basic * LOG_FACTOR, layout->geo.block_bytes / BASIC_BLOCK);
	return blocks < MIN_LOG_BLOCKS ? MIN_LOG_BLOCKS : blocks;
}
