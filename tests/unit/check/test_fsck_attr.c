/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended attributes and parent pointers: each lie is found, and nothing but the lie.
 *
 * In norm: /attrs/leaf has one leaf; /attrs/node a node over leaves 1, 7, 6, 2, 3, 5, 4; /attrs/remote a leaf with, in
 * order of their hashes, "block" (block 1), "small" (in the leaf), "three-blocks" (4 to 6), "most-of-a-block" (3),
 * "longest" (from 8 on).
 */
#include <check.h>
#include <string.h>

#include "format/attr.h"
#include "unit/check/fsck_lines.h"
#include "unit/runner.h"

Suite *fsck_attr_suite(void);

typedef unsigned long long ull;

static struct fsck_case c;
static uint64_t ino;
static uint8_t *block;
static struct agaddr at;

static void setup(void)
{
	fsck_case_open(&c, "norm");
}

static void teardown(void)
{
	fsck_case_close(&c);
}

/* Makes a block of the attributes of a file the one at hand. */
static void open_block(const char *path, uint64_t fileoff)
{
	ino = fsck_case_ino(&c, path);
	block = fsck_fork_block(&c, ino, FORK_ATTR, fileoff, &at);
}

static struct disk_attr_leaf *leaf(void)
{
	return (struct disk_attr_leaf *)block;
}

static struct disk_attr_leaf_entry *entry(unsigned i)
{
	return (struct disk_attr_leaf_entry *)(leaf() + 1) + i;
}

static void set(const struct field_table *table, void *base, const char *field, uint64_t value)
{
	const struct field *found = field_find(table, field);

	ck_assert_ptr_nonnull(found);
	field_set(found, base, 0, value);
	fsck_seal_block(&c, block, offsetof(struct disk_da_info, crc));
}

static uint64_t get(const struct field_table *table, const void *base, const char *field)
{
	return field_get(field_find(table, field), base, 0);
}

/* ------------------------------------------------------------------ the header of a leaf */

static const struct {
	const char *field;
	uint64_t value;
	const char *code;
} leaf_lies[] = {
	{"usedbytes", 1444, "ATTR_LEAF_ROOM at usedbytes 1440!=1444"},
	{"firstused", 2652, "ATTR_LEAF_ROOM at firstused 2656!=2652"},
	{"holes", 2, "ATTR_LEAF_ROOM at holes 1!=2"},
	{"freemap[0].size", 2260, "ATTR_LEAF_FREEMAP at freemap[0].base found 400"},
	{"freemap[0].base", 396, "ATTR_LEAF_FREEMAP at freemap[0].base found 396"},
	{"freemap[1].base", 3, "ATTR_LEAF_FREEMAP at freemap[1].base found 3"},
	{"freemap[2].size", 0xfffc, "ATTR_LEAF_FREEMAP at freemap[2].base found 0"},
	{"pad1", 1, "ATTR_PAD at pad1 0!=1"},
	{"pad2", 1, "ATTR_PAD at pad2 0!=1"},
	{"info.pad", 1, "ATTR_PAD at info.pad 0!=1"},
	{"info.back", 3, NULL},
	{"info.forw", 3, NULL},
};

START_TEST(leaf_lie)
{
	const char *code = leaf_lies[_i].code, *rest = code ? strstr(code, " at ") : NULL;

	open_block("attrs/leaf", 0);
	set(&attr_leaf_table, leaf(), leaf_lies[_i].field, leaf_lies[_i].value);
	if (code)
		fsck_expect(&c, fsck_inode_codes, "%.*s group %u block %u+1 ino %llu attr at 0 %s\n",
			    (int)(rest - code), code, at.agno, at.agbno, (ull)ino, rest + 4);
	else /* a neighbour where nothing is */
		ck_assert_ptr_nonnull(strstr(fsck_lines(&c, fsck_inode_codes), "ATTR_UNREADABLE ino "));
}
END_TEST

static const struct {
	const char *field;
	uint64_t value;
} leaf_truths[] = {
	{"holes", 1}, {"freemap[0].size", 0}, {"freemap[0].size", 8}, {"freemap[2].base", 400}, {"info.lsn", 0},
};

