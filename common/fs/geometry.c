/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The checks that make a superblock's numbers safe to calculate with, and the conversions.
 *
 * Limits: design document, "Superblocks"; what the kernel of 6.18 refuses at mount was tried out (test_geometry.c).
 */
#include "fs/geometry.h"

#include <string.h>

#include "format/agfl.h"

static bool is_log2(uint32_t value, unsigned log)
{
	return log < 32 && value == 1u << log;
}

static int unsupported_incompat(uint32_t unknown, struct error *err)
{
	if (unknown & SB_INCOMPAT_ZONED)
		return error_set(err, ERR_UNSUPPORTED, "zoned file systems are not supported");
	if (unknown & SB_INCOMPAT_METADIR)
		return error_set(err, ERR_UNSUPPORTED, "the metadata directory (metadir) is not supported");
	return error_set(err, ERR_UNSUPPORTED, "incompatible feature bits %#x are not known", unknown);
}

/* What is sound XFS, but not handled here. */
static int check_supported(const struct disk_sb *sb, struct error *err)
{
	unsigned version = be16_get(sb->versionnum) & SB_VERSION_MASK;
	uint32_t unknown = be32_get(sb->features_incompat) & ~SB_INCOMPAT_KNOWN;

	if (version < SB_VERSION_5)
		return error_set(err, ERR_UNSUPPORTED, "XFS version %u (without checksums) is not supported, only 5",
				 version);
	if (version > SB_VERSION_5)
		return error_set(err, ERR_UNSUPPORTED, "XFS version %u is not known", version);
	if (unknown)
		return unsupported_incompat(unknown, err);
	/* Hashes of names are others then. Kernels are built without it by now: that of 6.18 does not mount it. */
	if (be16_get(sb->versionnum) & SB_VERSION_ASCII_CI)
		return error_set(err, ERR_UNSUPPORTED, "names without regard to case (ASCII-CI) are not supported");
	if (be64_get(sb->rblocks) != 0)
		return error_set(err, ERR_UNSUPPORTED, "file systems with a realtime device are not supported");
	if (be64_get(sb->logstart) == 0)
		return error_set(err, ERR_UNSUPPORTED, "file systems with an external journal are not supported");
	return 0;
}

static int wrong(struct error *err, const char *field, uint64_t value)
{
	return error_corrupt(err, FLAW_RANGE, 0, "superblock: %s is %llu, which cannot be", field,
			     (unsigned long long)value);
}

static int check_sizes(const struct disk_sb *sb, struct error *err)
{
	uint32_t block = be32_get(sb->blocksize), sector = be16_get(sb->sectsize), inode = be16_get(sb->inodesize);

	if (block < SB_BLOCKSIZE_MIN || block > SB_BLOCKSIZE_MAX || !is_log2(block, sb->blocklog))
		return wrong(err, "blocksize", block);
	if (sector < SB_SECTSIZE_MIN || sector > SB_SECTSIZE_MAX || !is_log2(sector, sb->sectlog) || sector > block)
		return wrong(err, "sectsize", sector);
	if (inode < SB_INODESIZE_MIN || inode > SB_INODESIZE_MAX || !is_log2(inode, sb->inodelog) || inode > block)
		return wrong(err, "inodesize", inode);
	if (sb->inopblog != sb->blocklog - sb->inodelog || be16_get(sb->inopblock) != 1u << sb->inopblog)
		return wrong(err, "inopblock", be16_get(sb->inopblock));
	if (sb->dirblklog > 16 || sb->blocklog + sb->dirblklog > 16)
		return wrong(err, "dirblklog", sb->dirblklog);
	return 0;
}

static int check_groups(const struct disk_sb *sb, struct error *err)
{
	uint64_t blocks = be64_get(sb->dblocks);
	uint32_t ag_blocks = be32_get(sb->agblocks), ag_count = be32_get(sb->agcount);

	if (ag_blocks < SB_AGBLOCKS_MIN || (uint64_t)ag_blocks << sb->blocklog > SB_AG_BYTES_MAX)
		return wrong(err, "agblocks", ag_blocks);
	if (sb->agblklog > 31 || ag_blocks > 1ull << sb->agblklog || ag_blocks <= (1ull << sb->agblklog) / 2)
		return wrong(err, "agblklog", sb->agblklog);
	if (ag_count == 0)
		return wrong(err, "agcount", ag_count);
	/* The last group may be short, but not shorter than its headers need; the others are whole. */
	if (blocks > (uint64_t)ag_count * ag_blocks || blocks < (uint64_t)(ag_count - 1) * ag_blocks + SB_AGBLOCKS_MIN)
		return wrong(err, "dblocks", blocks);
	if (blocks > UINT64_MAX >> sb->blocklog)
		return wrong(err, "dblocks", blocks);
	/* Inode numbers are 64 bits at most, packed addresses 52 (an extent record has no more). */
	if ((uint64_t)ag_count > 1ull << (52 - sb->agblklog))
		return wrong(err, "agcount", ag_count);
	return 0;
}

