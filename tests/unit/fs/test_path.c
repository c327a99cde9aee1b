/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths in trees built by hand out of short directories: links, loops, damage, parent pointers. Every question is asked
 * with one worker and with three, and the answers must be the same. That paths are right in large trees is shown on
 * images of the kernel (tests/truth/test_names.c).
 */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "format/attr.h"
#include "format/btree_kind.h"
#include "format/dir.h"
#include "fs/path.h"
#include "unit/fs/fixture.h"

/* Inodes of the one chunk, from block 64 of group 0 on. */
#define CHUNK 512u
#define ROOT  CHUNK
#define A     (CHUNK + 1)
#define B     (CHUNK + 2)
#define C     (CHUNK + 3)
#define D     (CHUNK + 4)
#define FILE1 (CHUNK + 10)
#define FILE2 (CHUNK + 11)
#define FILE3 (CHUNK + 12)

static struct fixture fixture;
static struct heard heard;

static void setup(void)
{
	fixture_init(&fixture, 12, 0);
	fixture.fs.geo.root_ino = ROOT;
}

static void teardown(void)
{
	fixture_fini(&fixture);
}

static int hear_path(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top_ino)
{
	if (connected)
		hear(arg, "%llu=%.*s ", (unsigned long long)(ino - CHUNK), (int)len, path);
	else
		hear(arg, "%llu=<%llu>%.*s ", (unsigned long long)(ino - CHUNK), (unsigned long long)(top_ino - CHUNK),
		     (int)len, path);
	return 0;
}

static int hear_gap(void *arg, uint64_t ino, const struct error *why)
{
	hear(arg, "gap:%llu ", ino ? (unsigned long long)(ino - CHUNK) : 0);
	return hear_bad(arg, why);
}

static void find(bool one_path, size_t count, const uint64_t *inos)
{
	const struct path_sink sink = {.path = hear_path, .gap = hear_gap, .arg = &heard};
	struct pool *pool;
	struct heard first;
	struct error err;

	for (unsigned workers = 1; workers <= 3; workers += 2) {
		memset(&heard, 0, sizeof(heard));
		ck_assert_int_eq(pool_open(workers, &pool, &err), 0);
		ck_assert_int_eq(path_find(&fixture.fs, pool, inos, count, one_path, &sink, NULL, &err), 0);
		pool_close(pool);
		if (workers == 1)
			first = heard;
	}
	ck_assert_str_eq(first.names, heard.names);
}
#define FIND(one_path, ...)                                                                                            \
	find((one_path), sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (uint64_t[]){__VA_ARGS__})

static void put_dir(uint64_t ino, const struct short_dir *dir)
{
	struct inode inode;

	fixture_inode(&fixture, ino, INODE_MODE_DIR | 0755, FORK_LOCAL, &inode);
	inode.nlink = 2;
	fixture_local(&inode, FORK_DATA, dir->bytes, dir->len);
	fixture_put(&fixture, &inode);
}

static void put_file(uint64_t ino, uint32_t nlink)
{
	struct inode inode;

	fixture_inode(&fixture, ino, INODE_MODE_FILE | 0644, FORK_EXTENTS, &inode);
	inode.nlink = nlink;
	fixture_put(&fixture, &inode);
}

/* A directory with up to three entries; name NULL: no more. */
struct entry {
	const char *name;
	uint64_t ino;
	int ftype;
};

static void put_entries(uint64_t ino, uint64_t parent, const struct entry entries[3])
{
	struct short_dir dir;

	short_dir_init(&dir, parent, false);
	for (int i = 0; i < 3 && entries[i].name; i++)
		short_dir_add(&dir, entries[i].name, entries[i].ino, fixture.fs.geo.has_ftype ? entries[i].ftype : -1);
	put_dir(ino, &dir);
}
#define ENTRIES(...) ((struct entry[3]){__VA_ARGS__})
#define DIR(name, ino)                                                                                                 \
	{                                                                                                              \
		name, ino, DIR_FTYPE_DIR                                                                               \
	}
#define REG(name, ino)                                                                                                 \
	{                                                                                                              \
		name, ino, DIR_FTYPE_FILE                                                                              \
	}

/*
 *   /a/b/c/one      FILE1
 *   /a/two          FILE2, twice
 *   /d/two-again
 */
