/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The features: on by default is what the kernel maintains at little cost and what finds or prevents damage. Those that
 * xfsprogs 6.1 does not know (exchange, parent) are off, so that its xfs_repair stays usable.
 */
#include "write/newfs_plan.h"

static int refuse_combinations(const struct newfs_draft *draft, const struct geometry *geo, struct error *err)
{
	const struct newfs_options *options = draft->options;

	if (options->ascii_ci == NEWFS_ON)
		return error_set(err, ERR_UNSUPPORTED,
				 "file names without regard to case (-n version=ci) are not supported");
	if (options->lazy_count == NEWFS_OFF)
		return error_set(err, ERR_UNSUPPORTED, "the lazy counters are always on in XFS version 5");
	if (options->inobtcount == NEWFS_ON && !geo->has_finobt)
		return error_set(err, ERR_INVALID, "inobtcount counts blocks of finobt too and cannot be without it");
	if (geo->has_reflink && !geo->has_rmapbt && !options->allow_unmapped && !options->like_mkfs_xfs)
		return error_set(err, ERR_INVALID,
				 "reflink without rmapbt leaves nobody who knows the files of a bad block "
				 "(--allow-unmapped does it anyway)");
	return 0;
}

static void set_bits(struct newfs_layout *layout)
{
	struct geometry *geo = &layout->geo;

	geo->features_ro_compat = (geo->has_finobt ? SB_RO_COMPAT_FINOBT : 0) |
				  (geo->has_rmapbt ? SB_RO_COMPAT_RMAPBT : 0) |
				  (geo->has_reflink ? SB_RO_COMPAT_REFLINK : 0) |
				  (geo->has_inobtcount ? SB_RO_COMPAT_INOBTCNT : 0);
	geo->features_incompat = SB_INCOMPAT_FTYPE | (geo->has_sparse_inodes ? SB_INCOMPAT_SPINODES : 0) |
				 (geo->has_bigtime ? SB_INCOMPAT_BIGTIME : 0) |
				 (geo->has_nrext64 ? SB_INCOMPAT_NREXT64 : 0) |
				 (geo->has_exchange ? SB_INCOMPAT_EXCHRANGE : 0) |
				 (geo->has_parent ? SB_INCOMPAT_PARENT : 0);
	layout->version = SB_VERSION_5 | SB_VERSION_NLINK | SB_VERSION_ALIGN | SB_VERSION_LOGV2 | SB_VERSION_EXTFLG |
			  SB_VERSION_DIRV2 | SB_VERSION_MOREBITS;
	if (geo->sector_bytes > 512)
		layout->version |= SB_VERSION_SECTOR;
	layout->features2 = SB_FEATURES2_LAZYSBCOUNT | SB_FEATURES2_ATTR2 | SB_FEATURES2_PROJID32 | SB_FEATURES2_CRC;
}

int newfs_plan_features(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_options *options = draft->options;
	struct geometry *geo = &draft->layout->geo;
	bool dax = !options->like_mkfs_xfs;
	int rc;

	geo->has_ftype = true;
	geo->has_finobt = newfs_plan_is_on(options->finobt, true);
	geo->has_rmapbt = newfs_plan_is_on(options->rmapbt, dax);
	geo->has_reflink = newfs_plan_is_on(options->reflink, true);
	geo->has_inobtcount = newfs_plan_is_on(options->inobtcount, geo->has_finobt);
	geo->has_bigtime = newfs_plan_is_on(options->bigtime, true);
	geo->has_nrext64 = newfs_plan_is_on(options->nrext64, dax);
	geo->has_exchange = newfs_plan_is_on(options->exchange, false);
	geo->has_parent = newfs_plan_is_on(options->parent, false);
	rc = refuse_combinations(draft, geo, err);
	if (rc == 0)
		set_bits(draft->layout);
	return rc;
}
