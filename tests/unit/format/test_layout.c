/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our structures against those of the system headers (xfslibs-dev): sizes, and the place and size of every field.
 * Nothing else includes those headers; without them the test is skipped.
 */
#include <stdio.h>

#if __has_include(<xfs/xfs_format.h>) && __has_include(<xfs/xfs_da_format.h>) && __has_include(<xfs/xfs_log_format.h>)

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xfs/xfs.h>
#include <xfs/xfs_arch.h>
#include <xfs/xfs_format.h>
#include <xfs/xfs_log_format.h>
#include <xfs/xfs_da_format.h>

#include "format/agf.h"
#include "format/agfl.h"
#include "format/agi.h"
#include "format/attr.h"
#include "format/btree_block.h"
#include "format/btree_kind.h"
#include "format/dir.h"
#include "format/dquot.h"
#include "format/inode.h"
#include "format/log.h"
#include "format/records.h"
#include "format/sb.h"
#include "format/symlink.h"
#include "format/tables.h"

/* A member of ours and what it is there. */
struct same {
	const char *table, *member;
	size_t our_offset, our_bytes, their_offset, their_bytes;
};
#define SAME(table_, ours, member_, theirs, member_there)                                                             \
	{                                                                                                             \
		table_, #member_, offsetof(ours, member_), sizeof(((ours *)0)->member_),                              \
			offsetof(theirs, member_there), sizeof(((theirs *)0)->member_there),                          \
	}

