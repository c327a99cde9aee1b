/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories built by hand, sound and damaged in every place that the reader looks at. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32c.h"
#include "fs/dir.h"
#include "unit/fs/fixture.h"

#define INO   640u
#define BLOCK 1024u

static struct fixture fixture;
static struct inode inode;
static struct heard heard;

static void setup(void)
{
	fixture_init(&fixture, 10, 0);
	memset(&heard, 0, sizeof(heard));
}

static void teardown(void)
{
	fixture_fini(&fixture);
}

static int hear_entry(void *arg, const struct dir_entry *entry)
{
	struct heard *to = arg;

	to->entries++;
	hear(to, "%.*s=%llu/%d ", (int)entry->name.len, (const char *)entry->name.bytes, (unsigned long long)entry->ino,
	     (int)entry->ftype);
	return 0;
}

static int hear_dots(void *arg, const struct dir_entry *entry)
{
	(void)entry;
	((struct heard *)arg)->dots++;
	return 0;
}

static void walk(void)
{
	const struct dir_walker walker = {.entry = hear_entry, .dots = hear_dots, .bad = hear_bad, .arg = &heard};
	struct error err;

	memset(&heard, 0, sizeof(heard));
	ck_assert_int_eq(dir_walk(&fixture.fs, &inode, &walker, &err), 0);
}

