/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random trees, and naive answers. */
#include "unit/fs/tree_model.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "unit/random.h"

const uint8_t *model_record(const struct model *model, size_t i)
{
	return model->records + i * model->format->record_bytes;
}

void model_span(const struct model *model, size_t i, uint64_t *first, uint64_t *last)
{
	const struct field_table *table = model->format->record_fields;
	const uint8_t *rec = model_record(model, i);

	switch (model->kind) {
	case BTREE_BNO:
	case BTREE_RMAP:
		*first = image_get(table, rec, "startblock");
		*last = *first + image_get(table, rec, "blockcount") - 1;
		break;
	case BTREE_REFCOUNT:
		*first = image_get(table, rec, "cowflag") * 0x80000000u + image_get(table, rec, "startblock");
		*last = *first + image_get(table, rec, "blockcount") - 1;
		break;
	case BTREE_CNT:
		*first = *last = image_get(table, rec, "blockcount");
		break;
	case BTREE_INO:
	case BTREE_FINO:
		*first = image_get(table, rec, "startino");
		*last = *first + 63;
		break;
	case BTREE_BMAP:
		*first = image_get(table, rec, "startoff");
		*last = *first + image_get(table, rec, "blockcount") - 1;
		break;
	case BTREE_KINDS:
		break;
	}
}

/* ------------------------------------------------------------------ records */

static int by_size(const void *left, const void *right)
{
	const struct disk_alloc_rec *a = left, *b = right;
	int order = memcmp(&a->blockcount, &b->blockcount, 4);

	return order != 0 ? order : memcmp(&a->startblock, &b->startblock, 4);
}

/* Block, owner, offset; big-endian numbers compare as bytes. */
static int by_rmap_key(const void *left, const void *right)
{
	const struct disk_rmap_rec *a = left, *b = right;
	uint64_t x = be64_get(a->offset) & ~RMAP_OFFSET_UNWRITTEN, y = be64_get(b->offset) & ~RMAP_OFFSET_UNWRITTEN;
	int order = memcmp(&a->startblock, &b->startblock, 4);

	if (order == 0)
		order = memcmp(&a->owner, &b->owner, 8);
	return order != 0 ? order : (x > y) - (x < y);
}

static struct disk_rmap_rec random_rmap(uint64_t *random)
{
	static const uint64_t owners[] = {RMAP_OWN_AG, RMAP_OWN_INODES, RMAP_OWN_COW};
	uint32_t start = 1 + (uint32_t)random_below(random, 600);
	/* Mostly short, some that reach over many others. */
	uint32_t len = 1 + (uint32_t)random_below(random, random_below(random, 16) == 0 ? 300 : 6);
	uint64_t flags = random_below(random, 4) == 0 ? RMAP_OFFSET_UNWRITTEN : 0;

	if (random_below(random, 8) == 0)
		return image_rmap(start, len, owners[random_below(random, 3)], 0);
	if (random_below(random, 8) == 0)
		flags = random_below(random, 2) ? RMAP_OFFSET_BMBT : RMAP_OFFSET_ATTR;
	return image_rmap(start, len, 128 + random_below(random, 200),
			  flags | (flags == RMAP_OFFSET_BMBT ? 0 : random_below(random, 1000)));
}

/* Sorts, and drops all but one of those with the same key. */
static size_t make_rmaps(struct model *model, size_t count, uint64_t *random)
{
	struct disk_rmap_rec *recs = (struct disk_rmap_rec *)model->records;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		recs[i] = random_rmap(random);
	if (count > 0)
		qsort(recs, count, sizeof(*recs), by_rmap_key);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || by_rmap_key(&recs[i], &recs[kept - 1]) != 0)
			recs[kept++] = recs[i];
	return kept;
}

static size_t make_records(struct model *model, size_t count, uint64_t *random)
{
	uint64_t at = random_below(random, 5);

	if (model->kind == BTREE_RMAP)
		return make_rmaps(model, count, random);
	for (size_t i = 0; i < count; i++) {
		uint32_t len = 1 + (uint32_t)random_below(random, 9);
		void *to = model->records + i * model->format->record_bytes;

		/* Some touch the one before; inodes come in chunks. */
		at += random_below(random, 4);
		switch (model->kind) {
		case BTREE_BNO:
		case BTREE_CNT:
			*(struct disk_alloc_rec *)to = image_free((uint32_t)at, len);
			break;
		case BTREE_INO:
		case BTREE_FINO:
			*(struct disk_inobt_rec *)to = image_chunk((uint32_t)at * 64, 0, 0);
			break;
		case BTREE_REFCOUNT:
			if (i == count / 2)
				at |= REFCOUNT_COW_FLAG;
			*(struct disk_refcount_rec *)to = image_refcount((uint32_t)at, len, 2);
			break;
		case BTREE_BMAP:
			*(struct disk_bmap_rec *)to = image_extent(at, random_below(random, 1000), len, false);
			break;
		case BTREE_RMAP:
		case BTREE_KINDS:
			break;
		}
		at += len;
	}
	if (model->kind == BTREE_CNT && count > 0)
		qsort(model->records, count, sizeof(struct disk_alloc_rec), by_size);
	return count;
}