/* clang-format off */
static const struct same members[] = {
#define M(member, there) SAME("sb", struct disk_sb, member, struct xfs_dsb, there)
	M(magicnum, sb_magicnum),
	M(blocksize, sb_blocksize),
	M(dblocks, sb_dblocks),
	M(rblocks, sb_rblocks),
	M(rextents, sb_rextents),
	M(uuid, sb_uuid),
	M(logstart, sb_logstart),
	M(rootino, sb_rootino),
	M(rbmino, sb_rbmino),
	M(rsumino, sb_rsumino),
	M(rextsize, sb_rextsize),
	M(agblocks, sb_agblocks),
	M(agcount, sb_agcount),
	M(rbmblocks, sb_rbmblocks),
	M(logblocks, sb_logblocks),
	M(versionnum, sb_versionnum),
	M(sectsize, sb_sectsize),
	M(inodesize, sb_inodesize),
	M(inopblock, sb_inopblock),
	M(fname, sb_fname),
	M(blocklog, sb_blocklog),
	M(sectlog, sb_sectlog),
	M(inodelog, sb_inodelog),
	M(inopblog, sb_inopblog),
	M(agblklog, sb_agblklog),
	M(rextslog, sb_rextslog),
	M(inprogress, sb_inprogress),
	M(imax_pct, sb_imax_pct),
	M(icount, sb_icount),
	M(ifree, sb_ifree),
	M(fdblocks, sb_fdblocks),
	M(frextents, sb_frextents),
	M(uquotino, sb_uquotino),
	M(gquotino, sb_gquotino),
	M(qflags, sb_qflags),
	M(flags, sb_flags),
	M(shared_vn, sb_shared_vn),
	M(inoalignmt, sb_inoalignmt),
	M(unit, sb_unit),
	M(width, sb_width),
	M(dirblklog, sb_dirblklog),
	M(logsectlog, sb_logsectlog),
	M(logsectsize, sb_logsectsize),
	M(logsunit, sb_logsunit),
	M(features2, sb_features2),
	M(bad_features2, sb_bad_features2),
	M(features_compat, sb_features_compat),
	M(features_ro_compat, sb_features_ro_compat),
	M(features_incompat, sb_features_incompat),
	M(features_log_incompat, sb_features_log_incompat),
	M(crc, sb_crc),
	M(spino_align, sb_spino_align),
	M(pquotino, sb_pquotino),
	M(lsn, sb_lsn),
	M(meta_uuid, sb_meta_uuid),
#undef M

#define M(member, there) SAME("agf", struct disk_agf, member, struct xfs_agf, there)
	M(magicnum, agf_magicnum),
	M(versionnum, agf_versionnum),
	M(seqno, agf_seqno),
	M(length, agf_length),
	M(bnoroot, agf_roots[0]),
	M(cntroot, agf_roots[1]),
	M(rmaproot, agf_roots[2]),
	M(bnolevel, agf_levels[0]),
	M(cntlevel, agf_levels[1]),
	M(rmaplevel, agf_levels[2]),
	M(flfirst, agf_flfirst),
	M(fllast, agf_fllast),
	M(flcount, agf_flcount),
	M(freeblks, agf_freeblks),
	M(longest, agf_longest),
	M(btreeblks, agf_btreeblks),
	M(uuid, agf_uuid),
	M(rmapblocks, agf_rmap_blocks),
	M(refcntblocks, agf_refcount_blocks),
	M(refcntroot, agf_refcount_root),
	M(refcntlevel, agf_refcount_level),
	M(spare64, agf_spare64),
	M(lsn, agf_lsn),
	M(crc, agf_crc),
	M(spare2, agf_spare2),
#undef M

#define M(member, there) SAME("agi", struct disk_agi, member, struct xfs_agi, there)
	M(magicnum, agi_magicnum),
	M(versionnum, agi_versionnum),
	M(seqno, agi_seqno),
	M(length, agi_length),
	M(count, agi_count),
	M(root, agi_root),
	M(level, agi_level),
	M(freecount, agi_freecount),
	M(newino, agi_newino),
	M(dirino, agi_dirino),
	M(unlinked, agi_unlinked),
	M(uuid, agi_uuid),
	M(crc, agi_crc),
	M(pad32, agi_pad32),
	M(lsn, agi_lsn),
	M(free_root, agi_free_root),
	M(free_level, agi_free_level),
	M(iblocks, agi_iblocks),
	M(fblocks, agi_fblocks),
#undef M

#define M(member, there) SAME("agfl", struct disk_agfl, member, struct xfs_agfl, there)
	M(magicnum, agfl_magicnum),
	M(seqno, agfl_seqno),
	M(uuid, agfl_uuid),
	M(lsn, agfl_lsn),
	M(crc, agfl_crc),
#undef M

#define M(member, there) SAME("btree_short", struct disk_btree_short, member, struct xfs_btree_block, there)
	M(magic, bb_magic),
	M(level, bb_level),
	M(numrecs, bb_numrecs),
	M(leftsib, bb_u.s.bb_leftsib),
	M(rightsib, bb_u.s.bb_rightsib),
	M(blkno, bb_u.s.bb_blkno),
	M(lsn, bb_u.s.bb_lsn),
	M(uuid, bb_u.s.bb_uuid),
	M(owner, bb_u.s.bb_owner),
	M(crc, bb_u.s.bb_crc),
#undef M

#define M(member, there) SAME("btree_long", struct disk_btree_long, member, struct xfs_btree_block, there)
	M(magic, bb_magic),
	M(level, bb_level),
	M(numrecs, bb_numrecs),
	M(leftsib, bb_u.l.bb_leftsib),
	M(rightsib, bb_u.l.bb_rightsib),
	M(blkno, bb_u.l.bb_blkno),
	M(lsn, bb_u.l.bb_lsn),
	M(uuid, bb_u.l.bb_uuid),
	M(owner, bb_u.l.bb_owner),
	M(crc, bb_u.l.bb_crc),
	M(pad, bb_u.l.bb_pad),
#undef M

#define M(member, there) SAME("bmap_root", struct disk_bmap_root, member, struct xfs_bmdr_block, there)
	M(level, bb_level),
	M(numrecs, bb_numrecs),
#undef M

#define M(member, there) SAME("alloc_rec", struct disk_alloc_rec, member, struct xfs_alloc_rec, there)
	M(startblock, ar_startblock),
	M(blockcount, ar_blockcount),
#undef M

#define M(member, there) SAME("inobt_rec", struct disk_inobt_rec, member, struct xfs_inobt_rec, there)
	M(startino, ir_startino),
	M(freecount, ir_u.f.ir_freecount),
	M(holemask, ir_u.sp.ir_holemask),
	M(count, ir_u.sp.ir_count),
	M(sp_freecount, ir_u.sp.ir_freecount),
	M(free, ir_free),
#undef M

#define M(member, there) SAME("inobt_key", struct disk_inobt_key, member, struct xfs_inobt_key, there)
	M(startino, ir_startino),
#undef M

#define M(member, there) SAME("refcount_rec", struct disk_refcount_rec, member, struct xfs_refcount_rec, there)
	M(startblock, rc_startblock),
	M(blockcount, rc_blockcount),
	M(refcount, rc_refcount),
#undef M

#define M(member, there) SAME("refcount_key", struct disk_refcount_key, member, struct xfs_refcount_key, there)
	M(startblock, rc_startblock),
#undef M

#define M(member, there) SAME("rmap_rec", struct disk_rmap_rec, member, struct xfs_rmap_rec, there)
	M(startblock, rm_startblock),
	M(blockcount, rm_blockcount),
	M(owner, rm_owner),
	M(offset, rm_offset),
#undef M

#define M(member, there) SAME("rmap_key", struct disk_rmap_key, member, struct xfs_rmap_key, there)
	M(startblock, rm_startblock),
	M(owner, rm_owner),
	M(offset, rm_offset),
#undef M

#define M(member, there) SAME("bmap_rec", struct disk_bmap_rec, member, struct xfs_bmbt_rec, there)
	M(l0, l0),
	M(l1, l1),
#undef M

#define M(member, there) SAME("bmap_key", struct disk_bmap_key, member, struct xfs_bmbt_key, there)
	M(startoff, br_startoff),
#undef M

#define M(member, there) SAME("inode", struct disk_inode, member, struct xfs_dinode, there)
	M(magic, di_magic),
	M(mode, di_mode),
	M(version, di_version),
	M(format, di_format),
	M(onlink, di_onlink),
	M(uid, di_uid),
	M(gid, di_gid),
	M(nlink, di_nlink),
	M(projid_lo, di_projid_lo),
	M(projid_hi, di_projid_hi),
	M(big_nextents, di_big_nextents),
	M(v2_pad, di_v2_pad),
	M(flushiter, di_flushiter),
	M(atime, di_atime),
	M(mtime, di_mtime),
	M(ctime, di_ctime),
	M(size, di_size),
	M(nblocks, di_nblocks),
	M(extsize, di_extsize),
	M(nextents, di_nextents),
	M(anextents, di_anextents),
	M(big_anextents, di_big_anextents),
	M(nrext64_pad, di_nrext64_pad),
	M(forkoff, di_forkoff),
	M(aformat, di_aformat),
	M(dmevmask, di_dmevmask),
	M(dmstate, di_dmstate),
	M(flags, di_flags),
	M(gen, di_gen),
	M(next_unlinked, di_next_unlinked),
	M(crc, di_crc),
	M(changecount, di_changecount),
	M(lsn, di_lsn),
	M(flags2, di_flags2),
	M(cowextsize, di_cowextsize),
	M(pad2, di_pad2),
	M(crtime, di_crtime),
	M(ino, di_ino),
	M(uuid, di_uuid),
#undef M

#define M(member, there) SAME("da_node", struct disk_da_node, member, struct xfs_da3_node_hdr, there)
	M(info.forw, info.hdr.forw),
	M(info.back, info.hdr.back),
	M(info.magic, info.hdr.magic),
	M(info.pad, info.hdr.pad),
	M(info.crc, info.crc),
	M(info.blkno, info.blkno),
	M(info.lsn, info.lsn),
	M(info.uuid, info.uuid),
	M(info.owner, info.owner),
	M(count, __count),
	M(level, __level),
	M(pad, __pad32),
#undef M

#define M(member, there) SAME("da_node_entry", struct disk_da_node_entry, member, struct xfs_da_node_entry, there)
	M(hashval, hashval),
	M(before, before),
#undef M

#define M(member, there) SAME("dir_short8", struct disk_dir_short8, member, struct xfs_dir2_sf_hdr, there)
	M(count, count),
	M(i8count, i8count),
	M(parent, parent),
#undef M

#define M(member, there) SAME("dir_short_entry", struct disk_dir_short_entry, member, struct xfs_dir2_sf_entry, there)
	M(namelen, namelen),
	M(offset, offset),
#undef M

#define M(member, there) SAME("dir_data", struct disk_dir_data, member, struct xfs_dir3_data_hdr, there)
	M(header.magic, hdr.magic),
	M(header.crc, hdr.crc),
	M(header.blkno, hdr.blkno),
	M(header.lsn, hdr.lsn),
	M(header.uuid, hdr.uuid),
	M(header.owner, hdr.owner),
	M(bestfree[0].offset, best_free[0].offset),
	M(bestfree[0].length, best_free[0].length),
	M(bestfree[1].offset, best_free[1].offset),
	M(bestfree[1].length, best_free[1].length),
	M(bestfree[2].offset, best_free[2].offset),
	M(bestfree[2].length, best_free[2].length),
	M(pad, pad),
#undef M

#define M(member, there) SAME("dir_entry", struct disk_dir_entry, member, struct xfs_dir2_data_entry, there)
	M(inumber, inumber),
	M(namelen, namelen),
#undef M

#define M(member, there) SAME("dir_unused", struct disk_dir_unused, member, struct xfs_dir2_data_unused, there)
	M(freetag, freetag),
	M(length, length),
#undef M

#define M(member, there) SAME("dir_block_tail", struct disk_dir_block_tail, member, struct xfs_dir2_block_tail, there)
	M(count, count),
	M(stale, stale),
#undef M

#define M(member, there) SAME("dir_leaf", struct disk_dir_leaf, member, struct xfs_dir3_leaf_hdr, there)
	M(info.forw, info.hdr.forw),
	M(info.back, info.hdr.back),
	M(info.magic, info.hdr.magic),
	M(info.pad, info.hdr.pad),
	M(info.crc, info.crc),
	M(info.blkno, info.blkno),
	M(info.lsn, info.lsn),
	M(info.uuid, info.uuid),
	M(info.owner, info.owner),
	M(count, count),
	M(stale, stale),
	M(pad, pad),
#undef M

#define M(member, there) SAME("dir_leaf_entry", struct disk_dir_leaf_entry, member, struct xfs_dir2_leaf_entry, there)
	M(hashval, hashval),
	M(address, address),
#undef M

#define M(member, there) SAME("dir_leaf_tail", struct disk_dir_leaf_tail, member, struct xfs_dir2_leaf_tail, there)
	M(bestcount, bestcount),
#undef M

#define M(member, there) SAME("dir_free", struct disk_dir_free, member, struct xfs_dir3_free_hdr, there)
	M(header.magic, hdr.magic),
	M(header.crc, hdr.crc),
	M(header.blkno, hdr.blkno),
	M(header.lsn, hdr.lsn),
	M(header.uuid, hdr.uuid),
	M(header.owner, hdr.owner),
	M(firstdb, firstdb),
	M(nvalid, nvalid),
	M(nused, nused),
	M(pad, pad),
#undef M

#define M(member, there) SAME("attr_short", struct disk_attr_short, member, struct xfs_attr_sf_hdr, there)
	M(totsize, totsize),
	M(count, count),
	M(padding, padding),
#undef M

#define M(member, there) SAME("attr_short_entry", struct disk_attr_short_entry, member, struct xfs_attr_sf_entry, there)
	M(namelen, namelen),
	M(valuelen, valuelen),
	M(flags, flags),
#undef M

#define M(member, there) SAME("attr_leaf", struct disk_attr_leaf, member, struct xfs_attr3_leaf_hdr, there)
	M(info.forw, info.hdr.forw),
	M(info.back, info.hdr.back),
	M(info.magic, info.hdr.magic),
	M(info.pad, info.hdr.pad),
	M(info.crc, info.crc),
	M(info.blkno, info.blkno),
	M(info.lsn, info.lsn),
	M(info.uuid, info.uuid),
	M(info.owner, info.owner),
	M(count, count),
	M(usedbytes, usedbytes),
	M(firstused, firstused),
	M(holes, holes),
	M(pad1, pad1),
	M(freemap[0].base, freemap[0].base),
	M(freemap[0].size, freemap[0].size),
	M(freemap[1].base, freemap[1].base),
	M(freemap[1].size, freemap[1].size),
	M(freemap[2].base, freemap[2].base),
	M(freemap[2].size, freemap[2].size),
	M(pad2, pad2),
#undef M

#define M(member, there) SAME("attr_leaf_entry", struct disk_attr_leaf_entry, member, struct xfs_attr_leaf_entry, there)
	M(hashval, hashval),
	M(nameidx, nameidx),
	M(flags, flags),
	M(pad2, pad2),
#undef M

#define M(member, there) SAME("attr_local", struct disk_attr_local, member, struct xfs_attr_leaf_name_local, there)
	M(valuelen, valuelen),
	M(namelen, namelen),
#undef M

#define M(member, there) SAME("attr_remote", struct disk_attr_remote, member, struct xfs_attr_leaf_name_remote, there)
	M(valueblk, valueblk),
	M(valuelen, valuelen),
	M(namelen, namelen),
#undef M

#define M(member, there) SAME("attr_value", struct disk_attr_value, member, struct xfs_attr3_rmt_hdr, there)
	M(magic, rm_magic),
	M(offset, rm_offset),
	M(bytes, rm_bytes),
	M(crc, rm_crc),
	M(uuid, rm_uuid),
	M(owner, rm_owner),
	M(blkno, rm_blkno),
	M(lsn, rm_lsn),
#undef M

#define M(member, there) SAME("symlink", struct disk_symlink, member, struct xfs_dsymlink_hdr, there)
	M(magic, sl_magic),
	M(offset, sl_offset),
	M(bytes, sl_bytes),
	M(crc, sl_crc),
	M(uuid, sl_uuid),
	M(owner, sl_owner),
	M(blkno, sl_blkno),
	M(lsn, sl_lsn),
#undef M

#define M(member, there) SAME("dqblk", struct disk_dqblk, member, struct xfs_dqblk, there)
	M(dquot.magic, dd_diskdq.d_magic),
	M(dquot.version, dd_diskdq.d_version),
	M(dquot.type, dd_diskdq.d_type),
	M(dquot.id, dd_diskdq.d_id),
	M(dquot.blk_hardlimit, dd_diskdq.d_blk_hardlimit),
	M(dquot.blk_softlimit, dd_diskdq.d_blk_softlimit),
	M(dquot.ino_hardlimit, dd_diskdq.d_ino_hardlimit),
	M(dquot.ino_softlimit, dd_diskdq.d_ino_softlimit),
	M(dquot.bcount, dd_diskdq.d_bcount),
	M(dquot.icount, dd_diskdq.d_icount),
	M(dquot.itimer, dd_diskdq.d_itimer),
	M(dquot.btimer, dd_diskdq.d_btimer),
	M(dquot.iwarns, dd_diskdq.d_iwarns),
	M(dquot.bwarns, dd_diskdq.d_bwarns),
	M(dquot.pad0, dd_diskdq.d_pad0),
	M(dquot.rtb_hardlimit, dd_diskdq.d_rtb_hardlimit),
	M(dquot.rtb_softlimit, dd_diskdq.d_rtb_softlimit),
	M(dquot.rtbcount, dd_diskdq.d_rtbcount),
	M(dquot.rtbtimer, dd_diskdq.d_rtbtimer),
	M(dquot.rtbwarns, dd_diskdq.d_rtbwarns),
	M(dquot.pad, dd_diskdq.d_pad),
	M(fill, dd_fill),
	M(crc, dd_crc),
	M(lsn, dd_lsn),
	M(uuid, dd_uuid),
#undef M

#define M(member, there) SAME("log_record", struct disk_log_record, member, struct xlog_rec_header, there)
	M(magicno, h_magicno),
	M(cycle, h_cycle),
	M(version, h_version),
	M(len, h_len),
	M(lsn, h_lsn),
	M(tail_lsn, h_tail_lsn),
	M(crc, h_crc),
	M(prev_block, h_prev_block),
	M(num_logops, h_num_logops),
	M(cycle_data, h_cycle_data),
	M(fmt, h_fmt),
	M(fs_uuid, h_fs_uuid),
	M(size, h_size),
#undef M

#define M(member, there) SAME("log_ext", struct disk_log_ext, member, struct xlog_rec_ext_header, there)
	M(cycle, xh_cycle),
	M(cycle_data, xh_cycle_data),
#undef M

#define M(member, there) SAME("log_op", struct disk_log_op, member, struct xlog_op_header, there)
	M(tid, oh_tid),
	M(len, oh_len),
	M(clientid, oh_clientid),
	M(flags, oh_flags),
	M(res2, oh_res2),
#undef M
};