START_TEST(leaf_truth)
{
	open_block("attrs/leaf", 0);
	set(&attr_leaf_table, leaf(), leaf_truths[_i].field, leaf_truths[_i].value);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
}
END_TEST

/* With holes the first used byte may be too low, without them not. */
START_TEST(first_used)
{
	open_block("attrs/leaf", 0);
	set(&attr_leaf_table, leaf(), "holes", 1);
	set(&attr_leaf_table, leaf(), "freemap[0].size", 0);
	set(&attr_leaf_table, leaf(), "firstused", 2000);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
	set(&attr_leaf_table, leaf(), "firstused", 2660);
	ck_assert_ptr_nonnull(strstr(fsck_lines(&c, fsck_inode_codes), "ATTR_"));
}
END_TEST

/* ------------------------------------------------------------------ entries */

START_TEST(hash)
{
	uint64_t is;

	open_block("attrs/leaf", 0);
	is = get(&attr_leaf_entry_table, entry(39), "hashval");
	set(&attr_leaf_entry_table, entry(39), "hashval", is + 1);
	fsck_expect(&c, fsck_inode_codes, "ATTR_HASH ino %llu attr 'leaf-0019' hashval %llu!=%llu\n", (ull)ino, (ull)is,
		    (ull)is + 1);
	set(&attr_leaf_entry_table, entry(39), "hashval", is);
	set(&attr_leaf_entry_table, entry(39), "pad2", 1);
	fsck_expect(&c, fsck_inode_codes, "ATTR_PAD group %u block %u+1 ino %llu attr at 0 pad2 0!=1\n", at.agno,
		    at.agbno, (ull)ino);
}
END_TEST

/* An entry that leads to the name of the one before. */
START_TEST(overlap)
{
	uint64_t first, second, place;

	open_block("attrs/leaf", 0);
	first = get(&attr_leaf_entry_table, entry(0), "hashval");
	second = get(&attr_leaf_entry_table, entry(1), "hashval");
	place = get(&attr_leaf_entry_table, entry(0), "nameidx");
	set(&attr_leaf_entry_table, entry(1), "nameidx", place);
	fsck_expect(&c, fsck_inode_codes,
		    "ATTR_OVERLAP ino %llu attr 'leaf-0022' nameidx found %llu\n"
		    "ATTR_HASH ino %llu attr 'leaf-0022' hashval %llu!=%llu\n",
		    (ull)ino, (ull)place, (ull)ino, (ull)first, (ull)second);
	set(&attr_leaf_entry_table, entry(1), "hashval", first);
	fsck_expect(&c, fsck_inode_codes,
		    "ATTR_OVERLAP ino %llu attr 'leaf-0022' nameidx found %llu\n"
		    "ATTR_TWICE ino %llu attr 'leaf-0022'\n",
		    (ull)ino, (ull)place, (ull)ino);
}
END_TEST

START_TEST(incomplete)
{
	open_block("attrs/leaf", 0);
	set(&attr_leaf_entry_table, entry(0), "flags", ATTR_FLAG_LOCAL | ATTR_FLAG_INCOMPLETE);
	fsck_expect(&c, fsck_inode_codes, "ATTR_INCOMPLETE ino %llu attr 'leaf-0022'\n", (ull)ino);
}
END_TEST

START_TEST(unreadable)
{
	open_block("attrs/leaf", 0);
	set(&attr_leaf_entry_table, entry(0), "flags", ATTR_FLAG_LOCAL | ATTR_FLAG_ROOT | ATTR_FLAG_SECURE);
	fsck_expect(&c, fsck_inode_codes, "ATTR_UNREADABLE group %u block %u+1 ino %llu attr (invalid value)\n",
		    at.agno, at.agbno, (ull)ino);
	set(&attr_leaf_table, leaf(), "info.magic", 0);
	fsck_expect(&c, fsck_inode_codes, "ATTR_UNREADABLE group %u block %u+1 ino %llu attr (bad magic number)\n",
		    at.agno, at.agbno, (ull)ino);
}
END_TEST

/* ------------------------------------------------------------------ short form */

