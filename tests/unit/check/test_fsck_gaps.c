/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hangs below lost blocks of the trees of forks: found in the rmapbt, or not. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/dir.h"
#include "fs/btree.h"
#include "fs/fork.h"
#include "lib/fsck_case.h"
#include "lib/image_builder.h"
#include "unit/check/fsck_lines.h"
#include "unit/runner.h"

Suite *fsck_gaps_suite(void);

typedef unsigned long long ull;

static struct fsck_case c;

/* The blocks of the tree of a fork. */
static struct agaddr blocks[16];
static size_t block_count;

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	(void)arg;
	(void)level;
	ck_assert_uint_lt(block_count, sizeof(blocks) / sizeof(blocks[0]));
	blocks[block_count++] = at;
	return 0;
}

static uint64_t find_tree(const char *path, enum fork_kind kind)
{
	const struct fork_walker walker = {.block = on_block};
	uint64_t ino = fsck_case_ino(&c, path);
	struct inode inode;

	block_count = 0;
	ck_assert_int_eq(inode_read(c.fs, ino, &inode, NULL), 0);
	ck_assert_int_eq(fork_walk(c.fs, &inode, kind, 0, FILEOFF_MAX, &walker, NULL), 0);
	ck_assert_uint_gt(block_count, 0);
	return ino;
}

static uint8_t *bytes_of(struct agaddr at)
{
	return c.image.bytes + geometry_block_offset(&c.fs->geo, at);
}

static void set_up(void)
{
	fsck_case_open(&c, "small");
}

static void tear_down(void)
{
	fsck_case_close(&c);
}

static void make_bad(struct agaddr at)
{
	uint64_t offset = geometry_block_offset(&c.fs->geo, at);

	fsck_case_bad(&c, offset, offset + c.fs->geo.block_bytes);
}

static const struct {
	const char *path;
	enum fork_kind kind;
} forks[] = {
	{"dirs/free-index", FORK_DATA}, {"forks/btree-leaves", FORK_DATA},	  {"shared/reversed", FORK_DATA},
	{"attrs-btree/one", FORK_ATTR}, {"attrs-btree/between-holes", FORK_DATA},
};
#define FORKS ((int)(sizeof(forks) / sizeof(forks[0])))

/* All of them at once: nothing else is found. */
START_TEST(bad_leaves)
{
	char wanted[2048] = "";
	uint64_t ino = find_tree(forks[_i].path, forks[_i].kind);

	for (size_t i = 0; i < block_count; i++) {
		size_t len = strlen(wanted);

		make_bad(blocks[i]);
		(void)snprintf(wanted + len, sizeof(wanted) - len,
			       "MEDIA_ERROR group %u block %u+1 ino %llu %s (media)\n", blocks[i].agno, blocks[i].agbno,
			       (ull)ino, forks[_i].kind == FORK_DATA ? "data" : "attr");
	}
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}
END_TEST

/* So is a block that is not what it should be. */
START_TEST(forged_leaf)
{
	uint64_t ino = find_tree("dirs/free-index", FORK_DATA);
	struct disk_btree_long *leaf = (struct disk_btree_long *)bytes_of(blocks[1]);
	char wanted[256];

	leaf->owner = (be64){{0, 0, 0, 0, 0, 0, 0, 9}};
	crc32c_block_seal(leaf, c.fs->geo.block_bytes, offsetof(struct disk_btree_long, crc));
	(void)snprintf(wanted, sizeof(wanted), "FORK_UNREADABLE group %u block %u+1 ino %llu data (wrong owner)\n",
		       blocks[1].agno, blocks[1].agbno, (ull)ino);
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}
END_TEST

/* The root in the inode, and so all of the fork. */
START_TEST(forged_root)
{
	uint64_t ino = fsck_case_ino(&c, "dirs/free-index");
	struct inode inode;
	struct agaddr at;
	char wanted[256];

	ck_assert_int_eq(inode_read(c.fs, ino, &inode, NULL), 0);
	ck_assert(geometry_block_of_offset(&c.fs->geo, inode.offset_bytes, &at));
	c.image.bytes[inode.offset_bytes + inode.fork[FORK_DATA].start + 1] = 9; /* its level */
	fsck_case_seal_inode(&c, ino);
	(void)snprintf(wanted, sizeof(wanted), "FORK_UNREADABLE group %u block %u+1 ino %llu data (wrong level)\n",
		       at.agno, at.agbno, (ull)ino);
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}
END_TEST

static int keep_last(void *arg, const struct dir_entry *entry)
{
	char *name = arg;

	memcpy(name, entry->name.bytes, entry->name.len);
	name[entry->name.len] = '\0';
	return 0;
}

