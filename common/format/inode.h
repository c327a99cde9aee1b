/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inode, version 3: a core, then the data fork, then the attribute fork if forkoff is not zero.
 *
 * Format: design document, "On-disk Inode"; 64-bit extent counters and big timestamps from xfs_format.h (6.1).
 */
#ifndef FORMAT_INODE_H
#define FORMAT_INODE_H

#include "format/field.h"

#define INODE_MAGIC   0x494eu /* "IN" */
#define INODE_VERSION 3u

struct disk_inode {
	be16 magic;
	be16 mode;
	uint8_t version;
	uint8_t format; /* of the data fork, enum fork_format */
	be16 onlink;
	be32 uid;
	be32 gid;
	be32 nlink;
	be16 projid_lo;
	be16 projid_hi;
	union {
		be64 big_nextents; /* with INODE_FLAG2_NREXT64 */
		struct {
			uint8_t v2_pad[6];
			be16 flushiter;
		};
	};
	struct disk_time atime;
	struct disk_time mtime;
	struct disk_time ctime;
	be64 size;
	be64 nblocks;
	be32 extsize;
	union {
		struct {
			be32 nextents;
			be16 anextents;
		};
		struct {
			be32 big_anextents; /* with INODE_FLAG2_NREXT64 */
			be16 nrext64_pad;
		};
	};
	uint8_t forkoff; /* start of the attribute fork, in 8 bytes from the end of the core; 0: there is none */
	uint8_t aformat; /* of the attribute fork */
	be32 dmevmask;
	be16 dmstate;
	be16 flags;
	be32 gen;
	be32 next_unlinked;
	le32 crc;
	be64 changecount;
	be64 lsn;
	be64 flags2;
	be32 cowextsize;
	uint8_t pad2[12];
	struct disk_time crtime;
	be64 ino;
	struct uuid uuid;
};
_Static_assert(sizeof(struct disk_inode) == 176, "inode");

extern const struct field_table inode_table;

/* How a fork keeps what it maps: the values of format and aformat. */
enum fork_format {
	FORK_DEV = 0,	  /* a device number */
	FORK_LOCAL = 1,	  /* the content itself */
	FORK_EXTENTS = 2, /* an array of extent records */
	FORK_BTREE = 3,	  /* the root of a B+tree of extent records */
	FORK_UUID = 4,	  /* never used */
};

/* flags */
#define INODE_FLAG_REALTIME	0x0001u
#define INODE_FLAG_PREALLOC	0x0002u
#define INODE_FLAG_NEWRTBM	0x0004u
#define INODE_FLAG_IMMUTABLE	0x0008u
#define INODE_FLAG_APPEND	0x0010u
#define INODE_FLAG_SYNC		0x0020u
#define INODE_FLAG_NOATIME	0x0040u
#define INODE_FLAG_NODUMP	0x0080u
#define INODE_FLAG_RTINHERIT	0x0100u
#define INODE_FLAG_PROJINHERIT	0x0200u
#define INODE_FLAG_NOSYMLINKS	0x0400u
#define INODE_FLAG_EXTSIZE	0x0800u
#define INODE_FLAG_EXTSZINHERIT 0x1000u
#define INODE_FLAG_NODEFRAG	0x2000u
#define INODE_FLAG_FILESTREAM	0x4000u

/* flags2 */
#define INODE_FLAG2_DAX	       0x01u
#define INODE_FLAG2_REFLINK    0x02u
#define INODE_FLAG2_COWEXTSIZE 0x04u
#define INODE_FLAG2_BIGTIME    0x08u
#define INODE_FLAG2_NREXT64    0x10u

/* di_mode: the file type bits, as in stat(2) */
#define INODE_MODE_TYPE	  0170000u
#define INODE_MODE_FIFO	  0010000u
#define INODE_MODE_CHAR	  0020000u
#define INODE_MODE_DIR	  0040000u
#define INODE_MODE_BLOCK  0060000u
#define INODE_MODE_FILE	  0100000u
#define INODE_MODE_LINK	  0120000u
#define INODE_MODE_SOCKET 0140000u
#define INODE_MODE_SETUID 0004000u
#define INODE_MODE_SETGID 0002000u

#endif