START_TEST(short_form)
{
	struct disk_attr_short *head;
	uint8_t *names;

	ino = fsck_case_ino(&c, "attrs/short");
	names = fsck_fork(&c, ino, FORK_ATTR);
	head = (struct disk_attr_short *)names;
	head->padding = 1;
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "ATTR_PAD ino %llu attr padding 0!=1\n", (ull)ino);
	head->padding = 0;
	/* "one" becomes a trusted attribute "two", as there is one. */
	ck_assert_int_eq(memcmp(names + 7, "one", 3), 0);
	memcpy(names + 7, "two", 3);
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
	names[6] = ATTR_FLAG_ROOT;
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "ATTR_TWICE ino %llu attr 'two'\n", (ull)ino);
	names[6] = ATTR_FLAG_LOCAL;
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "ATTR_UNREADABLE ino %llu attr (invalid value)\n", (ull)ino);
}
END_TEST

/* ------------------------------------------------------------------ values */

static void set_remote(unsigned i, uint32_t value_block, uint32_t value_bytes)
{
	void *remote = block + get(&attr_leaf_entry_table, entry(i), "nameidx");

	set(&attr_remote_table, remote, "valueblk", value_block);
	set(&attr_remote_table, remote, "valuelen", value_bytes);
}

/* "most-of-a-block" takes the value of "block", and nobody has its own. */
START_TEST(value_twice)
{
	struct agaddr value;

	open_block("attrs/remote", 0);
	(void)fsck_fork_block(&c, ino, FORK_ATTR, 3, &value);
	set_remote(3, 1, 4096);
	fsck_expect(&c, fsck_inode_codes,
		    "ATTR_BLOCK_TWICE ino %llu attr at 1\n"
		    "ATTR_BLOCK_TWICE ino %llu attr at 2\n"
		    "ATTR_BLOCK_UNUSED group %u block %u+1 ino %llu attr at 3 x 1\n",
		    (ull)ino, (ull)ino, value.agno, value.agbno, (ull)ino);
}
END_TEST

START_TEST(value_unused)
{
	struct agaddr value;

	open_block("attrs/remote", 0);
	(void)fsck_fork_block(&c, ino, FORK_ATTR, 3, &value);
	set_remote(3, 3, 0);
	fsck_expect(&c, fsck_inode_codes, "ATTR_BLOCK_UNUSED group %u block %u+1 ino %llu attr at 3 x 1\n", value.agno,
		    value.agbno, (ull)ino);
}
END_TEST

START_TEST(value_head)
{
	struct disk_attr_value *head;

	open_block("attrs/remote", 3);
	head = (struct disk_attr_value *)block;
	head->lsn = (be64){{0, 0, 0, 1, 0, 0, 0, 2}};
	fsck_seal_block(&c, block, offsetof(struct disk_attr_value, crc));
	fsck_expect(&c, fsck_inode_codes, "ATTR_VALUE_LSN ino %llu attr at 3 lsn %llu!=%llu\n", (ull)ino,
		    (ull)UINT64_MAX, 0x100000002ull);
	head->lsn = (be64){{255, 255, 255, 255, 255, 255, 255, 255}};
	head->bytes = (be32){{0, 0, 0, 7}};
	fsck_seal_block(&c, block, offsetof(struct disk_attr_value, crc));
	fsck_expect(&c, fsck_inode_codes, "ATTR_UNREADABLE group %u block %u+1 ino %llu attr (out of range)\n", at.agno,
		    at.agbno, (ull)ino);
}
END_TEST

/* ------------------------------------------------------------------ leaves under a node */

START_TEST(neighbour)
{
	open_block("attrs/node", 6); /* between 7 and 2 */
	set(&attr_leaf_table, leaf(), "info.back", 1);
	fsck_expect(&c, fsck_inode_codes, "ATTR_NEIGHBOUR group %u block %u+1 ino %llu attr at 6 info.back 7!=1\n",
		    at.agno, at.agbno, (ull)ino);
	set(&attr_leaf_table, leaf(), "info.back", 7);
	set(&attr_leaf_table, leaf(), "info.forw", 0);
	fsck_expect(&c, fsck_inode_codes, "ATTR_NEIGHBOUR ino %llu attr at 6 info.forw 2!=0\n", (ull)ino);
	open_block("attrs/node", 6);
	set(&attr_leaf_table, leaf(), "info.forw", 2);
	open_block("attrs/node", 4); /* the last */
	set(&attr_leaf_table, leaf(), "info.forw", 1);
	fsck_expect(&c, fsck_inode_codes, "ATTR_NEIGHBOUR ino %llu attr at 4 info.forw 0!=1\n", (ull)ino);
}
END_TEST

