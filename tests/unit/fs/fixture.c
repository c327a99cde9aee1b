/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File systems built by hand. */
#include "unit/fs/fixture.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "format/records.h"

#define AG_BLOCKS 256u

void fixture_init(struct fixture *fixture, unsigned block_log, unsigned dirblock_log)
{
	struct geometry *geo;
	struct error err;

	memset(fixture, 0, sizeof(*fixture));
	snprintf(fixture->path, sizeof(fixture->path), "test_fs.XXXXXX");
	fixture->fd = mkstemp(fixture->path);
	ck_assert_int_ge(fixture->fd, 0);
	ck_assert_int_eq(ftruncate(fixture->fd, (off_t)(2 * AG_BLOCKS) << block_log), 0);
	ck_assert_int_eq(device_open(fixture->path, 0, &fixture->device, &err), 0);
	fixture->fs.device = fixture->device;
	geo = &fixture->fs.geo;
	geo->block_log = (uint8_t)block_log;
	geo->block_bytes = 1u << block_log;
	geo->dirblock_blocks_log = (uint8_t)dirblock_log;
	geo->dirblock_bytes = 1u << (block_log + dirblock_log);
	geo->sector_bytes = 512;
	geo->sector_log = 9;
	geo->inode_bytes = 512;
	geo->inode_log = 9;
	geo->inodes_per_block_log = (uint8_t)(block_log - 9);
	geo->ag_blocks = AG_BLOCKS;
	geo->ag_blocks_log = 8;
	geo->ag_count = 2;
	geo->blocks = 2ull * AG_BLOCKS;
	geo->has_ftype = true;
	memset(geo->meta_uuid.b, 0x5a, sizeof(geo->meta_uuid.b));
}

void fixture_fini(struct fixture *fixture)
{
	device_close(fixture->device);
	close(fixture->fd);
	unlink(fixture->path);
}

void fixture_write(struct fixture *fixture, struct agaddr at, const void *bytes, size_t len)
{
	off_t offset = (off_t)geometry_block_offset(&fixture->fs.geo, at);

	ck_assert_int_eq(pwrite(fixture->fd, bytes, len, offset), (ssize_t)len);
}

uint64_t fixture_ino(const struct fixture *fixture, uint32_t agbno, uint32_t index)
{
	return geometry_ino_join(&fixture->fs.geo, 0, geometry_block_agino(&fixture->fs.geo, agbno)) + index;
}

void fixture_inode(const struct fixture *fixture, uint64_t ino, uint16_t mode, enum fork_format format,
		   struct inode *out)
{
	memset(out, 0, sizeof(*out));
	out->ino = ino;
	out->mode = mode;
	out->nlink = 1;
	out->gen = (uint32_t)ino;
	out->next_unlinked = UINT32_MAX;
	out->fork[FORK_DATA].exists = true;
	out->fork[FORK_DATA].format = format;
	out->fork[FORK_DATA].start = sizeof(struct disk_inode);
	out->fork[FORK_DATA].len = fixture->fs.geo.inode_bytes - (uint32_t)sizeof(struct disk_inode);
}

void fixture_attr_fork(struct inode *inode, enum fork_format format)
{
	uint32_t end = inode->fork[FORK_DATA].start + inode->fork[FORK_DATA].len, len = 176;

	inode->fork[FORK_DATA].len -= len;
	inode->fork[FORK_ATTR].exists = true;
	inode->fork[FORK_ATTR].format = format;
	inode->fork[FORK_ATTR].start = end - len;
	inode->fork[FORK_ATTR].len = len;
}

void fixture_local(struct inode *inode, enum fork_kind kind, const void *bytes, size_t len)
{
	ck_assert_uint_le(len, inode->fork[kind].len);
	memcpy(inode->raw + inode->fork[kind].start, bytes, len);
	if (kind == FORK_DATA)
		inode->size_bytes = len;
}

void fixture_map(const struct fixture *fixture, struct inode *inode, enum fork_kind kind, uint64_t fileoff,
		 struct agaddr at, uint32_t len_blocks, bool unwritten)
{
	uint64_t packed = geometry_pack(&fixture->fs.geo, at).packed;
	struct disk_bmap_rec rec = {be64_of((uint64_t)unwritten << 63 | fileoff << 9 | packed >> 43),
				    be64_of(packed << 21 | len_blocks)};
	size_t place = inode->fork[kind].extents * sizeof(rec);

