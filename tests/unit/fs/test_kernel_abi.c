/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our declarations of the kernel's ioctls against those of the system header (xfslibs-dev). Nothing else includes that
 * header; without it the test is skipped. What came after xfsprogs 6.1 (GETPARENTS) the header does not have.
 */
#include <stdio.h>

#if __has_include(<xfs/xfs.h>)

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <xfs/xfs.h>

#include "fs/kernel_abi.h"

struct same {
	const char *what;
	uint64_t ours, theirs;
};
#define NUMBER(ours_, theirs_) {#ours_, (uint64_t)(ours_), (uint64_t)(theirs_)}
#define SIZE(ours_, theirs_)   {"size of " #ours_, sizeof(struct ours_), sizeof(struct theirs_)}
#define PLACE(ours_, member_, theirs_, there_)                                                                        \
	{"offset of " #ours_ "." #member_, offsetof(struct ours_, member_), offsetof(struct theirs_, there_)},        \
	{"width of " #ours_ "." #member_, sizeof(((struct ours_ *)0)->member_), sizeof(((struct theirs_ *)0)->there_)}

/* clang-format off */
static const struct same sames[] = {
	NUMBER(KERNEL_IOC_GETBMAPX,	XFS_IOC_GETBMAPX),
	NUMBER(KERNEL_IOC_FD_TO_HANDLE,	XFS_IOC_FD_TO_HANDLE),
	NUMBER(KERNEL_IOC_FSGEOMETRY,	XFS_IOC_FSGEOMETRY),
	NUMBER(KERNEL_IOC_BULKSTAT,	XFS_IOC_BULKSTAT),
	NUMBER(KERNEL_IOC_INUMBERS,	XFS_IOC_INUMBERS),

	NUMBER(KERNEL_OWN_FS,		XFS_FMR_OWN_FS),
	NUMBER(KERNEL_OWN_LOG,		XFS_FMR_OWN_LOG),
	NUMBER(KERNEL_OWN_AG,		XFS_FMR_OWN_AG),
	NUMBER(KERNEL_OWN_INOBT,	XFS_FMR_OWN_INOBT),
	NUMBER(KERNEL_OWN_INODES,	XFS_FMR_OWN_INODES),
	NUMBER(KERNEL_OWN_REFC,		XFS_FMR_OWN_REFC),
	NUMBER(KERNEL_OWN_COW,		XFS_FMR_OWN_COW),
	NUMBER(KERNEL_OWN_DEFECTIVE,	XFS_FMR_OWN_DEFECTIVE),

	SIZE(kernel_geometry, xfs_fsop_geom),
	PLACE(kernel_geometry, blocksize,	xfs_fsop_geom, blocksize),
	PLACE(kernel_geometry, agblocks,	xfs_fsop_geom, agblocks),
	PLACE(kernel_geometry, agcount,		xfs_fsop_geom, agcount),
	PLACE(kernel_geometry, logblocks,	xfs_fsop_geom, logblocks),
	PLACE(kernel_geometry, sectsize,	xfs_fsop_geom, sectsize),
	PLACE(kernel_geometry, inodesize,	xfs_fsop_geom, inodesize),
	PLACE(kernel_geometry, datablocks,	xfs_fsop_geom, datablocks),
	PLACE(kernel_geometry, rtblocks,	xfs_fsop_geom, rtblocks),
	PLACE(kernel_geometry, logstart,	xfs_fsop_geom, logstart),
	PLACE(kernel_geometry, uuid,		xfs_fsop_geom, uuid),
	PLACE(kernel_geometry, flags,		xfs_fsop_geom, flags),
	PLACE(kernel_geometry, dirblocksize,	xfs_fsop_geom, dirblocksize),
	PLACE(kernel_geometry, checked,		xfs_fsop_geom, checked),
	NUMBER(KERNEL_GEO_V5SB,		XFS_FSOP_GEOM_FLAGS_V5SB),
	NUMBER(KERNEL_GEO_FTYPE,	XFS_FSOP_GEOM_FLAGS_FTYPE),
	NUMBER(KERNEL_GEO_FINOBT,	XFS_FSOP_GEOM_FLAGS_FINOBT),
	NUMBER(KERNEL_GEO_SPINODES,	XFS_FSOP_GEOM_FLAGS_SPINODES),
	NUMBER(KERNEL_GEO_RMAPBT,	XFS_FSOP_GEOM_FLAGS_RMAPBT),
	NUMBER(KERNEL_GEO_REFLINK,	XFS_FSOP_GEOM_FLAGS_REFLINK),
	NUMBER(KERNEL_GEO_BIGTIME,	XFS_FSOP_GEOM_FLAGS_BIGTIME),
	NUMBER(KERNEL_GEO_INOBTCNT,	XFS_FSOP_GEOM_FLAGS_INOBTCNT),
	NUMBER(KERNEL_GEO_NREXT64,	XFS_FSOP_GEOM_FLAGS_NREXT64),

	SIZE(kernel_bulk_request, xfs_bulk_ireq),
	PLACE(kernel_bulk_request, ino,		xfs_bulk_ireq, ino),
	PLACE(kernel_bulk_request, flags,	xfs_bulk_ireq, flags),
	PLACE(kernel_bulk_request, icount,	xfs_bulk_ireq, icount),
	PLACE(kernel_bulk_request, ocount,	xfs_bulk_ireq, ocount),
	NUMBER(KERNEL_BULK_SPECIAL,	XFS_BULK_IREQ_SPECIAL),
	NUMBER(KERNEL_BULK_ROOT,	XFS_BULK_IREQ_SPECIAL_ROOT),
	NUMBER(KERNEL_BULK_NREXT64,	XFS_BULK_IREQ_NREXT64),

	SIZE(kernel_bulkstat, xfs_bulkstat),
	PLACE(kernel_bulkstat, ino,		xfs_bulkstat, bs_ino),
	PLACE(kernel_bulkstat, size,		xfs_bulkstat, bs_size),
	PLACE(kernel_bulkstat, blocks,		xfs_bulkstat, bs_blocks),
	PLACE(kernel_bulkstat, gen,		xfs_bulkstat, bs_gen),
	PLACE(kernel_bulkstat, nlink,		xfs_bulkstat, bs_nlink),
	PLACE(kernel_bulkstat, aextents,	xfs_bulkstat, bs_aextents),
	PLACE(kernel_bulkstat, forkoff,		xfs_bulkstat, bs_forkoff),
	PLACE(kernel_bulkstat, mode,		xfs_bulkstat, bs_mode),
	PLACE(kernel_bulkstat, extents64,	xfs_bulkstat, bs_extents64),

	SIZE(kernel_inumbers, xfs_inumbers),
	PLACE(kernel_inumbers, startino,	xfs_inumbers, xi_startino),
	PLACE(kernel_inumbers, allocmask,	xfs_inumbers, xi_allocmask),

	SIZE(kernel_bmap, getbmapx),
	SIZE(kernel_bmap_key, getbmap),
	PLACE(kernel_bmap, offset,		getbmapx, bmv_offset),
	PLACE(kernel_bmap, block,		getbmapx, bmv_block),
	PLACE(kernel_bmap, length,		getbmapx, bmv_length),
	PLACE(kernel_bmap, count,		getbmapx, bmv_count),
	PLACE(kernel_bmap, entries,		getbmapx, bmv_entries),
	PLACE(kernel_bmap, iflags,		getbmapx, bmv_iflags),
	PLACE(kernel_bmap, oflags,		getbmapx, bmv_oflags),
	NUMBER(KERNEL_BMAP_IN_ATTR,	BMV_IF_ATTRFORK),
	NUMBER(KERNEL_BMAP_IN_PREALLOC,	BMV_IF_PREALLOC),
	NUMBER(KERNEL_BMAP_IN_NO_HOLES,	BMV_IF_NO_HOLES),
	NUMBER(KERNEL_BMAP_IN_COW,	BMV_IF_COWFORK),
	NUMBER(KERNEL_BMAP_OUT_PREALLOC, BMV_OF_PREALLOC),
	NUMBER(KERNEL_BMAP_OUT_DELAYED,	BMV_OF_DELALLOC),
	NUMBER(KERNEL_BMAP_OUT_LAST,	BMV_OF_LAST),

	SIZE(kernel_handle, xfs_handle),
	PLACE(kernel_handle, fsid,		xfs_handle, ha_u),
	PLACE(kernel_handle, fid.len,		xfs_handle, ha_fid.fid_len),
	PLACE(kernel_handle, fid.gen,		xfs_handle, ha_fid.fid_gen),
	PLACE(kernel_handle, fid.ino,		xfs_handle, ha_fid.fid_ino),
	SIZE(kernel_handle_request, xfs_fsop_handlereq),
	PLACE(kernel_handle_request, fd,	xfs_fsop_handlereq, fd),
	PLACE(kernel_handle_request, out_handle, xfs_fsop_handlereq, ohandle),
	PLACE(kernel_handle_request, out_len,	xfs_fsop_handlereq, ohandlen),
};
/* clang-format on */

int main(void)
{
	size_t count = sizeof(sames) / sizeof(sames[0]), wrong = 0;

	for (size_t i = 0; i < count; i++)
		if (sames[i].ours != sames[i].theirs) {
			printf("%s: %#llx here, %#llx in xfs_fs.h\n", sames[i].what, (unsigned long long)sames[i].ours,
			       (unsigned long long)sames[i].theirs);
			wrong++;
		}
	printf("%zu numbers compared, %zu differ\n", count, wrong);
	return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}

#else

int main(void)
{
	puts("skipped: xfs/xfs.h is not installed (Debian: xfslibs-dev)");
	return 77;
}

#endif