static void build_tree(void)
{
	put_entries(ROOT, ROOT, ENTRIES(DIR("a", A), DIR("d", D)));
	put_entries(A, ROOT, ENTRIES(DIR("b", B), REG("two", FILE2)));
	put_entries(B, A, ENTRIES(DIR("c", C)));
	put_entries(C, B, ENTRIES(REG("one", FILE1)));
	put_entries(D, ROOT, ENTRIES(REG("two-again", FILE2)));
	put_file(FILE1, 1);
	put_file(FILE2, 2);
	put_file(FILE3, 0);
}

/* An AGI and an inode tree of one leaf, with the chunk of all inodes here. */
static void build_inode_tree(void)
{
	uint8_t block[4096] = {0};
	struct disk_agi *agi = (struct disk_agi *)block;
	struct disk_btree_short *head = (struct disk_btree_short *)block;
	struct disk_inobt_rec *rec = (struct disk_inobt_rec *)(head + 1);
	uint64_t used = 0x1c1f; /* ROOT to D, FILE1 to FILE3 */

	for (uint32_t agno = 0; agno < 2; agno++) {
		memset(block, 0, sizeof(block));
		agi->magicnum = be32_of(AGI_MAGIC);
		agi->versionnum = be32_of(AGI_VERSION);
		agi->seqno = be32_of(agno);
		agi->length = be32_of(256);
		agi->root = be32_of(8);
		agi->level = be32_of(1);
		agi->uuid = fixture.fs.geo.meta_uuid;
		crc32c_block_seal(block, 512, offsetof(struct disk_agi, crc));
		/* Sector 2 of block 0. */
		memmove(block + 1024, block, 512);
		memset(block, 0, 512);
		fixture_write(&fixture, (struct agaddr){agno, 0}, block, sizeof(block));

		memset(block, 0, sizeof(block));
		head->magic = be32_of(btree_formats[BTREE_INO].magic);
		head->numrecs = be16_of(agno == 0);
		head->leftsib = head->rightsib = be32_of(UINT32_MAX);
		head->blkno = be64_of(geometry_block_daddr(&fixture.fs.geo, (struct agaddr){agno, 8}));
		head->uuid = fixture.fs.geo.meta_uuid;
		head->owner = be32_of(agno);
		*rec = (struct disk_inobt_rec){.startino = be32_of(CHUNK), .free = be64_of(~used)};
		crc32c_block_seal(block, sizeof(block), offsetof(struct disk_btree_short, crc));
		fixture_write(&fixture, (struct agaddr){agno, 8}, block, sizeof(block));
	}
}

START_TEST(tree)
{
	/* Without types in the names the inodes tell what is a directory. */
	fixture.fs.geo.has_ftype = _i;
	build_tree();
	FIND(false, ROOT, A, C, FILE1, FILE2, FILE3);
	ck_assert_str_eq(heard.names, "0=/ 1=/a 3=/a/b/c 10=/a/b/c/one 11=/a/two 11=/d/two-again ");
	ck_assert_uint_eq(heard.bad, 0);
	FIND(true, FILE1, FILE2);
	ck_assert_str_eq(heard.names, "10=/a/b/c/one 11=/a/two ");
	FIND(false, ROOT);
	ck_assert_str_eq(heard.names, "0=/ ");
}
END_TEST

static int stop_path(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top_ino)
{
	(void)ino;
	(void)path;
	(void)len;
	(void)connected;
	(void)top_ino;
	++*(int *)arg;
	return 5;
}

static int cancel(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)arg;
	(void)pass;
	(void)done;
	(void)total;
	return 1;
}

START_TEST(stops)
{
	int calls = 0;
	const struct path_sink sink = {.path = stop_path, .arg = &calls};
	const struct progress progress = {.step = cancel};
	const uint64_t inos[] = {A, FILE1};
	struct pool *pool;
	struct error err;

	build_tree();
	ck_assert_int_eq(pool_open(1, &pool, &err), 0);
	ck_assert_int_eq(path_find(&fixture.fs, pool, inos, 2, false, &sink, NULL, &err), 5);
	ck_assert_int_eq(calls, 1);
	ck_assert_int_eq(path_find(&fixture.fs, pool, inos, 2, false, &sink, &progress, &err), ERR_CANCELLED);
	ck_assert_int_eq(calls, 1);
	pool_close(pool);
}
END_TEST

