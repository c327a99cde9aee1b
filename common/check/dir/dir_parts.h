/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files that check directories share; internal to them.
 *
 *   dir.c          picks the form, what holds for the directory as a whole, memory
 *   dir_short.c    directories in their inode
 *   dir_map.c      where the directory blocks lie
 *   dir_index.c    the hash index: nodes and leaves, in the order of their hashes
 *   dir_names.c    the blocks of names, in the order of the file
 *   dir_bests.c    the free index, beside them
 *   dir_compare.c  what differs between index and names, where their sums do
 *   dir_twice.c    names that stand there twice
 *   dir_window.c   sorting much in little memory
 *
 * Each block is read once. The index comes first: as it is sorted, it tells which hashes several entries have, and
 * only for those are names kept and compared. Names and index are summed up as (hash, address) of every entry.
 */
#ifndef CHECK_DIR_PARTS_H
#define CHECK_DIR_PARTS_H

#include "check/inode/inode_parts.h"
#include "fs/dir_pieces.h"
#include "fs/fork.h"

enum dir_form {
	DIR_FORM_BLOCK, /* one block for everything */
	DIR_FORM_LEAF,	/* names, and one block for both indexes */
	DIR_FORM_NODE,	/* a tree as hash index, and a free index of its own */
};

/* The extents of the data fork, ascending. */
struct dir_map {
	struct extent *extents;
	size_t count, room;
	bool whole; /* no part of the fork was unreadable */
};

/*
 * Items to be sorted, of which only those with a key from low to high are kept: when there are too many, high comes
 * down. Who finds high below its maximum goes over everything once more, with a window that begins behind it.
 */
struct window_item {
	uint64_t key, value;
};
struct window {
	struct window_item *items;
	size_t count, room, limit;
	unsigned group_bits; /* keys that agree but for so many low bits stay together */
	uint64_t low, high;
};

/* Memory of a worker, taken when the first directory in blocks comes by. */
struct dir_memory {
	struct dir_map map;
	uint8_t *path[DA_LEVELS_MAX]; /* a directory block each: from the root of the hash index down */
	uint8_t *bests;		      /* the block of the free index at hand */
	uint8_t *reached;	      /* a bit a block of the hash index */
	size_t reached_bytes;
	uint32_t *shared; /* hashes that several entries have, ascending */
	size_t shared_count, shared_room;
	uint64_t shared_filter[1024]; /* a bit for their low 16 bits, to pass over most others at once */
	struct window window;
};

/* How many differences of a kind are told one by one; the others are counted. */
#define DIR_TOLD_MAX 10u

/* The block that tells the longest free space of some blocks of names. */
struct dir_bests {
	bool known;
	uint64_t block;	    /* directory block that holds it */
	const be16 *values; /* of the blocks from first on */
	uint32_t count;
	uint64_t first, next; /* next: the first block of names not yet compared */
};

/* The check of one directory in blocks. */
struct dir_job {
	struct check_work *work;
	const struct fs *fs;
	const struct inode *inode;
	struct dir_memory *memory;
	enum dir_form form;
	uint64_t names_end;	       /* directory blocks; behind the last one of names */
	bool names_whole, index_whole; /* nothing of them was unreadable or broken */
	bool dot_seen, dotdot_seen, first_block_sound;
	struct hash_sum in_names, in_index;
	uint32_t last_hash; /* of the live leaf entry before, if there was one */
	bool has_last_hash;
	struct dir_bests bests;
	uint64_t told[4]; /* differences, by enum dir_difference */
};

enum dir_difference {
	DIR_DIFFERENCE_MISSING,
	DIR_DIFFERENCE_EXTRA,
	DIR_DIFFERENCE_HASH,
	DIR_DIFFERENCE_TWICE,
};

/* Where the parts of the fork begin and end, in directory blocks. */
static inline uint64_t dir_leaf_first(const struct dir_job *job)
{
	return DIR_LEAF_OFFSET / job->fs->geo.dirblock_bytes;
}

static inline uint64_t dir_free_first(const struct dir_job *job)
{
	return DIR_FREE_OFFSET / job->fs->geo.dirblock_bytes;
}

static inline uint64_t dir_end(const struct dir_job *job)
{
	return dir_free_first(job) + dir_leaf_first(job);
}

static inline struct place at_dir_block(const struct dir_job *job, uint64_t index)
{
	return at_fileoff(job->inode->ino, FORK_DATA, index << job->fs->geo.dirblock_blocks_log);
}

/* dir.c: a finding about an entry; @name: NULL bytes: none. */
struct finding dir_finding(enum finding_code code, struct place at, struct span name, uint64_t ino);
/*
 * dir.c: block @index cannot be read once more, which belongs to what @whole tells of: says so if that is new. Returns
 * as check_worse does.
 */
