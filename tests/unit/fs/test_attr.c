/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extended attributes built by hand: each form, remote values, and damage of each kind. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "fs/attr.h"
#include "unit/fs/fixture.h"

#define INO   640u
#define BLOCK 1024u
#define ROOM  (BLOCK - sizeof(struct disk_attr_value))

static struct fixture fixture;
static struct inode inode;
static struct heard heard;

static void setup(void)
{
	fixture_init(&fixture, 10, 0);
	fixture_inode(&fixture, INO, INODE_MODE_FILE, FORK_EXTENTS, &inode);
}

static void teardown(void)
{
	fixture_fini(&fixture);
}

static int hear_attr(void *arg, const struct attr *attr)
{
	struct heard *to = arg;
	uint32_t sum = 0;

	for (size_t i = 0; attr->value.bytes && i < attr->value.len; i++)
		sum += attr->value.bytes[i];
	to->entries++;
	hear(to, "%02x:%.*s=%u", attr->flags, (int)attr->name.len, (const char *)attr->name.bytes, attr->value_bytes);
	hear(to, attr->value.bytes ? "/%u " : "/? ", sum);
	return 0;
}

static void walk(bool read_values)
{
	const struct attr_walker walker = {
		.attr = hear_attr, .bad = hear_bad, .arg = &heard, .read_values = read_values};
	struct error err;

	memset(&heard, 0, sizeof(heard));
	ck_assert_int_eq(attr_walk(&fixture.fs, &inode, &walker, &err), 0);
}

static void check_walk_fails(void)
{
	const struct attr_walker walker = {.attr = hear_attr, .arg = &heard, .read_values = true};
	struct error err;

	memset(&heard, 0, sizeof(heard));
	ck_assert_int_eq(attr_walk(&fixture.fs, &inode, &walker, &err), ERR_CORRUPT);
}

START_TEST(none)
{
	walk(true);
	ck_assert_uint_eq(heard.entries + heard.bad, 0);
	/* An empty fork in extents format is what removing the last attribute can leave. */
	fixture_attr_fork(&inode, FORK_EXTENTS);
	walk(true);
	ck_assert_uint_eq(heard.entries + heard.bad, 0);
}
END_TEST

/* "user a" of 2 bytes, "root bb" without a value, "secure c" of 1 byte. */
static const uint8_t short_attrs[] = {0, 20, 3, 0,	      /* header */
				      1, 2,  0, 'a', 10,  20, /* a */
				      2, 0,  2, 'b', 'b',     /* bb */
				      1, 1,  4, 'c', 7};

START_TEST(short_form)
{
	fixture_attr_fork(&inode, FORK_LOCAL);
	fixture_local(&inode, FORK_ATTR, short_attrs, sizeof(short_attrs));
	walk(false);
	ck_assert_str_eq(heard.names, "01:a=2/30 03:bb=0/0 05:c=1/7 ");
	ck_assert_uint_eq(heard.bad, 0);
}
END_TEST

static const struct short_damage {
	uint32_t at;
	uint8_t value;
	enum flaw flaw;
	const char *names;
} short_damages[] = {
	/* clang-format off */
	{0, 1, FLAW_RANGE, ""},
	{1, 3, FLAW_RANGE, ""},
	{1, 19, FLAW_RANGE, "01:a=2/30 03:bb=0/0 "},
	{2, 4, FLAW_RANGE, "01:a=2/30 03:bb=0/0 05:c=1/7 "},
	{2, 2, FLAW_COUNT, "01:a=2/30 03:bb=0/0 "},
	{4 + 2, 6, FLAW_FORMAT, "03:bb=0/0 05:c=1/7 "},
	{4 + 2, 0x10, FLAW_FORMAT, "03:bb=0/0 05:c=1/7 "},
	{10 + 3, 0, FLAW_FORMAT, "01:a=2/30 05:c=1/7 "},
	{15 + 1, 2, FLAW_RANGE, "01:a=2/30 03:bb=0/0 "},
	/* clang-format on */
};