/* A directory that has itself and its parents below it is walked once. */
START_TEST(loop)
{
	build_tree();
	put_entries(C, B, ENTRIES(REG("one", FILE1), DIR("up", A), DIR("self", C)));
	FIND(false, FILE1, FILE2);
	ck_assert_str_eq(heard.names, "gap:1 gap:3 10=/a/b/c/one 11=/a/two 11=/d/two-again ");
	ck_assert_int_eq(heard.first_flaw, FLAW_LOOP);
}
END_TEST

/* The inode of "b" is gone: "c" is found as a stray, and what is below it has a path from there. */
START_TEST(stray)
{
	static const uint8_t zeros[512];

	build_tree();
	build_inode_tree();
	ck_assert_int_eq(pwrite(fixture.fd, zeros, sizeof(zeros), (off_t)B * 512), (ssize_t)sizeof(zeros));
	FIND(false, B, C, FILE1, FILE2);
	ck_assert_str_eq(heard.names, "gap:2 2=/a/b 10=<3>/one 11=/a/two 11=/d/two-again ");

	/* All that is wanted has its names: no stray is looked for, so the broken tree of inodes is not seen. */
	fixture_write(&fixture, (struct agaddr){0, 8}, zeros, sizeof(zeros));
	FIND(false, FILE2);
	ck_assert_str_eq(heard.names, "gap:2 11=/a/two 11=/d/two-again ");
	FIND(false, FILE1);
	ck_assert_str_eq(heard.names, "gap:2 gap:0 ");
}
END_TEST

/* Strays that lead to each other, the lowest of them at the top; and a loop of them, which is cut there. */
START_TEST(stray_loop)
{
	build_tree();
	build_inode_tree();
	put_entries(ROOT, ROOT, ENTRIES(DIR("d", D)));
	FIND(false, C, FILE1);
	ck_assert_str_eq(heard.names, "3=<1>/b/c 10=<1>/b/c/one ");
	put_entries(C, B, ENTRIES(REG("one", FILE1), DIR("a", A)));
	FIND(false, A, C, FILE1);
	ck_assert_str_eq(heard.names, "1=<1>/b/c/a 3=<1>/b/c 10=<1>/b/c/one ");
	put_entries(C, B, ENTRIES(REG("one", FILE1), DIR("self", C)));
	put_entries(B, A, ENTRIES({0}));
	FIND(false, FILE1);
	ck_assert_str_eq(heard.names, "10=<3>/one ");
	/* A hangs below a loop of B and C, and is looked at before them. */
	put_entries(A, ROOT, ENTRIES(REG("two", FILE2)));
	put_entries(B, A, ENTRIES(DIR("c", C)));
	put_entries(C, B, ENTRIES(DIR("a", A), DIR("b", B)));
	FIND(false, FILE2);
	ck_assert_str_eq(heard.names, "11=/d/two-again 11=<2>/c/a/two ");
}
END_TEST

START_TEST(root_gone)
{
	static const uint8_t zeros[512];

	build_tree();
	build_inode_tree();
	ck_assert_int_eq(pwrite(fixture.fd, zeros, sizeof(zeros), (off_t)ROOT * 512), (ssize_t)sizeof(zeros));
	FIND(false, FILE1, FILE2);
	ck_assert_str_eq(heard.names, "gap:0 10=<1>/b/c/one 11=<1>/two 11=<4>/two-again ");
}
END_TEST

/* A name says directory, the inode says file. */
START_TEST(false_type)
{
	build_tree();
	build_inode_tree();
	put_entries(D, ROOT, ENTRIES(DIR("file", FILE1), REG("two-again", FILE2)));
	FIND(false, FILE2);
	ck_assert_str_eq(heard.names, "gap:10 11=/a/two 11=/d/two-again ");
}
END_TEST

/* Gives an inode, whatever it was, parent pointers: up to two of parent, generation, name. */
struct pointer {
	uint64_t parent;
	uint32_t gen;
	const char *name;
};

