/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each type is checked for when a session comes to it. Owners and relations between structures are the business of
 * a checker: a debugger is told where to look, not what it must find there.
 */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/attr.h"
#include "format/btree_kind.h"
#include "format/dir.h"
#include "format/dquot.h"
#include "format/symlink.h"
#include "fs/inode.h"
#include "session.h"

static struct span structure(const struct position *position)
{
	return (struct span){position->bytes + position->place.start, position->place.len};
}

/* Its place on the device, of a directory block in pieces that of the first. */
static uint64_t offset_of(const struct position *position)
{
	return position->place.pieces[0].offset_bytes + position->place.start;
}

static uint32_t magic32(struct span bytes, uint32_t at)
{
	const be32 *magic = span_at(bytes, at, sizeof(*magic));

	return magic ? be32_get(*magic) : 0;
}

static int wrong_magic(const struct position *position, const char *what, struct error *err)
{
	return error_corrupt(err, FLAW_MAGIC, offset_of(position), "%s: %s", what, flaw_text(FLAW_MAGIC));
}

int verify_sb(const struct fs *fs, const struct position *position, struct error *err)
{
	const struct verify expect = {.what = "superblock",
				      .offset_bytes = offset_of(position),
				      .crc_at = offsetof(struct disk_sb, crc),
				      .uuid_at = VERIFY_SKIP,
				      .daddr_at = VERIFY_SKIP,
				      .owner_at = VERIFY_SKIP};

	if (magic32(structure(position), 0) != SB_MAGIC)
		return wrong_magic(position, "superblock", err);
	return fs_verify(fs, structure(position), &expect, err);
}

/* Headers of groups say of which group they are. */
static int verify_header(const struct fs *fs, const struct position *position, const char *what, uint32_t magic,
			 uint32_t crc_at, uint32_t uuid_at, uint32_t seqno_at, struct error *err)
{
	const struct verify expect = {.what = what,
				      .offset_bytes = offset_of(position),
				      .crc_at = crc_at,
				      .uuid_at = uuid_at,
				      .daddr_at = VERIFY_SKIP,
				      .owner_at = VERIFY_SKIP};
	uint64_t group_bytes = (uint64_t)fs->geo.ag_blocks << fs->geo.block_log;
	int rc;

	if (magic32(structure(position), 0) != magic)
		return wrong_magic(position, what, err);
	rc = fs_verify(fs, structure(position), &expect, err);
	if (rc == 0 && magic32(structure(position), seqno_at) != offset_of(position) / group_bytes)
		rc = error_corrupt(err, FLAW_ADDRESS, offset_of(position),
				   "%s of group %llu says that it is of group %u", what,
				   (unsigned long long)(offset_of(position) / group_bytes),
				   magic32(structure(position), seqno_at));
	return rc;
}

int verify_agf(const struct fs *fs, const struct position *position, struct error *err)
{
	return verify_header(fs, position, "AGF", AGF_MAGIC, offsetof(struct disk_agf, crc),
			     offsetof(struct disk_agf, uuid), offsetof(struct disk_agf, seqno), err);
}

int verify_agi(const struct fs *fs, const struct position *position, struct error *err)
{
	return verify_header(fs, position, "AGI", AGI_MAGIC, offsetof(struct disk_agi, crc),
			     offsetof(struct disk_agi, uuid), offsetof(struct disk_agi, seqno), err);
}

int verify_agfl(const struct fs *fs, const struct position *position, struct error *err)
{
	return verify_header(fs, position, "AGFL", AGFL_MAGIC, offsetof(struct disk_agfl, crc),
			     offsetof(struct disk_agfl, uuid), offsetof(struct disk_agfl, seqno), err);
}

static int verify_btree(const struct fs *fs, const struct position *position, enum btree_kind kind, struct error *err)
{
	const struct btree_format *format = &btree_formats[kind];
	const struct disk_btree_short *block;
	struct verify expect = {
		.what = format->name,
		.offset_bytes = offset_of(position),
		.crc_at = offsetof(struct disk_btree_short, crc),
		.uuid_at = offsetof(struct disk_btree_short, uuid),
		.daddr_at = offsetof(struct disk_btree_short, blkno),
		.owner_at = VERIFY_SKIP,
	};
	uint32_t room, count;
	int rc;

	if (format->long_pointers) {
		expect.crc_at = offsetof(struct disk_btree_long, crc);
		expect.uuid_at = offsetof(struct disk_btree_long, uuid);
		expect.daddr_at = offsetof(struct disk_btree_long, blkno);
	}
	if (magic32(structure(position), 0) != format->magic)
		return wrong_magic(position, format->name, err);
	rc = fs_verify(fs, structure(position), &expect, err);
	block = span_at(structure(position), 0, sizeof(*block));
	if (rc != 0 || !block)
		return rc;
	count = be16_get(block->numrecs);
	room = btree_capacity(format, position->place.len - btree_header_bytes(format), be16_get(block->level));
	if (count > room)
		return error_corrupt(err, FLAW_COUNT, offset_of(position), "%s: %u entries, but only %u have room",
				     format->name, count, room);
	return 0;
}

#define VERIFY_BTREE(name, kind)                                                                                       \
	int verify_##name(const struct fs *fs, const struct position *position, struct error *err)                     \
	{                                                                                                              \
		return verify_btree(fs, position, kind, err);                                                          \
	}