/* Names in blocks that hang below are read: one that lies of the type of what it names is found. */
START_TEST(names_below)
{
	uint64_t ino = find_tree("dirs/free-index", FORK_DATA);
	char name[DIR_NAME_MAX + 1] = "", wanted[1024];
	const struct dir_walker walker = {.entry = keep_last, .arg = name};
	struct fsck_entry entry;
	struct inode inode;
	size_t len = 0;

	ck_assert_int_eq(inode_read(c.fs, ino, &inode, NULL), 0);
	ck_assert_int_eq(dir_walk(c.fs, &inode, &walker, NULL), 0);
	entry = fsck_case_entry(&c, ino, name);
	ck_assert_uint_eq(*entry.ftype, DIR_FTYPE_FILE);
	fsck_entry_set(&c, &entry, fsck_entry_ino(&entry), DIR_FTYPE_FIFO);
	for (size_t i = 0; i < block_count; i++) {
		make_bad(blocks[i]);
		len += (size_t)snprintf(wanted + len, sizeof(wanted) - len,
					"MEDIA_ERROR group %u block %u+1 ino %llu data (media)\n", blocks[i].agno,
					blocks[i].agbno, (ull)ino);
	}
	(void)snprintf(wanted + len, sizeof(wanted) - len, "ENTRY_TYPE ino %llu data other %llu '%s' ftype %u!=%u\n",
		       (ull)ino, (ull)fsck_entry_ino(&entry), name, DIR_FTYPE_FILE, DIR_FTYPE_FIFO);
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}
END_TEST

/* What differs elsewhere in the groups is named, and nothing of the inode with the gaps. */
START_TEST(other_owners)
{
	uint64_t ino = find_tree("forks/btree-leaves", FORK_DATA), other = fsck_case_ino(&c, "forks/extents-12");
	char wanted[1024];
	struct extent extent;
	struct inode inode;

	ck_assert_int_eq(inode_read(c.fs, other, &inode, NULL), 0);
	ck_assert_int_eq(fork_map(c.fs, &inode, FORK_DATA, 0, &extent, NULL), 1);
	fsck_fork(&c, other, FORK_DATA)[0] |= 0x80; /* unwritten */
	fsck_case_seal_inode(&c, other);
	make_bad(blocks[0]);
	(void)snprintf(wanted, sizeof(wanted),
		       "MEDIA_ERROR group %u block %u+1 ino %llu data (media)\n"
		       "RMAP_WRONG group %u block %u+%u ino %llu data at 0 extentflag 1!=0\n",
		       blocks[0].agno, blocks[0].agbno, (ull)ino, extent.start.agno, extent.start.agbno,
		       extent.len_blocks, (ull)other);
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}
END_TEST

/* The blocks that the first leaf of a tree maps. */
struct counting {
	unsigned leaves;
	uint64_t blocks;
};

static int count_leaf(void *arg, struct agaddr at, unsigned level)
{
	struct counting *counting = arg;

	(void)at;
	counting->leaves += level == 0;
	return counting->leaves > 1;
}

static int count_extent(void *arg, const struct extent *extent)
{
	struct counting *counting = arg;

	counting->blocks += extent->len_blocks;
	return 0;
}

static uint64_t first_leaf_blocks(const struct inode *inode)
{
	struct counting counting = {0};
	const struct fork_walker walker = {.block = count_leaf, .extent = count_extent, .arg = &counting};

	ck_assert_int_ge(fork_walk(c.fs, inode, FORK_DATA, 0, FILEOFF_MAX, &walker, NULL), 0);
	return counting.blocks;
}

/* The rmapbt does not make up what the inode counts: then nothing is known of what the gap maps. */
START_TEST(contradicted)
{
	uint64_t ino = find_tree("forks/btree-leaves", FORK_DATA);
	uint64_t below = 0;
	char wanted[1024];
	struct inode inode;

	fsck_case_set_inode(&c, ino, "nblocks", image_get(&inode_table, fsck_case_inode(&c, ino), "nblocks") + 1);
	ck_assert_int_eq(inode_read(c.fs, ino, &inode, NULL), 0);
	below = first_leaf_blocks(&inode);
	make_bad(blocks[0]);
	(void)snprintf(wanted, sizeof(wanted),
		       "MEDIA_ERROR group %u block %u+1 ino %llu data (media)\n"
		       "RMAP_OWNER_LOST group %u x %llu follows\n",
		       blocks[0].agno, blocks[0].agbno, (ull)ino, blocks[0].agno, (ull)below);
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}
END_TEST

/* The reverse mappings cannot be read either. */
START_TEST(no_rmapbt)
{
	uint64_t ino = find_tree("forks/btree-leaves", FORK_DATA);
	char wanted[256];

	make_bad(blocks[0]);
	for (uint32_t agno = 0; agno < c.fs->geo.ag_count; agno++) {
		struct btree tree;

		ck_assert_int_eq(btree_open_group(c.fs, BTREE_RMAP, agno, &tree, NULL), 0);
		make_bad(tree.root);
	}
	(void)fsck_case_run(&c);
	(void)snprintf(wanted, sizeof(wanted), "MEDIA_ERROR group %u block %u+1 ino %llu data (media)\n",
		       blocks[0].agno, blocks[0].agbno, (ull)ino);
	ck_assert_ptr_nonnull(strstr(c.said, wanted));
	ck_assert_ptr_null(strstr(c.said, "BLOCKS_LOST"));
	ck_assert_ptr_null(strstr(c.said, "RMAP_MISSING"));
}
END_TEST

Suite *fsck_gaps_suite(void)
{
	Suite *suite = suite_create("fsck_gaps");
	TCase *tc = tcase_create("gaps");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, bad_leaves, 0, FORKS);
	tcase_add_test(tc, forged_leaf);
	tcase_add_test(tc, forged_root);
	tcase_add_test(tc, names_below);
	tcase_add_test(tc, other_owners);
	tcase_add_test(tc, contradicted);
	tcase_add_test(tc, no_rmapbt);
	suite_add_tcase(suite, tc);
	return suite;
}