/* ------------------------------------------------------------------ the tree */

int model_reopen(struct model *model, struct error *err)
{
	int rc;

	if (model->kind != BTREE_BMAP)
		return btree_open_group(model->image->fs, model->kind, 1, &model->tree, err);
	rc = inode_read(model->image->fs, be64_get(model->disk_inode->ino), &model->inode, err);
	return rc != 0 ? rc : btree_of_fork(model->image->fs, &model->inode, FORK_DATA, &model->tree, err);
}

void model_build(struct model *model, struct image *image, enum btree_kind kind, size_t count, uint32_t per_block,
		 uint64_t *random)
{
	struct error err;

	ck_assert_uint_le(count, MODEL_RECORDS_MAX);
	*model = (struct model){.image = image, .kind = kind, .format = &btree_formats[kind], .per_block = per_block};
	model->count = make_records(model, count, random);
	if (kind == BTREE_BMAP) {
		uint32_t in_block = image->options.block_bytes / image->options.inode_bytes;
		uint64_t ino = image_ino(image, 1, image_take(image, 1, 1) * in_block);

		model->disk_inode = image_inode(image, ino, INODE_MODE_FILE, FORK_BTREE);
		model->levels =
			image_fork_tree(image, model->disk_inode, FORK_DATA, 1,
					(const struct disk_bmap_rec *)model->records, count, per_block, &model->first);
	} else {
		model->levels = image_tree(image, kind, 1, model->records, model->count, per_block, &model->first);
	}
	if (!image->fs)
		ck_assert_int_eq(image_open_fs(image, NULL), 0);
	ck_assert_msg(model_reopen(model, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(model->tree.levels, model->levels);
}

unsigned model_block_levels(const struct model *model)
{
	return model->levels - (model->kind == BTREE_BMAP);
}

static size_t fanout(const struct model *model, unsigned level)
{
	uint32_t room = model->image->options.block_bytes - btree_header_bytes(model->format);
	size_t most = btree_capacity(model->format, room, level);

	return model->per_block && model->per_block < most ? model->per_block : most;
}

size_t model_nodes(const struct model *model, unsigned level)
{
	size_t nodes = model->count;

	for (unsigned i = 0; i <= level; i++)
		nodes = (nodes + fanout(model, i) - 1) / fanout(model, i);
	return nodes ? nodes : 1;
}

struct agaddr model_node(const struct model *model, unsigned level, size_t index)
{
	struct agaddr at = {1, model->first + (uint32_t)index};

	for (unsigned i = 0; i < level; i++)
		at.agbno += (uint32_t)model_nodes(model, i);
	return at;
}

void model_below(const struct model *model, unsigned level, size_t index, size_t *from, size_t *to)
{
	size_t records = 1;

	for (unsigned i = 0; i <= level; i++)
		records *= fanout(model, i);
	*from = index * records;
	*to = *from + records < model->count ? *from + records : model->count;
}

uint8_t *model_entry(const struct model *model, unsigned level, size_t index, uint32_t entry)
{
	uint32_t bytes = level == 0 ? model->format->record_bytes : btree_entry_key_bytes(model->format);

	return image_block(model->image, model_node(model, level, index)) + btree_header_bytes(model->format) +
	       (size_t)entry * bytes;
}

uint8_t *model_pointer(const struct model *model, unsigned level, size_t index, uint32_t entry)
{
	uint32_t room = model->image->options.block_bytes - btree_header_bytes(model->format);
	uint8_t *pointers = model_entry(model, level, index, btree_capacity(model->format, room, level));

	return pointers + (size_t)entry * btree_pointer_bytes(model->format);
}

void model_seal(const struct model *model, unsigned level, size_t index)
{
	image_seal_tree_block(model->image, model->kind, model_node(model, level, index));
}