VERIFY_BTREE(bnobt, BTREE_BNO)
VERIFY_BTREE(cntbt, BTREE_CNT)
VERIFY_BTREE(inobt, BTREE_INO)
VERIFY_BTREE(finobt, BTREE_FINO)
VERIFY_BTREE(rmapbt, BTREE_RMAP)
VERIFY_BTREE(refcountbt, BTREE_REFCOUNT)
VERIFY_BTREE(bmapbt, BTREE_BMAP)

int verify_inode(const struct fs *fs, const struct position *position, struct error *err)
{
	struct inode *inode = malloc(sizeof(*inode));
	int rc;

	if (!inode)
		return error_set(err, ERR_NOMEM, "no memory for an inode");
	rc = inode_decode(fs, position->place.ino, structure(position).bytes, offset_of(position), inode, err);
	free(inode);
	return rc;
}

/* One of the kinds of block that a directory or an attribute fork has. */
struct da_kind {
	const char *what;
	uint32_t magic;
	uint32_t magic_bytes; /* 2: that of a block info; 4: at the start */
	uint32_t crc_at, uuid_at, daddr_at;
};

#define DA_KIND(what_, magic_)                                                                                         \
	{                                                                                                              \
		.what = (what_), .magic = (magic_), .magic_bytes = 2, .crc_at = offsetof(struct disk_da_info, crc),    \
		.uuid_at = offsetof(struct disk_da_info, uuid), .daddr_at = offsetof(struct disk_da_info, blkno),      \
	}
#define DIR_KIND(what_, magic_)                                                                                        \
	{                                                                                                              \
		.what = (what_), .magic = (magic_), .magic_bytes = 4, .crc_at = offsetof(struct disk_dir_header, crc), \
		.uuid_at = offsetof(struct disk_dir_header, uuid),                                                     \
		.daddr_at = offsetof(struct disk_dir_header, blkno),                                                   \
	}

static int verify_da(const struct fs *fs, const struct position *position, const char *what,
		     const struct da_kind *kinds, size_t count, struct error *err)
{
	uint32_t first = magic32(structure(position), 0);
	uint32_t info = magic32(structure(position), offsetof(struct disk_da_info, magic)) >> 16;

	for (size_t i = 0; i < count; i++) {
		const struct da_kind *kind = &kinds[i];
		const struct verify expect = {.what = kind->what,
					      .offset_bytes = offset_of(position),
					      .crc_at = kind->crc_at,
					      .uuid_at = kind->uuid_at,
					      .daddr_at = kind->daddr_at,
					      .owner_at = VERIFY_SKIP};

		if (kind->magic == (kind->magic_bytes == 4 ? first : info))
			return fs_verify(fs, structure(position), &expect, err);
	}
	return wrong_magic(position, what, err);
}

int verify_dir(const struct fs *fs, const struct position *position, struct error *err)
{
	static const struct da_kind kinds[] = {
		DIR_KIND("directory block", DIR_BLOCK_MAGIC),	  DIR_KIND("directory data block", DIR_DATA_MAGIC),
		DIR_KIND("directory free index", DIR_FREE_MAGIC), DA_KIND("directory leaf", DIR_LEAF1_MAGIC),
		DA_KIND("directory leaf", DIR_LEAFN_MAGIC),	  DA_KIND("directory node", DA_NODE_MAGIC),
	};

	return verify_da(fs, position, "directory block", kinds, sizeof(kinds) / sizeof(kinds[0]), err);
}

int verify_attr(const struct fs *fs, const struct position *position, struct error *err)
{
	static const struct da_kind kinds[] = {
		DA_KIND("attribute leaf", ATTR_LEAF_MAGIC),
		DA_KIND("attribute node", DA_NODE_MAGIC),
		{.what = "attribute value",
		 .magic = ATTR_REMOTE_MAGIC,
		 .magic_bytes = 4,
		 .crc_at = offsetof(struct disk_attr_value, crc),
		 .uuid_at = offsetof(struct disk_attr_value, uuid),
		 .daddr_at = offsetof(struct disk_attr_value, blkno)},
	};

	return verify_da(fs, position, "attribute block", kinds, sizeof(kinds) / sizeof(kinds[0]), err);
}

int verify_symlink(const struct fs *fs, const struct position *position, struct error *err)
{
	static const struct da_kind kinds[] = {
		{.what = "symbolic link",
		 .magic = SYMLINK_MAGIC,
		 .magic_bytes = 4,
		 .crc_at = offsetof(struct disk_symlink, crc),
		 .uuid_at = offsetof(struct disk_symlink, uuid),
		 .daddr_at = offsetof(struct disk_symlink, blkno)},
	};

	return verify_da(fs, position, "symbolic link", kinds, 1, err);
}

int verify_dqblk(const struct fs *fs, const struct position *position, struct error *err)
{
	const struct verify expect = {.what = "quota record",
				      .offset_bytes = offset_of(position),
				      .crc_at = offsetof(struct disk_dqblk, crc),
				      .uuid_at = offsetof(struct disk_dqblk, uuid),
				      .daddr_at = VERIFY_SKIP,
				      .owner_at = VERIFY_SKIP};
	struct span record = structure(position);

	if (magic32(record, 0) >> 16 != DQUOT_MAGIC)
		return wrong_magic(position, "quota record", err);
	record.len = sizeof(struct disk_dqblk);
	return fs_verify(fs, record, &expect, err);
}
