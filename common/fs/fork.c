/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walking the extents of a fork, from the array in the inode or from its B+tree.
 *
 * Format: design document, "Data Extents".
 */
#include "fs/fork.h"

#include <assert.h>

#include "base/array.h"
#include "fs/btree.h"

/* State of one walk. */
struct walk {
	const struct fs *fs;
	const struct inode *inode;
	enum fork_kind kind;
	const struct fork_walker *walker;
	uint64_t from, to;
	uint64_t next; /* first block of the file that the next extent may map */
	struct error *err;
};

/* A part that cannot be used: to the walker if it wants to know, else the end. */
static int report(const struct walk *walk, const struct error *why)
{
	if (walk->walker->bad)
		return walk->walker->bad(walk->walker->arg, why);
	if (walk->err)
		*walk->err = *why;
	return why->code;
}

static int bad_record(const struct inode *inode, uint64_t place, enum flaw flaw, struct error *err)
{
	return error_corrupt(err, flaw, place, "inode %llu: extent record: %s", (unsigned long long)inode->ino,
			     flaw_text(flaw));
}

int fork_record(const struct fs *fs, const struct inode *inode, const struct disk_bmap_rec *disk, uint64_t place,
		uint64_t *next, struct extent *out, struct error *err)
{
	struct bmap_rec rec = bmap_rec_get(disk);
	struct agaddr start = geometry_split(&fs->geo, (struct fsblock){rec.startblock});
	uint64_t last = geometry_fileoff_max(&fs->geo);

	if (rec.blockcount == 0 || rec.startoff > last || rec.blockcount - 1 > last - rec.startoff ||
	    !geometry_holds(&fs->geo, start, rec.blockcount))
		return bad_record(inode, place, FLAW_RANGE, err);
	if (rec.startoff < *next)
		return bad_record(inode, place, FLAW_ORDER, err);
	out->fileoff = rec.startoff;
	out->start = start;
	out->len_blocks = rec.blockcount;
	out->unwritten = rec.unwritten;
	*next = rec.startoff + rec.blockcount;
	return 0;
}

static int hand_out(const struct walk *walk, const struct extent *extent)
{
	if (extent->fileoff > walk->to || walk->next <= walk->from || !walk->walker->extent)
		return 0;
	return walk->walker->extent(walk->walker->arg, extent);
}

static int take_record(struct walk *walk, const struct disk_bmap_rec *disk, uint64_t place)
{
	struct extent extent;
	struct error why;

	if (fork_record(walk->fs, walk->inode, disk, place, &walk->next, &extent, &why) != 0)
		return report(walk, &why);
	return hand_out(walk, &extent);
}

static int walk_array(struct walk *walk)
{
	struct span fork = inode_fork_span(walk->inode, walk->kind);
	int rc = 0;

	/* inode_decode has seen that so many fit; span_at holds for what has changed since. */
	for (uint64_t i = 0; i < walk->inode->fork[walk->kind].extents && rc == 0; i++) {
		const struct disk_bmap_rec *rec = span_at(fork, i * sizeof(*rec), sizeof(*rec));
		struct error why;

		if (rec) {
			rc = take_record(walk, rec, walk->inode->offset_bytes);
		} else {
			(void)bad_record(walk->inode, walk->inode->offset_bytes, FLAW_COUNT, &why);
			rc = report(walk, &why);
		}
	}
	return rc;
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	const struct walk *walk = arg;

	return walk->walker->block(walk->walker->arg, at, level);
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	struct walk *walk = arg;

	return take_record(walk, record, geometry_block_offset(&walk->fs->geo, place));
}

static bool range_before(const void *item, const void *wanted)
{
	return ((const struct fork_range *)item)->to < *(const uint64_t *)wanted;
}

static bool extent_before(const void *item, const void *wanted)
{
	return ((const struct extent *)item)->fileoff < *(const uint64_t *)wanted;
}

/* What is known of a lost range; NULL: it is not in there in whole. */
static const struct fork_substitute *substitute_for(const struct walk *walk, struct fork_range lost)
{
	const struct fork_substitute *substitute;
	size_t i;

	if (!walk->inode->substitutes)
		return NULL;
	substitute = &walk->inode->substitutes[walk->kind];
	i = array_first(substitute->ranges, substitute->range_count, sizeof(*substitute->ranges), range_before,
			&lost.from);
	if (i == substitute->range_count || substitute->ranges[i].from > lost.from ||
	    substitute->ranges[i].to < lost.to)
		return NULL;
	return substitute;
}

static int walk_substitute(struct walk *walk, const struct fork_substitute *substitute, struct fork_range lost)
{
	size_t i = array_first(substitute->extents, substitute->extent_count, sizeof(*substitute->extents),
			       extent_before, &lost.from);
	int rc = 0;

	for (; i < substitute->extent_count && rc == 0; i++) {
		const struct extent *extent = &substitute->extents[i];

		if (extent->fileoff > lost.to)
			break;
		walk->next = extent->fileoff + extent->len_blocks;
		rc = hand_out(walk, extent);
	}
	return rc;
}

