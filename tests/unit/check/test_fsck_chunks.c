/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inode trees: lies in records and blocks, and what is left of the inodes where a tree is damaged.
 *
 * The group in work is 0 of each image: in small its trees have two levels, in sparse it has chunks with holes.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crc32c.h"
#include "fs/btree.h"
#include "lib/fsck_case.h"
#include "unit/check/fsck_lines.h"

Suite *fsck_chunks_suite(void);

typedef unsigned long long ull;

static const char *const codes[] = {
#define FINDING(code, severity, stake, repair, sentence, explanation) #code,
#include "check/findings/chunks.def"
#undef FINDING
	"LSN_AHEAD",
	"INODE_NOT_IN_USE",
	NULL,
};

static struct fsck_case c;
static uint32_t agno; /* in work */

static void open_image(const char *name, uint32_t group)
{
	fsck_case_open(&c, name);
	agno = group;
}

static void teardown(void)
{
	fsck_case_close(&c);
}

/* Compares what the check says of the trees with lines of printf. */
#define expect(...) fsck_expect(&c, codes, __VA_ARGS__)

static struct disk_agi *agi(void)
{
	return fsck_case_agi(&c, agno);
}

static uint8_t *block_of(uint32_t agbno)
{
	return c.image.bytes + geometry_block_offset(&c.fs->geo, (struct agaddr){agno, agbno});
}

static void seal(uint32_t agbno)
{
	crc32c_block_seal(block_of(agbno), c.fs->geo.block_bytes, offsetof(struct disk_btree_short, crc));
}

static struct disk_btree_short *head_of(uint32_t agbno)
{
	return (struct disk_btree_short *)block_of(agbno);
}

/* Leaf @index of a tree of at most two levels. */
static uint32_t leaf_of(enum btree_kind kind, uint32_t index)
{
	const struct btree_format *format = &btree_formats[kind];
	uint32_t root = be32_get(kind == BTREE_INO ? agi()->root : agi()->free_root);
	uint32_t room = c.fs->geo.block_bytes - btree_header_bytes(format), capacity;
	be32 pointer;

	if (be16_get(head_of(root)->level) == 0)
		return root;
	capacity = btree_capacity(format, room, 1);
	memcpy(&pointer, block_of(root) + btree_header_bytes(format) + capacity * format->key_bytes + index * 4, 4);
	return be32_get(pointer);
}

static struct disk_inobt_rec *records_of(uint32_t leaf)
{
	return (struct disk_inobt_rec *)(block_of(leaf) + sizeof(struct disk_btree_short));
}

/* The first record from @from on that has (or has not) free inodes, and that is (or is not) sparse. */
static uint32_t find_record(uint32_t leaf, bool has_free, bool has_holes)
{
	const struct disk_inobt_rec *records = records_of(leaf);

	for (uint32_t i = 0; i < be16_get(head_of(leaf)->numrecs); i++)
		if ((records[i].sp_freecount > 0) == has_free && (be16_get(records[i].holemask) != 0) == has_holes)
			return i;
	ck_abort_msg("no such record");
	return 0;
}

START_TEST(finds_wrong_counters)
{
	static const char *const fields[] = {"count", "freecount", "iblocks", "fblocks"};

	open_image("small", 0);
	for (int i = 0; i < 4; i++) {
		const struct field *field = field_find(&agi_table, fields[i]);
		uint64_t before = field_get(field, agi(), 0);

		field_set(field, agi(), 0, before + 1);
		fsck_case_seal_agi(&c, agno);
		expect("AGI_COUNT group 0 %s %llu!=%llu\n", fields[i], (ull)before, (ull)before + 1);
		field_set(field, agi(), 0, before);
		fsck_case_seal_agi(&c, agno);
	}
	expect("%s", "");
}
END_TEST

/* A record of the inobt alone: the finobt then has another. */
START_TEST(finds_records_that_contradict_themselves)
{
	uint32_t leaf, finobt, i, start;
	struct disk_inobt_rec *rec, before;

	open_image("sparse", 1);
	leaf = leaf_of(BTREE_INO, 0);
	finobt = leaf_of(BTREE_FINO, 0);
	i = find_record(leaf, true, true);
	rec = records_of(leaf) + i;
	before = *rec;
	start = be32_get(rec->startino);

	rec->count++;
	seal(leaf);
	expect("INOBT_RECORD group 1 block %u+1 count found %u\nFINOBT_DIFFERS group 1 block %u+1 differs found %u\n",
	       leaf, start, finobt, start);
	*rec = before;
	rec->sp_freecount--;
	seal(leaf);
	expect("INOBT_RECORD group 1 block %u+1 freecount found %u\nFINOBT_DIFFERS group 1 block %u+1 differs found "
	       "%u\n",
	       leaf, start, finobt, start);
	*rec = before;
	/* what has no space counts as free */
	rec->free = be64_of(be64_get(rec->free) & (be16_get(rec->holemask) & 1 ? ~1ull : ~(1ull << 63)));
	seal(leaf);
	expect("INOBT_RECORD group 1 block %u+1 free found %u\nFINOBT_DIFFERS group 1 block %u+1 differs found %u\n",
	       leaf, start, finobt, start);
	*rec = before;
	seal(leaf);
	expect("%s", "");
}
END_TEST