/* The whole of ours, and of theirs as far as it is fixed: a name that follows does not belong to it. */
struct size {
	const char *table;
	size_t ours, theirs;
};
static const struct size sizes[] = {
	{"sb", sizeof(struct disk_sb), sizeof(struct xfs_dsb)},
	{"agf", sizeof(struct disk_agf), sizeof(struct xfs_agf)},
	{"agi", sizeof(struct disk_agi), sizeof(struct xfs_agi)},
	{"agfl", sizeof(struct disk_agfl), sizeof(struct xfs_agfl)},
	{"btree_short", sizeof(struct disk_btree_short), XFS_BTREE_SBLOCK_CRC_LEN},
	{"btree_long", sizeof(struct disk_btree_long), XFS_BTREE_LBLOCK_CRC_LEN},
	{"bmap_root", sizeof(struct disk_bmap_root), sizeof(struct xfs_bmdr_block)},
	{"alloc_rec", sizeof(struct disk_alloc_rec), sizeof(struct xfs_alloc_rec)},
	{"inobt_rec", sizeof(struct disk_inobt_rec), sizeof(struct xfs_inobt_rec)},
	{"inobt_key", sizeof(struct disk_inobt_key), sizeof(struct xfs_inobt_key)},
	{"refcount_rec", sizeof(struct disk_refcount_rec), sizeof(struct xfs_refcount_rec)},
	{"refcount_key", sizeof(struct disk_refcount_key), sizeof(struct xfs_refcount_key)},
	{"rmap_rec", sizeof(struct disk_rmap_rec), sizeof(struct xfs_rmap_rec)},
	{"rmap_key", sizeof(struct disk_rmap_key), sizeof(struct xfs_rmap_key)},
	{"bmap_rec", sizeof(struct disk_bmap_rec), sizeof(struct xfs_bmbt_rec)},
	{"bmap_key", sizeof(struct disk_bmap_key), sizeof(struct xfs_bmbt_key)},
	{"inode", sizeof(struct disk_inode), sizeof(struct xfs_dinode)},
	{"da_node", sizeof(struct disk_da_node), sizeof(struct xfs_da3_node_hdr)},
	{"da_node_entry", sizeof(struct disk_da_node_entry), sizeof(struct xfs_da_node_entry)},
	{"dir_short8", sizeof(struct disk_dir_short8), sizeof(struct xfs_dir2_sf_hdr)},
	{"dir_short_entry", sizeof(struct disk_dir_short_entry), sizeof(struct xfs_dir2_sf_entry)},
	{"dir_data", sizeof(struct disk_dir_data), sizeof(struct xfs_dir3_data_hdr)},
	{"dir_entry", sizeof(struct disk_dir_entry), offsetof(struct xfs_dir2_data_entry, name)},
	{"dir_unused", sizeof(struct disk_dir_unused), offsetof(struct xfs_dir2_data_unused, tag)},
	{"dir_block_tail", sizeof(struct disk_dir_block_tail), sizeof(struct xfs_dir2_block_tail)},
	{"dir_leaf", sizeof(struct disk_dir_leaf), sizeof(struct xfs_dir3_leaf_hdr)},
	{"dir_leaf_entry", sizeof(struct disk_dir_leaf_entry), sizeof(struct xfs_dir2_leaf_entry)},
	{"dir_leaf_tail", sizeof(struct disk_dir_leaf_tail), sizeof(struct xfs_dir2_leaf_tail)},
	{"dir_free", sizeof(struct disk_dir_free), sizeof(struct xfs_dir3_free_hdr)},
	{"attr_short", sizeof(struct disk_attr_short), sizeof(struct xfs_attr_sf_hdr)},
	{"attr_short_entry", sizeof(struct disk_attr_short_entry), sizeof(struct xfs_attr_sf_entry)},
	{"attr_leaf", sizeof(struct disk_attr_leaf), sizeof(struct xfs_attr3_leaf_hdr)},
	{"attr_leaf_entry", sizeof(struct disk_attr_leaf_entry), sizeof(struct xfs_attr_leaf_entry)},
	{"attr_local", sizeof(struct disk_attr_local), offsetof(struct xfs_attr_leaf_name_local, nameval)},
	{"attr_remote", sizeof(struct disk_attr_remote), offsetof(struct xfs_attr_leaf_name_remote, name)},
	{"attr_value", sizeof(struct disk_attr_value), sizeof(struct xfs_attr3_rmt_hdr)},
	{"symlink", sizeof(struct disk_symlink), sizeof(struct xfs_dsymlink_hdr)},
	{"dqblk", sizeof(struct disk_dqblk), sizeof(struct xfs_dqblk)},
	{"log_ext", sizeof(struct disk_log_ext), sizeof(struct xlog_rec_ext_header)},
	{"log_op", sizeof(struct disk_log_op), sizeof(struct xlog_op_header)},
	{"dir_short4", sizeof(struct disk_dir_short4), sizeof(struct xfs_dir2_sf_hdr) - XFS_INO64_DIFF},
	/* Theirs ends with padding on machines that align 64-bit numbers to 8 bytes, and without on others. */
	{"log_record", offsetof(struct disk_log_record, pad), offsetof(struct xlog_rec_header, h_size) + 4},
};
/* clang-format on */

