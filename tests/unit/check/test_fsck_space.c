/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Free space, reverse mappings, sharing and owners: each lie is found, and nothing but the lie, also where several
 * structures agree on it.
 *
 * Group 0 of demo has trees of one block each. Its free space: blocks 14+2, 200+1, 202+1, 204+4, 224+7968. Inode 134
 * has block 13 as its first one, unshared, and inode 144 blocks 216+8; 24+5 are shared by 133 and four others, 203+1 by
 * 134 and 92547.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/fsck_trees.h"

static struct fsck_case c;
static struct fsck_leaf bnobt, cntbt, rmapbt, refcountbt;

static void setup(void)
{
	fsck_case_open(&c, "demo");
	bnobt = fsck_leaf(&c, BTREE_BNO, 0);
	cntbt = fsck_leaf(&c, BTREE_CNT, 0);
	rmapbt = fsck_leaf(&c, BTREE_RMAP, 0);
	refcountbt = fsck_leaf(&c, BTREE_REFCOUNT, 0);
}

static void teardown(void)
{
	fsck_case_close(&c);
}

static void expect(const char *wanted)
{
	ck_assert_str_eq(fsck_case_run(&c), wanted);
	ck_assert(c.whole);
}

#define BLOCK(n) ((struct agaddr){0, (n)})

/* Moves a free extent in both trees of free space, as if that were right; counters as well. */
static void move_free(uint32_t start, uint32_t new_start, uint32_t new_len)
{
	uint32_t i = fsck_leaf_find(&bnobt, "startblock", start, NULL, 0);
	int64_t more = (int64_t)new_len - (int64_t)fsck_leaf_get(&bnobt, i, "blockcount");

	fsck_leaf_set(&bnobt, i, "startblock", new_start);
	fsck_leaf_set(&bnobt, i, "blockcount", new_len);
	i = fsck_leaf_find(&cntbt, "startblock", start, NULL, 0);
	fsck_leaf_set(&cntbt, i, "startblock", new_start);
	fsck_leaf_set(&cntbt, i, "blockcount", new_len);
	fsck_leaf_sort(&cntbt);
	fsck_case_set_agf(&c, 0, "freeblks", fsck_case_get_agf(&c, 0, "freeblks") + (uint64_t)more);
	fsck_case_add_sb(&c, "fdblocks", more);
}

static uint32_t find_rmap(uint32_t start, uint64_t owner)
{
	return fsck_leaf_find(&rmapbt, "startblock", start, "owner", owner);
}

/* Moves a reverse mapping. */
static void move_rmap(uint32_t start, uint64_t owner, uint32_t new_start)
{
	fsck_leaf_set(&rmapbt, find_rmap(start, owner), "startblock", new_start);
	fsck_leaf_sort(&rmapbt);
}

START_TEST(sound)
{
	ck_assert_uint_eq(fsck_case_extent(&c, 134, 0).agbno, 13);
	ck_assert_uint_eq(fsck_case_extent(&c, 144, 0).agbno, 216);
	expect("");
}
END_TEST

/* ------------------------------------------------------------------ free space */

START_TEST(free_unreadable)
{
	fsck_leaf_set_head(&bnobt, "magic", 1);
	expect("FREE_SPACE_UNREADABLE group 0 block 1+1 (bad magic number)\n"
	       "NOT_CHECKED group 0 free space by block and by size\n"
	       "NOT_CHECKED group 0 reverse mappings of free space trees, rmapbt and free list\n"
	       "NOT_CHECKED group 0 block 0+1 sum of free blocks\n");
}
END_TEST

/* Free space that only the other tree tells of is compared with the reverse mappings and the counters. */
START_TEST(free_by_size_alone)
{
	fsck_leaf_set_head(&bnobt, "magic", 1);
	fsck_leaf_set(&cntbt, fsck_leaf_find(&cntbt, "startblock", 204, NULL, 0), "blockcount", 3);
	fsck_leaf_sort(&cntbt);
	expect("FREE_SPACE_UNREADABLE group 0 block 1+1 (bad magic number)\n"
	       "NOT_CHECKED group 0 free space by block and by size\n"
	       "AGF_COUNT group 0 freeblks 7975!=7976\n"
	       "NOT_CHECKED group 0 reverse mappings of free space trees, rmapbt and free list\n"
	       "BLOCKS_LOST group 0 block 207+1\n"
	       "NOT_CHECKED group 0 block 0+1 sum of free blocks\n");
}
END_TEST

