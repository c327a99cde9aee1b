/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading inodes and checking what the forks are built on. */
#include "fs/inode.h"

#include <string.h>

static int bad(uint64_t ino, uint64_t offset, enum flaw flaw, const char *what, struct error *err)
{
	return error_corrupt(err, flaw, offset, "inode %llu: %s: %s", (unsigned long long)ino, what, flaw_text(flaw));
}

/* Whether an inode of that type keeps its data in that format. */
static bool data_format_fits(uint16_t mode, enum fork_format format)
{
	switch (mode & INODE_MODE_TYPE) {
	case INODE_MODE_DIR:
		return format == FORK_LOCAL || format == FORK_EXTENTS || format == FORK_BTREE;
	case INODE_MODE_LINK:
		return format == FORK_LOCAL || format == FORK_EXTENTS;
	case INODE_MODE_FILE:
		return format == FORK_EXTENTS || format == FORK_BTREE;
	case INODE_MODE_FIFO:
	case INODE_MODE_CHAR:
	case INODE_MODE_BLOCK:
	case INODE_MODE_SOCKET:
		return format == FORK_DEV;
	default:
		return false;
	}
}

/* The forks' places and formats. A free inode has none that count. */
static int decode_forks(const struct disk_inode *disk, uint32_t inode_bytes, uint64_t offset, struct inode *out,
			struct error *err)
{
	bool nrext64 = out->flags2 & INODE_FLAG2_NREXT64;
	uint32_t core = sizeof(*disk), literal = inode_bytes - core, attr_at = disk->forkoff * 8u;

	out->fork[FORK_DATA].extents = nrext64 ? be64_get(disk->big_nextents) : be32_get(disk->nextents);
	out->fork[FORK_ATTR].extents = nrext64 ? be32_get(disk->big_anextents) : be16_get(disk->anextents);
	if (out->mode == 0)
		return 0;
	if (attr_at >= literal)
		return bad(out->ino, offset, FLAW_RANGE, "forkoff", err);
	if (disk->format > FORK_BTREE || !data_format_fits(out->mode, (enum fork_format)disk->format))
		return bad(out->ino, offset, FLAW_FORMAT, "format", err);
	out->fork[FORK_DATA].exists = true;
	out->fork[FORK_DATA].format = (enum fork_format)disk->format;
	out->fork[FORK_DATA].start = core;
	out->fork[FORK_DATA].len = attr_at ? attr_at : literal;
	if (attr_at) {
		if (disk->aformat != FORK_LOCAL && disk->aformat != FORK_EXTENTS && disk->aformat != FORK_BTREE)
			return bad(out->ino, offset, FLAW_FORMAT, "aformat", err);
		out->fork[FORK_ATTR].exists = true;
		out->fork[FORK_ATTR].format = (enum fork_format)disk->aformat;
		out->fork[FORK_ATTR].start = core + attr_at;
		out->fork[FORK_ATTR].len = literal - attr_at;
	}
	for (int kind = FORK_DATA; kind <= FORK_ATTR; kind++)
		if (out->fork[kind].exists && out->fork[kind].format == FORK_EXTENTS &&
		    out->fork[kind].extents > out->fork[kind].len / 16)
			return bad(out->ino, offset, FLAW_COUNT, kind == FORK_DATA ? "nextents" : "anextents", err);
	if (disk->format == FORK_LOCAL && out->size_bytes > out->fork[FORK_DATA].len)
		return bad(out->ino, offset, FLAW_RANGE, "size", err);
	if (out->size_bytes > INT64_MAX)
		return bad(out->ino, offset, FLAW_RANGE, "size", err);
	return 0;
}

int inode_decode(const struct fs *fs, uint64_t ino, const void *raw, uint64_t offset_bytes, struct inode *out,
		 struct error *err)
{
	const struct disk_inode *disk = (const struct disk_inode *)out->raw;
	uint32_t bytes = fs->geo.inode_bytes;
	struct verify expect = {.what = "inode",
				.offset_bytes = offset_bytes,
				.crc_at = offsetof(struct disk_inode, crc),
				.uuid_at = offsetof(struct disk_inode, uuid),
				.daddr_at = VERIFY_SKIP,
				.owner_at = offsetof(struct disk_inode, ino),
				.owner = ino};
	int rc;

	out->substitutes = NULL;
	memset(out->fork, 0, sizeof(out->fork));
	memcpy(out->raw, raw, bytes);
	out->ino = ino;
	out->offset_bytes = offset_bytes;
	if (be16_get(disk->magic) != INODE_MAGIC)
		return bad(ino, offset_bytes, FLAW_MAGIC, "magic", err);
	rc = fs_verify(fs, (struct span){out->raw, bytes}, &expect, err);
	if (rc != 0)
		return rc;
	if (disk->version != INODE_VERSION)
		return bad(ino, offset_bytes, FLAW_FORMAT, "version", err);
	out->mode = be16_get(disk->mode);
	out->nlink = be32_get(disk->nlink);
	out->gen = be32_get(disk->gen);
	out->uid = be32_get(disk->uid);
	out->gid = be32_get(disk->gid);
	out->projid = (uint32_t)be16_get(disk->projid_hi) << 16 | be16_get(disk->projid_lo);
	out->size_bytes = be64_get(disk->size);
	out->blocks = be64_get(disk->nblocks);
	out->flags = be16_get(disk->flags);
	out->flags2 = be64_get(disk->flags2);
	out->next_unlinked = be32_get(disk->next_unlinked);
	return decode_forks(disk, bytes, offset_bytes, out, err);
}

int inode_read(const struct fs *fs, uint64_t ino, struct inode *out, struct error *err)
{
	uint8_t raw[SB_INODESIZE_MAX];
	uint64_t offset;
	int rc;

	if (!geometry_ino_offset(&fs->geo, ino, &offset))
		return error_set(err, ERR_CORRUPT, "inode number %llu cannot be", (unsigned long long)ino);
	rc = device_read(fs->device, offset, raw, fs->geo.inode_bytes, err);
	if (rc != 0)
		return rc;
	return inode_decode(fs, ino, raw, offset, out, err);
}