static struct disk_da_node_entry *node_entry(unsigned i)
{
	return (struct disk_da_node_entry *)(block + sizeof(struct disk_da_node)) + i;
}

START_TEST(node_hash)
{
	struct agaddr below;
	uint64_t is;

	open_block("attrs/node", 0);
	is = get(&da_node_entry_table, node_entry(2), "hashval");
	set(&da_node_entry_table, node_entry(2), "hashval", is + 1);
	(void)fsck_fork_block(&c, ino, FORK_ATTR, 6, &below);
	fsck_expect(&c, fsck_inode_codes, "ATTR_NODE_HASH group %u block %u+1 ino %llu attr at 6 hashval %llu!=%llu\n",
		    below.agno, below.agbno, (ull)ino, (ull)is, (ull)is + 1);
	set(&da_node_entry_table, node_entry(2), "hashval", is);
	set(&da_node_table, block, "pad", 5);
	fsck_expect(&c, fsck_inode_codes, "ATTR_PAD group %u block %u+1 ino %llu attr at 0 pad 0!=5\n", at.agno,
		    at.agbno, (ull)ino);
}
END_TEST

/* The node forgets its last leaf, to which its neighbour still leads. */
START_TEST(unindexed)
{
	struct agaddr below;

	open_block("attrs/node", 0);
	set(&da_node_table, block, "count", 6);
	(void)fsck_fork_block(&c, ino, FORK_ATTR, 4, &below);
	fsck_expect(&c, fsck_inode_codes,
		    "ATTR_UNINDEXED group %u block %u+1 ino %llu attr at 4\n"
		    "ATTR_NEIGHBOUR ino %llu attr at 5 info.forw 0!=4\n",
		    below.agno, below.agbno, (ull)ino, (ull)ino);
}
END_TEST

/* ------------------------------------------------------------------ parent pointers */

START_TEST(parent)
{
	uint8_t *names;

	fsck_case_close(&c);
	fsck_case_open(&c, "parent");
	ino = fsck_case_ino(&c, "files/contiguous");
	names = fsck_fork(&c, ino, FORK_ATTR);
	ck_assert_int_eq(memcmp(names + 7, "contiguous", 10), 0);
	names[17] = 0x70; /* the number of the directory */
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "PARENT_UNUSABLE ino %llu attr (out of range)\n", (ull)ino);
	names[17] = 0;
	names[9] = '/';
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "PARENT_UNUSABLE ino %llu attr (invalid value)\n", (ull)ino);
}
END_TEST

/* A file system that has none. */
START_TEST(parent_without_feature)
{
	uint8_t *names;

	ino = fsck_case_ino(&c, "attrs/short");
	names = fsck_fork(&c, ino, FORK_ATTR);
	names[6] = ATTR_FLAG_PARENT;
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "PARENT_UNUSABLE ino %llu attr (invalid value)\n", (ull)ino);
}
END_TEST

Suite *fsck_attr_suite(void)
{
	Suite *suite = suite_create("fsck_attr");
	TCase *tc = tcase_create("attributes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, leaf_lie, 0, sizeof(leaf_lies) / sizeof(leaf_lies[0]));
	tcase_add_loop_test(tc, leaf_truth, 0, sizeof(leaf_truths) / sizeof(leaf_truths[0]));
	tcase_add_test(tc, first_used);
	tcase_add_test(tc, hash);
	tcase_add_test(tc, overlap);
	tcase_add_test(tc, incomplete);
	tcase_add_test(tc, unreadable);
	tcase_add_test(tc, short_form);
	tcase_add_test(tc, value_twice);
	tcase_add_test(tc, value_unused);
	tcase_add_test(tc, value_head);
	tcase_add_test(tc, neighbour);
	tcase_add_test(tc, node_hash);
	tcase_add_test(tc, unindexed);
	tcase_add_test(tc, parent);
	tcase_add_test(tc, parent_without_feature);
	suite_add_tcase(suite, tc);
	return suite;
}