/* Neither is whole, or what the other says cannot be, as it overlaps. */
START_TEST(free_unknown)
{
	fsck_leaf_set_head(&bnobt, "magic", 1);
	if (_i == 0)
		fsck_leaf_set_head(&cntbt, "magic", 1);
	else
		fsck_leaf_set(&cntbt, fsck_leaf_find(&cntbt, "startblock", 204, NULL, 0), "startblock", 225);
	(void)fsck_case_run(&c);
	ck_assert_ptr_nonnull(strstr(c.said, "FREE_SPACE_UNREADABLE group 0 block 1+1 (bad magic number)\n"));
	ck_assert_ptr_nonnull(strstr(c.said, "NOT_CHECKED group 0 free space and reverse mappings\n"));
	ck_assert_ptr_null(strstr(c.said, "BLOCKS_LOST"));
	ck_assert_ptr_null(strstr(c.said, "FREE_AND_OWNED"));
}
END_TEST

START_TEST(free_block)
{
	fsck_leaf_set_head(&cntbt, "leftsib", 7);
	expect("FREE_SPACE_BLOCK group 0 block 2+1 (wrong neighbours)\n");
}
END_TEST

START_TEST(free_record)
{
	fsck_leaf_set(&bnobt, fsck_leaf_find(&bnobt, "startblock", 224, NULL, 0), "blockcount", 7969);
	expect("FREE_SPACE_RECORD group 0 block 1+1 startblock found 224\n"
	       "NOT_CHECKED group 0 free space by block and by size\n"
	       "NOT_CHECKED group 0 reverse mappings of free space trees, rmapbt and free list\n"
	       "NOT_CHECKED group 0 block 0+1 sum of free blocks\n");
}
END_TEST

START_TEST(free_not_joined)
{
	uint32_t i = fsck_leaf_find(&bnobt, "startblock", 204, NULL, 0);

	fsck_leaf_double(&bnobt, i);
	fsck_leaf_set(&bnobt, i, "blockcount", 1);
	fsck_leaf_set(&bnobt, i + 1, "startblock", 205);
	fsck_leaf_set(&bnobt, i + 1, "blockcount", 3);
	i = fsck_leaf_find(&cntbt, "startblock", 204, NULL, 0);
	fsck_leaf_double(&cntbt, i);
	fsck_leaf_set(&cntbt, i, "blockcount", 1);
	fsck_leaf_set(&cntbt, i + 1, "startblock", 205);
	fsck_leaf_set(&cntbt, i + 1, "blockcount", 3);
	fsck_leaf_sort(&cntbt);
	expect("FREE_NOT_JOINED group 0 block 205+3\n");
}
END_TEST

START_TEST(free_by_size)
{
	fsck_leaf_set(&cntbt, fsck_leaf_find(&cntbt, "startblock", 202, NULL, 0), "startblock", 203);
	fsck_leaf_remove(&cntbt, fsck_leaf_find(&cntbt, "startblock", 204, NULL, 0));
	expect("FREE_BY_SIZE_MISSING group 0 block 202+1\n"
	       "FREE_BY_SIZE_EXTRA group 0 block 203+1\n"
	       "FREE_BY_SIZE_MISSING group 0 block 204+4\n");
}
END_TEST

START_TEST(counters)
{
	static const struct {
		const char *field;
		int more;
	} changes[] = {{"freeblks", -1}, {"longest", -2}, {"btreeblks", 1}, {"rmapblocks", 1}, {"refcntblocks", 1}};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		fsck_case_set_agf(&c, 0, changes[i].field,
				  fsck_case_get_agf(&c, 0, changes[i].field) + (uint64_t)changes[i].more);
	expect("AGF_COUNT group 0 freeblks 7976!=7975\n"
	       "AGF_COUNT group 0 longest 7968!=7966\n"
	       "AGF_COUNT group 0 rmapblocks 1!=2\n"
	       "AGF_COUNT group 0 refcntblocks 1!=2\n"
	       "AGF_COUNT group 0 btreeblks 0!=1\n");
}
END_TEST