START_TEST(short_form_damaged)
{
	const struct short_damage *damage = &short_damages[_i];
	uint8_t bytes[sizeof(short_attrs)];

	memcpy(bytes, short_attrs, sizeof(bytes));
	bytes[damage->at] = damage->value;
	fixture_attr_fork(&inode, FORK_LOCAL);
	fixture_local(&inode, FORK_ATTR, bytes, sizeof(bytes));
	walk(false);
	ck_assert_str_eq(heard.names, damage->names);
	ck_assert_int_eq(heard.first_flaw, damage->flaw);
	ck_assert_uint_eq(heard.bad, 1);
	check_walk_fails();
}
END_TEST

/* Block @fileoff of the attribute fork lies in block 100 + fileoff of group 0. */
static struct agaddr place(uint32_t fileoff)
{
	return (struct agaddr){0, 100 + fileoff};
}

static void build_info(struct disk_da_info *info, uint32_t fileoff, uint16_t magic, uint32_t forw, uint32_t back)
{
	info->forw = be32_of(forw);
	info->back = be32_of(back);
	info->magic = be16_of(magic);
	info->blkno = be64_of(geometry_block_daddr(&fixture.fs.geo, place(fileoff)));
	info->uuid = fixture.fs.geo.meta_uuid;
	info->owner = be64_of(INO);
}

static void store(uint32_t fileoff, uint8_t *block, size_t crc_at)
{
	crc32c_block_seal(block, BLOCK, crc_at);
	fixture_write(&fixture, place(fileoff), block, BLOCK);
}

/* Maps the first @blocks blocks of the attribute fork. */
static void map(uint32_t blocks)
{
	fixture_attr_fork(&inode, FORK_EXTENTS);
	fixture_map(&fixture, &inode, FORK_ATTR, 0, place(0), blocks, false);
}

/* A leaf under construction. */
struct leaf {
	uint8_t bytes[BLOCK];
	uint32_t count, first;
};

static void leaf_begin(struct leaf *leaf, uint32_t fileoff, uint32_t forw, uint32_t back)
{
	memset(leaf, 0, sizeof(*leaf));
	leaf->first = BLOCK;
	build_info((struct disk_da_info *)leaf->bytes, fileoff, ATTR_LEAF_MAGIC, forw, back);
}

static void leaf_entry(struct leaf *leaf, uint8_t flags, const void *head, size_t head_len, const char *name,
		       const void *value, size_t value_len)
{
	struct disk_attr_leaf *disk = (struct disk_attr_leaf *)leaf->bytes;
	struct disk_attr_leaf_entry *entry = (struct disk_attr_leaf_entry *)(disk + 1) + leaf->count;
	size_t len = head_len + strlen(name) + value_len;

	leaf->first -= (uint32_t)(len + 3) / 4 * 4;
	memcpy(leaf->bytes + leaf->first, head, head_len);
	memcpy(leaf->bytes + leaf->first + head_len, name, strlen(name));
	if (value_len > 0)
		memcpy(leaf->bytes + leaf->first + head_len + strlen(name), value, value_len);
	*entry = (struct disk_attr_leaf_entry){be32_of(leaf->count * 10), be16_of((uint16_t)leaf->first), flags, 0};
	disk->count = be16_of((uint16_t)++leaf->count);
	disk->firstused = be16_of((uint16_t)leaf->first);
}

static void leaf_local(struct leaf *leaf, uint8_t flags, const char *name, const char *value)
{
	struct disk_attr_local local = {be16_of((uint16_t)strlen(value)), (uint8_t)strlen(name)};

	leaf_entry(leaf, (uint8_t)(flags | ATTR_FLAG_LOCAL), &local, sizeof(local), name, value, strlen(value));
}

static void leaf_remote(struct leaf *leaf, uint8_t flags, const char *name, uint32_t block, uint32_t bytes)
{
	struct disk_attr_remote remote = {be32_of(block), be32_of(bytes), (uint8_t)strlen(name)};

	leaf_entry(leaf, flags, &remote, sizeof(remote), name, NULL, 0);
}

static void leaf_store(struct leaf *leaf, uint32_t fileoff)
{
	store(fileoff, leaf->bytes, offsetof(struct disk_da_info, crc));
}

/* A block of a value of ones. */
static void value_build(uint8_t *block, uint32_t fileoff, uint32_t offset, uint32_t bytes)
{
	struct disk_attr_value *head = (struct disk_attr_value *)block;

	memset(block, 1, BLOCK);
	*head = (struct disk_attr_value){
		.magic = be32_of(ATTR_REMOTE_MAGIC),
		.offset = be32_of(offset),
		.bytes = be32_of(bytes),
		.uuid = fixture.fs.geo.meta_uuid,
		.owner = be64_of(INO),
		.blkno = be64_of(geometry_block_daddr(&fixture.fs.geo, place(fileoff))),
	};
}

