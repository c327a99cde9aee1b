/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's XFS offers beyond linux/fsmap.h: structures, flags and numbers of its ioctls.
 *
 * Declared here because no header that every system has does so; test_kernel_abi.c compares with xfs/xfs_fs.h where
 * that is installed. Source: xfs_fs.h of xfsprogs 6.1, GETPARENTS and later flags of xfsprogs 6.15. All numbers are in
 * the byte order of the host.
 */
#ifndef FS_KERNEL_ABI_H
#define FS_KERNEL_ABI_H

#include <linux/fsmap.h>
#include <stdint.h>
#include <sys/ioctl.h>

#define KERNEL_XFS_SUPER_MAGIC 0x58465342 /* statfs.f_type */

/* ---- geometry: kernel 5.2 ---- */

struct kernel_geometry {
	uint32_t blocksize;
	uint32_t rtextsize;
	uint32_t agblocks;
	uint32_t agcount;
	uint32_t logblocks;
	uint32_t sectsize;
	uint32_t inodesize;
	uint32_t imaxpct;
	uint64_t datablocks;
	uint64_t rtblocks;
	uint64_t rtextents;
	uint64_t logstart; /* packed address; 0: on another device */
	uint8_t uuid[16];
	uint32_t sunit;
	uint32_t swidth;
	int32_t version;
	uint32_t flags; /* KERNEL_GEO_* */
	uint32_t logsectsize;
	uint32_t rtsectsize;
	uint32_t dirblocksize; /* bytes */
	uint32_t logsunit;
	uint32_t sick;
	uint32_t checked;
	uint64_t reserved[17];
};

#define KERNEL_GEO_V5SB	      (1u << 15)
#define KERNEL_GEO_FTYPE      (1u << 16)
#define KERNEL_GEO_FINOBT     (1u << 17)
#define KERNEL_GEO_SPINODES   (1u << 18)
#define KERNEL_GEO_RMAPBT     (1u << 19)
#define KERNEL_GEO_REFLINK    (1u << 20)
#define KERNEL_GEO_BIGTIME    (1u << 21)
#define KERNEL_GEO_INOBTCNT   (1u << 22)
#define KERNEL_GEO_NREXT64    (1u << 23)
#define KERNEL_GEO_EXCHRANGE  (1u << 24)
#define KERNEL_GEO_PARENT     (1u << 25)
#define KERNEL_GEO_METADIR    (1u << 26)
#define KERNEL_GEO_ZONED      (1u << 27)

/* ---- special owners of GETFSMAP ---- */

#define KERNEL_OWN_FS	     FMR_OWNER('X', 1)
#define KERNEL_OWN_LOG	     FMR_OWNER('X', 2)
#define KERNEL_OWN_AG	     FMR_OWNER('X', 3)
#define KERNEL_OWN_INOBT     FMR_OWNER('X', 4)
#define KERNEL_OWN_INODES    FMR_OWNER('X', 5)
#define KERNEL_OWN_REFC	     FMR_OWNER('X', 6)
#define KERNEL_OWN_COW	     FMR_OWNER('X', 7)
#define KERNEL_OWN_DEFECTIVE FMR_OWNER('X', 8)

/* ---- all inodes, all chunks: kernel 5.3 ---- */

struct kernel_bulk_request {
	uint64_t ino;	 /* in: the first wanted; out: where to go on */
	uint32_t flags;	 /* KERNEL_BULK_* */
	uint32_t icount; /* in: room */
	uint32_t ocount; /* out: how many came */
	uint32_t agno;
	uint64_t reserved[5];
};

#define KERNEL_BULK_SPECIAL 0x2u /* ino is one of: */
#define KERNEL_BULK_ROOT    1u	 /* the root directory */
#define KERNEL_BULK_NREXT64 0x4u /* extent counts that need more than 32 bits are welcome: kernel 5.19 */

struct kernel_bulkstat {
	uint64_t ino;
	uint64_t size;
	uint64_t blocks; /* file system blocks of both forks and their trees */
	uint64_t xflags;
	int64_t atime;
	int64_t mtime;
	int64_t ctime;
	int64_t btime;
	uint32_t gen;
	uint32_t uid;
	uint32_t gid;
	uint32_t projectid;
	uint32_t atime_nsec;
	uint32_t mtime_nsec;
	uint32_t ctime_nsec;
	uint32_t btime_nsec;
	uint32_t blksize;
	uint32_t rdev;
	uint32_t cowextsize_blks;
	uint32_t extsize_blks;
	uint32_t nlink;
	uint32_t extents;
	uint32_t aextents;
	uint16_t version;
	uint16_t forkoff; /* bytes */
	uint16_t sick;
	uint16_t checked;
	uint16_t mode;
	uint16_t pad2;
	uint64_t extents64;
	uint64_t pad[6];
};