START_TEST(lost)
{
	move_free(204, 204, 3);
	expect("BLOCKS_LOST group 0 block 207+1\n");
}
END_TEST

START_TEST(free_and_owned)
{
	move_free(200, 199, 2);
	expect("FREE_AND_OWNED group 0 block 199+1 ino 180 data at 0\n");
}
END_TEST

/* ------------------------------------------------------------------ reverse mappings */

START_TEST(rmap_unreadable)
{
	fsck_leaf_set_head(&rmapbt, "magic", 1);
	expect("RMAPBT_UNREADABLE group 0 block 5+1 (bad magic number)\n"
	       "NOT_CHECKED group 0 free space and reverse mappings\n"
	       "NOT_CHECKED group 0 counts of owners and reverse mappings\n"
	       "NOT_CHECKED group 0 reverse mappings of all owners\n"
	       "NOT_CHECKED group 0 blocks that nobody uses\n"
	       "NOT_CHECKED group 0 block 0+1 sum of free blocks\n");
}
END_TEST

START_TEST(rmap_block)
{
	fsck_leaf_set_head(&rmapbt, "rightsib", 7);
	expect("RMAPBT_BLOCK group 0 block 5+1 (wrong neighbours)\n");
}
END_TEST

START_TEST(rmap_record)
{
	fsck_leaf_set(&rmapbt, find_rmap(13, 134), "owner", RMAP_OWN_UNKNOWN);
	expect("RMAPBT_RECORD group 0 block 5+1 startblock found 13\n"
	       "NOT_CHECKED group 0 free space and reverse mappings\n"
	       "NOT_CHECKED group 0 counts of owners and reverse mappings\n"
	       "NOT_CHECKED group 0 reverse mappings of all owners\n"
	       "NOT_CHECKED group 0 blocks that nobody uses\n"
	       "NOT_CHECKED group 0 block 0+1 sum of free blocks\n");
}
END_TEST

/* Inode 149 has 29+7 in common with others: written it may, and unwritten nobody may. Its fork agrees. */
START_TEST(rmap_overlap)
{
	fsck_leaf_set(&rmapbt, find_rmap(29, 149), "extentflag", 1);
	fsck_case_set_extent(&c, 149, 0, fsck_case_extent(&c, 149, 0), true);
	expect("RMAP_OVERLAP group 0 block 30+1 ino 149 data at 1 other 134\n"
	       "RMAP_OVERLAP group 0 block 31+1 ino 149 data at 2 other 90276\n"
	       "RMAP_OVERLAP group 0 block 32+1 ino 149 data at 3 other 134\n"
	       "RMAP_OVERLAP group 0 block 33+3 ino 149 data at 4 other 180\n");
}
END_TEST

/* The blocks are not lost, and nobody is to be blamed but the rmapbt. */
START_TEST(rmap_missing)
{
	fsck_leaf_remove(&rmapbt, find_rmap(13, 134));
	expect("RMAP_MISSING group 0 block 13+1 ino 134 data at 0\n");
}
END_TEST

/* The refcountbt is right. */
START_TEST(rmap_missing_of_shared)
{
	fsck_leaf_set(&rmapbt, find_rmap(24, 133), "blockcount", 4);
	expect("RMAP_MISSING group 0 block 28+1 ino 133 data at 4\n");
}
END_TEST

/* Nor is the free space wrong. */
START_TEST(rmap_extra)
{
	uint32_t i = find_rmap(13, 134);

	fsck_leaf_double(&rmapbt, i);
	fsck_leaf_set(&rmapbt, i + 1, "startblock", 205);
	fsck_leaf_set(&rmapbt, i + 1, "offset", 100);
	fsck_leaf_sort(&rmapbt);
	expect("RMAP_EXTRA group 0 block 205+1 ino 134 data at 100\n");
}
END_TEST

static const struct {
	const char *field;
	uint64_t value;
	const char *wanted;
} wrong_rmaps[] = {
	{"owner", 133, "RMAP_WRONG group 0 block 13+1 ino 134 data at 0 other 133\n"},
	{"owner", RMAP_OWN_INOBT, "RMAP_WRONG group 0 block 13+1 ino 134 data at 0 inode trees\n"},
	{"offset", 7, "RMAP_WRONG group 0 block 13+1 ino 134 data at 0 offset 0!=7\n"},
	{"attrfork", 1, "RMAP_WRONG group 0 block 13+1 ino 134 data at 0 attrfork 0!=1\n"},
	{"bmbtblock", 1, "RMAP_WRONG group 0 block 13+1 ino 134 data at 0 bmbtblock 0!=1\n"},
	{"extentflag", 1, "RMAP_WRONG group 0 block 13+1 ino 134 data at 0 extentflag 0!=1\n"},
};

