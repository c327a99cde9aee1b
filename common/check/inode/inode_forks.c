/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The forks of an inode: that what they map can be, that the inode counts right, and what they claim of the groups.
 *
 * That an extent lies inside a group and follows the one before is seen when it is read (fs/fork.h), that nobody else
 * has its blocks by comparing claims. Any extents of regular files are legal: neighbours that could be one, holes, and
 * blocks behind the end of the file, written or not, as the kernel makes them in advance. What must be in the blocks of
 * directories, attributes and links is seen where those are read.
 */
#include "check/space/claims.h"
#include "check/inode/inode_parts.h"
#include "format/symlink.h"
#include "fs/btree.h"

#define DIR_SPACE_LOG  35u /* log2 of the bytes for each of entries, index and free index: XFS_DIR2_SPACE_SIZE */
#define DIR_SPACES     3u
#define ATTR_BLOCK_LOG 32u /* log2 of the blocks that attributes can point to */

/* xfs_format.h, XFS_MAX_EXTCNT_* */
#define EXTENTS_MAX		 0x7fffffffull
#define ATTR_EXTENTS_MAX	 0x7fffull
#define EXTENTS_MAX_NREXT64	 0xffffffffffffull
#define ATTR_EXTENTS_MAX_NREXT64 0xffffffffull

/* One fork at work, and what both add up to. */
struct forks {
	struct check_work *work;
	const struct inode *inode;
	enum fork_kind kind;
	bool may_be_unwritten;
	uint64_t end_max;      /* blocks: no extent may reach further */
	uint64_t extents;      /* of this fork */
	uint64_t blocks;       /* of both forks with their trees */
	enum fork_state state; /* of this fork */
};

static void raise_extent(const struct forks *forks, enum finding_code code, const struct extent *extent)
{
	struct place at = at_fileoff(forks->inode->ino, forks->kind, extent->fileoff);

	at.in_group = at.in_block = true;
	at.agno = extent->start.agno;
	at.agbno = extent->start.agbno;
	at.len_blocks = extent->len_blocks;
	finding_raise(&forks->work->findings, &(struct finding){.code = code, .at = at});
}

static void claim(const struct forks *forks, const struct rmap *rmap)
{
	claim_add(work_secret(forks->work), &forks->work->sums[rmap->start.agno].claims, rmap);
}

static void take_extent(struct forks *forks, const struct extent *extent)
{
	struct rmap rmap = claim_of_extent(forks->inode, forks->kind, extent);

	forks->extents++;
	forks->blocks += extent->len_blocks;
	claim(forks, &rmap);
	if (extent->unwritten && !forks->may_be_unwritten)
		raise_extent(forks, FINDING_FORK_UNWRITTEN, extent);
	if (extent->fileoff >= forks->end_max || extent->len_blocks > forks->end_max - extent->fileoff)
		raise_extent(forks, FINDING_FORK_BEYOND, extent);
}

static int on_extent(void *arg, const struct extent *extent)
{
	take_extent(arg, extent);
	return 0;
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	struct forks *forks = arg;
	struct rmap rmap = claim_of_fork_block(forks->inode, forks->kind, at);

	(void)level;
	forks->blocks++;
	claim(forks, &rmap);
	return 0;
}

static int raise_unreadable(const struct forks *forks, const struct error *why)
{
	return check_trouble(forks->work, FINDING_FORK_UNREADABLE, at_fork(forks->inode->ino, forks->kind), why);
}

static int on_bad(void *arg, const struct error *why)
{
	struct forks *forks = arg;

	forks->state = FORK_LOST;
	return raise_unreadable(forks, why);
}

static int on_gap(void *arg, struct fork_range lost, const struct error *why)
{
	struct forks *forks = arg;

	(void)lost;
	if (forks->state == FORK_WHOLE)
		forks->state = FORK_GAPS;
	return raise_unreadable(forks, why);
}

/* As most forks are: no need for a walk. */
static int check_array(struct forks *forks)
{
	const struct inode *inode = forks->inode;
	struct span fork = inode_fork_span(inode, forks->kind);
	uint64_t next = 0;
	int rc = 0;

	/* inode_decode has seen that so many fit. */
	for (uint64_t i = 0; i < inode->fork[forks->kind].extents && rc == 0; i++) {
		const struct disk_bmap_rec *disk = span_at(fork, i * sizeof(*disk), sizeof(*disk));
		struct extent extent;
		struct error why;

		if (fork_record(work_fs(forks->work), inode, disk, inode->offset_bytes, &next, &extent, &why) == 0)
			take_extent(forks, &extent);
		else
			rc = on_bad(forks, &why);
	}
	return rc;
}

