/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inodes that a copy of the superblock does not name, where the first superblock is lost.
 *
 * mkfs makes the root directory and the two realtime files one after the other, at the beginning of the first chunk of
 * group 0, which is never freed (seen in images of mkfs.xfs 6.1; the kernel takes them where the superblock says).
 */
#include "fs/unnamed.h"

#include "fs/chunk.h"
#include "fs/inode.h"

static bool can_be(const struct geometry *geo, uint64_t ino)
{
	uint32_t agno, agino;

	return geometry_ino_split(geo, ino, &agno, &agino);
}

static int take_first(void *arg, const struct chunk *chunk)
{
	*(uint32_t *)arg = chunk->first_agino;
	return 1;
}

/* That of the root, or what the copy said if it is not to be found. */
static int find_root(struct fs *fs, struct error *err)
{
	uint32_t first;
	const struct chunk_walker walker = {.chunk = take_first, .arg = &first};
	int rc = chunk_walk(fs, 0, &walker, err);
	struct inode inode;
	uint64_t ino;

	if (rc == ERR_CORRUPT || rc == ERR_MEDIA || rc == 0)
		return 0;
	if (rc < 0)
		return rc;
	ino = geometry_ino_join(&fs->geo, 0, first);
	rc = inode_read(fs, ino, &inode, err);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return 0;
	if (rc == 0 && inode_is(&inode, INODE_MODE_DIR))
		fs->geo.root_ino = ino;
	return rc;
}

int unnamed_find(struct fs *fs, struct error *err)
{
	struct geometry *geo = &fs->geo;
	int rc = can_be(geo, geo->root_ino) ? 0 : find_root(fs, err);

	if (rc != 0 || !can_be(geo, geo->root_ino))
		return rc;
	if (!can_be(geo, geo->rtbitmap_ino))
		geo->rtbitmap_ino = geo->root_ino + 1;
	if (!can_be(geo, geo->rtsummary_ino))
		geo->rtsummary_ino = geo->root_ino + 2;
	return 0;
}