START_TEST(rmap_wrong)
{
	fsck_leaf_set(&rmapbt, find_rmap(13, 134), wrong_rmaps[_i].field, wrong_rmaps[_i].value);
	expect(wrong_rmaps[_i].wanted);
}
END_TEST

static const struct {
	uint32_t agno;
	uint64_t owner;
	const char *wanted;
} classes[] = {
	{0, RMAP_OWN_FS, "RMAP_MISSING group 0 block 0+1 headers of the group\n"},
	{0, RMAP_OWN_AG, "RMAP_MISSING group 0 block 1+2 free space trees, rmapbt and free list\n"},
	{0, RMAP_OWN_INOBT, "RMAP_MISSING group 0 block 3+2 inode trees\n"},
	{0, RMAP_OWN_INODES, "RMAP_MISSING group 0 block 16+8 inodes\n"},
	{0, RMAP_OWN_REFC, "RMAP_MISSING group 0 block 6+1 refcountbt\n"},
	{1, RMAP_OWN_LOG, "RMAP_MISSING group 1 block 7+3075 journal\n"},
};

/* The rmapbt forgets the first record of each class of owners. */
START_TEST(rmap_class)
{
	struct fsck_leaf tree = fsck_leaf(&c, BTREE_RMAP, classes[_i].agno);

	fsck_leaf_remove(&tree, fsck_leaf_find(&tree, "owner", classes[_i].owner, NULL, 0));
	expect(classes[_i].wanted);
}
END_TEST

START_TEST(rmap_owner_lost)
{
	fsck_case_inode(&c, 134)->magic = (be16){{0, 0}};
	fsck_case_seal_inode(&c, 134);
	expect("INODE_UNREADABLE group 0 block 16+1 ino 134 (bad magic number)\n"
	       "RMAP_OWNER_LOST group 0 x 7 follows\n");
}
END_TEST

/* ------------------------------------------------------------------ sharing */

START_TEST(refcount_unreadable)
{
	fsck_leaf_set_head(&refcountbt, "magic", 1);
	expect("REFCOUNTBT_UNREADABLE group 0 block 6+1 (bad magic number)\n"
	       "NOT_CHECKED group 0 counts of owners and reverse mappings\n"
	       "NOT_CHECKED group 0 reverse mappings of the refcountbt\n"
	       "NOT_CHECKED group 0 reverse mappings of staging for copy-on-write\n");
}
END_TEST

START_TEST(refcount_block)
{
	fsck_leaf_set_head(&refcountbt, "rightsib", 7);
	expect("REFCOUNTBT_BLOCK group 0 block 6+1 (wrong neighbours)\n");
}
END_TEST

START_TEST(refcount_record)
{
	fsck_leaf_set(&refcountbt, fsck_leaf_find(&refcountbt, "startblock", 203, NULL, 0), "refcount", 1);
	expect("REFCOUNTBT_RECORD group 0 block 6+1 startblock found 203\n"
	       "NOT_CHECKED group 0 counts of owners and reverse mappings\n"
	       "NOT_CHECKED group 0 reverse mappings of the refcountbt\n"
	       "NOT_CHECKED group 0 reverse mappings of staging for copy-on-write\n");
}
END_TEST

START_TEST(refcount_not_joined)
{
	uint32_t i = fsck_leaf_find(&refcountbt, "startblock", 36, NULL, 0);

	fsck_leaf_double(&refcountbt, i);
	fsck_leaf_set(&refcountbt, i, "blockcount", 10);
	fsck_leaf_set(&refcountbt, i + 1, "startblock", 46);
	fsck_leaf_set(&refcountbt, i + 1, "blockcount", 22);
	expect("REFCOUNT_NOT_JOINED group 0 block 46+22\n");
}
END_TEST