/* One leaf: a local value, one of 1500 bytes in blocks 1 and 2, one that was not finished. */
static void build_leaf_form(struct leaf *leaf, uint8_t value[2][BLOCK])
{
	leaf_begin(leaf, 0, 0, 0);
	leaf_local(leaf, 0, "local", "\1\2\3");
	leaf_remote(leaf, ATTR_FLAG_ROOT, "remote", 1, 1500);
	leaf_remote(leaf, ATTR_FLAG_INCOMPLETE, "unfinished", 7, 60000);
	value_build(value[0], 1, 0, ROOM);
	value_build(value[1], 2, ROOM, 1500 - ROOM);
}

static void store_leaf_form(struct leaf *leaf, uint8_t value[2][BLOCK])
{
	leaf_store(leaf, 0);
	store(1, value[0], offsetof(struct disk_attr_value, crc));
	store(2, value[1], offsetof(struct disk_attr_value, crc));
	map(3);
}

START_TEST(leaf_form)
{
	uint8_t value[2][BLOCK];
	struct leaf leaf;

	build_leaf_form(&leaf, value);
	store_leaf_form(&leaf, value);
	walk(true);
	ck_assert_str_eq(heard.names, "01:local=3/6 02:remote=1500/1500 80:unfinished=60000/? ");
	ck_assert_uint_eq(heard.bad, 0);
	walk(false);
	ck_assert_str_eq(heard.names, "01:local=3/6 02:remote=1500/? 80:unfinished=60000/? ");
}
END_TEST

/* A value that is bad does not take its name with it. */
static const struct value_damage {
	int block;
	uint32_t at;
	uint8_t value;
	enum flaw flaw;
} value_damages[] = {
	{0, offsetof(struct disk_attr_value, magic), 0, FLAW_MAGIC},
	{1, offsetof(struct disk_attr_value, owner), 1, FLAW_OWNER},
	{1, offsetof(struct disk_attr_value, uuid), 1, FLAW_UUID},
	{1, offsetof(struct disk_attr_value, blkno), 1, FLAW_ADDRESS},
	{1, offsetof(struct disk_attr_value, offset), 1, FLAW_RANGE},
	{0, offsetof(struct disk_attr_value, bytes), 1, FLAW_RANGE},
};

START_TEST(value_damaged)
{
	const struct value_damage *damage = &value_damages[_i];
	uint8_t value[2][BLOCK];
	struct leaf leaf;

	build_leaf_form(&leaf, value);
	value[damage->block][damage->at] = damage->value;
	store_leaf_form(&leaf, value);
	walk(true);
	ck_assert_str_eq(heard.names, "01:local=3/6 02:remote=1500/? 80:unfinished=60000/? ");
	ck_assert_int_eq(heard.first_flaw, damage->flaw);
	ck_assert_uint_eq(heard.bad, 1);
}
END_TEST

START_TEST(value_crc_and_hole)
{
	uint8_t value[2][BLOCK];
	struct leaf leaf;

	build_leaf_form(&leaf, value);
	store_leaf_form(&leaf, value);
	value[0][900] ^= 1;
	fixture_write(&fixture, place(1), value[0], BLOCK);
	walk(true);
	ck_assert_int_eq(heard.first_flaw, FLAW_CRC);
	ck_assert_uint_eq(heard.entries, 3);

	build_leaf_form(&leaf, value);
	store_leaf_form(&leaf, value);
	inode.fork[FORK_ATTR].extents = 0;
	fixture_map(&fixture, &inode, FORK_ATTR, 0, place(0), 2, false);
	walk(true);
	ck_assert_uint_eq(heard.bad, 1);
	ck_assert_uint_eq(heard.entries, 3);
}
END_TEST

#define LEAF_ENTRY(n) ((uint32_t)sizeof(struct disk_attr_leaf) + (n)*8u)

