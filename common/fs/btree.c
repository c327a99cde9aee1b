/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The B+tree cursor: a stack of verified copies of blocks, one a level. */
#include "fs/btree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fs/btree_watch.h"

/* Children of a block, and its bounds: what its parent promised of all keys below it. */
struct level {
	uint8_t *block;	      /* a copy, or NULL for a root in an inode */
	struct span entries;  /* records or keys */
	struct span pointers; /* interior blocks only */
	struct agaddr at;
	uint32_t count;
	uint32_t next;		   /* entry to look at next */
	bool all_wanted;	   /* of a leaf: every record lies between the bounds of the walk */
	struct btree_key floor;	   /* the first low key, exactly, but for a root */
	struct btree_key last_low; /* no low key is higher: the next block begins there */
	struct btree_key ceiling;  /* no high key is higher */
	struct btree_key highest;  /* high key below, in strict walks over trees whose records overlap */
};

struct btree_cursor {
	struct btree tree;
	struct btree_cursor_options options;
	struct level levels[BTREE_LEVELS_MAX];
	unsigned depth; /* the level in work; tree.levels: nothing read yet */
	bool done;
	int stopped; /* what options.block returned to stop the walk; 0: nothing */
	uint8_t *memory;
	struct btree_watch watch; /* if the walk is strict */
	struct btree_key lost_low, lost_high;
};

struct btree btree_of_group(const struct fs *fs, enum btree_kind kind, uint32_t agno, const struct disk_agf *agf,
			    const struct disk_agi *agi)
{
	struct btree tree = {.fs = fs, .kind = kind, .format = &btree_formats[kind], .owner = agno};
	be32 root = {{0}}, levels = {{0}};

	assert(kind < BTREE_BMAP);
	switch (kind) {
	case BTREE_BNO:
		root = agf->bnoroot;
		levels = agf->bnolevel;
		break;
	case BTREE_CNT:
		root = agf->cntroot;
		levels = agf->cntlevel;
		break;
	case BTREE_RMAP:
		root = agf->rmaproot;
		levels = agf->rmaplevel;
		break;
	case BTREE_REFCOUNT:
		root = agf->refcntroot;
		levels = agf->refcntlevel;
		break;
	case BTREE_INO:
		root = agi->root;
		levels = agi->level;
		break;
	case BTREE_FINO:
		root = agi->free_root;
		levels = agi->free_level;
		break;
	case BTREE_BMAP:
	case BTREE_KINDS:
		break; /* no tree of a group */
	}
	tree.root = (struct agaddr){agno, be32_get(root)};
	tree.levels = be32_get(levels);
	return tree;
}

static bool group_has(const struct geometry *geo, enum btree_kind kind)
{
	switch (kind) {
	case BTREE_BNO:
	case BTREE_CNT:
	case BTREE_INO:
		return true;
	case BTREE_FINO:
		return geo->has_finobt;
	case BTREE_RMAP:
		return geo->has_rmapbt;
	case BTREE_REFCOUNT:
		return geo->has_reflink;
	case BTREE_BMAP:
	case BTREE_KINDS:
		break;
	}
	return false;
}

int btree_open_group(const struct fs *fs, enum btree_kind kind, uint32_t agno, struct btree *out, struct error *err)
{
	bool of_inodes = kind == BTREE_INO || kind == BTREE_FINO;
	struct disk_agf agf;
	struct disk_agi agi;
	int rc;

	if (!group_has(&fs->geo, kind))
		return error_set(err, ERR_NOT_FOUND, "the file system has no %s", btree_formats[kind].name);
	rc = of_inodes ? fs_read_agi(fs, agno, &agi, err) : fs_read_agf(fs, agno, &agf, err);
	if (rc == 0)
		*out = btree_of_group(fs, kind, agno, &agf, &agi);
	return rc;
}

int btree_of_fork(const struct fs *fs, const struct inode *inode, enum fork_kind kind, struct btree *out,
		  struct error *err)
{
	struct span fork = inode_fork_span(inode, kind);
	const struct disk_bmap_root *root = span_at(fork, 0, sizeof(*root));
	unsigned level = root ? be16_get(root->level) : 0;