static int check_log(const struct disk_sb *sb, struct geometry *geo, struct error *err)
{
	struct fsblock start = {be64_get(sb->logstart)};

	if (!geometry_unpack(geo, start, &geo->log_start))
		return wrong(err, "logstart", start.packed);
	geo->log_blocks = be32_get(sb->logblocks);
	if (geo->log_blocks == 0 || !geometry_holds(geo, geo->log_start, geo->log_blocks))
		return wrong(err, "logblocks", geo->log_blocks);
	return 0;
}

static void take_features(const struct disk_sb *sb, struct geometry *geo)
{
	uint32_t ro = be32_get(sb->features_ro_compat), incompat = be32_get(sb->features_incompat);

	geo->features_ro_compat = ro;
	geo->features_incompat = incompat;
	geo->features_log_incompat = be32_get(sb->features_log_incompat);
	geo->has_rmapbt = ro & SB_RO_COMPAT_RMAPBT;
	geo->has_reflink = ro & SB_RO_COMPAT_REFLINK;
	geo->has_finobt = ro & SB_RO_COMPAT_FINOBT;
	geo->has_inobtcount = ro & SB_RO_COMPAT_INOBTCNT;
	geo->has_unknown_ro_compat = ro & ~SB_RO_COMPAT_KNOWN;
	geo->has_ftype = incompat & SB_INCOMPAT_FTYPE;
	geo->has_sparse_inodes = incompat & SB_INCOMPAT_SPINODES;
	geo->has_bigtime = incompat & SB_INCOMPAT_BIGTIME;
	geo->has_nrext64 = incompat & SB_INCOMPAT_NREXT64;
	geo->has_parent = incompat & SB_INCOMPAT_PARENT;
	geo->has_exchange = incompat & SB_INCOMPAT_EXCHRANGE;
	geo->needs_repair = incompat & SB_INCOMPAT_NEEDSREPAIR;
}

int geometry_from_sb(const struct disk_sb *sb, struct geometry *out, struct error *err)
{
	struct geometry geo = {0};
	int rc = check_supported(sb, err);

	if (rc == 0)
		rc = check_sizes(sb, err);
	if (rc == 0)
		rc = check_groups(sb, err);
	if (rc != 0)
		return rc;
	geo.block_bytes = be32_get(sb->blocksize);
	geo.sector_bytes = be16_get(sb->sectsize);
	geo.inode_bytes = be16_get(sb->inodesize);
	geo.block_log = sb->blocklog;
	geo.sector_log = sb->sectlog;
	geo.inode_log = sb->inodelog;
	geo.inodes_per_block_log = sb->inopblog;
	geo.dirblock_blocks_log = sb->dirblklog;
	geo.dirblock_bytes = geo.block_bytes << sb->dirblklog;
	geo.ag_blocks_log = sb->agblklog;
	geo.ag_count = be32_get(sb->agcount);
	geo.ag_blocks = be32_get(sb->agblocks);
	geo.blocks = be64_get(sb->dblocks);
	geo.inode_align_blocks = be32_get(sb->inoalignmt);
	geo.sparse_align_blocks = be32_get(sb->spino_align);
	geo.root_ino = be64_get(sb->rootino);
	geo.rtbitmap_ino = be64_get(sb->rbmino);
	geo.rtsummary_ino = be64_get(sb->rsumino);
	geo.quota_ino[0] = be64_get(sb->uquotino);
	geo.quota_ino[1] = be64_get(sb->gquotino);
	geo.quota_ino[2] = be64_get(sb->pquotino);
	geo.uuid = sb->uuid;
	take_features(sb, &geo);
	geo.meta_uuid = geo.features_incompat & SB_INCOMPAT_META_UUID ? sb->meta_uuid : sb->uuid;
	memcpy(geo.label, sb->fname, sizeof(sb->fname));
	rc = check_log(sb, &geo, err);
	if (rc != 0)
		return rc;
	*out = geo;
	return 0;
}

uint32_t geometry_ag_blocks(const struct geometry *geo, uint32_t agno)
{
	if (agno + 1 < geo->ag_count)
		return geo->ag_blocks;
	return (uint32_t)(geo->blocks - (uint64_t)(geo->ag_count - 1) * geo->ag_blocks);
}

uint32_t geometry_header_blocks(const struct geometry *geo)
{
	return ((AGFL_SECTOR << geo->sector_log) >> geo->block_log) + 1;
}

bool geometry_holds(const struct geometry *geo, struct agaddr at, uint64_t len_blocks)
{
	uint32_t blocks;

	if (at.agno >= geo->ag_count)
		return false;
	blocks = geometry_ag_blocks(geo, at.agno);
	return at.agbno < blocks && len_blocks <= blocks - at.agbno;
}