int dir_worse(struct dir_job *job, bool *whole, uint64_t index, const struct error *why) MUST_CHECK;
/* dir.c: DIR_SIZE. */
void dir_check_size(struct check_work *work, const struct inode *dir, uint64_t expected);
/* dir.c: bytes without meaning. */
void dir_check_pad(struct dir_job *job, uint64_t index, const char *field, uint32_t found);
/* dir.c: DIR_FORM. */
void dir_wrong_form(struct dir_job *job, uint64_t index, uint32_t magic);
/* dir.c: findings about one entry, of whatever form. */
void dir_raise_entry_name(struct check_work *work, struct place at, const struct dir_entry *entry);
void dir_raise_entry_inode(struct check_work *work, struct place at, const struct dir_entry *entry);
void dir_raise_entry_type(struct check_work *work, struct place at, const struct dir_entry *entry, unsigned expected);
void dir_raise_dot(struct check_work *work, struct place at, const char *field, uint64_t expected, uint64_t found);
void dir_raise_dotdot(struct check_work *work, struct place at, const char *field, uint64_t expected, uint64_t found);
void dir_raise_twice(struct check_work *work, struct place at, struct span name, uint64_t count);
/* dir.c: an entry in its bounds that dir_walk does not hand out: says why. */
void dir_bad_entry(struct check_work *work, struct place at, const struct dir_piece *piece);
/* dir.c: a sound entry, not of "." or "..". */
static inline void dir_good_entry(struct check_work *work, const struct inode *dir, struct place at,
				  const struct dir_entry *entry)
{
	if (entry->ino == dir->ino)
		dir_raise_entry_inode(work, at, entry);
	links_entry(work, dir, entry);
}
bool dir_is_dot(struct span name);
bool dir_is_dotdot(struct span name);

/* dir_short.c */
int dir_check_short(struct check_work *work, const struct inode *inode) MUST_CHECK;

/* dir_map.c: 0, ERR_NOMEM, ERR_IO. */
int dir_map_fill(struct dir_job *job) MUST_CHECK;
/* The first directory block from *index on, before @end, of which anything is mapped: true and *index. */
bool dir_map_next(const struct dir_job *job, uint64_t *index, uint64_t end);
bool dir_map_has(const struct dir_job *job, uint64_t index);
/* Reads a directory block. ERR_CORRUPT (not mapped in whole, unwritten), ERR_MEDIA, ERR_IO. */
int dir_map_read(const struct dir_job *job, uint64_t index, uint8_t *to, uint64_t *offset_bytes,
		 struct error *why) MUST_CHECK;

/* dir_index.c */
int dir_check_index(struct dir_job *job) MUST_CHECK;
/* Takes leaf entries, in the order of the index. */
int dir_take_leaf(struct dir_job *job, const struct disk_dir_leaf_entry *entries, uint32_t count) MUST_CHECK;
/* A block of it cannot be used: DIR_INDEX_BLOCK. Returns as check_trouble does. */
int dir_bad_index(struct dir_job *job, uint64_t block, const struct error *why) MUST_CHECK;
/* Whether the hash index reaches the directory block, which is one of its part. */
bool dir_index_reached(const struct dir_job *job, uint64_t index);

/* dir_names.c */
int dir_check_names(struct dir_job *job) MUST_CHECK;
/*
 * A block of names, read into work->dirblock. Where its magic number says that it is the whole directory, or that it is
 * not, and what is mapped contradicts, what is mapped is believed: the magic number is the smaller thing to be wrong.
 */
int dir_read_names(const struct dir_job *job, uint64_t index, struct dir_names *out, struct error *why) MUST_CHECK;
/*
 * Once more, without findings: each piece of the blocks of names that hold cookies from @low to @high. A block that
 * cannot be read is one lost piece. @first_cookie: of the block.
 */
typedef int dir_piece_fn(void *arg, uint32_t first_cookie, const struct dir_piece *piece);
int dir_each_piece(struct dir_job *job, uint32_t low, uint32_t high, dir_piece_fn *fn, void *arg) MUST_CHECK;

/* dir_bests.c: the free index of the leaf form, which lies at @leaf. */
void dir_bests_of_leaf(struct dir_job *job, const uint8_t *leaf);
/* The next block of names: @best is its longest free space, or DIR_BEST_NULL if that is not known. */
int dir_bests_take(struct dir_job *job, uint64_t index, uint32_t best) MUST_CHECK;
/* After the last one. */
int dir_bests_end(struct dir_job *job) MUST_CHECK;

/* dir_compare.c: names what differs. */
int dir_compare(struct dir_job *job) MUST_CHECK;

/* dir_twice.c: the index says that several entries have @hash; in ascending order. */
int dir_twice_shared(struct dir_job *job, uint32_t hash) MUST_CHECK;
/* Between index and names. */
void dir_twice_begin(struct dir_job *job);
/* An entry, when the index has been read. */
int dir_twice_take(struct dir_job *job, uint32_t hash, const struct dir_entry *entry) MUST_CHECK;
/* Names what stands there twice; @all: the index is no help. */
int dir_twice_end(struct dir_job *job, bool all) MUST_CHECK;

/* dir_window.c */
void window_begin(struct window *window, uint64_t low, unsigned group_bits);
int window_add(struct window *window, uint64_t key, uint64_t value) MUST_CHECK;
void window_sort(struct window *window);

#endif
