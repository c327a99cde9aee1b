/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The superblock in use: every field by itself and against the others. Its copies are compared in superblock_copies.c,
 * its sums in counters.c.
 *
 * What is needed to calculate with it, geometry_from_sb has verified when the file system was opened. What is valid was
 * taken from xfs_format.h, from what the kernel refuses at mount, and from what mkfs.xfs writes without a realtime
 * device.
 *
 * Fields that a person or the kernel may set to any of several values cannot be told to be wrong but by the copies:
 * label, UUID, imax_pct, spino_align. Stripe unit and width may be changed at any mount, in the first superblock only.
 */
#include "check/pass.h"
#include "check/headers/superblock_parts.h"

#define LOG_UNIT_MAX   (256u << 10) /* bytes */
#define LOG_BYTES_MAX  (1ull << 31)
#define LOG_BLOCKS_MAX (1u << 20)
#define RT_EXTENT_MAX  (1ull << 30) /* bytes */
#define RT_EXTENT_MIN  4096u
#define CLUSTER_BYTES  8192u /* of inodes of 256 bytes; larger ones: as many */

#define VERSION_REQUIRED                                                                                               \
	(SB_VERSION_5 | SB_VERSION_NLINK | SB_VERSION_ALIGN | SB_VERSION_LOGV2 | SB_VERSION_EXTFLG |                   \
	 SB_VERSION_DIRV2 | SB_VERSION_MOREBITS)
#define VERSION_OPTIONAL   (SB_VERSION_ATTR | SB_VERSION_QUOTA | SB_VERSION_DALIGN | SB_VERSION_SECTOR)
#define FEATURES2_REQUIRED (SB_FEATURES2_LAZYSBCOUNT | SB_FEATURES2_ATTR2 | SB_FEATURES2_PROJID32 | SB_FEATURES2_CRC)

/* Raises if @ok is not true. */
static void expect(struct check_work *work, bool ok, const char *field)
{
	const struct fs *fs = work_fs(work);

	if (!ok)
		finding_raise(&work->findings, &(struct finding){
						       .code = FINDING_SB_FIELD,
						       .at = superblock_place(fs->sb_agno),
						       .field = field,
						       .has_found = true,
						       .found = field_get(field_find(&sb_table, field), &fs->sb, 0),
					       });
}

static void check_versions(struct check_work *work, const struct disk_sb *sb)
{
	unsigned version = be16_get(sb->versionnum);
	bool large_sectors = sb->sectlog > 9 || sb->logsectlog > 9;

	expect(work,
	       (version & VERSION_REQUIRED) == VERSION_REQUIRED &&
		       (version & ~(VERSION_REQUIRED | VERSION_OPTIONAL)) == 0,
	       "versionnum");
	expect(work, be32_get(sb->features2) == FEATURES2_REQUIRED, "features2");
	/* Its place on machines that aligned differently: the kernel keeps both equal. */
	expect(work, be32_get(sb->bad_features2) == be32_get(sb->features2), "bad_features2");
	expect(work, !(version & SB_VERSION_SECTOR) == !large_sectors, "versionnum");
	expect(work, !(version & SB_VERSION_DALIGN) == (be32_get(sb->unit) == 0), "unit");
}

/* Features that build on others. */
static void check_features(struct check_work *work, const struct disk_sb *sb)
{
	const struct geometry *geo = &work_fs(work)->geo;

	expect(work, !geo->has_inobtcount || geo->has_finobt, "features_ro_compat");
	expect(work, be32_get(sb->features_compat) == 0, "features_compat"); /* none is known */
	expect(work, geo->has_ftype, "features_incompat");		     /* mkfs knows no version 5 without */
}

/* Without a realtime device all of it is zero but the size of an extent. */
static void check_realtime(struct check_work *work, const struct disk_sb *sb)
{
	uint64_t extent_bytes = (uint64_t)be32_get(sb->rextsize) << work_fs(work)->geo.block_log;

	expect(work, be64_get(sb->rextents) == 0, "rextents");
	expect(work, be32_get(sb->rbmblocks) == 0, "rbmblocks");
	expect(work, sb->rextslog == 0, "rextslog");
	expect(work, be64_get(sb->frextents) == 0, "frextents");
	expect(work, extent_bytes >= RT_EXTENT_MIN && extent_bytes <= RT_EXTENT_MAX, "rextsize");
}

static void check_log_sizes(struct check_work *work, const struct disk_sb *sb)
{
	const struct geometry *geo = &work_fs(work)->geo;
	uint32_t unit = be32_get(sb->logsunit), sector = be16_get(sb->logsectsize);

	/* Only one of more than 512 bytes is written down. */
	if (be16_get(sb->versionnum) & SB_VERSION_SECTOR) {
		expect(work, sb->logsectlog >= 9 && sb->logsectlog <= geo->sector_log, "logsectlog");
		expect(work, sb->logsectlog < 16 && sector == 1u << sb->logsectlog, "logsectsize");
	} else {
		expect(work, sb->logsectlog == 0, "logsectlog");
		expect(work, sector == 0, "logsectsize");
	}
	/* 1: none. A whole number of blocks, which is no less than a sector. */
	expect(work, unit == 1 || (unit != 0 && unit % geo->block_bytes == 0 && unit <= LOG_UNIT_MAX), "logsunit");
	expect(work, geo->log_blocks <= LOG_BLOCKS_MAX && (uint64_t)geo->log_blocks << geo->block_log <= LOG_BYTES_MAX,
	       "logblocks");
}

