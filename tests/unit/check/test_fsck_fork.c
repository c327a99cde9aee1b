/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forks by themselves: what they map, what the inode counts, what they claim. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/space/claims.h"
#include "check/inode/inode_parts.h"
#include "lib/image_builder.h"
#include "unit/check/fsck_lines.h"
#include "unit/runner.h"

Suite *fsck_fork_suite(void);

typedef unsigned long long ull;

/* An image with one inode, and a worker that has nothing else to do. */
static struct image image;
static struct disk_inode *disk;
static uint64_t ino;
static struct fsck_options options;
static struct fsck_result result;
static struct checker checker;
static struct check_work work;
static enum fork_state state;

static void setup(void)
{
	struct error err;

	image_init(&image, &(struct image_options){0});
	ino = image_ino(&image, 0, 64 * 8);
	for (unsigned i = 0; i < HASH_SECRET_BYTES; i++)
		options.secret.bytes[i] = (uint8_t)(i * 91 + 5);
	ck_assert_int_eq(image_open_fs(&image, &err), 0);
	result = (struct fsck_result){.journal = {.unused = true}};
	checker = (struct checker){.fs = image.fs, .options = &options, .result = &result};
	work = (struct check_work){.checker = &checker};
	work.sums = calloc(image.options.ag_count, sizeof(*work.sums));
	ck_assert_ptr_nonnull(work.sums);
}

static void teardown(void)
{
	findings_fini(&work.findings);
	free(work.sums);
	image_fini(&image);
}

static struct disk_bmap_rec extent(uint64_t fileoff, uint32_t agbno, uint32_t len, bool unwritten)
{
	return image_extent(fileoff, image_pack(&image, (struct agaddr){1, agbno}), len, unwritten);
}

static void make(uint32_t mode, const struct disk_bmap_rec *records, size_t count, uint64_t blocks)
{
	disk = image_inode(&image, ino, mode, FORK_EXTENTS);
	image_fork_extents(&image, disk, FORK_DATA, records, count);
	image_set(&inode_table, disk, "nblocks", blocks);
}

static void check(void)
{
	struct inode inode;
	struct error err = {0};

	image_seal_inode(&image, disk);
	ck_assert_msg(inode_read(image.fs, ino, &inode, &err) == 0, "%s", err.text);
	findings_fini(&work.findings);
	work.findings = (struct findings){0};
	memset(work.sums, 0, image.options.ag_count * sizeof(*work.sums));
	ck_assert_int_eq(inode_forks_check(&work, &inode, &state), 0);
}

/* Exactly one finding; its place is in the inode. */
static const struct finding *only(enum finding_code code)
{
	ck_assert_uint_eq(work.findings.count, 1);
	ck_assert_str_eq(finding_kinds[work.findings.items[0].code].name, finding_kinds[code].name);
	ck_assert(work.findings.items[0].at.in_inode);
	ck_assert_uint_eq(work.findings.items[0].at.ino, ino);
	return &work.findings.items[0];
}

static void expect_sound(void)
{
	ck_assert_msg(work.findings.count == 0, "%s",
		      work.findings.count ? finding_kinds[work.findings.items[0].code].name : "");
	ck_assert_int_eq(state, FORK_WHOLE);
}

/* A claim as the reverse mappings would have it. */
static void expect_claims(const struct rmap *rmaps, size_t count)
{
	struct hash_sum sum = {0};

	for (size_t i = 0; i < count; i++)
		claim_add(&options.secret, &sum, &rmaps[i]);
	ck_assert(hash_sum_equal(sum, work.sums[1].claims));
}

START_TEST(sound)
{
	struct disk_bmap_rec records[] = {extent(0, 100, 4, false), extent(4, 104, 4, true),
					  extent(1000, 50, 1, false)};
	const struct rmap rmaps[] = {
		{.start = {1, 50}, .len_blocks = 1, .owner = ino, .fileoff = 1000},
		{.start = {1, 100}, .len_blocks = 4, .owner = ino, .fileoff = 0},
		{.start = {1, 104}, .len_blocks = 4, .owner = ino, .fileoff = 4, .unwritten = true},
	};

	make(INODE_MODE_FILE, records, 3, 9);
	check();
	expect_sound();
	expect_claims(rmaps, 3);
}
END_TEST

