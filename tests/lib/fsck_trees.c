/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changed trees. */
#include "lib/fsck_trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"

static void die(const char *what, const char *why)
{
	fprintf(stderr, "fsck trees: %s: %s\n", what, why);
	exit(99);
}

static const struct field *find_field(const struct field_table *table, const char *name)
{
	const struct field *field = field_find(table, name);

	if (!field)
		die(name, "no such field");
	return field;
}

uint8_t *fsck_case_block(const struct fsck_case *c, struct agaddr at)
{
	if (!geometry_holds(&c->fs->geo, at, 1))
		die("block", "no such block");
	return c->image.bytes + geometry_block_offset(&c->fs->geo, at);
}

/* ------------------------------------------------------------------ trees of one block */

struct fsck_leaf fsck_leaf(const struct fsck_case *c, enum btree_kind kind, uint32_t agno)
{
	struct btree tree;
	struct error err;

	if (btree_open_group(c->fs, kind, agno, &tree, &err) != 0)
		die(btree_formats[kind].name, err.text);
	if (tree.levels != 1)
		die(btree_formats[kind].name, "is no single block");
	return (struct fsck_leaf){
		.c = c, .format = tree.format, .at = tree.root, .block = fsck_case_block(c, tree.root)};
}

static void seal(const struct fsck_leaf *leaf)
{
	crc32c_block_seal(leaf->block, leaf->c->fs->geo.block_bytes, offsetof(struct disk_btree_short, crc));
}

static uint8_t *record(const struct fsck_leaf *leaf, uint32_t index)
{
	return leaf->block + sizeof(struct disk_btree_short) + (size_t)index * leaf->format->record_bytes;
}

uint32_t fsck_leaf_count(const struct fsck_leaf *leaf)
{
	return be16_get(((const struct disk_btree_short *)leaf->block)->numrecs);
}

void fsck_leaf_set_head(const struct fsck_leaf *leaf, const char *field, uint64_t value)
{
	field_set(find_field(&btree_short_table, field), leaf->block, 0, value);
	seal(leaf);
}

uint64_t fsck_leaf_get(const struct fsck_leaf *leaf, uint32_t index, const char *field)
{
	return field_get(find_field(leaf->format->record_fields, field), record(leaf, index), 0);
}

void fsck_leaf_set(const struct fsck_leaf *leaf, uint32_t index, const char *field, uint64_t value)
{
	field_set(find_field(leaf->format->record_fields, field), record(leaf, index), 0, value);
	seal(leaf);
}

uint32_t fsck_leaf_find(const struct fsck_leaf *leaf, const char *field, uint64_t value, const char *other,
			uint64_t other_value)
{
	for (uint32_t i = 0; i < fsck_leaf_count(leaf); i++)
		if (fsck_leaf_get(leaf, i, field) == value && (!other || fsck_leaf_get(leaf, i, other) == other_value))
			return i;
	die(field, "no such record");
	return 0;
}

void fsck_leaf_double(const struct fsck_leaf *leaf, uint32_t index)
{
	uint32_t count = fsck_leaf_count(leaf);

	memmove(record(leaf, index + 1), record(leaf, index), (size_t)(count - index) * leaf->format->record_bytes);
	fsck_leaf_set_head(leaf, "numrecs", count + 1);
}

uint32_t fsck_leaf_add(const struct fsck_leaf *leaf)
{
	uint32_t count = fsck_leaf_count(leaf);

	memset(record(leaf, count), 0, leaf->format->record_bytes);
	fsck_leaf_set_head(leaf, "numrecs", count + 1);
	return count;
}

void fsck_leaf_remove(const struct fsck_leaf *leaf, uint32_t index)
{
	uint32_t count = fsck_leaf_count(leaf);

	memmove(record(leaf, index), record(leaf, index + 1), (size_t)(count - index - 1) * leaf->format->record_bytes);
	fsck_leaf_set_head(leaf, "numrecs", count - 1);
}