struct agaddr geometry_split(const struct geometry *geo, struct fsblock packed)
{
	uint64_t agno = packed.packed >> geo->ag_blocks_log;

	return (struct agaddr){agno < UINT32_MAX ? (uint32_t)agno : UINT32_MAX,
			       (uint32_t)(packed.packed & ((1ull << geo->ag_blocks_log) - 1))};
}

bool geometry_unpack(const struct geometry *geo, struct fsblock packed, struct agaddr *out)
{
	struct agaddr at = geometry_split(geo, packed);

	if (!geometry_holds(geo, at, 1))
		return false;
	*out = at;
	return true;
}

struct agaddr geometry_unpack_floor(const struct geometry *geo, struct fsblock packed)
{
	uint64_t agno = packed.packed >> geo->ag_blocks_log, agbno = packed.packed & ((1ull << geo->ag_blocks_log) - 1);
	uint32_t last;

	if (agno >= geo->ag_count) {
		agno = geo->ag_count - 1;
		agbno = UINT64_MAX;
	}
	last = geometry_ag_blocks(geo, (uint32_t)agno) - 1;
	return (struct agaddr){(uint32_t)agno, agbno < last ? (uint32_t)agbno : last};
}

struct fsblock geometry_pack(const struct geometry *geo, struct agaddr at)
{
	return (struct fsblock){(uint64_t)at.agno << geo->ag_blocks_log | at.agbno};
}

uint64_t geometry_block_offset(const struct geometry *geo, struct agaddr at)
{
	return ((uint64_t)at.agno * geo->ag_blocks + at.agbno) << geo->block_log;
}

uint64_t geometry_sector_offset(const struct geometry *geo, uint32_t agno, uint32_t sector)
{
	return geometry_block_offset(geo, (struct agaddr){agno, 0}) + ((uint64_t)sector << geo->sector_log);
}

bool geometry_block_of_offset(const struct geometry *geo, uint64_t offset_bytes, struct agaddr *out)
{
	uint64_t block = offset_bytes >> geo->block_log;

	if (block >= geo->blocks)
		return false;
	*out = (struct agaddr){(uint32_t)(block / geo->ag_blocks), (uint32_t)(block % geo->ag_blocks)};
	return true;
}

uint64_t geometry_block_daddr(const struct geometry *geo, struct agaddr at)
{
	return geometry_block_offset(geo, at) / 512;
}

uint64_t geometry_fileoff_max(const struct geometry *geo)
{
	return (uint64_t)INT64_MAX >> geo->block_log;
}

bool geometry_ino_split(const struct geometry *geo, uint64_t ino, uint32_t *agno, uint32_t *agino)
{
	unsigned bits = geo->ag_blocks_log + geo->inodes_per_block_log;
	uint64_t group = ino >> bits, in_group = ino & ((1ull << bits) - 1);

	/* 32 bits: the kernel allows no more inodes in a group. */
	if (group >= geo->ag_count || in_group > UINT32_MAX)
		return false;
	/* The four header sectors of the group come first: so no inode has the number 0. */
	if (in_group >> geo->inodes_per_block_log << geo->block_log < 4ull << geo->sector_log)
		return false;
	if (!geometry_holds(geo, (struct agaddr){(uint32_t)group, (uint32_t)(in_group >> geo->inodes_per_block_log)},
			    1))
		return false;
	*agno = (uint32_t)group;
	*agino = (uint32_t)in_group;
	return true;
}

uint64_t geometry_ino_join(const struct geometry *geo, uint32_t agno, uint32_t agino)
{
	return (uint64_t)agno << (geo->ag_blocks_log + geo->inodes_per_block_log) | agino;
}

uint32_t geometry_agino_block(const struct geometry *geo, uint32_t agino, uint32_t *offset_bytes)
{
	*offset_bytes = (agino & ((1u << geo->inodes_per_block_log) - 1)) << geo->inode_log;
	return agino >> geo->inodes_per_block_log;
}

bool geometry_is_internal(const struct geometry *geo, uint64_t ino)
{
	return ino == geo->rtbitmap_ino || ino == geo->rtsummary_ino || ino == geo->quota_ino[0] ||
	       ino == geo->quota_ino[1] || ino == geo->quota_ino[2];
}

bool geometry_ino_offset(const struct geometry *geo, uint64_t ino, uint64_t *offset_bytes)
{
	uint32_t agno, agino, in_block;
	struct agaddr at;

	if (!geometry_ino_split(geo, ino, &agno, &agino))
		return false;
	at = (struct agaddr){agno, geometry_agino_block(geo, agino, &in_block)};
	*offset_bytes = geometry_block_offset(geo, at) + in_block;
	return true;
}

uint32_t geometry_block_agino(const struct geometry *geo, uint32_t agbno)
{
	return agbno << geo->inodes_per_block_log;
}