START_TEST(blocks)
{
	struct disk_bmap_rec record = extent(0, 100, 4, false);
	const struct finding *finding;

	make(INODE_MODE_FILE, &record, 1, 5);
	check();
	finding = only(FINDING_INODE_BLOCKS);
	ck_assert_str_eq(finding->field, "nblocks");
	ck_assert_uint_eq(finding->expected, 4);
	ck_assert_uint_eq(finding->found, 5);
}
END_TEST

/* What cannot be used is said once for each, and the rest claimed; then nothing is said of counts. */
START_TEST(unreadable)
{
	struct disk_bmap_rec records[] = {extent(0, 100, 4, false), extent(2, 200, 4, false), extent(9, 0, 0, false),
					  extent(20, 300, 1, false)};
	const struct rmap rmaps[] = {
		{.start = {1, 100}, .len_blocks = 4, .owner = ino},
		{.start = {1, 300}, .len_blocks = 1, .owner = ino, .fileoff = 20},
	};

	make(INODE_MODE_FILE, records, 4, 77);
	check();
	ck_assert_int_eq(state, FORK_LOST);
	ck_assert_uint_eq(work.findings.count, 2);
	ck_assert_int_eq(work.findings.items[0].code, FINDING_FORK_UNREADABLE);
	ck_assert_int_eq(work.findings.items[0].why.flaw, FLAW_ORDER);
	ck_assert_int_eq(work.findings.items[1].code, FINDING_FORK_UNREADABLE);
	ck_assert_int_eq(work.findings.items[1].why.flaw, FLAW_RANGE);
	expect_claims(rmaps, 2);
}
END_TEST

static const uint32_t written_only[] = {INODE_MODE_DIR, INODE_MODE_LINK};

START_TEST(unwritten)
{
	struct disk_bmap_rec record = extent(0, 100, 1, true);

	make(written_only[_i], &record, 1, 1);
	check();
	ck_assert_uint_eq(only(FINDING_FORK_UNWRITTEN)->at.agbno, 100);
}
END_TEST

/* The last block that a fork of its kind can map, in blocks of 4 KiB. */
static const struct {
	uint32_t mode;
	uint64_t last;
} ends[] = {{INODE_MODE_DIR, 3 * (1ull << 23) - 1}, {INODE_MODE_LINK, 2}};

START_TEST(beyond)
{
	struct disk_bmap_rec record = extent(ends[_i].last, 100, 1, false);

	make(ends[_i].mode, &record, 1, 1);
	check();
	expect_sound();
	record = extent(ends[_i].last, 100, 2, false);
	make(ends[_i].mode, &record, 1, 2);
	check();
	ck_assert_uint_eq(only(FINDING_FORK_BEYOND)->at.fileoff, ends[_i].last);
}
END_TEST

START_TEST(attributes_beyond)
{
	struct disk_bmap_rec record = extent(UINT32_MAX, 100, 1, false);

	make(INODE_MODE_FILE, &record, 0, 1);
	disk->forkoff = 20;
	disk->aformat = FORK_EXTENTS;
	image_fork_extents(&image, disk, FORK_ATTR, &record, 1);
	check();
	expect_sound();
	record = extent(1ull << 32, 100, 1, false);
	image_fork_extents(&image, disk, FORK_ATTR, &record, 1);
	check();
	ck_assert_int_eq(only(FINDING_FORK_BEYOND)->at.fork, FORK_ATTR);
	record = extent(0, 100, 1, true);
	image_fork_extents(&image, disk, FORK_ATTR, &record, 1);
	check();
	ck_assert_int_eq(only(FINDING_FORK_UNWRITTEN)->at.fork, FORK_ATTR);
}
END_TEST

/* An inode of 512 bytes has room for 21 extents: the next makes it a tree. */
static void make_tree(size_t count, uint32_t *first)
{
	struct disk_bmap_rec records[40];

	for (size_t i = 0; i < count; i++)
		records[i] = extent(2 * i, 100 + 2 * (uint32_t)i, 1, false);
	disk = image_inode(&image, ino, INODE_MODE_FILE, FORK_BTREE);
	ck_assert_uint_eq(image_fork_tree(&image, disk, FORK_DATA, 1, records, count, 0, first), 2);
	image_set(&inode_table, disk, "nblocks", count + 1);
}