/* A block that can be used all the same. */
static int on_flaw(void *arg, const struct error *why)
{
	const struct forks *forks = arg;

	return check_trouble(forks->work, FINDING_FORK_BLOCK, at_fork(forks->inode->ino, forks->kind), why);
}

static int check_tree(struct forks *forks)
{
	const struct btree_strict strict = {on_flaw, forks, check_lsn_max(forks->work)};
	const struct fork_walker walker = {
		.extent = on_extent, .block = on_block, .bad = on_bad, .gap = on_gap, .arg = forks, .strict = &strict};

	return fork_walk(work_fs(forks->work), forks->inode, forks->kind, 0, FILEOFF_MAX, &walker, NULL);
}

static const char *count_field(const struct inode *inode, enum fork_kind kind)
{
	if (inode->flags2 & INODE_FLAG2_NREXT64)
		return kind == FORK_DATA ? "big_nextents" : "big_anextents";
	return kind == FORK_DATA ? "nextents" : "anextents";
}

static uint64_t count_max(const struct inode *inode, enum fork_kind kind)
{
	if (inode->flags2 & INODE_FLAG2_NREXT64)
		return kind == FORK_DATA ? EXTENTS_MAX_NREXT64 : ATTR_EXTENTS_MAX_NREXT64;
	return kind == FORK_DATA ? EXTENTS_MAX : ATTR_EXTENTS_MAX;
}

/* In a tree the count decides nothing; in other forms it is what was read, or must be none. */
static void check_count(const struct forks *forks)
{
	const struct inode *inode = forks->inode;
	uint64_t has = inode->fork[forks->kind].extents, most = count_max(inode, forks->kind);

	if (forks->state == FORK_WHOLE)
		check_equal(forks->work, FINDING_FORK_EXTENT_COUNT, at_fork(inode->ino, forks->kind),
			    count_field(inode, forks->kind), forks->extents > most ? most : forks->extents, has);
}

/*
 * The kernel makes an array of a tree as soon as it fits, and does not move the attribute fork of an inode with a tree:
 * it refuses trees that were not needed.
 */
static void check_format(const struct forks *forks)
{
	const struct inode *inode = forks->inode;
	uint64_t fit = inode->fork[forks->kind].len / sizeof(struct disk_bmap_rec);

	if (inode->fork[forks->kind].format == FORK_BTREE && forks->state == FORK_WHOLE && forks->extents <= fit)
		finding_raise(&forks->work->findings,
			      &(struct finding){.code = FINDING_FORK_FORMAT,
						.at = at_fork(inode->ino, forks->kind),
						.field = forks->kind == FORK_DATA ? "format" : "aformat",
						.has_found = true,
						.found = FORK_BTREE});
}

/* What a fork of this inode may map. */
static void set_limits(struct forks *forks, enum fork_kind kind)
{
	const struct inode *inode = forks->inode;
	const struct geometry *geo = &work_fs(forks->work)->geo;

	forks->kind = kind;
	forks->extents = 0;
	forks->state = FORK_WHOLE;
	forks->may_be_unwritten = false;
	if (kind == FORK_ATTR) {
		forks->end_max = 1ull << ATTR_BLOCK_LOG;
		return;
	}
	switch (inode->mode & INODE_MODE_TYPE) {
	case INODE_MODE_DIR:
		forks->end_max = (uint64_t)DIR_SPACES << (DIR_SPACE_LOG - geo->block_log);
		return;
	case INODE_MODE_LINK:
		forks->end_max = SYMLINK_BLOCKS_MAX;
		return;
	default:
		forks->end_max = UINT64_MAX; /* fork_record has seen to what a file can have */
		forks->may_be_unwritten = true;
		return;
	}
}

static int check_fork(struct forks *forks, enum fork_kind kind)
{
	int rc = 0;

	if (!forks->inode->fork[kind].exists)
		return 0;
	set_limits(forks, kind);
	switch (forks->inode->fork[kind].format) {
	case FORK_EXTENTS:
		return check_array(forks);
	case FORK_BTREE:
		rc = check_tree(forks);
		break;
	case FORK_DEV:
	case FORK_LOCAL:
	case FORK_UUID:
		break;
	}
	if (rc == 0) {
		check_count(forks);
		check_format(forks);
	}
	return rc;
}

int inode_forks_check(struct check_work *work, const struct inode *inode, enum fork_state *out)
{
	struct forks forks = {.work = work, .inode = inode};
	int rc = check_fork(&forks, FORK_DATA);

	*out = forks.state;
	if (rc == 0)
		rc = check_fork(&forks, FORK_ATTR);
	if (forks.state > *out)
		*out = forks.state;
	if (rc == 0 && *out == FORK_WHOLE)
		check_equal(work, FINDING_INODE_BLOCKS, at_inode(inode->ino), "nblocks", forks.blocks, inode->blocks);
	return rc;
}
