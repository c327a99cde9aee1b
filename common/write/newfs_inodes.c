/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first inodes of a new file system: the root directory, the realtime bitmap and summary, which are empty files
 * without a realtime device, and free ones.
 *
 * Format: design document, "On-disk Inode", "Real-time Devices"; what is 0 and what is not: seen in images of
 * mkfs.xfs 6.1.
 */
#include <string.h>

#include "base/crc32c.h"
#include "format/agi.h"
#include "format/dir.h"
#include "format/inode.h"
#include "write/newfs_parts.h"

#define ROOT_MODE	(INODE_MODE_DIR | 0755u)
#define REALTIME_MODE	INODE_MODE_FILE
#define NEW_CHANGECOUNT 2u /* what two transactions leave: made, and given its content */

#define NS_PER_SECOND 1000000000u
#define BIGTIME_EPOCH (1ull << 31) /* seconds from the first time that can be written to 1970 */

static struct disk_time time_of(const struct geometry *geo, int64_t seconds, uint32_t nanoseconds)
{
	struct disk_time time;

	if (geo->has_bigtime) {
		be64 value = be64_of(((uint64_t)seconds + BIGTIME_EPOCH) * NS_PER_SECOND + nanoseconds);

		memcpy(&time, &value, sizeof(time));
	} else {
		be32 values[2] = {be32_of((uint32_t)seconds), be32_of(nanoseconds)};

		memcpy(&time, values, sizeof(time));
	}
	return time;
}

/* What any inode has, also a free one. */
static struct disk_inode plain(const struct geometry *geo, uint64_t ino)
{
	return (struct disk_inode){
		.magic = be16_of(INODE_MAGIC),
		.version = INODE_VERSION,
		.next_unlinked = be32_of(AGINO_NULL),
		.ino = be64_of(ino),
		.uuid = geo->uuid,
	};
}

static struct disk_inode used(const struct newfs_layout *layout, uint64_t ino)
{
	const struct geometry *geo = &layout->geo;
	struct disk_time now = time_of(geo, layout->now_seconds, layout->now_nanoseconds);
	struct disk_inode inode = plain(geo, ino);

	inode.aformat = FORK_EXTENTS;
	inode.atime = time_of(geo, 0, 0); /* nobody has read it yet */
	inode.mtime = now;
	inode.ctime = now;
	inode.crtime = now;
	inode.changecount = be64_of(NEW_CHANGECOUNT);
	inode.flags2 =
		be64_of((geo->has_bigtime ? INODE_FLAG2_BIGTIME : 0) | (geo->has_nrext64 ? INODE_FLAG2_NREXT64 : 0));
	return inode;
}

static void fill_root(uint8_t *raw, const struct newfs_layout *layout)
{
	struct disk_inode inode = used(layout, layout->geo.root_ino);
	/* Without entries, and its own parent; its number is in the first group, so it needs no 8 bytes. */
	struct disk_dir_short4 dir = {.parent = be32_of((uint32_t)layout->geo.root_ino)};
	uint64_t flags2 = be64_get(inode.flags2);

	inode.mode = be16_of(ROOT_MODE);
	inode.format = FORK_LOCAL;
	inode.nlink = be32_of(2);
	inode.size = be64_of(sizeof(dir));
	inode.gen = be32_of(layout->root_generation);
	if (layout->extszinherit_blocks) {
		inode.flags = be16_of(INODE_FLAG_EXTSZINHERIT);
		inode.extsize = be32_of(layout->extszinherit_blocks);
	}
	if (layout->cowextsize_blocks) {
		flags2 |= INODE_FLAG2_COWEXTSIZE;
		inode.cowextsize = be32_of(layout->cowextsize_blocks);
	}
	if (layout->dax_inherit)
		flags2 |= INODE_FLAG2_DAX;
	inode.flags2 = be64_of(flags2);
	memcpy(raw, &inode, sizeof(inode));
	memcpy(raw + sizeof(inode), &dir, sizeof(dir));
}

static void fill_realtime(uint8_t *raw, const struct newfs_layout *layout, uint64_t ino)
{
	struct disk_inode inode = used(layout, ino);

	inode.mode = be16_of(REALTIME_MODE);
	inode.format = FORK_EXTENTS;
	inode.nlink = be32_of(1);
	if (ino == layout->geo.rtbitmap_ino)
		inode.flags = be16_of(INODE_FLAG_NEWRTBM);
	memcpy(raw, &inode, sizeof(inode));
}

void newfs_fill_inodes(uint8_t *blocks, const struct newfs_layout *layout, const struct newfs_group *group)
{
	const struct geometry *geo = &layout->geo;
	uint32_t first = geometry_block_agino(geo, group->inodes.start);

	for (uint32_t i = 0; i < newfs_group_inodes(group, layout); i++) {
		uint64_t ino = geometry_ino_join(geo, group->agno, first + i);
		uint8_t *raw = blocks + ((size_t)i << geo->inode_log);

		if (ino == geo->root_ino) {
			fill_root(raw, layout);
		} else if (ino == geo->rtbitmap_ino || ino == geo->rtsummary_ino) {
			fill_realtime(raw, layout, ino);
		} else {
			struct disk_inode inode = plain(geo, ino);

			memcpy(raw, &inode, sizeof(inode));
		}
		crc32c_block_seal(raw, geo->inode_bytes, offsetof(struct disk_inode, crc));
	}
}