void fsck_leaf_sort(const struct fsck_leaf *leaf)
{
	uint32_t bytes = leaf->format->record_bytes, count = fsck_leaf_count(leaf);
	uint8_t moved[64];

	for (uint32_t i = 1; i < count; i++) {
		struct btree_key key = btree_record_low(leaf->format, record(leaf, i));
		uint32_t to = i;

		for (; to > 0; to--) {
			struct btree_key before = btree_record_low(leaf->format, record(leaf, to - 1));

			if (btree_key_compare(&before, &key) <= 0)
				break;
		}
		memcpy(moved, record(leaf, i), bytes);
		memmove(record(leaf, to + 1), record(leaf, to), (size_t)(i - to) * bytes);
		memcpy(record(leaf, to), moved, bytes);
	}
	seal(leaf);
}

/* ------------------------------------------------------------------ headers */

static uint8_t *sector(const struct fsck_case *c, uint32_t agno, uint32_t number)
{
	return c->image.bytes + geometry_sector_offset(&c->fs->geo, agno, number);
}

uint64_t fsck_case_get_agf(const struct fsck_case *c, uint32_t agno, const char *field)
{
	return field_get(find_field(&agf_table, field), sector(c, agno, AGF_SECTOR), 0);
}

void fsck_case_set_agf(const struct fsck_case *c, uint32_t agno, const char *field, uint64_t value)
{
	uint8_t *agf = sector(c, agno, AGF_SECTOR);

	field_set(find_field(&agf_table, field), agf, 0, value);
	crc32c_block_seal(agf, c->fs->geo.sector_bytes, offsetof(struct disk_agf, crc));
}

void fsck_case_add_sb(const struct fsck_case *c, const char *field, int64_t more)
{
	const struct field *found = find_field(&sb_table, field);
	uint8_t *sb = sector(c, 0, 0);

	field_set(found, sb, 0, field_get(found, sb, 0) + (uint64_t)more);
	crc32c_block_seal(sb, c->fs->geo.sector_bytes, offsetof(struct disk_sb, crc));
}

static uint8_t *slot(const struct fsck_case *c, uint32_t agno, uint32_t index)
{
	uint32_t slots = agfl_slots(c->fs->geo.sector_bytes);
	uint64_t first = fsck_case_get_agf(c, agno, "flfirst");

	if (index >= fsck_case_get_agf(c, agno, "flcount"))
		die("free list", "is shorter");
	return sector(c, agno, AGFL_SECTOR) + sizeof(struct disk_agfl) + (first + index) % slots * sizeof(be32);
}

uint32_t fsck_case_listed(const struct fsck_case *c, uint32_t agno, uint32_t index)
{
	return be32_get(*(const be32 *)slot(c, agno, index));
}

void fsck_case_set_listed(const struct fsck_case *c, uint32_t agno, uint32_t index, uint32_t agbno)
{
	uint8_t *to = slot(c, agno, index);

	for (unsigned i = 0; i < sizeof(be32); i++)
		to[i] = (uint8_t)(agbno >> (24 - 8 * i));
	crc32c_block_seal(sector(c, agno, AGFL_SECTOR), c->fs->geo.sector_bytes, offsetof(struct disk_agfl, crc));
}

/* ------------------------------------------------------------------ extents */

static struct disk_bmap_rec *extent(const struct fsck_case *c, uint64_t ino, uint32_t index)
{
	struct disk_inode *disk = fsck_case_inode(c, ino);
	struct inode inode;
	struct error err;

	if (inode_read(c->fs, ino, &inode, &err) != 0)
		die("inode", err.text);
	if (inode.fork[FORK_DATA].format != FORK_EXTENTS || index >= inode.fork[FORK_DATA].extents)
		die("extent", "does not stand in the inode");
	return (struct disk_bmap_rec *)((uint8_t *)disk + inode.fork[FORK_DATA].start) + index;
}

struct agaddr fsck_case_extent(const struct fsck_case *c, uint64_t ino, uint32_t index)
{
	struct bmap_rec rec = bmap_rec_get(extent(c, ino, index));
	struct agaddr at;

	if (!geometry_unpack(&c->fs->geo, (struct fsblock){rec.startblock}, &at))
		die("extent", "leads nowhere");
	return at;
}

void fsck_case_set_extent(const struct fsck_case *c, uint64_t ino, uint32_t index, struct agaddr start, bool unwritten)
{
	struct disk_bmap_rec *rec = extent(c, ino, index);

	field_set(find_field(&bmap_rec_table, "startblock"), rec, 0, geometry_pack(&c->fs->geo, start).packed);
	field_set(find_field(&bmap_rec_table, "extentflag"), rec, 0, unwritten);
	fsck_case_seal_inode(c, ino);
}