/* The tree, or a part of it. */
static int lose(struct walk *walk, struct fork_range lost, const struct error *why)
{
	const struct fork_substitute *substitute = substitute_for(walk, lost);

	if (substitute)
		return walk_substitute(walk, substitute, lost);
	return walk->walker->gap ? walk->walker->gap(walk->walker->arg, lost, why) : report(walk, why);
}

static int on_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	uint64_t to = high.word[0] < FILEOFF_MAX ? high.word[0] : FILEOFF_MAX;

	return lose(arg, (struct fork_range){low.word[0], to}, why);
}

static int walk_tree(struct walk *walk)
{
	struct btree_cursor_options options = {
		.low = {{walk->from, 0, 0}},
		.high = {{walk->to, 0, 0}},
		.skip_leaves = !walk->walker->extent,
		.block = walk->walker->block ? on_block : NULL,
		.arg = walk,
		.strict = walk->walker->strict,
	};
	struct btree_walker walker = {.record = on_record, .bad = on_bad, .arg = walk};
	struct btree tree;
	struct error why;

	if (btree_of_fork(walk->fs, walk->inode, walk->kind, &tree, &why) != 0)
		return lose(walk, (struct fork_range){0, FILEOFF_MAX}, &why);
	return btree_walk(&tree, &options, &walker, walk->err);
}

int fork_walk(const struct fs *fs, const struct inode *inode, enum fork_kind kind, uint64_t from, uint64_t to,
	      const struct fork_walker *walker, struct error *err)
{
	struct walk walk = {
		.fs = fs, .inode = inode, .kind = kind, .walker = walker, .from = from, .to = to, .err = err};

	if (!inode->fork[kind].exists || from > to)
		return 0;
	switch (inode->fork[kind].format) {
	case FORK_EXTENTS:
		return walk_array(&walk);
	case FORK_BTREE:
		return walk_tree(&walk);
	case FORK_DEV:
	case FORK_LOCAL:
	case FORK_UUID:
		break;
	}
	return 0;
}

static int take_first(void *arg, const struct extent *extent)
{
	*(struct extent *)arg = *extent;
	return 1;
}

int fork_map(const struct fs *fs, const struct inode *inode, enum fork_kind kind, uint64_t fileoff, struct extent *out,
	     struct error *err)
{
	struct fork_walker walker = {.extent = take_first, .arg = out};

	return fork_walk(fs, inode, kind, fileoff, fileoff, &walker, err);
}

struct reading {
	const struct fs *fs;
	uint8_t *to;
	uint64_t next, end; /* blocks of the file that are still to be read */
	struct agaddr first;
	bool started;
	struct error *err;
};

static int read_extent(void *arg, const struct extent *extent)
{
	struct reading *reading = arg;
	uint64_t skip = reading->next - extent->fileoff;
	uint64_t left = extent->len_blocks - skip;
	uint32_t take = (uint32_t)(left < reading->end - reading->next ? left : reading->end - reading->next);
	struct agaddr at = {extent->start.agno, extent->start.agbno + (uint32_t)skip};
	int rc;

	if (extent->fileoff > reading->next || extent->unwritten)
		return 1; /* a hole before it, or nothing in it */
	if (!reading->started)
		reading->first = at;
	reading->started = true;
	rc = fs_read_blocks(reading->fs, at, take, reading->to, reading->err);
	reading->to += (size_t)take << reading->fs->geo.block_log;
	reading->next += take;
	return rc;
}

int fork_read(const struct fs *fs, const struct inode *inode, enum fork_kind kind, uint64_t fileoff,
	      uint32_t len_blocks, void *to, struct agaddr *first, struct error *err)
{
	struct reading reading = {.fs = fs, .to = to, .next = fileoff, .end = fileoff + len_blocks, .err = err};
	struct fork_walker walker = {.extent = read_extent, .arg = &reading};
	int rc;

	assert(len_blocks > 0);
	if (fileoff > FILEOFF_MAX || len_blocks - 1 > FILEOFF_MAX - fileoff)
		return error_set(err, ERR_CORRUPT, "inode %llu: block %llu cannot be in a fork",
				 (unsigned long long)inode->ino, (unsigned long long)fileoff);
	rc = fork_walk(fs, inode, kind, fileoff, fileoff + len_blocks - 1, &walker, err);
	if (rc < 0)
		return rc;
	if (reading.next != reading.end)
		return error_set(err, ERR_CORRUPT, "inode %llu: nothing is mapped at block %llu of the %s fork",
				 (unsigned long long)inode->ino, (unsigned long long)reading.next,
				 kind == FORK_DATA ? "data" : "attribute");
	if (first)
		*first = reading.first;
	return 0;
}