	if (!root || level == 0 || level >= BTREE_LEVELS_MAX)
		return error_corrupt(err, FLAW_LEVEL, inode->offset_bytes,
				     "inode %llu: the root of the extent B+tree has level %u",
				     (unsigned long long)inode->ino, level);
	*out = (struct btree){.fs = fs,
			      .kind = BTREE_BMAP,
			      .format = &btree_formats[BTREE_BMAP],
			      .owner = inode->ino,
			      .levels = level + 1,
			      .inode_root = fork,
			      .inode_offset_bytes = inode->offset_bytes};
	return 0;
}

int btree_cursor_open(const struct btree *tree, const struct btree_cursor_options *options, struct btree_cursor **out,
		      struct error *err)
{
	size_t block = tree->fs->geo.block_bytes;
	struct btree_cursor *cursor = calloc(1, sizeof(*cursor));

	assert(tree->levels >= 1 && tree->levels <= BTREE_LEVELS_MAX);
	if (cursor)
		cursor->memory = malloc(tree->levels * block);
	if (!cursor || !cursor->memory) {
		btree_cursor_close(cursor);
		return error_set(err, ERR_NOMEM, "no memory for a cursor");
	}
	cursor->tree = *tree;
	cursor->options = *options;
	cursor->watch = (struct btree_watch){.tree = &cursor->tree, .strict = options->strict};
	cursor->depth = tree->levels;
	for (unsigned i = 0; i < tree->levels; i++)
		cursor->levels[i].block = cursor->memory + i * block;
	*out = cursor;
	return 0;
}

void btree_cursor_close(struct btree_cursor *cursor)
{
	if (!cursor)
		return;
	free(cursor->memory);
	free(cursor);
}

void btree_lost(const struct btree_cursor *cursor, struct btree_key *low, struct btree_key *high)
{
	*low = cursor->lost_low;
	*high = cursor->lost_high;
}

struct agaddr btree_place(const struct btree_cursor *cursor)
{
	return cursor->levels[0].at;
}

static uint64_t block_offset(const struct btree_cursor *cursor, struct agaddr at)
{
	return geometry_block_offset(&cursor->tree.fs->geo, at);
}

static struct btree_key low_key(const struct btree_cursor *cursor, const struct level *level, unsigned depth,
				uint32_t i)
{
	const struct btree_format *format = cursor->tree.format;

	if (depth == 0)
		return btree_record_low(format, level->entries.bytes + (size_t)i * format->record_bytes);
	return format->key(level->entries.bytes + (size_t)i * btree_entry_key_bytes(format));
}

static struct btree_key key_before(struct btree_key key)
{
	for (int word = 2; word >= 0; word--)
		if (key.word[word]-- != 0)
			break;
	return key;
}

/* The highest low key that can be below an entry of an interior block. */
static struct btree_key last_low_key(const struct btree_cursor *cursor, const struct level *level, unsigned depth,
				     uint32_t i)
{
	return i + 1 < level->count ? key_before(low_key(cursor, level, depth, i + 1)) : level->last_low;
}

/* The last key that can be below an entry. */
static struct btree_key high_key(const struct btree_cursor *cursor, const struct level *level, unsigned depth,
				 uint32_t i)
{
	const struct btree_format *format = cursor->tree.format;

	if (depth == 0)
		return btree_record_high(format, level->entries.bytes + (size_t)i * format->record_bytes);
	if (format->overlapped)
		return format->key(level->entries.bytes + (size_t)i * btree_entry_key_bytes(format) +
				   format->key_bytes);
	return last_low_key(cursor, level, depth, i);
}

struct entry_keys {
	struct btree_key low, high;
};

static void get_keys(const struct btree_cursor *cursor, const struct level *level, unsigned depth, uint32_t i,
		     struct entry_keys *out)
{
	const struct btree_format *format = cursor->tree.format;

	if (depth == 0) {
		format->record_keys(level->entries.bytes + (size_t)i * format->record_bytes, &out->low, &out->high);
	} else {
		out->low = low_key(cursor, level, depth, i);
		out->high = high_key(cursor, level, depth, i);
	}
}

/*
 * Low keys strictly ascend from the one that the parent has, and low and high keys stay below what it says. That the
 * first key equals the parent's was seen in all trees that the kernel wrote, and its own scrub insists on it.
 *
 * Every record of every tree passes here: keys are not copied, but change their places.
 */