/* Tables of which the headers have no structure, or none of that shape. */
static const char *const unmatched[] = {
	"dir_short4", /* the same as dir_short8, with a shorter number at the end */
	"parent",     /* newer than the headers of Debian 12 */
};

START_TEST(members_agree)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct same *m = &members[i];

		ck_assert_msg(m->our_offset == m->their_offset && m->our_bytes == m->their_bytes,
			      "%s.%s: %zu bytes at %zu, the header has %zu at %zu", m->table, m->member, m->our_bytes,
			      m->our_offset, m->their_bytes, m->their_offset);
	}
}
END_TEST

START_TEST(sizes_agree)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		ck_assert_msg(sizes[i].ours == sizes[i].theirs, "%s: %zu bytes, the header has %zu", sizes[i].table,
			      sizes[i].ours, sizes[i].theirs);
}
END_TEST

static bool is_unmatched(const char *table)
{
	for (size_t i = 0; i < sizeof(unmatched) / sizeof(unmatched[0]); i++)
		if (strcmp(unmatched[i], table) == 0)
			return true;
	return false;
}

/* No field of any table has been left out above. The pad of log_record is not in their structure. */
START_TEST(all_fields_are_compared)
{
	for (size_t t = 0; all_field_tables[t]; t++) {
		const struct field_table *table = all_field_tables[t];

		for (size_t f = 0; f < table->count && !is_unmatched(table->name); f++) {
			const struct field *field = &table->fields[f];
			uint32_t at = field->bit_offset / 8;
			uint32_t end = (field->bit_offset + field->bit_width * field->count + 7) / 8;
			bool covered = strcmp(table->name, "log_record") == 0 && strcmp(field->name, "pad") == 0;

			/* Byte by byte: a packed number may lie in two words. */
			for (; at < end && !covered; at++) {
				bool found = false;

				for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
					found |= strcmp(members[i].table, table->name) == 0 &&
						 at >= members[i].our_offset &&
						 at < members[i].our_offset + members[i].our_bytes;
				ck_assert_msg(found, "%s.%s is compared with nothing", table->name, field->name);
			}
		}
	}
}
END_TEST

