/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kinds of B+tree: one descriptor each, the one table that the cursor in fs/btree.h reads.
 */
#ifndef FORMAT_BTREE_KIND_H
#define FORMAT_BTREE_KIND_H

#include <stdbool.h>

#include "format/btree_block.h"
#include "format/records.h"

enum btree_kind {
	BTREE_BNO,	/* free space by block */
	BTREE_CNT,	/* free space by size */
	BTREE_INO,	/* inode chunks */
	BTREE_FINO,	/* inode chunks with free inodes */
	BTREE_RMAP,	/* reverse mappings */
	BTREE_REFCOUNT, /* shared blocks and CoW staging */
	BTREE_BMAP,	/* extents of a fork */
	BTREE_KINDS,
};

/* The deepest tree that the kernel allows (xfs_format.h, XFS_BTREE_MAXLEVELS). */
#define BTREE_LEVELS_MAX 9u

/* A key unpacked: compared word by word, the first is the most significant. Unused words are 0. */
struct btree_key {
	uint64_t word[3];
};
#define BTREE_KEY_MIN ((struct btree_key){{0, 0, 0}})
#define BTREE_KEY_MAX ((struct btree_key){{UINT64_MAX, UINT64_MAX, UINT64_MAX}})

static inline int btree_key_compare(const struct btree_key *a, const struct btree_key *b)
{
	for (int i = 0; i < 3; i++)
		if (a->word[i] != b->word[i])
			return a->word[i] < b->word[i] ? -1 : 1;
	return 0;
}

struct btree_format {
	const char *name; /* the field's term: "bnobt", "rmapbt" ... */
	uint32_t magic;
	bool long_pointers;
	bool overlapped; /* records may overlap: interior blocks have a high key beside each low one */
	uint32_t record_bytes;
	uint32_t key_bytes; /* of one key */
	const struct field_table *record_fields;
	const struct field_table *key_fields;
	/* The key by which the tree is ordered, and the last one that the record covers. */
	void (*record_keys)(const void *record, struct btree_key *low, struct btree_key *high);
	struct btree_key (*key)(const void *key);
};

extern const struct btree_format btree_formats[BTREE_KINDS];

static inline struct btree_key btree_record_low(const struct btree_format *format, const void *record)
{
	struct btree_key low, high;

	format->record_keys(record, &low, &high);
	return low;
}

static inline struct btree_key btree_record_high(const struct btree_format *format, const void *record)
{
	struct btree_key low, high;

	format->record_keys(record, &low, &high);
	return high;
}

static inline uint32_t btree_header_bytes(const struct btree_format *format)
{
	return format->long_pointers ? sizeof(struct disk_btree_long) : sizeof(struct disk_btree_short);
}

static inline uint32_t btree_pointer_bytes(const struct btree_format *format)
{
	return format->long_pointers ? sizeof(be64) : sizeof(be32);
}

/* Bytes of keys that come with each pointer. */
static inline uint32_t btree_entry_key_bytes(const struct btree_format *format)
{
	return format->overlapped ? 2 * format->key_bytes : format->key_bytes;
}

/* How many records, or keys with pointers, fit into @room_bytes after a header. */
static inline uint32_t btree_capacity(const struct btree_format *format, uint32_t room_bytes, unsigned level)
{
	return level == 0 ? room_bytes / format->record_bytes
			  : room_bytes / (btree_entry_key_bytes(format) + btree_pointer_bytes(format));
}

#endif