static int check_keys(const struct btree_cursor *cursor, struct level *level, unsigned depth, uint64_t offset,
		      struct error *err)
{
	const char *name = cursor->tree.format->name;
	bool may_overlap = cursor->tree.format->overlapped || cursor->tree.kind == BTREE_CNT;
	bool is_root = depth + 1 == cursor->tree.levels;
	struct entry_keys places[3] = {{level->floor, level->floor}}, *before = &places[0], *highest = before;

	for (uint32_t i = 0; i < level->count; i++) {
		struct entry_keys *now = places;
		int step;

		while (now == before || now == highest)
			now++;
		get_keys(cursor, level, depth, i, now);
		step = btree_key_compare(&now->low, &before->low);
		if (i == 0 && step != 0 && !is_root)
			return error_corrupt(err, FLAW_ORDER, offset, "%s block: begins elsewhere than its parent says",
					     name);
		if (step < 0 || (step == 0 && i > 0) || btree_key_compare(&now->high, &now->low) < 0)
			return error_corrupt(err, FLAW_ORDER, offset, "%s block: entry %u is out of order", name, i);
		if (!may_overlap && i > 0 && btree_key_compare(&now->low, &before->high) <= 0)
			return error_corrupt(err, FLAW_ORDER, offset, "%s block: entry %u overlaps the one before",
					     name, i);
		if (btree_key_compare(&now->high, &highest->high) > 0)
			highest = now;
		before = now;
	}
	if (level->count > 0 && (btree_key_compare(&before->low, &level->last_low) > 0 ||
				 btree_key_compare(&highest->high, &level->ceiling) > 0))
		return error_corrupt(err, FLAW_ORDER, offset, "%s block: an entry lies beyond what its parent says",
				     name);
	level->highest = highest->high;
	return 0;
}

/* Sets the entries and pointers of a block that has @room after a header of @header bytes. */
static int lay_out(const struct btree_cursor *cursor, struct level *level, unsigned depth, struct span body,
		   uint32_t count, uint64_t offset, struct error *err)
{
	const struct btree_format *format = cursor->tree.format;
	uint32_t capacity = btree_capacity(format, (uint32_t)body.len, depth);
	bool is_root = depth + 1 == cursor->tree.levels;

	/* Only a lone leaf may be empty. */
	if (count > capacity || (count == 0 && !(is_root && depth == 0)))
		return error_corrupt(err, FLAW_COUNT, offset, "%s block: %u entries where 1 to %u can be", format->name,
				     count, capacity);
	level->count = count;
	level->next = 0;
	level->entries = body;
	level->pointers = span_from(body, (uint64_t)capacity * btree_entry_key_bytes(format));
	return check_keys(cursor, level, depth, offset, err);
}

static int read_block(struct btree_cursor *cursor, unsigned depth, struct agaddr at, struct error *err)
{
	const struct btree_format *format = cursor->tree.format;
	const struct fs *fs = cursor->tree.fs;
	struct level *level = &cursor->levels[depth];
	struct span block = {level->block, fs->geo.block_bytes};
	const struct disk_btree_short *head = (const struct disk_btree_short *)level->block;
	uint64_t offset = block_offset(cursor, at);
	struct verify expect = {.what = format->name, .offset_bytes = offset, .owner = cursor->tree.owner};
	int rc = fs_read_blocks(fs, at, 1, level->block, err);

	if (rc != 0)
		return rc;
	level->at = at;
	if (be32_get(head->magic) != format->magic)
		return error_corrupt(err, FLAW_MAGIC, offset, "%s block: %s", format->name, flaw_text(FLAW_MAGIC));
	if (format->long_pointers) {
		expect.crc_at = offsetof(struct disk_btree_long, crc);
		expect.uuid_at = offsetof(struct disk_btree_long, uuid);
		expect.daddr_at = offsetof(struct disk_btree_long, blkno);
		expect.owner_at = offsetof(struct disk_btree_long, owner);
	} else {
		expect.crc_at = offsetof(struct disk_btree_short, crc);
		expect.uuid_at = offsetof(struct disk_btree_short, uuid);
		expect.daddr_at = offsetof(struct disk_btree_short, blkno);
		expect.owner_at = VERIFY_SKIP; /* 32 bits only */
	}
	rc = fs_verify(fs, block, &expect, err);
	if (rc != 0)
		return rc;
	if (!format->long_pointers && be32_get(head->owner) != cursor->tree.owner)
		return error_corrupt(err, FLAW_OWNER, offset, "%s block: %s", format->name, flaw_text(FLAW_OWNER));
	if (be16_get(head->level) != depth)
		return error_corrupt(err, FLAW_LEVEL, offset, "%s block: level %u where %u must be", format->name,
				     be16_get(head->level), depth);
	return lay_out(cursor, level, depth, span_from(block, btree_header_bytes(format)), be16_get(head->numrecs),
		       offset, err);
}