START_TEST(finds_holes_that_are_no_units)
{
	uint32_t leaf;
	struct disk_inobt_rec *rec;
	char wanted[200];

	open_image("sparse", 1);
	leaf = leaf_of(BTREE_INO, 0);
	rec = records_of(leaf) + find_record(leaf, true, true);
	rec->holemask = be16_of(be16_get(rec->holemask) ^ 0x10);
	seal(leaf);
	snprintf(wanted, sizeof(wanted), "INOBT_RECORD group 1 block %u+1 holemask found %u\n", leaf,
		 be32_get(rec->startino));
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), wanted));
}
END_TEST

/* A chunk in the headers, and one at no start of a chunk; both trees say so. */
START_TEST(finds_chunks_where_none_can_be)
{
	static const struct {
		uint32_t start;
		const char *image;
	} places[] = {{0, "tiny-b2k"}, {96, "tiny-b2k"}};
	char wanted[200];
	uint32_t leaf, finobt;

	open_image(places[_i].image, 0);
	leaf = leaf_of(BTREE_INO, 0);
	finobt = leaf_of(BTREE_FINO, 0);
	records_of(leaf)[0].startino = be32_of(places[_i].start);
	seal(leaf);
	snprintf(wanted, sizeof(wanted), "INOBT_RECORD group 0 block %u+1 startino found %u\n", leaf, places[_i].start);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), wanted));
	records_of(finobt)[0].startino = be32_of(places[_i].start);
	seal(finobt);
	snprintf(wanted, sizeof(wanted), "FINOBT_RECORD group 0 block %u+1 startino found %u\n", finobt,
		 places[_i].start);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), wanted));
}
END_TEST

START_TEST(finds_where_the_trees_differ)
{
	uint32_t leaf, finobt, start, next;
	struct disk_inobt_rec *rec, before;

	open_image("tiny-b2k", 0);
	leaf = leaf_of(BTREE_INO, 0);
	finobt = leaf_of(BTREE_FINO, 0);
	rec = records_of(finobt) + find_record(finobt, true, false);
	before = *rec;
	start = be32_get(rec->startino);
	/* an inode is free in one of them, and used in the other */
	rec->free = be64_of(be64_get(rec->free) & (be64_get(rec->free) - 1));
	rec->sp_freecount--;
	seal(finobt);
	expect("FINOBT_DIFFERS group 0 block %u+1 differs found %u\n", finobt, start);
	*rec = before;
	/* a chunk is in neither place where it should be */
	next = start + 10 * INODES_PER_CHUNK;
	rec->startino = be32_of(next);
	seal(finobt);
	expect("FINOBT_DIFFERS group 0 block %u+1 only in inobt found %u\n"
	       "FINOBT_DIFFERS group 0 block %u+1 only in finobt found %u\n",
	       leaf, start, finobt, next);
}
END_TEST

/* A chunk without free inodes does not stand in the finobt. */
START_TEST(finds_full_chunks_in_the_finobt)
{
	uint32_t leaf, finobt, count, i;
	struct disk_inobt_rec full;

	open_image("norm", 0);
	leaf = leaf_of(BTREE_INO, 0);
	finobt = leaf_of(BTREE_FINO, 0);
	full = records_of(leaf)[find_record(leaf, false, false)];
	count = be16_get(head_of(finobt)->numrecs);
	for (i = count; i > 0 && be32_get(records_of(finobt)[i - 1].startino) > be32_get(full.startino); i--)
		records_of(finobt)[i] = records_of(finobt)[i - 1];
	records_of(finobt)[i] = full;
	head_of(finobt)->numrecs = be16_of((uint16_t)(count + 1));
	seal(finobt);
	expect("FINOBT_DIFFERS group 0 block %u+1 nothing free found %u\n", finobt, be32_get(full.startino));
}
END_TEST

/* Blocks of 64 KiB hold two chunks of inodes of 512 bytes. */
START_TEST(finds_parts_of_blocks)
{
	uint32_t leaf, finobt, count, block, in_block;
	char wanted[200];

	open_image("b64k", 0);
	leaf = leaf_of(BTREE_INO, 0);
	finobt = leaf_of(BTREE_FINO, 0);
	count = be16_get(head_of(leaf)->numrecs);
	ck_assert_uint_ge(count, 2);
	block = geometry_agino_block(&c.fs->geo, be32_get(records_of(leaf)[count - 1].startino), &in_block);
	head_of(leaf)->numrecs = be16_of((uint16_t)(count - 1));
	seal(leaf);
	head_of(finobt)->numrecs = be16_of((uint16_t)(be16_get(head_of(finobt)->numrecs) - 1));
	seal(finobt);
	snprintf(wanted, sizeof(wanted), "INOBT_BLOCK_PART group 0 block %u+1 chunks 2!=1\n", block);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), wanted));
}
END_TEST

