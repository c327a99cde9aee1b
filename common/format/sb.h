/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The superblock: sector 0 of every allocation group; that of group 0 is the one in use.
 *
 * Format: design document, "Superblocks"; feature bits after 2017 from xfs_format.h of xfsprogs 6.15.
 */
#ifndef FORMAT_SB_H
#define FORMAT_SB_H

#include "format/field.h"

#define SB_MAGIC 0x58465342u /* "XFSB" */

struct disk_sb {
	be32 magicnum;
	be32 blocksize;
	be64 dblocks;
	be64 rblocks;
	be64 rextents;
	struct uuid uuid;
	be64 logstart; /* packed address of the journal, 0 if it is on another device */
	be64 rootino;
	be64 rbmino;
	be64 rsumino;
	be32 rextsize;
	be32 agblocks;
	be32 agcount;
	be32 rbmblocks;
	be32 logblocks;
	be16 versionnum;
	be16 sectsize;
	be16 inodesize;
	be16 inopblock;
	char fname[12];
	uint8_t blocklog;
	uint8_t sectlog;
	uint8_t inodelog;
	uint8_t inopblog;
	uint8_t agblklog;
	uint8_t rextslog;
	uint8_t inprogress;
	uint8_t imax_pct;
	be64 icount;
	be64 ifree;
	be64 fdblocks;
	be64 frextents;
	be64 uquotino;
	be64 gquotino;
	be16 qflags;
	uint8_t flags;
	uint8_t shared_vn;
	be32 inoalignmt;
	be32 unit;
	be32 width;
	uint8_t dirblklog;
	uint8_t logsectlog;
	be16 logsectsize;
	be32 logsunit;
	be32 features2;
	be32 bad_features2;
	be32 features_compat;
	be32 features_ro_compat;
	be32 features_incompat;
	be32 features_log_incompat;
	le32 crc;
	be32 spino_align;
	be64 pquotino;
	be64 lsn;
	struct uuid meta_uuid; /* what the blocks carry, if incompat META_UUID says that it is not uuid */
};
_Static_assert(sizeof(struct disk_sb) == 264, "superblock");

extern const struct field_table sb_table;

/* versionnum */
#define SB_VERSION_MASK	    0x000fu
#define SB_VERSION_5	    5u
#define SB_VERSION_ATTR	    0x0010u
#define SB_VERSION_NLINK    0x0020u
#define SB_VERSION_QUOTA    0x0040u
#define SB_VERSION_ALIGN    0x0080u
#define SB_VERSION_DALIGN   0x0100u
#define SB_VERSION_LOGV2    0x0400u
#define SB_VERSION_SECTOR   0x0800u
#define SB_VERSION_EXTFLG   0x1000u
#define SB_VERSION_DIRV2    0x2000u
#define SB_VERSION_ASCII_CI 0x4000u /* names are the same in upper and lower case */
#define SB_VERSION_MOREBITS 0x8000u

/* qflags: accounting, enforcing, and whether usage has been counted; for each type of quota */
#define SB_QUOTA_USER_ACCOUNTED	   0x0001u
#define SB_QUOTA_USER_ENFORCED	   0x0002u
#define SB_QUOTA_USER_CHECKED	   0x0004u
#define SB_QUOTA_PROJECT_ACCOUNTED 0x0008u
#define SB_QUOTA_GROUP_ACCOUNTED   0x0040u
#define SB_QUOTA_GROUP_ENFORCED	   0x0080u
#define SB_QUOTA_GROUP_CHECKED	   0x0100u
#define SB_QUOTA_PROJECT_ENFORCED  0x0200u
#define SB_QUOTA_PROJECT_CHECKED   0x0400u
#define SB_QUOTA_FLAGS		   0x07cfu /* 0x30: of version 4 only */

/* features2 */
#define SB_FEATURES2_LAZYSBCOUNT 0x00000002u
#define SB_FEATURES2_ATTR2	 0x00000008u
#define SB_FEATURES2_PROJID32	 0x00000080u
#define SB_FEATURES2_CRC	 0x00000100u
#define SB_FEATURES2_FTYPE	 0x00000200u

/* features_ro_compat: not knowing one forbids writing */
#define SB_RO_COMPAT_FINOBT   0x1u
#define SB_RO_COMPAT_RMAPBT   0x2u
#define SB_RO_COMPAT_REFLINK  0x4u
#define SB_RO_COMPAT_INOBTCNT 0x8u
#define SB_RO_COMPAT_KNOWN    0xfu

/* features_incompat: not knowing one forbids everything */
#define SB_INCOMPAT_FTYPE	0x001u
#define SB_INCOMPAT_SPINODES	0x002u
#define SB_INCOMPAT_META_UUID	0x004u
#define SB_INCOMPAT_BIGTIME	0x008u
#define SB_INCOMPAT_NEEDSREPAIR 0x010u
#define SB_INCOMPAT_NREXT64	0x020u
#define SB_INCOMPAT_EXCHRANGE	0x040u
#define SB_INCOMPAT_PARENT	0x080u
#define SB_INCOMPAT_KNOWN	0x0ffu
#define SB_INCOMPAT_METADIR	0x100u /* known by name only, to say what is not supported */
#define SB_INCOMPAT_ZONED	0x200u

/* features_log_incompat: not knowing one forbids to replay the journal */
#define SB_LOG_INCOMPAT_XATTRS 0x1u
#define SB_LOG_INCOMPAT_KNOWN  0x1u

/* Limits of the format, all of them powers of two. */
#define SB_SECTSIZE_MIN	 512u
#define SB_SECTSIZE_MAX	 32768u
#define SB_BLOCKSIZE_MIN 512u
#define SB_BLOCKSIZE_MAX 65536u
#define SB_INODESIZE_MIN 512u /* version 3 inodes */
#define SB_INODESIZE_MAX 2048u
#define SB_DIRBLOCK_MAX	 65536u
#define SB_AG_BYTES_MIN	 (1ull << 24) /* mkfs refuses smaller ones; the kernel wants 64 blocks */
#define SB_AGBLOCKS_MIN	 64u
#define SB_AG_BYTES_MAX	 (1ull << 40)

#endif
