/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the instances. */
#include "lib/structures.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/crc32c.h"
#include "format/attr.h"
#include "format/dir.h"
#include "format/dquot.h"
#include "format/log.h"
#include "format/symlink.h"
#include "fs/btree.h"
#include "fs/chunk.h"
#include "fs/fork.h"

const char *const structure_names[STRUCT_KINDS] = {
	[STRUCT_SB] = "superblock",
	[STRUCT_AGF] = "AGF",
	[STRUCT_AGI] = "AGI",
	[STRUCT_AGFL] = "AGFL",
	[STRUCT_BNOBT] = "bnobt",
	[STRUCT_CNTBT] = "cntbt",
	[STRUCT_INOBT] = "inobt",
	[STRUCT_FINOBT] = "finobt",
	[STRUCT_RMAPBT] = "rmapbt",
	[STRUCT_REFCOUNTBT] = "refcountbt",
	[STRUCT_BMBT] = "bmbt",
	[STRUCT_INODE] = "inode",
	[STRUCT_DIR_BLOCK] = "dir_block",
	[STRUCT_DIR_DATA] = "dir_data",
	[STRUCT_DIR_LEAF1] = "dir_leaf1",
	[STRUCT_DIR_LEAFN] = "dir_leafn",
	[STRUCT_DIR_FREE] = "dir_free",
	[STRUCT_DA_NODE] = "da_node",
	[STRUCT_ATTR_LEAF] = "attr_leaf",
	[STRUCT_ATTR_VALUE] = "attr_value",
	[STRUCT_SYMLINK] = "symlink",
	[STRUCT_DQUOT] = "dquot",
	[STRUCT_LOG] = "log_record",
	[STRUCT_FREE_INODE] = "free_inode",
};

static void die(const char *what, const struct error *err)
{
	fprintf(stderr, "looking for structures: %s: %s\n", what, err ? err->text : "");
	exit(99);
}

static void add(struct structures *all, enum structure_kind kind, struct structure item)
{
	struct structure_list *list = &all->of[kind];

	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->items = reallocarray(list->items, list->room, sizeof(*list->items));
		if (!list->items)
			die("no memory", NULL);
	}
	list->items[list->count++] = item;
}

/* What the walks share. */
struct finder {
	const struct fs *fs;
	struct structures *all;
	enum structure_kind kind; /* of the tree in work */
	uint64_t ino;
	bool is_attr, is_dir, is_link, is_quota;
};

static int on_tree_block(void *arg, struct agaddr at, unsigned level)
{
	const struct finder *finder = arg;

	(void)level;
	add(finder->all, finder->kind,
	    (struct structure){.offset_bytes = geometry_block_offset(&finder->fs->geo, at),
			       .len = finder->fs->geo.block_bytes,
			       .crc_at = (uint32_t)offsetof(struct disk_btree_short, crc)});
	return 0;
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	return 0;
}

static void find_tree(struct finder *finder, enum btree_kind kind, uint32_t agno)
{
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX, .block = on_tree_block, .arg = finder};
	struct btree_walker walker = {.record = on_record, .arg = finder};
	struct btree tree;
	struct error err;
	int rc = btree_open_group(finder->fs, kind, agno, &tree, &err);

	if (rc == ERR_NOT_FOUND)
		return;
	if (rc == 0)
		rc = btree_walk(&tree, &options, &walker, &err);
	if (rc != 0)
		die("a tree", &err);
}

static int on_fork_block(void *arg, struct agaddr at, unsigned level)
{
	const struct finder *finder = arg;

	(void)level;
	add(finder->all, STRUCT_BMBT,
	    (struct structure){.offset_bytes = geometry_block_offset(&finder->fs->geo, at),
			       .len = finder->fs->geo.block_bytes,
			       .crc_at = (uint32_t)offsetof(struct disk_btree_long, crc),
			       .ino = finder->ino});
	return 0;
}

