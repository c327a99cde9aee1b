/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Targets of symbolic links: inside the inode, or in extents. One header stands in front of each extent and its
 * checksum covers the extent, however many blocks that has.
 *
 * Format: design document, "Symbolic Links"; the header for each extent: seen in kernel images with blocks of 1 KiB.
 */
#include "fs/symlink.h"

#include <stdlib.h>
#include <string.h>

#include "fs/fork.h"

static int bad(const struct inode *inode, enum flaw flaw, uint64_t offset, struct error *err)
{
	return error_corrupt(err, flaw, offset, "target of symbolic link %llu: %s", (unsigned long long)inode->ino,
			     flaw_text(flaw));
}

static int bad_target(const struct inode *inode, enum flaw flaw, struct error *err)
{
	int rc = error_set(err, ERR_CORRUPT, "target of symbolic link %llu: %s", (unsigned long long)inode->ino,
			   flaw_text(flaw));

	if (err)
		err->flaw = flaw;
	return rc;
}

/* Checks an extent that shall hold the target from @at on, and says in *len how much of it. */
static int check_extent(const struct fs *fs, const struct inode *inode, struct span block, uint64_t offset, uint32_t at,
			uint32_t *len, struct error *err)
{
	const struct disk_symlink *head = (const struct disk_symlink *)block.bytes;
	struct verify expect = {.what = "symbolic link block",
				.offset_bytes = offset,
				.crc_at = offsetof(struct disk_symlink, crc),
				.uuid_at = offsetof(struct disk_symlink, uuid),
				.daddr_at = offsetof(struct disk_symlink, blkno),
				.owner_at = offsetof(struct disk_symlink, owner),
				.owner = inode->ino};
	int rc;

	if (be32_get(head->magic) != SYMLINK_MAGIC)
		return bad(inode, FLAW_MAGIC, offset, err);
	rc = fs_verify(fs, block, &expect, err);
	if (rc != 0)
		return rc;
	*len = be32_get(head->bytes);
	if (be32_get(head->offset) != at || *len == 0 || *len > block.len - sizeof(*head) ||
	    *len > inode->size_bytes - at)
		return bad(inode, FLAW_RANGE, offset, err);
	return 0;
}

struct reading {
	const struct fs *fs;
	const struct inode *inode;
	uint8_t *target;
	uint32_t len; /* so far */
	struct error *err;
};

static int take_extent(void *arg, const struct extent *extent)
{
	struct reading *reading = arg;
	const struct fs *fs = reading->fs;
	uint64_t offset = geometry_block_offset(&fs->geo, extent->start);
	size_t bytes = (size_t)extent->len_blocks << fs->geo.block_log;
	uint8_t *block;
	uint32_t len = 0;
	int rc;

	if (reading->len == reading->inode->size_bytes)
		return 0;
	if (extent->unwritten || extent->len_blocks > SYMLINK_BLOCKS_MAX)
		return bad(reading->inode, FLAW_FORMAT, offset, reading->err);
	block = malloc(bytes);
	if (!block)
		return error_set(reading->err, ERR_NOMEM, "no memory for a symbolic link");
	rc = fs_read_blocks(fs, extent->start, extent->len_blocks, block, reading->err);
	if (rc == 0)
		rc = check_extent(fs, reading->inode, (struct span){block, bytes}, offset, reading->len, &len,
				  reading->err);
	if (rc == 0) {
		memcpy(reading->target + reading->len, block + sizeof(struct disk_symlink), len);
		reading->len += len;
	}
	free(block);
	return rc;
}

int symlink_read(const struct fs *fs, const struct inode *inode, uint8_t target[SYMLINK_TARGET_MAX], size_t *len,
		 struct error *err)
{
	struct reading reading = {.fs = fs, .inode = inode, .target = target, .err = err};
	const struct fork_walker extents = {.extent = take_extent, .arg = &reading};
	const void *local;
	int rc;

	if (!inode_is(inode, INODE_MODE_LINK))
		return error_set(err, ERR_INVALID, "inode %llu is not a symbolic link", (unsigned long long)inode->ino);
	if (inode->size_bytes == 0 || inode->size_bytes > SYMLINK_TARGET_MAX)
		return bad_target(inode, FLAW_RANGE, err);
	*len = (size_t)inode->size_bytes;
	if (inode->fork[FORK_DATA].format == FORK_LOCAL) {
		local = span_at(inode_fork_span(inode, FORK_DATA), 0, *len);
		if (!local)
			return bad_target(inode, FLAW_RANGE, err);
		memcpy(target, local, *len);
	} else {
		rc = fork_walk(fs, inode, FORK_DATA, 0, SYMLINK_BLOCKS_MAX - 1, &extents, err);
		if (rc != 0)
			return rc;
		if (reading.len != *len)
			return bad_target(inode, FLAW_COUNT, err);
	}
	return memchr(target, 0, *len) ? bad_target(inode, FLAW_FORMAT, err) : 0;
}
