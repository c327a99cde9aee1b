/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and finding superblocks. */
#include "fs/superblock.h"

#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/agf.h"
#include "format/agi.h"

#define SEARCH_STEP   512u
#define SEARCH_WINDOW (1u << 20)

/* Checks magic and checksum of a whole sector, whose size the superblock itself tells. */
static int check_sector(struct device *device, uint64_t offset, struct disk_sb *sb, struct error *err)
{
	uint8_t sector[SB_SECTSIZE_MAX];
	uint32_t bytes = be16_get(sb->sectsize);
	int rc;

	if (be32_get(sb->magicnum) != SB_MAGIC)
		return error_set_at(err, ERR_NOT_XFS, offset, "no XFS superblock");
	/* Older versions have no checksum: geometry_from_sb refuses them with the reason. */
	if ((be16_get(sb->versionnum) & SB_VERSION_MASK) != SB_VERSION_5)
		return 0;
	if (bytes < SB_SECTSIZE_MIN || bytes > SB_SECTSIZE_MAX || (bytes & (bytes - 1)) != 0)
		return error_corrupt(err, FLAW_RANGE, offset, "superblock: sectsize is %u, which cannot be", bytes);
	rc = device_read(device, offset, sector, bytes, err);
	if (rc != 0)
		return rc;
	if (!crc32c_block_ok(sector, bytes, offsetof(struct disk_sb, crc)))
		return error_corrupt(err, FLAW_CRC, offset, "superblock: %s", flaw_text(FLAW_CRC));
	memcpy(sb, sector, sizeof(*sb));
	return 0;
}

static int read_at(struct device *device, uint64_t offset, struct disk_sb *sb, struct geometry *geo,
		   struct error *err)
{
	int rc;

	if (device_size_bytes(device) < offset || device_size_bytes(device) - offset < sizeof(*sb))
		return error_set(err, ERR_NOT_XFS, "too small to hold an XFS superblock");
	rc = device_read(device, offset, sb, sizeof(*sb), err);
	if (rc == 0)
		rc = check_sector(device, offset, sb, err);
	if (rc == 0)
		rc = geometry_from_sb(sb, geo, err);
	return rc;
}

int superblock_read_first(struct device *device, struct disk_sb *sb, struct geometry *geo, struct error *err)
{
	uint32_t agno, agino;
	int rc = read_at(device, 0, sb, geo, err);

	if (rc != 0)
		return rc;
	if (sb->inprogress)
		return error_corrupt(err, FLAW_FORMAT, 0, "superblock: mkfs did not finish");
	if (!geometry_ino_split(geo, geo->root_ino, &agno, &agino))
		return error_corrupt(err, FLAW_RANGE, 0, "superblock: root inode %llu cannot be",
				     (unsigned long long)geo->root_ino);
	return 0;
}

/*
 * Whether the header in sector @sector of the group at @offset says that it is of that group. The numbers of a
 * superblock inside the image of another file system, kept in a file, can fit its place by chance; the group
 * headers beside it then count from elsewhere.
 */
static bool header_agrees(struct device *device, uint64_t offset, const struct geometry *geo, uint32_t sector,
			  uint32_t magic, uint32_t agno)
{
	struct { /* how AGF and AGI begin */
		be32 magicnum, versionnum, seqno;
	} head;

	return device_read(device, offset + ((uint64_t)sector << geo->sector_log), &head, sizeof(head), NULL) == 0 &&
	       be32_get(head.magicnum) == magic && be32_get(head.seqno) == agno;
}

/* Whether the superblock at @offset is sound and belongs there; only then the outputs are set. */
static bool take(struct device *device, uint64_t offset, struct disk_sb *sb, struct geometry *geo, uint32_t *agno)
{
	struct disk_sb found;
	struct geometry its;
	uint64_t group_bytes;
	uint32_t group;

	if (read_at(device, offset, &found, &its, NULL) != 0)
		return false;
	group_bytes = (uint64_t)its.ag_blocks << its.block_log;
	if (offset % group_bytes != 0 || offset / group_bytes >= its.ag_count)
		return false;
	group = (uint32_t)(offset / group_bytes);
	if (!header_agrees(device, offset, &its, AGF_SECTOR, AGF_MAGIC, group) &&
	    !header_agrees(device, offset, &its, AGI_SECTOR, AGI_MAGIC, group))
		return false;
	*sb = found;
	*geo = its;
	*agno = group;
	return true;
}

static bool knows_root(const struct geometry *geo)
{
	uint32_t agno, agino;

	return geometry_ino_split(geo, geo->root_ino, &agno, &agino);
}

/* Once one is found, the places of all others are known: take the first that knows the root directory. */
static void prefer_with_root(struct device *device, struct disk_sb *sb, struct geometry *geo, uint32_t *agno)
{
	struct geometry first = *geo;
	struct disk_sb other_sb;
	struct geometry other;
	uint32_t other_agno;

	for (uint32_t i = 1; i < first.ag_count && !knows_root(geo); i++) {
		uint64_t offset = geometry_sector_offset(&first, i, 0);

		/* An earlier file system may have left its own behind. */
		if (!take(device, offset, &other_sb, &other, &other_agno) || !knows_root(&other) ||
		    !uuid_equal(&other.uuid, &first.uuid))
			continue;
		*sb = other_sb;
		*geo = other;
		*agno = other_agno;
	}
}

/* Looks at every sector of a window; 1 if one was found. */
static bool search_window(struct device *device, const uint8_t *window, uint64_t offset, size_t len,
			  struct disk_sb *sb, struct geometry *geo, uint32_t *agno)
{
	static const uint8_t magic[4] = {'X', 'F', 'S', 'B'};

	for (size_t at = 0; at + SEARCH_STEP <= len; at += SEARCH_STEP)
		if (memcmp(window + at, magic, sizeof(magic)) == 0 && take(device, offset + at, sb, geo, agno))
			return true;
	return false;
}

int superblock_search(struct device *device, struct disk_sb *sb, struct geometry *geo, uint32_t *agno,
		      struct error *err)
{
	uint64_t end = device_size_bytes(device) < SB_AG_BYTES_MAX ? device_size_bytes(device) : SB_AG_BYTES_MAX;
	uint8_t *window = malloc(SEARCH_WINDOW);
	bool found = false;
	int rc = 0;

	if (!window)
		return error_set(err, ERR_NOMEM, "no memory to look for a superblock");
	for (uint64_t offset = SEARCH_STEP; offset < end && !found && rc == 0; offset += SEARCH_WINDOW) {
		size_t len = end - offset < SEARCH_WINDOW ? (size_t)(end - offset) : SEARCH_WINDOW;

		rc = device_read(device, offset, window, len, err);
		if (rc == 0) {
			found = search_window(device, window, offset, len, sb, geo, agno);
			continue;
		}
		if (rc != ERR_MEDIA)
			continue;
		/* Somewhere in the window is a bad place: go sector by sector. */
		rc = 0;
		for (size_t at = 0; at + SEARCH_STEP <= len && !found; at += SEARCH_STEP)
			if (device_read(device, offset + at, window, SEARCH_STEP, NULL) == 0)
				found = search_window(device, window, offset + at, SEARCH_STEP, sb, geo, agno);
	}
	free(window);
	if (rc != 0)
		return rc;
	if (!found)
		return error_set(err, ERR_NOT_FOUND, "no other superblock was found");
	prefer_with_root(device, sb, geo, agno);
	return 0;
}