	ck_assert_uint_le(place + sizeof(rec), inode->fork[kind].len);
	memcpy(inode->raw + inode->fork[kind].start + place, &rec, sizeof(rec));
	inode->fork[kind].extents++;
}

void fixture_put(struct fixture *fixture, const struct inode *inode)
{
	uint8_t raw[SB_INODESIZE_MAX];
	struct disk_inode *disk = (struct disk_inode *)raw;
	uint32_t agno, agino, in_block;
	struct agaddr at;
	off_t offset;

	memcpy(raw, inode->raw, sizeof(raw));
	disk->magic = be16_of(INODE_MAGIC);
	disk->version = INODE_VERSION;
	disk->mode = be16_of(inode->mode);
	disk->nlink = be32_of(inode->nlink);
	disk->gen = be32_of(inode->gen);
	disk->size = be64_of(inode->size_bytes);
	disk->next_unlinked = be32_of(inode->next_unlinked);
	disk->format = (uint8_t)inode->fork[FORK_DATA].format;
	disk->nextents = be32_of((uint32_t)inode->fork[FORK_DATA].extents);
	disk->aformat = FORK_EXTENTS;
	if (inode->fork[FORK_ATTR].exists) {
		disk->aformat = (uint8_t)inode->fork[FORK_ATTR].format;
		disk->anextents = be16_of((uint16_t)inode->fork[FORK_ATTR].extents);
		disk->forkoff = (uint8_t)((inode->fork[FORK_ATTR].start - sizeof(*disk)) / 8);
	}
	disk->ino = be64_of(inode->ino);
	disk->uuid = fixture->fs.geo.meta_uuid;
	crc32c_block_seal(raw, fixture->fs.geo.inode_bytes, offsetof(struct disk_inode, crc));
	ck_assert(geometry_ino_split(&fixture->fs.geo, inode->ino, &agno, &agino));
	at = (struct agaddr){agno, geometry_agino_block(&fixture->fs.geo, agino, &in_block)};
	offset = (off_t)(geometry_block_offset(&fixture->fs.geo, at) + in_block);
	ck_assert_int_eq(pwrite(fixture->fd, raw, fixture->fs.geo.inode_bytes, offset),
			 (ssize_t)fixture->fs.geo.inode_bytes);
}

static void append(struct short_dir *dir, const void *bytes, size_t len)
{
	ck_assert_uint_le(dir->len + len, sizeof(dir->bytes));
	memcpy(dir->bytes + dir->len, bytes, len);
	dir->len += len;
}

static void append_ino(struct short_dir *dir, uint64_t ino)
{
	be64 long_ino = be64_of(ino);
	be32 short_ino = be32_of((uint32_t)ino);

	if (dir->bytes[1])
		append(dir, &long_ino, sizeof(long_ino));
	else
		append(dir, &short_ino, sizeof(short_ino));
}

void short_dir_init(struct short_dir *dir, uint64_t parent, bool long_ino)
{
	memset(dir, 0, sizeof(*dir));
	dir->bytes[1] = long_ino;
	dir->len = 2;
	append_ino(dir, parent);
}

void short_dir_add(struct short_dir *dir, const char *name, uint64_t ino, int ftype)
{
	uint8_t head[3] = {(uint8_t)strlen(name)}, type = (uint8_t)ftype;

	append(dir, head, sizeof(head));
	append(dir, name, strlen(name));
	if (ftype >= 0)
		append(dir, &type, 1);
	append_ino(dir, ino);
	dir->bytes[0]++;
}

int hear_bad(void *arg, const struct error *why)
{
	struct heard *heard = arg;

	if (heard->bad++ == 0)
		heard->first_flaw = why->flaw;
	ck_assert(why->code == ERR_CORRUPT || why->code == ERR_MEDIA);
	ck_assert_uint_gt(strlen(why->text), 0);
	return 0;
}

void hear(struct heard *heard, const char *format, ...)
{
	size_t used = strlen(heard->names);
	va_list args;

	va_start(args, format);
	ck_assert_int_lt(vsnprintf(heard->names + used, sizeof(heard->names) - used, format, args),
			 (int)(sizeof(heard->names) - used));
	va_end(args);
}