/* Which structure of a fork begins at @offset, by its magic number. */
static bool recognise(const struct finder *finder, uint64_t offset, enum structure_kind *kind, uint32_t *crc_at)
{
	struct disk_da_info info;
	uint32_t magic;
	struct error err;

	if (device_read(finder->fs->device, offset, &info, sizeof(info), &err) != 0)
		die("a block", &err);
	magic = be32_get(*(const be32 *)&info);
	*crc_at = (uint32_t)offsetof(struct disk_dir_header, crc);
	if (finder->is_dir && !finder->is_attr && magic == DIR_BLOCK_MAGIC) {
		*kind = STRUCT_DIR_BLOCK;
	} else if (finder->is_dir && !finder->is_attr && magic == DIR_DATA_MAGIC) {
		*kind = STRUCT_DIR_DATA;
	} else if (finder->is_dir && !finder->is_attr && magic == DIR_FREE_MAGIC) {
		*kind = STRUCT_DIR_FREE;
	} else if (finder->is_attr && magic == ATTR_REMOTE_MAGIC) {
		*kind = STRUCT_ATTR_VALUE;
		*crc_at = (uint32_t)offsetof(struct disk_attr_value, crc);
	} else if (finder->is_link && !finder->is_attr && magic == SYMLINK_MAGIC) {
		*kind = STRUCT_SYMLINK;
		*crc_at = (uint32_t)offsetof(struct disk_symlink, crc);
	} else {
		*crc_at = (uint32_t)offsetof(struct disk_da_info, crc);
		switch (be16_get(info.magic)) {
		case DA_NODE_MAGIC:
			*kind = STRUCT_DA_NODE;
			break;
		case DIR_LEAF1_MAGIC:
			*kind = STRUCT_DIR_LEAF1;
			break;
		case DIR_LEAFN_MAGIC:
			*kind = STRUCT_DIR_LEAFN;
			break;
		case ATTR_LEAF_MAGIC:
			*kind = STRUCT_ATTR_LEAF;
			break;
		default:
			return false;
		}
	}
	return true;
}

/* Quota files are arrays of records, as many as fit into a block. */
static void add_quota_records(const struct finder *finder, const struct extent *extent)
{
	const struct geometry *geo = &finder->fs->geo;
	uint32_t per_block = geo->block_bytes / (uint32_t)sizeof(struct disk_dqblk);
	uint64_t start = geometry_block_offset(geo, extent->start);

	for (uint32_t i = 0; i < extent->len_blocks * per_block; i++)
		add(finder->all, STRUCT_DQUOT,
		    (struct structure){.offset_bytes = start + ((uint64_t)(i / per_block) << geo->block_log) +
						       i % per_block * sizeof(struct disk_dqblk),
				       .len = sizeof(struct disk_dqblk),
				       .crc_at = (uint32_t)offsetof(struct disk_dqblk, crc),
				       .ino = finder->ino});
}

/* The blocks of a directory, an attribute fork, a link or a quota file. Directory blocks that lie in two extents are
 * left out. */
static int on_extent(void *arg, const struct extent *extent)
{
	const struct finder *finder = arg;
	const struct geometry *geo = &finder->fs->geo;
	bool of_dir = finder->is_dir && !finder->is_attr;
	uint32_t step = of_dir ? 1u << geo->dirblock_blocks_log : 1;
	uint32_t skip = (uint32_t)((step - extent->fileoff % step) % step);

	if (finder->is_quota && !finder->is_attr)
		add_quota_records(finder, extent);
	if (!finder->is_attr && !finder->is_dir && !finder->is_link)
		return 0;
	for (uint32_t i = skip; i < extent->len_blocks && extent->len_blocks - i >= step; i += step) {
		struct agaddr at = {extent->start.agno, extent->start.agbno + i};
		struct structure item = {.offset_bytes = geometry_block_offset(geo, at),
					 .len = step << geo->block_log,
					 .ino = finder->ino};
		enum structure_kind kind;

		if (recognise(finder, item.offset_bytes, &kind, &item.crc_at))
			add(finder->all, kind, item);
	}
	return 0;
}

static void find_forks(struct finder *finder, const struct inode *inode)
{
	struct fork_walker walker = {.extent = on_extent, .block = on_fork_block, .arg = finder};
	struct error err;

	finder->ino = inode->ino;
	finder->is_dir = inode_is(inode, INODE_MODE_DIR);
	finder->is_link = inode_is(inode, INODE_MODE_LINK);
	finder->is_quota = false;
	for (unsigned i = 0; i < 3; i++)
		finder->is_quota |= inode->ino == finder->fs->geo.quota_ino[i];
	for (int kind = FORK_DATA; kind <= FORK_ATTR; kind++) {
		finder->is_attr = kind == FORK_ATTR;
		if (fork_walk(finder->fs, inode, (enum fork_kind)kind, 0, FILEOFF_MAX, &walker, &err) != 0)
			die("a fork", &err);
	}
}