START_TEST(numbers_agree)
{
	ck_assert_uint_eq(SB_MAGIC, XFS_SB_MAGIC);
	ck_assert_uint_eq(AGF_MAGIC, XFS_AGF_MAGIC);
	ck_assert_uint_eq(AGI_MAGIC, XFS_AGI_MAGIC);
	ck_assert_uint_eq(AGFL_MAGIC, XFS_AGFL_MAGIC);
	ck_assert_uint_eq(INODE_MAGIC, XFS_DINODE_MAGIC);
	ck_assert_uint_eq(SYMLINK_MAGIC, XFS_SYMLINK_MAGIC);
	ck_assert_uint_eq(SYMLINK_TARGET_MAX, XFS_SYMLINK_MAXLEN);
	ck_assert_uint_eq(SYMLINK_BLOCKS_MAX, XFS_SYMLINK_MAPS);
	ck_assert_uint_eq(DQUOT_MAGIC, XFS_DQUOT_MAGIC);
	ck_assert_uint_eq(DA_NODE_MAGIC, XFS_DA3_NODE_MAGIC);
	ck_assert_uint_eq(DA_LEVELS_MAX, XFS_DA_NODE_MAXDEPTH);
	ck_assert_uint_eq(ATTR_LEAF_MAGIC, XFS_ATTR3_LEAF_MAGIC);
	ck_assert_uint_eq(ATTR_REMOTE_MAGIC, XFS_ATTR3_RMT_MAGIC);
	ck_assert_uint_eq(ATTR_FLAG_LOCAL, XFS_ATTR_LOCAL);
	ck_assert_uint_eq(ATTR_FLAG_ROOT, XFS_ATTR_ROOT);
	ck_assert_uint_eq(ATTR_FLAG_SECURE, XFS_ATTR_SECURE);
	ck_assert_uint_eq(ATTR_FLAG_INCOMPLETE, XFS_ATTR_INCOMPLETE);
	ck_assert_uint_eq(DIR_BLOCK_MAGIC, XFS_DIR3_BLOCK_MAGIC);
	ck_assert_uint_eq(DIR_DATA_MAGIC, XFS_DIR3_DATA_MAGIC);
	ck_assert_uint_eq(DIR_FREE_MAGIC, XFS_DIR3_FREE_MAGIC);
	ck_assert_uint_eq(DIR_LEAF1_MAGIC, XFS_DIR3_LEAF1_MAGIC);
	ck_assert_uint_eq(DIR_LEAFN_MAGIC, XFS_DIR3_LEAFN_MAGIC);
	ck_assert_uint_eq(DIR_LEAF_OFFSET, XFS_DIR2_LEAF_OFFSET);
	ck_assert_uint_eq(DIR_FREE_OFFSET, XFS_DIR2_FREE_OFFSET);
	ck_assert_uint_eq(DIR_FREE_TAG, XFS_DIR2_DATA_FREE_TAG);
	ck_assert_uint_eq(DIR_ENTRY_ALIGN, XFS_DIR2_DATA_ALIGN);
	ck_assert_uint_eq(DIR_FTYPE_DIR, XFS_DIR3_FT_DIR);
	ck_assert_uint_eq(DIR_FTYPE_LINK, XFS_DIR3_FT_SYMLINK);
	ck_assert_uint_eq(DIR_FTYPE_WHITEOUT, XFS_DIR3_FT_WHT);
	ck_assert_uint_eq(btree_formats[BTREE_BNO].magic, XFS_ABTB_CRC_MAGIC);
	ck_assert_uint_eq(btree_formats[BTREE_CNT].magic, XFS_ABTC_CRC_MAGIC);
	ck_assert_uint_eq(btree_formats[BTREE_INO].magic, XFS_IBT_CRC_MAGIC);
	ck_assert_uint_eq(btree_formats[BTREE_FINO].magic, XFS_FIBT_CRC_MAGIC);
	ck_assert_uint_eq(btree_formats[BTREE_RMAP].magic, XFS_RMAP_CRC_MAGIC);
	ck_assert_uint_eq(btree_formats[BTREE_REFCOUNT].magic, XFS_REFC_CRC_MAGIC);
	ck_assert_uint_eq(btree_formats[BTREE_BMAP].magic, XFS_BMAP_CRC_MAGIC);
	ck_assert_uint_eq(LOG_MAGIC, XLOG_HEADER_MAGIC_NUM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("layout");
	TCase *tc = tcase_create("headers");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, members_agree);
	tcase_add_test(tc, sizes_agree);
	tcase_add_test(tc, all_fields_are_compared);
	tcase_add_test(tc, numbers_agree);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#else

int main(void)
{
	printf("skipped: the headers xfs/xfs_format.h and its kin are not installed (Debian: xfslibs-dev)\n");
	return 77;
}

#endif