/* A walk without a callback for damage ends with it. */
static void check_walk_fails(void)
{
	const struct dir_walker walker = {0};
	struct error err = {0};

	ck_assert_int_eq(dir_walk(&fixture.fs, &inode, &walker, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.code, ERR_CORRUPT);
}

static void use_short(const struct short_dir *dir)
{
	fixture_inode(&fixture, INO, INODE_MODE_DIR | 0755, FORK_LOCAL, &inode);
	fixture_local(&inode, FORK_DATA, dir->bytes, dir->len);
}

static void check_lookup(const char *name, uint64_t expected)
{
	uint64_t ino = 0;
	struct error err;

	ck_assert_int_eq(
		dir_lookup(&fixture.fs, &inode, (struct span){(const uint8_t *)name, strlen(name)}, &ino, &err),
		expected != 0);
	ck_assert_uint_eq(ino, expected);
}

START_TEST(short_form)
{
	bool has_ftype = _i & 1, long_ino = _i & 2;
	struct short_dir dir;
	uint8_t name[DIR_NAME_MAX];
	struct error err;
	size_t len;

	fixture.fs.geo.has_ftype = has_ftype;
	short_dir_init(&dir, 64, long_ino);
	short_dir_add(&dir, "a", 65, has_ftype ? DIR_FTYPE_FILE : -1);
	short_dir_add(&dir, "eight888", 66, has_ftype ? DIR_FTYPE_DIR : -1);
	short_dir_add(&dir, "more-than-eight", 67, has_ftype ? DIR_FTYPE_LINK : -1);
	use_short(&dir);
	walk();
	ck_assert_str_eq(heard.names, has_ftype ? "a=65/1 eight888=66/2 more-than-eight=67/7 "
						: "a=65/0 eight888=66/0 more-than-eight=67/0 ");
	ck_assert_uint_eq(heard.dots, 1);
	ck_assert_uint_eq(heard.bad, 0);
	check_lookup("eight888", 66);
	check_lookup("..", 64);
	check_lookup("eight", 0);
	ck_assert_int_eq(dir_lookup_ino(&fixture.fs, &inode, 67, name, &len, &err), 1);
	ck_assert_mem_eq(name, "more-than-eight", len);
}
END_TEST

START_TEST(short_form_damaged)
{
	struct short_dir dir;

	/* The last entry does not fit in: the others are handed out. */
	short_dir_init(&dir, 64, false);
	short_dir_add(&dir, "a", 65, 1);
	short_dir_add(&dir, "b", 66, 1);
	use_short(&dir);
	inode.size_bytes--;
	walk();
	ck_assert_str_eq(heard.names, "a=65/1 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_RANGE);
	check_walk_fails();

	/* Fewer entries than bytes. */
	use_short(&dir);
	inode.raw[inode.fork[FORK_DATA].start]--;
	walk();
	ck_assert_str_eq(heard.names, "a=65/1 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_COUNT);

	/* A name that cannot be, a number that cannot be, a type that cannot be: only those are left out. */
	short_dir_init(&dir, 1u << 20, false);
	short_dir_add(&dir, "with/slash", 65, 1);
	short_dir_add(&dir, "", 65, 1);
	short_dir_add(&dir, "far", 1u << 20, 1);
	short_dir_add(&dir, "type", 65, 9);
	short_dir_add(&dir, "good", 65, 8);
	use_short(&dir);
	walk();
	ck_assert_str_eq(heard.names, "good=65/8 ");
	ck_assert_uint_eq(heard.bad, 5); /* the parent's number, too */
	ck_assert_uint_eq(heard.dots, 0);

	inode.size_bytes = 5;
	walk();
	ck_assert_uint_eq(heard.bad, 1);
}
END_TEST

START_TEST(not_a_directory)
{
	const struct dir_walker walker = {0};
	struct error err;

	fixture_inode(&fixture, INO, INODE_MODE_FILE, FORK_EXTENTS, &inode);
	ck_assert_int_eq(dir_walk(&fixture.fs, &inode, &walker, &err), ERR_INVALID);
}
END_TEST

/* A block of names under construction. */
struct names {
	uint8_t bytes[8 * BLOCK];
	uint32_t at;
};

static void put_tag(struct names *names, uint32_t start, uint32_t len)
{
	be16 tag = be16_of((uint16_t)start);

	memcpy(names->bytes + start + len - sizeof(tag), &tag, sizeof(tag));
}

static void add_name(struct names *names, const char *name, uint64_t ino, uint8_t ftype)
{
	struct disk_dir_entry entry = {be64_of(ino), (uint8_t)strlen(name)};
	uint32_t len = dir_entry_bytes((uint32_t)strlen(name), fixture.fs.geo.has_ftype);

	memcpy(names->bytes + names->at, &entry, sizeof(entry));
	memcpy(names->bytes + names->at + sizeof(entry), name, strlen(name));
	if (fixture.fs.geo.has_ftype)
		names->bytes[names->at + sizeof(entry) + strlen(name)] = ftype;
	put_tag(names, names->at, len);
	names->at += len;
}

static void add_unused(struct names *names, uint32_t len)
{
	struct disk_dir_unused unused = {be16_of(DIR_FREE_TAG), be16_of((uint16_t)len)};

	memcpy(names->bytes + names->at, &unused, sizeof(unused));
	put_tag(names, names->at, len);
	names->at += len;
}

static void begin(struct names *names, uint32_t magic, struct agaddr at)
{
	struct disk_dir_data *head = (struct disk_dir_data *)names->bytes;

	memset(names, 0, sizeof(*names));
	head->header.magic = be32_of(magic);
	head->header.blkno = be64_of(geometry_block_daddr(&fixture.fs.geo, at));
	head->header.uuid = fixture.fs.geo.meta_uuid;
	head->header.owner = be64_of(INO);
	names->at = sizeof(*head);
}

/* Fills up with unused space, and in the block form a tail with two leaf entries. */
static void finish(struct names *names)
{
	struct disk_dir_data *head = (struct disk_dir_data *)names->bytes;
	uint32_t end = fixture.fs.geo.dirblock_bytes;
	struct disk_dir_block_tail tail = {be32_of(2), be32_of(0)};

	if (be32_get(head->header.magic) == DIR_BLOCK_MAGIC) {
		end -= (uint32_t)sizeof(tail);
		memcpy(names->bytes + end, &tail, sizeof(tail));
		end -= 2 * (uint32_t)sizeof(struct disk_dir_leaf_entry);
	}
	if (names->at < end)
		add_unused(names, end - names->at);
}

static void seal(struct names *names)
{
	crc32c_block_seal(names->bytes, fixture.fs.geo.dirblock_bytes, offsetof(struct disk_dir_data, header.crc));
}

static const struct agaddr first_at = {1, 20}, second_at = {0, 30};

/* A directory of two blocks: the first with dots, "one", a gap and "two", the second with "three". */
static void build_two(struct names *first, struct names *second)
{
	begin(first, DIR_DATA_MAGIC, first_at);
	add_name(first, ".", INO, DIR_FTYPE_DIR);
	add_name(first, "..", 64, DIR_FTYPE_DIR);
	add_name(first, "one", 65, DIR_FTYPE_FILE);
	add_unused(first, 64);
	add_name(first, "two-with-a-long-name", 66, DIR_FTYPE_DIR);
	finish(first);
	begin(second, DIR_DATA_MAGIC, second_at);
	add_name(second, "three", 67, DIR_FTYPE_SOCKET);
	finish(second);
	seal(first);
	seal(second);
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	inode.size_bytes = 2 * BLOCK;
	fixture_map(&fixture, &inode, FORK_DATA, 0, first_at, 1, false);
	fixture_map(&fixture, &inode, FORK_DATA, 1, second_at, 1, false);
}

static void store_two(const struct names *first, const struct names *second)
{
	fixture_write(&fixture, first_at, first->bytes, BLOCK);
	fixture_write(&fixture, second_at, second->bytes, BLOCK);
}

static int check_cookie(void *arg, const struct dir_entry *entry)
{
	uint8_t buffer[8 * BLOCK];
	struct dir_entry again;
	struct error err;

	(void)arg;
	ck_assert_int_eq(dir_entry_at(&fixture.fs, &inode, entry->cookie, buffer, &again, &err), 0);
	ck_assert_uint_eq(again.ino, entry->ino);
	ck_assert_uint_eq(again.name.len, entry->name.len);
	ck_assert_mem_eq(again.name.bytes, entry->name.bytes, again.name.len);
	return 0;
}

START_TEST(data_blocks)
{
	const struct dir_walker cookies = {.entry = check_cookie, .dots = check_cookie};
	struct names first, second;
	uint8_t buffer[BLOCK];
	struct dir_entry entry;
	struct error err;

	build_two(&first, &second);
	store_two(&first, &second);
	walk();
	ck_assert_str_eq(heard.names, "one=65/1 two-with-a-long-name=66/2 three=67/6 ");
	ck_assert_uint_eq(heard.dots, 2);
	ck_assert_uint_eq(heard.bad, 0);
	check_lookup("three", 67);
	check_lookup(".", INO);
	check_lookup("four", 0);
	ck_assert_int_eq(dir_walk(&fixture.fs, &inode, &cookies, &err), 0);
	/* Not where an entry begins; unused space; beyond the directory. */
	ck_assert_int_eq(dir_entry_at(&fixture.fs, &inode, 9, buffer, &entry, &err), ERR_NOT_FOUND);
	ck_assert_int_eq(dir_entry_at(&fixture.fs, &inode, BLOCK / 8 - 1, buffer, &entry, &err), ERR_NOT_FOUND);
	ck_assert_int_eq(dir_entry_at(&fixture.fs, &inode, 0, buffer, &entry, &err), ERR_NOT_FOUND);
	ck_assert_int_eq(dir_entry_at(&fixture.fs, &inode, UINT32_MAX, buffer, &entry, &err), ERR_CORRUPT);
}
END_TEST

START_TEST(block_form)
{
	struct disk_dir_block_tail *tail;
	struct names names;

	begin(&names, DIR_BLOCK_MAGIC, first_at);
	add_name(&names, "only", 65, DIR_FTYPE_FIFO);
	finish(&names);
	seal(&names);
	fixture_write(&fixture, first_at, names.bytes, BLOCK);
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	fixture_map(&fixture, &inode, FORK_DATA, 0, first_at, 1, false);
	walk();
	ck_assert_str_eq(heard.names, "only=65/5 ");
	ck_assert_uint_eq(heard.bad, 0);

	/* More leaf entries than the block has room for. */
	tail = (struct disk_dir_block_tail *)(names.bytes + BLOCK - sizeof(*tail));
	tail->count = be32_of(UINT32_MAX / 8 + 2);
	seal(&names);
	fixture_write(&fixture, first_at, names.bytes, BLOCK);
	walk();
	ck_assert_uint_eq(heard.entries, 0);
	ck_assert_int_eq(heard.first_flaw, FLAW_COUNT);

	/* This form is the first block and no other. */
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	fixture_map(&fixture, &inode, FORK_DATA, 1, first_at, 1, false);
	walk();
	ck_assert_int_eq(heard.first_flaw, FLAW_MAGIC);
}
END_TEST

/* What is changed in the first block, and what becomes of the walk. The second block is always handed out. */
static const struct damage {
	uint32_t at, bytes;
	uint64_t value;
	bool sealed;
	enum flaw flaw;
	size_t bad;
	const char *names;
} damages[] = {
	/* clang-format off */
	{offsetof(struct disk_dir_data, header.magic), 4, 0x58444432, true, FLAW_MAGIC, 1, ""},
	{offsetof(struct disk_dir_data, header.lsn), 8, 1, false, FLAW_CRC, 1, ""},
	{offsetof(struct disk_dir_data, header.uuid), 4, 1, true, FLAW_UUID, 1, ""},
	{offsetof(struct disk_dir_data, header.owner), 8, INO + 1, true, FLAW_OWNER, 1, ""},
	{offsetof(struct disk_dir_data, header.blkno), 8, 12, true, FLAW_ADDRESS, 1, ""},
	/* "one" begins at byte 96, the unused space at 112, "two-with-a-long-name" at 176 */
	{96, 8, 1u << 30, true, FLAW_RANGE, 1, "two-with-a-long-name=66/2 "},
	{96 + 8, 1, 0, true, FLAW_FORMAT, 1, "two-with-a-long-name=66/2 "},
	{96 + 8, 1, 200, true, FLAW_RANGE, 1, ""},
	{96 + 9, 1, '/', true, FLAW_FORMAT, 1, "two-with-a-long-name=66/2 "},
	{96 + 9, 1, 0, true, FLAW_FORMAT, 1, "two-with-a-long-name=66/2 "},
	{96 + 12, 1, 9, true, FLAW_FORMAT, 1, "two-with-a-long-name=66/2 "},
	{96 + 14, 2, 97, true, FLAW_RANGE, 1, ""},
	{112 + 2, 2, 0, true, FLAW_RANGE, 1, "one=65/1 "},
	{112 + 2, 2, 63, true, FLAW_RANGE, 1, "one=65/1 "},
	{112 + 2, 2, 0xfff8, true, FLAW_RANGE, 1, "one=65/1 "},
	{112 + 62, 2, 0, true, FLAW_RANGE, 1, "one=65/1 "},
	{176 + 9 + 3, 1, '/', true, FLAW_FORMAT, 1, "one=65/1 "},
	{176 + 9 + 17, 1, 0, true, FLAW_FORMAT, 1, "one=65/1 "},
	/* clang-format on */
};

START_TEST(damaged_block)
{
	const struct damage *damage = &damages[_i];
	struct names first, second;
	char expected[128];

	build_two(&first, &second);
	for (uint32_t i = 0; i < damage->bytes; i++)
		first.bytes[damage->at + i] = (uint8_t)(damage->value >> 8 * (damage->bytes - 1 - i));
	if (damage->sealed)
		seal(&first);
	store_two(&first, &second);
	walk();
	snprintf(expected, sizeof(expected), "%sthree=67/6 ", damage->names);
	ck_assert_str_eq(heard.names, expected);
	ck_assert_int_eq(heard.first_flaw, damage->flaw);
	ck_assert_uint_eq(heard.bad, damage->bad);
	check_lookup("three", 67);
	check_walk_fails();
}
END_TEST

START_TEST(media_error)
{
	struct interval_set bad = {0};
	struct names first, second;
	struct error err;

	build_two(&first, &second);
	store_two(&first, &second);
	ck_assert_int_eq(interval_add(&bad, geometry_block_offset(&fixture.fs.geo, first_at) + 512,
				      geometry_block_offset(&fixture.fs.geo, first_at) + 1024),
			 0);
	ck_assert_int_eq(device_set_bad(fixture.device, &bad, &err), 0);
	walk();
	ck_assert_str_eq(heard.names, "three=67/6 ");
	ck_assert_uint_eq(heard.bad, 1);
	interval_fini(&bad);
}
END_TEST

START_TEST(unwritten_extent)
{
	struct names first, second;

	build_two(&first, &second);
	store_two(&first, &second);
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	fixture_map(&fixture, &inode, FORK_DATA, 0, first_at, 1, true);
	fixture_map(&fixture, &inode, FORK_DATA, 1, second_at, 1, false);
	walk();
	ck_assert_str_eq(heard.names, "three=67/6 ");
	ck_assert_int_eq(heard.first_flaw, FLAW_FORMAT);
}
END_TEST

/* A directory block of 4 blocks, in three pieces; and one of which a part is missing. */
START_TEST(pieces)
{
	struct agaddr at[3] = {{0, 40}, {1, 50}, {0, 60}};
	uint32_t blocks[3] = {1, 2, 1}, from = 0;
	struct names names;
	char name[200];

	fixture_fini(&fixture);
	fixture_init(&fixture, 10, 2);
	begin(&names, DIR_DATA_MAGIC, at[0]);
	for (int i = 0; i < 15; i++) {
		memset(name, 'a' + i, sizeof(name));
		name[sizeof(name) - 1] = 0;
		add_name(&names, name, 65, DIR_FTYPE_FILE);
	}
	finish(&names);
	seal(&names);
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	for (int i = 0; i < 3; i++) {
		fixture_write(&fixture, at[i], names.bytes + from * BLOCK, blocks[i] * BLOCK);
		fixture_map(&fixture, &inode, FORK_DATA, from, at[i], blocks[i], false);
		from += blocks[i];
	}
	walk();
	ck_assert_uint_eq(heard.entries, 15);
	ck_assert_uint_eq(heard.bad, 0);
	check_lookup(name, 65); /* the last one */

	inode.fork[FORK_DATA].extents = 2;
	walk();
	ck_assert_uint_eq(heard.entries, 0);
	ck_assert_uint_eq(heard.bad, 1);
}
END_TEST

/* What lies from 32 GiB on is not names. */
START_TEST(index_is_no_names)
{
	struct names first, second;

	build_two(&first, &second);
	store_two(&first, &second);
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	fixture_map(&fixture, &inode, FORK_DATA, (DIR_LEAF_OFFSET >> 10) - 1, first_at, 1, false);
	fixture_map(&fixture, &inode, FORK_DATA, DIR_LEAF_OFFSET >> 10, second_at, 1, false);
	walk();
	ck_assert_str_eq(heard.names, "one=65/1 two-with-a-long-name=66/2 ");
	ck_assert_uint_eq(heard.bad, 0);

	/* The same in one extent, whose second block is no names at all. */
	fixture_inode(&fixture, INO, INODE_MODE_DIR, FORK_EXTENTS, &inode);
	fixture_map(&fixture, &inode, FORK_DATA, (DIR_LEAF_OFFSET >> 10) - 1, first_at, 2, false);
	walk();
	ck_assert_str_eq(heard.names, "one=65/1 two-with-a-long-name=66/2 ");
	ck_assert_uint_eq(heard.bad, 0);
}
END_TEST

static int stop(void *arg, const struct dir_entry *entry)
{
	(void)entry;
	return ++*(int *)arg == 2 ? 77 : 0;
}

START_TEST(stops)
{
	int calls = 0;
	const struct dir_walker walker = {.entry = stop, .arg = &calls};
	struct names first, second;
	struct error err;

	build_two(&first, &second);
	store_two(&first, &second);
	ck_assert_int_eq(dir_walk(&fixture.fs, &inode, &walker, &err), 77);
	ck_assert_int_eq(calls, 2);
}
END_TEST

Suite *dir_suite(void);
Suite *dir_suite(void)
{
	Suite *suite = suite_create("dir");
	TCase *tc = tcase_create("names");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, short_form, 0, 4);
	tcase_add_test(tc, short_form_damaged);
	tcase_add_test(tc, not_a_directory);
	tcase_add_test(tc, data_blocks);
	tcase_add_test(tc, block_form);
	tcase_add_loop_test(tc, damaged_block, 0, (int)(sizeof(damages) / sizeof(damages[0])));
	tcase_add_test(tc, media_error);
	tcase_add_test(tc, unwritten_extent);
	tcase_add_test(tc, pieces);
	tcase_add_test(tc, index_is_no_names);
	tcase_add_test(tc, stops);
	suite_add_tcase(suite, tc);
	return suite;
}
