/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * B+trees of random records, and what a query of them must answer and cost, found by looking at all of them.
 */
#ifndef UNIT_FS_TREE_MODEL_H
#define UNIT_FS_TREE_MODEL_H

#include "fs/btree.h"
#include "lib/image_builder.h"

#define MODEL_RECORDS_MAX 4000u

struct model {
	struct image *image;
	enum btree_kind kind;
	const struct btree_format *format;
	size_t count;
	uint32_t per_block;
	uint32_t first;	 /* block: the leaves, then the levels above */
	unsigned levels; /* one more than those with blocks where the root is in an inode */
	struct btree tree;
	struct disk_inode *disk_inode; /* of BTREE_BMAP */
	struct inode inode;
	uint8_t records[MODEL_RECORDS_MAX * sizeof(struct disk_rmap_rec)];
};

/* Builds a tree of @count random records in group 1 of @image, at most @per_block (0: what fits) in a block. */
void model_build(struct model *model, struct image *image, enum btree_kind kind, size_t count, uint32_t per_block,
		 uint64_t *random);
/* Opens model->tree again, after its header or inode was changed. Returns what opening did. */
int model_reopen(struct model *model, struct error *err) MUST_CHECK;

const uint8_t *model_record(const struct model *model, size_t i);
/* What the record covers in the numbers by which its tree is ordered first. */
void model_span(const struct model *model, size_t i, uint64_t *first, uint64_t *last);

/* Levels that are blocks. */
unsigned model_block_levels(const struct model *model);
size_t model_nodes(const struct model *model, unsigned level);
/* Block @index of a level, and the records [*from, *to) below it. */
struct agaddr model_node(const struct model *model, unsigned level, size_t index);
void model_below(const struct model *model, unsigned level, size_t index, size_t *from, size_t *to);

/* The place in the block of a record, or of a key (pair) or a pointer. */
uint8_t *model_entry(const struct model *model, unsigned level, size_t index, uint32_t entry);
uint8_t *model_pointer(const struct model *model, unsigned level, size_t index, uint32_t entry);
void model_seal(const struct model *model, unsigned level, size_t index);

#endif