START_TEST(refcount_missing)
{
	fsck_leaf_remove(&refcountbt, fsck_leaf_find(&refcountbt, "startblock", 203, NULL, 0));
	expect("REFCOUNT_MISSING group 0 block 203+1 refcount 2!=1\n");
}
END_TEST

/* The last record, of block 203, goes on into free space. */
START_TEST(refcount_extra)
{
	fsck_leaf_set(&refcountbt, fsck_leaf_find(&refcountbt, "startblock", 203, NULL, 0), "blockcount", 2);
	expect("REFCOUNT_EXTRA group 0 block 204+1 refcount 1!=2\n");
}
END_TEST

START_TEST(refcount_wrong)
{
	fsck_leaf_set(&refcountbt, fsck_leaf_find(&refcountbt, "startblock", 24, NULL, 0), "refcount", 4);
	fsck_leaf_set(&refcountbt, fsck_leaf_find(&refcountbt, "startblock", 36, NULL, 0), "refcount", 11);
	expect("REFCOUNT_WRONG group 0 block 24+5 refcount 5!=4\n"
	       "REFCOUNT_WRONG group 0 block 36+32 refcount 10!=11\n");
}
END_TEST

START_TEST(unmarked)
{
	fsck_case_set_inode(&c, 133, "flags2", be64_get(fsck_case_inode(&c, 133)->flags2) & ~2ull);
	expect("FORK_SHARES_UNMARKED ino 133 flags2\n");
}
END_TEST

/* ------------------------------------------------------------------ owners */

START_TEST(claimed_twice)
{
	fsck_case_set_extent(&c, 134, 0, BLOCK(218), false);
	expect("BLOCK_CLAIMED_TWICE group 0 block 218+1 ino 134 data at 0 other 144\n"
	       "RMAP_EXTRA group 0 block 13+1 ino 134 data at 0\n");
}
END_TEST

START_TEST(used_and_free)
{
	fsck_case_set_extent(&c, 134, 0, BLOCK(206), false);
	expect("BLOCK_USED_AND_FREE group 0 block 206+1 ino 134 data at 0\n"
	       "RMAP_EXTRA group 0 block 13+1 ino 134 data at 0\n");
}
END_TEST

START_TEST(list_takes_from_file)
{
	ck_assert_uint_eq(fsck_case_listed(&c, 0, 2), 9);
	fsck_case_set_listed(&c, 0, 2, 13);
	expect("BLOCK_CLAIMED_TWICE group 0 block 13+1 ino 134 data at 0 free space trees, rmapbt and free list\n"
	       "RMAP_EXTRA group 0 block 9+1 free space trees, rmapbt and free list\n");
}
END_TEST

START_TEST(listed_twice)
{
	fsck_case_set_listed(&c, 0, 2, fsck_case_listed(&c, 0, 1));
	expect("AGFL_BLOCK group 0 block 8+1\n"
	       "BLOCK_CLAIMED_TWICE group 0 block 8+1 free space trees, rmapbt and free list\n"
	       "RMAP_EXTRA group 0 block 9+1 free space trees, rmapbt and free list\n");
}
END_TEST

START_TEST(staging_nobody_knows)
{
	uint32_t i = fsck_leaf_count(&refcountbt) - 1;

	fsck_leaf_double(&refcountbt, i);
	fsck_leaf_set(&refcountbt, i + 1, "cowflag", 1);
	fsck_leaf_set(&refcountbt, i + 1, "startblock", 205);
	fsck_leaf_set(&refcountbt, i + 1, "refcount", 1);
	expect("BLOCK_USED_AND_FREE group 0 block 205+1 staging for copy-on-write\n");
}
END_TEST

/* ------------------------------------------------------------------ lies that agree with each other */

/* Moved in the fork and in the rmapbt, not in the free space. */
START_TEST(moved_without_space)
{
	fsck_case_set_extent(&c, 134, 0, BLOCK(206), false);
	move_rmap(13, 134, 206);
	expect("FREE_AND_OWNED group 0 block 206+1 ino 134 data at 0\n"
	       "BLOCKS_LOST group 0 block 13+1\n");
}
END_TEST

/* Two files have a block, forks and rmapbt say, but the refcountbt does not know. */
START_TEST(shared_without_count)
{
	fsck_case_set_extent(&c, 134, 0, BLOCK(218), false);
	move_rmap(13, 134, 218);
	expect("BLOCKS_LOST group 0 block 13+1\n"
	       "REFCOUNT_MISSING group 0 block 218+1 refcount 2!=1\n");
}
END_TEST