static const struct leaf_damage {
	uint32_t at, bytes;
	uint64_t value;
	enum flaw flaw;
	const char *names;
} leaf_damages[] = {
	/* clang-format off */
	{offsetof(struct disk_da_info, magic), 2, 0xfbee, FLAW_MAGIC, ""},
	{offsetof(struct disk_da_info, owner), 8, 1, FLAW_OWNER, ""},
	{offsetof(struct disk_attr_leaf, count), 2, 200, FLAW_COUNT, ""},
	{offsetof(struct disk_attr_leaf, firstused), 2, 0, FLAW_RANGE, ""},
	{offsetof(struct disk_attr_leaf, firstused), 2, LEAF_ENTRY(3) - 1, FLAW_RANGE, ""},
	{offsetof(struct disk_attr_leaf, firstused), 2, BLOCK - 12 - 16, FLAW_RANGE, "01:local=3/6 02:remote=1500/? "},
	{LEAF_ENTRY(1), 4, 100, FLAW_ORDER, ""},
	{LEAF_ENTRY(0) + 4, 2, 8, FLAW_RANGE, "02:remote=1500/? 80:unfinished=60000/? "},
	{LEAF_ENTRY(0) + 4, 2, BLOCK - 1, FLAW_RANGE, "02:remote=1500/? 80:unfinished=60000/? "},
	{LEAF_ENTRY(0) + 6, 1, 0x41, FLAW_FORMAT, "02:remote=1500/? 80:unfinished=60000/? "},
	{BLOCK - 12, 2, BLOCK, FLAW_RANGE, "02:remote=1500/? 80:unfinished=60000/? "},
	{BLOCK - 12 + 2, 1, 0, FLAW_FORMAT, "02:remote=1500/? 80:unfinished=60000/? "},
	{BLOCK - 12 - 16 + 4, 4, ATTR_VALUE_MAX + 1, FLAW_RANGE, "01:local=3/6 80:unfinished=60000/? "},
	/* clang-format on */
};

START_TEST(leaf_damaged)
{
	const struct leaf_damage *damage = &leaf_damages[_i];
	uint8_t value[2][BLOCK];
	struct leaf leaf;

	build_leaf_form(&leaf, value);
	for (uint32_t i = 0; i < damage->bytes; i++)
		leaf.bytes[damage->at + i] = (uint8_t)(damage->value >> 8 * (damage->bytes - 1 - i));
	store_leaf_form(&leaf, value);
	walk(false);
	ck_assert_str_eq(heard.names, damage->names);
	ck_assert_int_eq(heard.first_flaw, damage->flaw);
	ck_assert_uint_eq(heard.bad, 1);
	check_walk_fails();
}
END_TEST

/* A node in block @fileoff that points to the given blocks. */
static void node_put(uint32_t fileoff, uint16_t level, const uint32_t *children, uint16_t count)
{
	uint8_t block[BLOCK] = {0};
	struct disk_da_node *node = (struct disk_da_node *)block;
	struct disk_da_node_entry *entry = (struct disk_da_node_entry *)(node + 1);

	build_info(&node->info, fileoff, DA_NODE_MAGIC, 0, 0);
	node->count = be16_of(count);
	node->level = be16_of(level);
	for (uint32_t i = 0; i < count; i++)
		entry[i] = (struct disk_da_node_entry){be32_of(i), be32_of(children[i])};
	store(fileoff, block, offsetof(struct disk_da_info, crc));
}

/* The root, in block 0. */
static void root_put(uint16_t level, const uint32_t *children, uint16_t count)
{
	node_put(0, level, children, count);
}

/* Three leaves in blocks 1 to 3, linked to each other, and in block 4 one that no longer belongs to the tree. */
static void build_leaves(void)
{
	static const char *const names[] = {"one", "two", "three", "stale"};
	struct leaf leaf;

	for (uint32_t i = 1; i <= 4; i++) {
		leaf_begin(&leaf, i, i < 3 ? i + 1 : 0, i > 1 && i < 4 ? i - 1 : 0);
		leaf_local(&leaf, 0, names[i - 1], "");
		leaf_store(&leaf, i);
	}
	map(5);
}

START_TEST(node_form)
{
	build_leaves();
	root_put(1, (uint32_t[]){1, 2, 3}, 3);
	walk(true);
	ck_assert_str_eq(heard.names, "01:one=0/0 01:two=0/0 01:three=0/0 ");
	ck_assert_uint_eq(heard.bad, 0);
}
END_TEST

