/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks of a directory that hold no names: each kind sound, and damaged. */
#include <check.h>
#include <string.h>

#include "base/crc32c.h"
#include "fs/dir.h"
#include "unit/fs/fixture.h"

#define INO   640u
#define BLOCK 1024u

static struct fixture fixture;
static struct inode inode;
static const struct agaddr at = {1, 20};

static void setup(void)
{
	fixture_init(&fixture, 10, 0);
}

static void teardown(void)
{
	fixture_fini(&fixture);
}

/* A block of one of the kinds, in the smallest sound shape. */
enum kind {
	LEAF1,
	LEAFN,
	NODE,
	FREE,
};

static void build_info(struct disk_da_info *info, uint16_t magic)
{
	info->magic = be16_of(magic);
	info->blkno = be64_of(geometry_block_daddr(&fixture.fs.geo, at));
	info->uuid = fixture.fs.geo.meta_uuid;
	info->owner = be64_of(INO);
}

static void build_leaf(uint8_t *block, uint16_t magic)
{
	struct disk_dir_leaf *leaf = (struct disk_dir_leaf *)block;
	struct disk_dir_leaf_entry *entry = (struct disk_dir_leaf_entry *)(leaf + 1);
	struct disk_dir_leaf_tail tail = {be32_of(2)};

	build_info(&leaf->info, magic);
	leaf->count = be16_of(3);
	leaf->stale = be16_of(1);
	entry[0] = (struct disk_dir_leaf_entry){be32_of(5), be32_of(12)};
	entry[1] = (struct disk_dir_leaf_entry){be32_of(5), be32_of(DIR_ADDRESS_NULL)};
	entry[2] = (struct disk_dir_leaf_entry){be32_of(9), be32_of(2 * BLOCK / 8 - 2)};
	if (magic == DIR_LEAF1_MAGIC)
		memcpy(block + BLOCK - sizeof(tail), &tail, sizeof(tail));
}

static void build_node(uint8_t *block)
{
	struct disk_da_node *node = (struct disk_da_node *)block;
	struct disk_da_node_entry *entry = (struct disk_da_node_entry *)(node + 1);
	uint32_t first = DIR_LEAF_OFFSET / BLOCK;

	build_info(&node->info, DA_NODE_MAGIC);
	node->count = be16_of(2);
	node->level = be16_of(1);
	entry[0] = (struct disk_da_node_entry){be32_of(5), be32_of(first + 1)};
	entry[1] = (struct disk_da_node_entry){be32_of(9), be32_of(first + 2)};
}

static void build_free(uint8_t *block)
{
	struct disk_dir_free *head = (struct disk_dir_free *)block;
	be16 *best = (be16 *)(head + 1);

	head->header.magic = be32_of(DIR_FREE_MAGIC);
	head->header.blkno = be64_of(geometry_block_daddr(&fixture.fs.geo, at));
	head->header.uuid = fixture.fs.geo.meta_uuid;
	head->header.owner = be64_of(INO);
	head->nvalid = be32_of(3);
	head->nused = be32_of(2);
	best[0] = be16_of(100);
	best[1] = be16_of(DIR_BEST_NULL);
	best[2] = be16_of(0);
}

static void build(enum kind kind, uint8_t *block)
{
	memset(block, 0, BLOCK);
	switch (kind) {
	case LEAF1:
		build_leaf(block, DIR_LEAF1_MAGIC);
		break;
	case LEAFN:
		build_leaf(block, DIR_LEAFN_MAGIC);
		break;
	case NODE:
		build_node(block);
		break;
	case FREE:
		build_free(block);
		break;
	}
}

static void verify(enum kind kind, uint8_t *block, bool seal, struct heard *heard)
{
	const struct dir_walker walker = {.bad = hear_bad, .arg = heard};
	struct error err;

	if (seal)
		crc32c_block_seal(block, BLOCK,
				  kind == FREE ? offsetof(struct disk_dir_free, header.crc)
					       : offsetof(struct disk_da_info, crc));
	fixture_write(&fixture, at, block, BLOCK);
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	inode.size_bytes = 2 * BLOCK;
	fixture_map(&fixture, &inode, FORK_DATA, (kind == FREE ? DIR_FREE_OFFSET : DIR_LEAF_OFFSET) / BLOCK, at, 1,
		    false);
	memset(heard, 0, sizeof(*heard));
	ck_assert_int_eq(dir_verify_index(&fixture.fs, &inode, &walker, &err), 0);
}

START_TEST(sound)
{
	uint8_t block[BLOCK];
	struct heard heard;

	build((enum kind)_i, block);
	verify((enum kind)_i, block, true, &heard);
	ck_assert_uint_eq(heard.bad, 0);
}
END_TEST