/* The bnobt as it was before, where it was before: the same content, but the place is free and the right one unused. */
START_TEST(stale_tree_block)
{
	uint8_t *stale = fsck_case_block(&c, BLOCK(206));
	struct fsck_leaf copy = bnobt;

	memcpy(stale, bnobt.block, c.fs->geo.block_bytes);
	copy.block = stale;
	fsck_leaf_set_head(&copy, "blkno", geometry_block_daddr(&c.fs->geo, BLOCK(206)));
	fsck_case_set_agf(&c, 0, "bnoroot", 206);
	expect("BLOCK_USED_AND_FREE group 0 block 206+1 free space trees, rmapbt and free list\n"
	       "RMAP_EXTRA group 0 block 1+1 free space trees, rmapbt and free list\n");
}
END_TEST

/* What hangs on the rmapbt is not known, but two users of a block are two users of a block. */
START_TEST(claimed_twice_without_rmapbt)
{
	fsck_leaf_set_head(&rmapbt, "magic", 1);
	fsck_case_set_extent(&c, 134, 0, BLOCK(218), false);
	expect("RMAPBT_UNREADABLE group 0 block 5+1 (bad magic number)\n"
	       "NOT_CHECKED group 0 free space and reverse mappings\n"
	       "NOT_CHECKED group 0 counts of owners and reverse mappings\n"
	       "NOT_CHECKED group 0 reverse mappings of all owners\n"
	       "NOT_CHECKED group 0 blocks that nobody uses\n"
	       "BLOCK_CLAIMED_TWICE group 0 block 218+1 ino 134 data at 0 other 144\n"
	       "NOT_CHECKED group 0 block 0+1 sum of free blocks\n");
}
END_TEST

/* ------------------------------------------------------------------ without rmapbt */

/*
 * In norm, /files/one-block has block 639 of group 0, and /files/contiguous 2371+64; in group 1 "/names/every-byte" has
 * 5308, and /holes/first-block-missing 5309+2. None of them carries the mark of those that share, and the refcountbt of
 * group 1 is empty.
 */
static uint64_t block_file, other_file;
static struct fsck_leaf counts;

static void setup_norm(void)
{
	fsck_case_open(&c, "norm");
	block_file = fsck_case_ino(&c, "files/one-block");
	other_file = fsck_case_ino(&c, "holes/first-block-missing");
	counts = fsck_leaf(&c, BTREE_REFCOUNT, 1);
}

static void count_owners(uint32_t start, uint32_t len, uint32_t owners)
{
	uint32_t i = fsck_leaf_add(&counts);

	fsck_leaf_set(&counts, i, "startblock", start);
	fsck_leaf_set(&counts, i, "blockcount", len);
	fsck_leaf_set(&counts, i, "refcount", owners);
}

START_TEST(norm_claimed_twice)
{
	fsck_case_set_extent(&c, block_file, 0, BLOCK(2375), false);
	expect("BLOCK_CLAIMED_TWICE group 0 block 2375+1 ino 576 data at 0 other 603\n"
	       "BLOCKS_LOST group 0 block 639+1\n");
}
END_TEST

START_TEST(norm_used_and_free)
{
	fsck_case_set_extent(&c, block_file, 0, BLOCK(2500), false);
	expect("BLOCK_USED_AND_FREE group 0 block 2500+1 ino 576 data at 0\n"
	       "BLOCKS_LOST group 0 block 639+1\n");
}
END_TEST

START_TEST(norm_tree_block)
{
	fsck_case_set_extent(&c, block_file, 0, BLOCK((uint32_t)fsck_case_get_agf(&c, 0, "bnoroot")), false);
	expect("BLOCK_CLAIMED_TWICE group 0 block 1+1 ino 576 data at 0 free space trees, rmapbt and free list\n"
	       "BLOCKS_LOST group 0 block 639+1\n");
}
END_TEST

/* All agree that the block is shared, but neither inode carries the mark. */
START_TEST(norm_unmarked)
{
	fsck_case_set_extent(&c, block_file, 0, (struct agaddr){1, 5310}, false);
	count_owners(5310, 1, 2);
	expect("BLOCKS_LOST group 0 block 639+1\n"
	       "FORK_SHARES_UNMARKED ino 576 flags2\n"
	       "FORK_SHARES_UNMARKED ino 98080 flags2\n");
}
END_TEST

