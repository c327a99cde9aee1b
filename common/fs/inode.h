/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inodes in memory: numbers in host order, checked, with the raw bytes for the forks.
 */
#ifndef FS_INODE_H
#define FS_INODE_H

#include "base/span.h"
#include "format/inode.h"
#include "fs/fs.h"

enum fork_kind {
	FORK_DATA,
	FORK_ATTR,
};

struct fork_substitute; /* fs/fork.h */

struct inode {
	uint64_t ino;
	uint64_t offset_bytes; /* on the device */
	uint16_t mode;
	uint32_t nlink;
	uint32_t gen;
	uint32_t uid, gid, projid;
	uint64_t size_bytes;
	uint64_t blocks; /* of data, attributes and their B+trees */
	uint16_t flags;
	uint64_t flags2;
	uint32_t next_unlinked; /* agino or AGINO_NULL */
	struct {
		bool exists; /* the attribute fork may be missing */
		enum fork_format format;
		uint64_t extents;
		uint32_t start, len; /* bytes in raw */
	} fork[2];		     /* by enum fork_kind */
	/* What is known from elsewhere about its forks, two by enum fork_kind; borrowed; NULL, as readers leave it:
	 * nothing. */
	const struct fork_substitute *substitutes;
	uint8_t raw[SB_INODESIZE_MAX];
};

static inline bool inode_is(const struct inode *inode, uint32_t type)
{
	return (inode->mode & INODE_MODE_TYPE) == type;
}

static inline struct span inode_fork_span(const struct inode *inode, enum fork_kind kind)
{
	return (struct span){inode->raw + inode->fork[kind].start, inode->fork[kind].len};
}

/*
 * Reads and checks inode @ino: magic, version, checksum, UUID, its own number, formats and fork offsets.
 * A free inode (mode 0) is read like any other; the caller looks at mode.
 * ERR_CORRUPT, ERR_MEDIA, ERR_IO: *out holds nothing that can be used.
 */
int inode_read(const struct fs *fs, uint64_t ino, struct inode *out, struct error *err) MUST_CHECK;

/* The same from bytes that the caller has read: @raw holds inode_bytes bytes that lie at @offset_bytes. */
int inode_decode(const struct fs *fs, uint64_t ino, const void *raw, uint64_t offset_bytes, struct inode *out,
		 struct error *err) MUST_CHECK;

#endif