static int on_chunk(void *arg, const struct chunk *chunk)
{
	struct finder *finder = arg;
	struct inode inode;
	struct error err;

	for (unsigned i = 0; i < INODES_PER_CHUNK; i++) {
		uint64_t ino = geometry_ino_join(&finder->fs->geo, chunk->agno, chunk->first_agino + i);

		if (!(chunk->present >> i & 1))
			continue;
		if (inode_read(finder->fs, ino, &inode, &err) != 0)
			die("an inode", &err);
		add(finder->all, chunk->allocated >> i & 1 ? STRUCT_INODE : STRUCT_FREE_INODE,
		    (struct structure){.offset_bytes = chunk_inode_offset(finder->fs, chunk, i),
				       .len = finder->fs->geo.inode_bytes,
				       .crc_at = (uint32_t)offsetof(struct disk_inode, crc),
				       .ino = ino});
		if (chunk->allocated >> i & 1)
			find_forks(finder, &inode);
	}
	return 0;
}

static void find_group(struct finder *finder, uint32_t agno)
{
	static const struct {
		enum structure_kind kind;
		uint32_t sector, crc_at;
	} headers[] = {
		{STRUCT_SB, 0, offsetof(struct disk_sb, crc)},
		{STRUCT_AGF, AGF_SECTOR, offsetof(struct disk_agf, crc)},
		{STRUCT_AGI, AGI_SECTOR, offsetof(struct disk_agi, crc)},
		{STRUCT_AGFL, AGFL_SECTOR, offsetof(struct disk_agfl, crc)},
	};
	static const struct {
		enum structure_kind kind;
		enum btree_kind tree;
	} trees[] = {
		{STRUCT_BNOBT, BTREE_BNO},   {STRUCT_CNTBT, BTREE_CNT},	  {STRUCT_INOBT, BTREE_INO},
		{STRUCT_FINOBT, BTREE_FINO}, {STRUCT_RMAPBT, BTREE_RMAP}, {STRUCT_REFCOUNTBT, BTREE_REFCOUNT},
	};
	struct chunk_walker walker = {.chunk = on_chunk, .arg = finder};
	struct error err;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		add(finder->all, headers[i].kind,
		    (struct structure){.offset_bytes =
					       geometry_sector_offset(&finder->fs->geo, agno, headers[i].sector),
				       .len = finder->fs->geo.sector_bytes,
				       .crc_at = headers[i].crc_at});
	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		finder->kind = trees[i].kind;
		find_tree(finder, trees[i].tree, agno);
	}
	if (chunk_walk(finder->fs, agno, &walker, &err) != 0)
		die("inode chunks", &err);
}

/* Log records: those that begin before the log's end. */
static void find_log(struct finder *finder)
{
	const struct geometry *geo = &finder->fs->geo;
	uint64_t start = geometry_block_offset(geo, geo->log_start);
	uint64_t len = (uint64_t)geo->log_blocks << geo->block_log;
	uint8_t block[LOG_BLOCK_BYTES];
	struct error err;

	for (uint64_t at = 0; at < len; at += LOG_BLOCK_BYTES) {
		const struct disk_log_record *head = (const struct disk_log_record *)block;
		uint64_t bytes;

		if (device_read(finder->fs->device, start + at, block, sizeof(block), &err) != 0)
			die("the log", &err);
		if (be32_get(head->magicno) != LOG_MAGIC)
			continue;
		bytes = (uint64_t)(log_header_blocks(head) + log_data_blocks(head)) * LOG_BLOCK_BYTES;
		if (bytes <= len - at)
			add(finder->all, STRUCT_LOG,
			    (struct structure){.offset_bytes = start + at,
					       .len = (uint32_t)bytes,
					       .crc_at = (uint32_t)offsetof(struct disk_log_record, crc)});
	}
}

void structures_find(const struct fs *fs, struct structures *out)
{
	struct finder finder = {.fs = fs, .all = out};

	*out = (struct structures){.geo = fs->geo};
	for (uint32_t agno = 0; agno < fs->geo.ag_count; agno++)
		find_group(&finder, agno);
	find_log(&finder);
}

void structures_free(struct structures *structures)
{
	for (int i = 0; i < STRUCT_KINDS; i++)
		free(structures->of[i].items);
	*structures = (struct structures){0};
}

void structure_seal(enum structure_kind kind, const struct structure *instance, uint8_t *bytes)
{
	if (kind == STRUCT_LOG) {
		uint32_t crc = log_record_crc((struct span){bytes, instance->len});

		/* 0, where the record no longer fits into what it was, counts as right. */
		for (unsigned i = 0; i < sizeof(le32); i++)
			bytes[instance->crc_at + i] = (uint8_t)(crc >> 8 * i);
		return;
	}
	crc32c_block_seal(bytes, instance->len, instance->crc_at);
}