START_TEST(norm_unwritten)
{
	fsck_case_set_extent(&c, block_file, 0, (struct agaddr){1, 5310}, true);
	count_owners(5310, 1, 2);
	expect("BLOCKS_LOST group 0 block 639+1\n"
	       "BLOCK_CLAIMED_TWICE group 1 block 5310+1 ino 576 data at 0 other 98080\n");
}
END_TEST

static void mark(uint64_t ino)
{
	fsck_case_set_inode(&c, ino, "flags2", be64_get(fsck_case_inode(&c, ino)->flags2) | INODE_FLAG2_REFLINK);
}

START_TEST(norm_refcount_wrong)
{
	mark(block_file);
	mark(other_file);
	fsck_case_set_extent(&c, block_file, 0, (struct agaddr){1, 5310}, false);
	count_owners(5310, 1, 3);
	expect("BLOCKS_LOST group 0 block 639+1\n"
	       "REFCOUNT_WRONG group 1 block 5310+1 refcount 2!=3\n");
}
END_TEST

START_TEST(norm_refcount_extra)
{
	count_owners(5308, 3, 2);
	expect("REFCOUNT_EXTRA group 1 block 5308+1 ino 98053 data at 0 refcount 1!=2\n"
	       "REFCOUNT_EXTRA group 1 block 5309+2 ino 98080 data at 1 refcount 1!=2\n");
}
END_TEST

START_TEST(norm_lost)
{
	ck_assert_uint_eq(fsck_case_extent(&c, block_file, 0).agbno, 639);
	fsck_case_inode(&c, block_file)->magic = (be16){{0, 0}};
	fsck_case_seal_inode(&c, block_file);
	expect("INODE_UNREADABLE group 0 block 72+1 ino 576 (bad magic number)\n"
	       "NOT_CHECKED group 0 blocks that nobody uses\n"
	       "NOT_CHECKED group 1 blocks that nobody uses\n");
}
END_TEST

Suite *fsck_space_suite(void);

Suite *fsck_space_suite(void)
{
	const TTest *const tests[] = {
		sound,
		/* free space */
		free_unreadable,
		free_by_size_alone,
		free_block,
		free_record,
		free_not_joined,
		free_by_size,
		counters,
		lost,
		free_and_owned,
		/* reverse mappings */
		rmap_unreadable,
		rmap_block,
		rmap_record,
		rmap_overlap,
		rmap_missing,
		rmap_missing_of_shared,
		rmap_extra,
		rmap_owner_lost,
		/* sharing */
		refcount_unreadable,
		refcount_block,
		refcount_record,
		refcount_not_joined,
		refcount_missing,
		refcount_extra,
		refcount_wrong,
		unmarked,
		/* owners */
		claimed_twice,
		used_and_free,
		list_takes_from_file,
		listed_twice,
		staging_nobody_knows,
		/* lies that agree with each other */
		moved_without_space,
		shared_without_count,
		stale_tree_block,
		claimed_twice_without_rmapbt,
	};
	const TTest *const norm_tests[] = {
		norm_claimed_twice, norm_used_and_free,	 norm_tree_block,     norm_unmarked,
		norm_unwritten,	    norm_refcount_wrong, norm_refcount_extra, norm_lost,
	};
	Suite *suite = suite_create("fsck_space");
	TCase *tc = tcase_create("demo");

	tcase_add_checked_fixture(tc, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	tcase_add_loop_test(tc, free_unknown, 0, 2);
	tcase_add_loop_test(tc, rmap_wrong, 0, sizeof(wrong_rmaps) / sizeof(wrong_rmaps[0]));
	tcase_add_loop_test(tc, rmap_class, 0, sizeof(classes) / sizeof(classes[0]));
	suite_add_tcase(suite, tc);
	tc = tcase_create("norm");
	tcase_add_checked_fixture(tc, setup_norm, teardown);
	for (size_t i = 0; i < sizeof(norm_tests) / sizeof(norm_tests[0]); i++)
		tcase_add_test(tc, norm_tests[i]);
	suite_add_tcase(suite, tc);
	return suite;
}