START_TEST(tree)
{
	uint32_t first;

	make_tree(22, &first);
	check();
	expect_sound();
	image_set(&inode_table, disk, "nextents", 23);
	check();
	ck_assert_str_eq(only(FINDING_FORK_EXTENT_COUNT)->field, "nextents");
	make_tree(21, &first);
	check();
	ck_assert_str_eq(only(FINDING_FORK_FORMAT)->field, "format");
}
END_TEST

/* What hangs below a lost block is looked for elsewhere (test_fsck_gaps.c); nothing is said of counts. */
START_TEST(tree_with_a_gap)
{
	struct agaddr leaf = {.agno = 1};

	make_tree(22, &leaf.agbno);
	image_block(&image, leaf)[100] ^= 1;
	image_set(&inode_table, disk, "nextents", 23);
	check();
	ck_assert_int_eq(only(FINDING_FORK_UNREADABLE)->why.flaw, FLAW_CRC);
	ck_assert_int_eq(state, FORK_GAPS);
}
END_TEST

/* As the trees of its groups tell of it. */
START_TEST(sharing)
{
	struct fsck_case c;
	uint64_t file;

	fsck_case_open(&c, "small");
	file = fsck_case_ino(&c, "shared/clone0");
	fsck_case_set_inode(&c, file, "flags2", INODE_FLAG2_BIGTIME | INODE_FLAG2_NREXT64);
	fsck_expect(&c, fsck_inode_codes, "FORK_SHARES_UNMARKED ino %llu flags2\n", (ull)file);
	fsck_case_close(&c);
}
END_TEST

/* A device has no extents. */
START_TEST(no_extents)
{
	disk = image_inode(&image, ino, INODE_MODE_FIFO, FORK_DEV);
	check();
	expect_sound();
	image_set(&inode_table, disk, "nextents", 1);
	check();
	ck_assert_uint_eq(only(FINDING_FORK_EXTENT_COUNT)->expected, 0);
}
END_TEST

START_TEST(neighbours)
{
	struct fsck_case c;
	struct disk_btree_long *leaf;
	struct disk_bmap_root *root;
	struct agaddr at;
	uint64_t file;
	uint8_t *fork;
	be64 child;

	fsck_case_open(&c, "small");
	file = fsck_case_ino(&c, "forks/btree-leaves");
	fork = fsck_fork(&c, file, FORK_DATA);
	root = (struct disk_bmap_root *)fork;
	ck_assert_uint_eq(be16_get(root->level), 1);
	ck_assert_uint_ge(be16_get(root->numrecs), 2);
	/* Pointers begin where the keys would end if the root were full; the fork may end before the inode does. */
	{
		uint32_t len = c.fs->geo.inode_bytes - (uint32_t)sizeof(struct disk_inode);
		uint32_t forkoff = fsck_case_inode(&c, file)->forkoff * 8u;

		len = forkoff ? forkoff : len;
		memcpy(&child, fork + sizeof(*root) + (len - sizeof(*root)) / 16 * 8, sizeof(child));
	}
	ck_assert(geometry_unpack(&c.fs->geo, (struct fsblock){be64_get(child)}, &at));
	leaf = (struct disk_btree_long *)(c.image.bytes + geometry_block_offset(&c.fs->geo, at));
	leaf->leftsib = (be64){{0, 0, 0, 0, 0, 0, 0, 9}};
	fsck_seal_block(&c, (uint8_t *)leaf, offsetof(struct disk_btree_long, crc));
	fsck_expect(&c, fsck_inode_codes, "FORK_BLOCK group %u block %u+1 ino %llu data (wrong neighbours)\n", at.agno,
		    at.agbno, (ull)file);
	fsck_case_close(&c);
}
END_TEST

Suite *fsck_fork_suite(void)
{
	Suite *suite = suite_create("fsck_fork");
	TCase *tc = tcase_create("forks");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sound);
	tcase_add_test(tc, blocks);
	tcase_add_test(tc, unreadable);
	tcase_add_loop_test(tc, unwritten, 0, 2);
	tcase_add_loop_test(tc, beyond, 0, 2);
	tcase_add_test(tc, attributes_beyond);
	tcase_add_test(tc, tree);
	tcase_add_test(tc, tree_with_a_gap);
	tcase_add_test(tc, sharing);
	tcase_add_test(tc, no_extents);
	tcase_add_test(tc, neighbours);
	suite_add_tcase(suite, tc);
	return suite;
}