struct kernel_inumbers {
	uint64_t startino;
	uint64_t allocmask; /* lowest bit: startino */
	uint8_t alloccount;
	uint8_t version;
	uint8_t padding[6];
};

/* ---- extents of a fork ---- */

struct kernel_bmap {
	int64_t offset; /* in the fork; this and what follows in units of 512 bytes */
	int64_t block;	/* on the device; KERNEL_BMAP_HOLE, KERNEL_BMAP_DELAYED */
	int64_t length;
	int32_t count;	 /* in the first struct: structs in the array, this one included */
	int32_t entries; /* in the first struct, out: how many were filled after it */
	int32_t iflags;	 /* in the first struct: KERNEL_BMAP_IN_* */
	int32_t oflags;	 /* in the others: KERNEL_BMAP_OUT_* */
	int32_t unused1;
	int32_t unused2;
};

#define KERNEL_BMAP_HOLE	 (-1)
#define KERNEL_BMAP_DELAYED	 (-2)
#define KERNEL_BMAP_IN_ATTR	 0x01
#define KERNEL_BMAP_IN_PREALLOC	 0x04 /* tell unwritten extents from written ones */
#define KERNEL_BMAP_IN_NO_HOLES	 0x10
#define KERNEL_BMAP_IN_COW	 0x20
#define KERNEL_BMAP_OUT_PREALLOC 0x01
#define KERNEL_BMAP_OUT_DELAYED	 0x02
#define KERNEL_BMAP_OUT_LAST	 0x04

/* ---- handles and parent pointers: kernel 6.10 ---- */

struct kernel_fid {
	uint16_t len; /* of what follows in the struct */
	uint16_t pad;
	uint32_t gen;
	uint64_t ino;
};

struct kernel_handle {
	uint64_t fsid;
	struct kernel_fid fid;
};

struct kernel_handle_request {
	uint32_t fd;
	void *path;
	uint32_t oflags;
	void *in_handle;
	uint32_t in_len;
	void *out_handle;
	uint32_t *out_len;
};

struct kernel_getparents {
	uint32_t cursor[4]; /* zeros, then what the last call left */
	uint16_t iflags;
	uint16_t oflags; /* KERNEL_PARENTS_* */
	uint32_t bufsize;
	uint64_t reserved;
	uint64_t buffer; /* address */
};

#define KERNEL_PARENTS_ROOT 0x1u /* the inode is the root directory */
#define KERNEL_PARENTS_DONE 0x2u /* that was all */

struct kernel_getparents_by_handle {
	struct kernel_handle handle;
	struct kernel_getparents request;
};

struct kernel_parent {
	struct kernel_handle parent;
	uint32_t reclen; /* of this record with its name */
	uint32_t reserved;
	char name[]; /* ends with NUL */
};

/* A struct file_handle of XFS for name_to_handle_at and open_by_handle_at: see mounted_open_inode. */
#define KERNEL_FILEID_INO64_GEN 0x81

#define KERNEL_IOC_GETBMAPX		_IOWR('X', 56, struct kernel_bmap_key)
#define KERNEL_IOC_GETPARENTS_BY_HANDLE _IOWR('X', 63, struct kernel_getparents_by_handle)
#define KERNEL_IOC_FD_TO_HANDLE		_IOWR('X', 106, struct kernel_handle_request)
#define KERNEL_IOC_FSGEOMETRY		_IOR('X', 126, struct kernel_geometry)
#define KERNEL_IOC_BULKSTAT		_IOR('X', 127, struct kernel_bulk_request)
#define KERNEL_IOC_INUMBERS		_IOR('X', 128, struct kernel_bulk_request)

/* The number of GETBMAPX was made with the smaller structure of an older call: its first six members. */
struct kernel_bmap_key {
	int64_t offset;
	int64_t block;
	int64_t length;
	int32_t count;
	int32_t entries;
};

#endif