/* A block was read, or it could not be: what strict walks want to know. Non-zero ends the walk. */
static int watch(struct btree_cursor *cursor, unsigned depth, struct agaddr at, bool usable)
{
	const struct btree *tree = &cursor->tree;
	const struct level *level = &cursor->levels[depth];
	bool is_root = depth + 1 == tree->levels;
	bool is_lone_child =
		tree->inode_root.bytes && depth + 2 == tree->levels && cursor->levels[depth + 1].count == 1;
	struct btree_seen seen = {
		.depth = depth,
		.at = at,
		.block = level->block,
		.count = level->count,
		.capacity = btree_capacity(tree->format, (uint32_t)level->entries.len, depth),
		.may_be_poor = is_root || is_lone_child,
	};
	int rc;

	if (tree->format->overlapped && !is_root) {
		seen.high = &level->ceiling;
		seen.highest = &level->highest;
	}
	rc = usable ? btree_watch_block(&cursor->watch, &seen) : btree_watch_unread(&cursor->watch, depth, at);
	cursor->done |= rc != 0;
	return rc;
}

/* Announces a block, and reads it unless it is a leaf that is not wanted. */
static int enter(struct btree_cursor *cursor, unsigned depth, struct agaddr at, struct btree_key floor,
		 struct btree_key last_low, struct btree_key ceiling, struct error *err)
{
	struct level *level = &cursor->levels[depth];
	int rc;

	if (cursor->options.block) {
		rc = cursor->options.block(cursor->options.arg, at, depth);
		if (rc != 0) {
			cursor->done = true;
			cursor->stopped = rc > 0 ? rc : 0;
			return rc > 0 ? ERR_CANCELLED : rc;
		}
	}
	if (depth == 0 && cursor->options.skip_leaves)
		return 0;
	level->floor = floor;
	level->last_low = last_low;
	level->ceiling = ceiling;
	level->all_wanted = depth == 0 && btree_key_compare(&floor, &cursor->options.low) >= 0 &&
			    btree_key_compare(&ceiling, &cursor->options.high) <= 0;
	rc = read_block(cursor, depth, at, err);
	if (rc == 0) {
		cursor->depth = depth;
	} else {
		cursor->lost_low = floor;
		cursor->lost_high = ceiling;
	}
	if (cursor->options.strict) {
		int stop = watch(cursor, depth, at, rc == 0);

		rc = stop ? stop : rc;
	}
	return rc;
}

static int enter_root(struct btree_cursor *cursor, struct error *err)
{
	const struct btree *tree = &cursor->tree;
	unsigned depth = tree->levels - 1;
	struct level *level = &cursor->levels[depth];
	const struct disk_bmap_root *root = (const struct disk_bmap_root *)tree->inode_root.bytes;
	int rc;

	cursor->depth = tree->levels - 1;
	cursor->done = true; /* unless it can be read */
	if (!tree->inode_root.bytes) {
		rc = enter(cursor, depth, tree->root, BTREE_KEY_MIN, BTREE_KEY_MAX, BTREE_KEY_MAX, err);
		cursor->done = rc != 0 || (depth == 0 && cursor->options.skip_leaves);
		return rc;
	}
	level->floor = cursor->lost_low = BTREE_KEY_MIN;
	level->last_low = level->ceiling = cursor->lost_high = BTREE_KEY_MAX;
	rc = lay_out(cursor, level, depth, span_from(tree->inode_root, sizeof(*root)), be16_get(root->numrecs),
		     tree->inode_offset_bytes, err);
	cursor->done = rc != 0;
	return rc;
}