static void put_pointers(uint64_t ino, uint16_t mode, const struct pointer pointers[2])
{
	uint8_t attrs[176] = {0};
	size_t len = sizeof(struct disk_attr_short);
	struct inode inode;
	struct short_dir dir;

	fixture_inode(&fixture, ino, mode, mode & INODE_MODE_DIR ? FORK_LOCAL : FORK_EXTENTS, &inode);
	fixture_attr_fork(&inode, FORK_LOCAL);
	inode.nlink = 0;
	for (int i = 0; i < 2 && pointers[i].name; i++) {
		struct disk_parent parent = {be64_of(pointers[i].parent), be32_of(pointers[i].gen)};
		size_t name_len = strlen(pointers[i].name);

		attrs[len++] = (uint8_t)name_len;
		attrs[len++] = sizeof(parent);
		attrs[len++] = ATTR_FLAG_PARENT;
		memcpy(attrs + len, pointers[i].name, name_len);
		memcpy(attrs + len + name_len, &parent, sizeof(parent));
		len += name_len + sizeof(parent);
		attrs[2]++;
		inode.nlink++;
	}
	attrs[1] = (uint8_t)len;
	fixture_local(&inode, FORK_ATTR, attrs, len);
	if (mode & INODE_MODE_DIR && !(mode & INODE_MODE_FILE)) {
		short_dir_init(&dir, ROOT, false); /* empty: names come from the pointers alone */
		fixture_local(&inode, FORK_DATA, dir.bytes, dir.len);
		inode.nlink = 2;
	}
	fixture_put(&fixture, &inode);
}
#define POINTERS(...) ((struct pointer[2]){__VA_ARGS__})

/* The tree of build_tree, told by parent pointers alone: the directories are empty. */
static void build_pointers(void)
{
	fixture.fs.geo.has_parent = true;
	put_entries(ROOT, ROOT, ENTRIES({0}));
	put_pointers(A, INODE_MODE_DIR, POINTERS({ROOT, ROOT, "a"}));
	put_pointers(B, INODE_MODE_DIR, POINTERS({A, A, "b"}));
	put_pointers(C, INODE_MODE_DIR, POINTERS({B, B, "c"}));
	put_pointers(D, INODE_MODE_DIR, POINTERS({ROOT, ROOT, "d"}));
	put_pointers(FILE1, INODE_MODE_FILE, POINTERS({C, C, "one"}));
	put_pointers(FILE2, INODE_MODE_FILE, POINTERS({A, A, "two"}, {D, D, "two-again"}));
	put_file(FILE3, 0);
}

START_TEST(parents)
{
	build_pointers();
	FIND(false, ROOT, A, C, FILE1, FILE2, FILE3);
	ck_assert_str_eq(heard.names, "0=/ 1=/a 3=/a/b/c 10=/a/b/c/one 11=/a/two 11=/d/two-again ");
	ck_assert_uint_eq(heard.bad, 0);
	FIND(true, FILE2, FILE3);
	ck_assert_str_eq(heard.names, "11=/a/two ");
}
END_TEST

/* Pointers that do not lead to the root leave their inode to the tree, which here knows only "/t". */
START_TEST(parents_damaged)
{
	static const struct pointer stale[2] = {{B, B + 1, "c"}}, up[2] = {{C, C, "b"}},
				    file[2] = {{FILE2, FILE2, "c"}};

	build_pointers();
	build_inode_tree();
	put_entries(ROOT, ROOT, ENTRIES(REG("t", FILE1)));
	for (int i = 0; i < 4; i++) {
		switch (i) {
		case 0: /* of another generation */
			put_pointers(C, INODE_MODE_DIR, stale);
			break;
		case 1: /* a loop of B and C */
			put_pointers(C, INODE_MODE_DIR, POINTERS({B, B, "c"}));
			put_pointers(B, INODE_MODE_DIR, up);
			break;
		case 2: /* to a file */
			put_pointers(C, INODE_MODE_DIR, file);
			break;
		case 3: /* too few */
			put_pointers(FILE1, INODE_MODE_FILE, POINTERS({C, C, "one"}));
			put_file(FILE1, 1);
			break;
		}
		FIND(false, FILE1, FILE2);
		ck_assert_str_eq(heard.names, "11=/a/two 11=/d/two-again 10=/t ");
	}
}
END_TEST

Suite *path_suite(void);
Suite *path_suite(void)
{
	Suite *suite = suite_create("path");
	TCase *tc = tcase_create("trees");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, tree, 0, 2);
	tcase_add_test(tc, stops);
	tcase_add_test(tc, loop);
	tcase_add_test(tc, stray);
	tcase_add_test(tc, stray_loop);
	tcase_add_test(tc, root_gone);
	tcase_add_test(tc, false_type);
	tcase_add_test(tc, parents);
	tcase_add_test(tc, parents_damaged);
	suite_add_tcase(suite, tc);
	return suite;
}
