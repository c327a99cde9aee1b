/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing the trees, the free list and the extents of an image under test (lib/fsck_case.h). Every function that
 * changes something makes the checksum right again. A mistake of the test ends the program with a message.
 */
#ifndef LIB_FSCK_TREES_H
#define LIB_FSCK_TREES_H

#include "fs/btree.h"
#include "lib/fsck_case.h"

/* The only block of a tree of a group. */
struct fsck_leaf {
	const struct fsck_case *c;
	const struct btree_format *format;
	struct agaddr at;
	uint8_t *block;
};
struct fsck_leaf fsck_leaf(const struct fsck_case *c, enum btree_kind kind, uint32_t agno);

uint32_t fsck_leaf_count(const struct fsck_leaf *leaf);
/* The first record whose fields have these values; @other: NULL if one field is enough. */
uint32_t fsck_leaf_find(const struct fsck_leaf *leaf, const char *field, uint64_t value, const char *other,
			uint64_t other_value);
/* A field of a record by its name in the table. */
uint64_t fsck_leaf_get(const struct fsck_leaf *leaf, uint32_t index, const char *field);
void fsck_leaf_set(const struct fsck_leaf *leaf, uint32_t index, const char *field, uint64_t value);
/* A copy of the record is put in front of it. */
void fsck_leaf_double(const struct fsck_leaf *leaf, uint32_t index);
/* A record of zeroes behind the last one; its number. */
uint32_t fsck_leaf_add(const struct fsck_leaf *leaf);
void fsck_leaf_remove(const struct fsck_leaf *leaf, uint32_t index);
/* Brings the records into the order of the tree. */
void fsck_leaf_sort(const struct fsck_leaf *leaf);
/* A field of the header. */
void fsck_leaf_set_head(const struct fsck_leaf *leaf, const char *field, uint64_t value);

/* Fields of headers. */
uint64_t fsck_case_get_agf(const struct fsck_case *c, uint32_t agno, const char *field);
void fsck_case_set_agf(const struct fsck_case *c, uint32_t agno, const char *field, uint64_t value);
/* Adds to a field of the first superblock. */
void fsck_case_add_sb(const struct fsck_case *c, const char *field, int64_t more);
/* The block in a slot of the free list that is in use, counted from the first of these. */
uint32_t fsck_case_listed(const struct fsck_case *c, uint32_t agno, uint32_t index);
void fsck_case_set_listed(const struct fsck_case *c, uint32_t agno, uint32_t index, uint32_t agbno);

/* An extent that stands in the inode: its address and whether it is unwritten. */
void fsck_case_set_extent(const struct fsck_case *c, uint64_t ino, uint32_t index, struct agaddr start, bool unwritten);
struct agaddr fsck_case_extent(const struct fsck_case *c, uint64_t ino, uint32_t index);

/* The bytes of a block. */
uint8_t *fsck_case_block(const struct fsck_case *c, struct agaddr at);

#endif