static void check_alignment(struct check_work *work, const struct disk_sb *sb)
{
	const struct geometry *geo = &work_fs(work)->geo;
	uint32_t unit = be32_get(sb->unit), width = be32_get(sb->width);
	uint32_t align = geo->inode_align_blocks, sparse = geo->sparse_align_blocks;
	uint32_t chunk = (64u << geo->inode_log) >> geo->block_log;
	uint32_t cluster = (CLUSTER_BYTES / 256 << geo->inode_log) >> geo->block_log;

	expect(work, unit == 0 ? width == 0 : width >= unit && width % unit == 0, "width");
	expect(work, align == (geo->has_sparse_inodes ? chunk : cluster), "inoalignmt");
	expect(work, geo->has_sparse_inodes ? sparse == 0 || (sparse <= align && align % sparse == 0) : sparse == 0,
	       "spino_align");
}

/* mkfs makes these three inodes in one chunk, the first of group 0. */
static void check_inodes(struct check_work *work, const struct disk_sb *sb)
{
	const struct geometry *geo = &work_fs(work)->geo;
	uint32_t agno, agino, in_block;
	bool root_ok = geometry_ino_split(geo, geo->root_ino, &agno, &agino) && agno == 0;

	if (root_ok)
		(void)geometry_agino_block(geo, agino, &in_block);
	expect(work, root_ok && in_block == 0, "rootino");
	expect(work, be64_get(sb->rbmino) == geo->root_ino + 1, "rbmino");
	expect(work, be64_get(sb->rsumino) == geo->root_ino + 2, "rsumino");
}

static void check_rest_of_fields(struct check_work *work, const struct disk_sb *sb)
{
	bool has_meta_uuid = work_fs(work)->geo.features_incompat & SB_INCOMPAT_META_UUID;

	expect(work, sb->imax_pct <= 100, "imax_pct");
	expect(work, sb->flags == 0, "flags");
	expect(work, sb->shared_vn == 0, "shared_vn");
	/* Left behind when the UUID was changed and changed back. */
	expect(work, has_meta_uuid || uuid_is_zero(&sb->meta_uuid) || uuid_equal(&sb->meta_uuid, &sb->uuid),
	       "meta_uuid");
}

/* What the kernel will not write with, or must look at first. */
static void check_mountable(struct check_work *work, const struct disk_sb *sb)
{
	const struct fs *fs = work_fs(work);
	const struct journal_state *journal = &work->checker->result->journal;
	struct finding finding = {.at = superblock_place(fs->sb_agno), .has_found = true};

	if (fs->geo.needs_repair) {
		finding.code = FINDING_SB_NEEDSREPAIR;
		finding.field = "features_incompat";
		finding.found = fs->geo.features_incompat;
		finding_raise(&work->findings, &finding);
	}
	if (fs->geo.has_unknown_ro_compat) {
		finding.code = FINDING_SB_UNKNOWN_FEATURE;
		finding.field = "features_ro_compat";
		finding.found = fs->geo.features_ro_compat;
		finding_raise(&work->findings, &finding);
	}
	/* Set while the journal holds such records, taken away at unmount, but in the first one only. */
	if (fs->sb_agno == 0 && be32_get(sb->features_log_incompat) != 0 && journal->condition == JOURNAL_CLEAN) {
		finding.code = FINDING_SB_LOG_FEATURE;
		finding.field = "features_log_incompat";
		finding.found = be32_get(sb->features_log_incompat);
		finding_raise(&work->findings, &finding);
	}
}

/* The first superblock could not be used. */
static int report_primary(struct check_work *work)
{
	struct error why = work_fs(work)->sb_error;

	if (why.code == ERR_NOT_XFS) { /* no magic number */
		why.code = ERR_CORRUPT;
		why.flaw = FLAW_MAGIC;
	}
	return check_trouble(work, FINDING_SB_PRIMARY, superblock_place(0), &why);
}

/* The one in use, once. */
static int check_in_use(struct check_work *work)
{
	const struct fs *fs = work_fs(work);
	const struct disk_sb *sb = &fs->sb;

	check_versions(work, sb);
	check_features(work, sb);
	check_realtime(work, sb);
	check_log_sizes(work, sb);
	check_alignment(work, sb);
	check_rest_of_fields(work, sb);
	check_mountable(work, sb);
	if (fs->sb_agno == 0) {
		check_inodes(work, sb);
		superblock_check_quota(work, sb);
		return 0;
	}
	check_not_done(work, superblock_place(fs->sb_agno), "quota, which copies of the superblock may not tell of");
	return report_primary(work);
}

int superblock_unit(struct check_work *work, size_t agno)
{
	const struct fs *fs = work_fs(work);
	int rc = agno == 0 ? check_in_use(work) : 0;

	if (rc == 0 && (agno != 0 || fs->sb_agno == 0))
		rc = superblock_check_copy(work, (uint32_t)agno);
	return rc;
}