START_TEST(finds_blocks_with_wrong_neighbours)
{
	static const struct {
		enum btree_kind kind;
		const char *code;
	} trees[] = {{BTREE_INO, "INOBT_BLOCK"}, {BTREE_FINO, "FINOBT_BLOCK"}};
	uint32_t leaf;
	be32 before;

	open_image("small", 0);
	leaf = leaf_of(trees[_i].kind, 1);
	before = head_of(leaf)->leftsib;
	head_of(leaf)->leftsib = be32_of(7);
	seal(leaf);
	expect("%s group 0 block %u+1 (wrong neighbours)\n", trees[_i].code, leaf);
	head_of(leaf)->leftsib = before;
	head_of(leaf)->lsn = be64_of(1ull << 60);
	seal(leaf);
	expect("LSN_AHEAD group 0 block %u+1 (ahead of the journal)\n", leaf);
}
END_TEST

static uint64_t wrong(const char *said)
{
	uint64_t lines = 0;

	for (; *said; said += strcspn(said, "\n") + 1)
		lines += strncmp(said, "NOT_CHECKED", 11) != 0;
	return lines;
}

/*
 * A leaf of the inobt is gone: its chunks come back from the finobt and the reverse mappings, with inodes that are in
 * use where they say so themselves. So nothing else is wrong: no name leads to an inode that is not there.
 */
START_TEST(finds_lost_chunks_by_other_means)
{
	static const char *const images[] = {"small", "sparse", "tiny-b2k", "b64k", "tiny-i2k"};
	char wanted[200];
	uint32_t leaf;

	open_image(images[_i], 0);
	leaf = leaf_of(BTREE_INO, 0);
	block_of(leaf)[0] ^= 1;
	snprintf(wanted, sizeof(wanted), "INOBT_UNREADABLE group 0 block %u+1 (bad magic number)\n", leaf);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), wanted));
	ck_assert_msg(wrong(c.said) == 1, "%s", c.said);
}
END_TEST

/* The same without any inode tree. */
START_TEST(finds_all_chunks_by_other_means)
{
	static const char *const images[] = {"small", "sparse", "tiny-b2k", "b64k", "tiny-i2k"};

	open_image(images[_i], 0);
	agi()->magicnum = be32_of(0);
	fsck_case_seal_agi(&c, agno);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "AGI_UNREADABLE group 0 "));
	ck_assert_msg(wrong(c.said) == 1, "%s", c.said);
}
END_TEST

/* Without reverse mappings it is said that inodes are missing, and names that lead there are no problem of their own.
 */
START_TEST(says_what_is_missing)
{
	uint32_t leaf;

	open_image("norm-plain", 0);
	leaf = leaf_of(BTREE_INO, 0);
	block_of(leaf)[0] ^= 1;
	fsck_case_run(&c);
	ck_assert_ptr_nonnull(strstr(c.said, "INOBT_UNREADABLE group 0 "));
	ck_assert_ptr_nonnull(strstr(c.said, "NOT_CHECKED group 0 inodes that the inode tree has lost\n"));
}
END_TEST

START_TEST(finds_a_damaged_finobt)
{
	uint32_t leaf;

	open_image("small", 0);
	leaf = leaf_of(BTREE_FINO, 0);
	block_of(leaf)[0] ^= 1;
	expect("FINOBT_UNREADABLE group 0 block %u+1 (bad magic number)\n", leaf);
}
END_TEST

Suite *fsck_chunks_suite(void)
{
	Suite *suite = suite_create("fsck_chunks");
	TCase *tcase = tcase_create("lies");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, finds_wrong_counters);
	tcase_add_test(tcase, finds_records_that_contradict_themselves);
	tcase_add_test(tcase, finds_holes_that_are_no_units);
	tcase_add_loop_test(tcase, finds_chunks_where_none_can_be, 0, 2);
	tcase_add_test(tcase, finds_where_the_trees_differ);
	tcase_add_test(tcase, finds_full_chunks_in_the_finobt);
	tcase_add_test(tcase, finds_parts_of_blocks);
	tcase_add_loop_test(tcase, finds_blocks_with_wrong_neighbours, 0, 2);
	tcase_add_loop_test(tcase, finds_lost_chunks_by_other_means, 0, 5);
	tcase_add_loop_test(tcase, finds_all_chunks_by_other_means, 0, 5);
	tcase_add_test(tcase, says_what_is_missing);
	tcase_add_test(tcase, finds_a_damaged_finobt);
	suite_add_tcase(suite, tcase);
	return suite;
}