#define ENTRY(n) ((uint32_t)sizeof(struct disk_dir_leaf) + (n)*8u)

static const struct damage {
	enum kind kind;
	uint32_t at, bytes;
	uint64_t value;
	bool sealed;
	enum flaw flaw;
} damages[] = {
	/* clang-format off */
	{LEAF1, offsetof(struct disk_da_info, magic), 2, 0xd2f1, true, FLAW_MAGIC},
	{LEAF1, offsetof(struct disk_da_info, lsn), 8, 1, false, FLAW_CRC},
	{LEAF1, offsetof(struct disk_da_info, owner), 8, 1, true, FLAW_OWNER},
	{LEAF1, offsetof(struct disk_da_info, blkno), 8, 1, true, FLAW_ADDRESS},
	{LEAF1, offsetof(struct disk_dir_leaf, count), 2, (BLOCK - 64 - 4 - 2 * 2) / 8 + 1, true, FLAW_COUNT},
	{LEAF1, offsetof(struct disk_dir_leaf, stale), 2, 0, true, FLAW_COUNT},
	{LEAF1, BLOCK - 4, 4, UINT32_MAX, true, FLAW_COUNT},
	{LEAF1, BLOCK - 4, 4, (BLOCK - 64 - 4) / 2, true, FLAW_COUNT},
	{LEAF1, ENTRY(0), 4, 6, true, FLAW_ORDER},
	{LEAF1, ENTRY(2) + 4, 4, 2 * BLOCK / 8, true, FLAW_RANGE},
	{LEAFN, offsetof(struct disk_da_info, uuid), 1, 1, true, FLAW_UUID},
	{LEAFN, offsetof(struct disk_da_info, forw), 4, 1, true, FLAW_RANGE},
	{LEAFN, offsetof(struct disk_da_info, back), 4, (uint32_t)(DIR_FREE_OFFSET / BLOCK), true, FLAW_RANGE},
	{LEAFN, offsetof(struct disk_dir_leaf, count), 2, (BLOCK - 64) / 8 + 1, true, FLAW_COUNT},
	{NODE, offsetof(struct disk_da_node, level), 2, 0, true, FLAW_LEVEL},
	{NODE, offsetof(struct disk_da_node, level), 2, DA_LEVELS_MAX, true, FLAW_LEVEL},
	{NODE, offsetof(struct disk_da_node, count), 2, 0, true, FLAW_COUNT},
	{NODE, offsetof(struct disk_da_node, count), 2, (BLOCK - 64) / 8 + 1, true, FLAW_COUNT},
	{NODE, ENTRY(0), 4, 10, true, FLAW_ORDER},
	{NODE, ENTRY(1) + 4, 4, 1, true, FLAW_RANGE},
	{NODE, ENTRY(1) + 4, 4, 0, true, FLAW_RANGE},
	{FREE, offsetof(struct disk_dir_header, magic), 4, DIR_DATA_MAGIC, true, FLAW_MAGIC},
	{FREE, offsetof(struct disk_dir_header, lsn), 8, 1, false, FLAW_CRC},
	{FREE, offsetof(struct disk_dir_free, firstdb), 4, 1, true, FLAW_RANGE},
	{FREE, offsetof(struct disk_dir_free, nvalid), 4, (BLOCK - 64) / 2 + 1, true, FLAW_COUNT},
	{FREE, offsetof(struct disk_dir_free, nused), 4, 3, true, FLAW_COUNT},
	/* clang-format on */
};

START_TEST(damaged)
{
	const struct damage *damage = &damages[_i];
	const struct dir_walker silent = {0};
	uint8_t block[BLOCK];
	struct heard heard;
	struct error err;

	build(damage->kind, block);
	for (uint32_t i = 0; i < damage->bytes; i++)
		block[damage->at + i] = (uint8_t)(damage->value >> 8 * (damage->bytes - 1 - i));
	/* Not sealed: the checksum stays zero, which is wrong. */
	verify(damage->kind, block, damage->sealed, &heard);
	ck_assert_uint_eq(heard.bad, 1);
	ck_assert_int_eq(heard.first_flaw, damage->flaw);
	ck_assert_int_eq(dir_verify_index(&fixture.fs, &inode, &silent, &err), ERR_CORRUPT);
}
END_TEST

Suite *dir_index_suite(void);
Suite *dir_index_suite(void)
{
	Suite *suite = suite_create("dir_index");
	TCase *tc = tcase_create("blocks");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, sound, LEAF1, FREE + 1);
	tcase_add_loop_test(tc, damaged, 0, (int)(sizeof(damages) / sizeof(damages[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