/* Leaves that the node does not point to are found through their neighbours. */
START_TEST(node_misses_leaves)
{
	build_leaves();
	root_put(1, (uint32_t[]){2}, 1);
	walk(true);
	ck_assert_str_eq(heard.names, "01:two=0/0 01:three=0/0 01:one=0/0 ");
}
END_TEST

START_TEST(node_damaged)
{
	build_leaves();
	root_put(1, (uint32_t[]){1, 2, 3}, 3);
	ck_assert_int_eq(pwrite(fixture.fd, "x", 1, (off_t)(100 + 1) * BLOCK - 1), 1);
	walk(true);
	ck_assert_uint_eq(heard.entries, 0);
	ck_assert_int_eq(heard.first_flaw, FLAW_CRC);

	/* One leaf is bad: the others are there. */
	build_leaves();
	inode.fork[FORK_ATTR].extents = 0;
	fixture_map(&fixture, &inode, FORK_ATTR, 0, place(0), 2, false);
	fixture_map(&fixture, &inode, FORK_ATTR, 2, (struct agaddr){1, 5}, 1, false);
	fixture_map(&fixture, &inode, FORK_ATTR, 3, place(3), 2, false);
	root_put(1, (uint32_t[]){1, 2, 3}, 3);
	walk(true);
	ck_assert_str_eq(heard.names, "01:one=0/0 01:three=0/0 ");
	ck_assert_uint_eq(heard.bad, 1);

	root_put(0, (uint32_t[]){1}, 1);
	walk(true);
	ck_assert_int_eq(heard.first_flaw, FLAW_LEVEL);
	root_put(2, (uint32_t[]){1}, 1); /* says that block 1 is a node */
	walk(true);
	ck_assert_int_eq(heard.first_flaw, FLAW_LEVEL);
	/* A node below a node of the same level. */
	node_put(1, 2, (uint32_t[]){2}, 1);
	root_put(2, (uint32_t[]){1}, 1);
	walk(true);
	ck_assert_uint_eq(heard.entries, 0);
	ck_assert_int_eq(heard.first_flaw, FLAW_LEVEL);
	node_put(1, 1, (uint32_t[]){3}, 1);
	walk(true);
	ck_assert_uint_eq(heard.entries, 1);
	root_put(1, NULL, 0);
	walk(true);
	ck_assert_int_eq(heard.first_flaw, FLAW_COUNT);
}
END_TEST

START_TEST(loops)
{
	struct leaf leaf;

	/* Twice the same child, and the node itself as one. */
	build_leaves();
	root_put(1, (uint32_t[]){1, 1, 2, 0, 3}, 5);
	walk(true);
	ck_assert_str_eq(heard.names, "01:one=0/0 01:two=0/0 01:three=0/0 ");
	ck_assert_uint_eq(heard.bad, 2);
	ck_assert_int_eq(heard.first_flaw, FLAW_LOOP);

	/* A leaf that is its own neighbour, on both sides. */
	leaf_begin(&leaf, 1, 1, 1);
	leaf_local(&leaf, 0, "alone", "");
	leaf_store(&leaf, 1);
	root_put(1, (uint32_t[]){1}, 1);
	walk(true);
	ck_assert_str_eq(heard.names, "01:alone=0/0 ");
}
END_TEST

Suite *attr_suite(void);
Suite *attr_suite(void)
{
	Suite *suite = suite_create("attr");
	TCase *tc = tcase_create("forms");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, none);
	tcase_add_test(tc, short_form);
	tcase_add_loop_test(tc, short_form_damaged, 0, (int)(sizeof(short_damages) / sizeof(short_damages[0])));
	tcase_add_test(tc, leaf_form);
	tcase_add_loop_test(tc, value_damaged, 0, (int)(sizeof(value_damages) / sizeof(value_damages[0])));
	tcase_add_test(tc, value_crc_and_hole);
	tcase_add_loop_test(tc, leaf_damaged, 0, (int)(sizeof(leaf_damages) / sizeof(leaf_damages[0])));
	tcase_add_test(tc, node_form);
	tcase_add_test(tc, node_misses_leaves);
	tcase_add_test(tc, node_damaged);
	tcase_add_test(tc, loops);
	suite_add_tcase(suite, tc);
	return suite;
}