/* The address in pointer @i; false if no block can be there. */
static bool child_at(const struct btree_cursor *cursor, const struct level *level, uint32_t i, struct agaddr *out)
{
	const struct geometry *geo = &cursor->tree.fs->geo;
	be64 wide;
	be32 narrow;

	if (cursor->tree.format->long_pointers) {
		memcpy(&wide, level->pointers.bytes + (size_t)i * sizeof(wide), sizeof(wide));
		return geometry_unpack(geo, (struct fsblock){be64_get(wide)}, out);
	}
	memcpy(&narrow, level->pointers.bytes + (size_t)i * sizeof(narrow), sizeof(narrow));
	*out = (struct agaddr){(uint32_t)cursor->tree.owner, be32_get(narrow)};
	return out->agbno != 0 && geometry_holds(geo, *out, 1);
}

/* The next entry of the block in work that can hold wanted keys, which are set for interior blocks; false at its end.
 */
static bool next_entry(struct btree_cursor *cursor, struct btree_key *low, struct btree_key *high, uint32_t *entry)
{
	struct level *level = &cursor->levels[cursor->depth];

	if (level->all_wanted && level->next < level->count) {
		*entry = level->next++;
		return true; /* nobody needs the keys of a record */
	}
	while (level->next < level->count) {
		uint32_t i = level->next++;

		*low = low_key(cursor, level, cursor->depth, i);
		if (btree_key_compare(low, &cursor->options.high) > 0) {
			level->next = level->count; /* so are all that follow */
			return false;
		}
		*high = high_key(cursor, level, cursor->depth, i);
		if (btree_key_compare(high, &cursor->options.low) < 0)
			continue;
		*entry = i;
		return true;
	}
	return false;
}

static int descend(struct btree_cursor *cursor, uint32_t entry, struct btree_key low, struct btree_key high,
		   struct error *err)
{
	const struct level *level = &cursor->levels[cursor->depth];
	struct agaddr at;

	if (!child_at(cursor, level, entry, &at)) {
		btree_watch_missing(&cursor->watch, cursor->depth - 1);
		cursor->lost_low = low;
		cursor->lost_high = high;
		return error_corrupt(err, FLAW_RANGE,
				     cursor->tree.inode_root.bytes && cursor->depth + 1 == cursor->tree.levels
					     ? cursor->tree.inode_offset_bytes
					     : block_offset(cursor, level->at),
				     "%s block: pointer %u leads nowhere", cursor->tree.format->name, entry);
	}
	return enter(cursor, cursor->depth - 1, at, low, last_low_key(cursor, level, cursor->depth, entry), high, err);
}

static int next(struct btree_cursor *cursor, const void **record, struct error *err)
{
	struct btree_key low, high;
	uint32_t entry;
	int rc;

	if (cursor->done)
		return 0;
	if (cursor->depth == cursor->tree.levels) {
		rc = enter_root(cursor, err);
		if (rc != 0 || cursor->done)
			return rc;
	}
	for (;;) {
		if (!next_entry(cursor, &low, &high, &entry)) {
			if (++cursor->depth == cursor->tree.levels) {
				cursor->done = true;
				return cursor->options.strict ? btree_watch_end(&cursor->watch) : 0;
			}
			continue;
		}
		if (cursor->depth == 0) {
			*record = cursor->levels[0].entries.bytes + (size_t)entry * cursor->tree.format->record_bytes;
			return 1;
		}
		rc = descend(cursor, entry, low, high, err);
		if (rc != 0)
			return rc;
	}
}

int btree_next(struct btree_cursor *cursor, const void **record, struct error *err)
{
	int rc = next(cursor, record, err);

	return cursor->stopped ? 0 : rc;
}

int btree_walk(const struct btree *tree, const struct btree_cursor_options *options, const struct btree_walker *walker,
	       struct error *err)
{
	struct btree_cursor *cursor;
	const void *record;
	struct error why;
	int rc = btree_cursor_open(tree, options, &cursor, err);

	if (rc != 0)
		return rc;
	while ((rc = btree_next(cursor, &record, &why)) != 0) {
		if (rc == 1)
			rc = walker->record(walker->arg, record, btree_place(cursor));
		else if ((rc == ERR_CORRUPT || rc == ERR_MEDIA) && walker->bad)
			rc = walker->bad(walker->arg, cursor->lost_low, cursor->lost_high, &why);
		else if (rc < 0 && err)
			*err = why;
		if (rc != 0)
			break;
	}
	if (rc == 0)
		rc = cursor->stopped;
	btree_cursor_close(cursor);
	return rc;
}
