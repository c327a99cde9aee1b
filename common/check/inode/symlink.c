/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Targets of symbolic links.
 *
 * The reader sees to magic, checksum, UUID, owner, address, place and length of each part, and that the target is 1 to
 * 1024 bytes without a zero. Here: that the blocks are as many as the target needs, and without holes.
 *
 * A target that would fit into the inode may lie in blocks: it was moved there to make room for attributes.
 */
#include "check/inode/inode_parts.h"
#include "fs/symlink.h"

struct blocks {
	struct check_work *work;
	const struct inode *inode;
	uint64_t next; /* block of the file */
	bool hole;
	struct error *why; /* of what take_extent returns */
};

static int take_extent(void *arg, const struct extent *extent)
{
	struct blocks *blocks = arg;
	const struct fs *fs = work_fs(blocks->work);
	struct disk_symlink head;
	int rc = device_read(fs->device, geometry_block_offset(&fs->geo, extent->start), &head, sizeof(head),
			     blocks->why);

	blocks->hole |= extent->fileoff != blocks->next;
	blocks->next = extent->fileoff + extent->len_blocks;
	if (rc == 0)
		check_lsn(blocks->work, at_blocks(extent->start, extent->len_blocks), be64_get(head.lsn));
	return rc;
}

/* The kernel takes as many blocks as it would if each had a header. */
static int check_blocks(struct check_work *work, const struct inode *inode)
{
	uint32_t room = work_fs(work)->geo.block_bytes - (uint32_t)sizeof(struct disk_symlink);
	struct error why;
	struct blocks blocks = {.work = work, .inode = inode, .why = &why};
	const struct fork_walker walker = {.extent = take_extent, .arg = &blocks};
	int rc = fork_walk(work_fs(work), inode, FORK_DATA, 0, FILEOFF_MAX, &walker, &why);

	if (rc != 0)
		return check_trouble(work, FINDING_SYMLINK_BLOCKS, at_fork(inode->ino, FORK_DATA), &why);
	check_equal(work, FINDING_SYMLINK_BLOCKS, at_fork(inode->ino, FORK_DATA), "blocks",
		    (inode->size_bytes + room - 1) / room, blocks.hole ? 0 : blocks.next);
	return 0;
}

static int bad_target(struct check_work *work, const struct inode *inode, const struct error *why)
{
	return check_trouble(work, FINDING_SYMLINK_TARGET, at_inode(inode->ino), why);
}

int symlink_check(struct check_work *work, const struct inode *inode)
{
	uint8_t target[SYMLINK_TARGET_MAX];
	struct error why;
	size_t len;
	int rc;

	/* On its way to be freed. */
	if (inode->size_bytes == 0 && inode->nlink == 0)
		return 0;
	rc = symlink_read(work_fs(work), inode, target, &len, &why);
	if (rc != 0)
		return bad_target(work, inode, &why);
	return inode->fork[FORK_DATA].format == FORK_LOCAL ? 0 : check_blocks(work, inode);
}
