/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of inodes, used and free, and targets of symbolic links: each lie is found, and nothing but the lie. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/symlink.h"
#include "fs/chunk.h"
#include "unit/check/fsck_lines.h"
#include "unit/runner.h"

Suite *fsck_inode_suite(void);

typedef unsigned long long ull;

static struct fsck_case c;

static void setup(void)
{
	fsck_case_open(&c, "norm");
}

static void teardown(void)
{
	fsck_case_close(&c);
}

START_TEST(sound)
{
	static const char *const names[] = {"b64k",	   "demo",     "norm",	   "norm-plain",
					    "parent",	   "small",    "sparse",   "tiny-b2k",
					    "tiny-dirblk", "tiny-i2k", "tiny-s4k", "tiny-metauuid"};

	fsck_case_close(&c);
	fsck_case_open(&c, names[_i]);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
}
END_TEST

/* One field that gets a value that cannot be. The root has no attribute fork. */
static const struct {
	const char *path, *field;
	uint64_t value;
	const char *code;
} lies[] = {
	{"files/contiguous", "onlink", 1, "INODE_UNUSED_FIELD"},
	{"files/contiguous", "pad2", 1, "INODE_UNUSED_FIELD"},
	{"files/contiguous", "dmevmask", 0x80000000, "INODE_UNUSED_FIELD"},
	{"files/contiguous", "dmstate", 1, "INODE_UNUSED_FIELD"},
	{"files/contiguous", "nrext64_pad", 0x100, "INODE_UNUSED_FIELD"},
	{"files/contiguous", "flags", INODE_FLAG_REALTIME, "INODE_FLAGS"},
	{"files/contiguous", "flags", INODE_FLAG_NEWRTBM, "INODE_FLAGS"},
	{"files/contiguous", "flags", INODE_FLAG_RTINHERIT, "INODE_FLAGS"},
	{"files/contiguous", "flags", INODE_FLAG_PROJINHERIT, "INODE_FLAGS"},
	{"dirs/block", "flags", INODE_FLAG_PREALLOC, "INODE_FLAGS"},
	{"special/fifo", "flags", INODE_FLAG_PREALLOC, "INODE_FLAGS"},
	{"special/fifo", "flags2", 0x18 | INODE_FLAG2_DAX, "INODE_FLAGS"},
	{"dirs/block", "flags2", 0x18 | INODE_FLAG2_REFLINK, "INODE_FLAGS"},
	{"dirs/block", "flags", 0x8000, "INODE_FLAGS_UNKNOWN"},
	{"dirs/block", "flags2", 0x18 | 1ull << 63, "INODE_FLAGS_UNKNOWN"},
	{"dirs/block", "flags2", 0x18 | 0x20, "INODE_FLAGS_UNKNOWN"},
	{"files/contiguous", "extsize", 4, "INODE_HINT"},
	{"files/contiguous", "cowextsize", 4, "INODE_HINT"},
	{"special/fifo", "size", 1, "INODE_SIZE"},
	{"dirs/block", "size", 4097, "INODE_SIZE"},
	{"dirs/block", "size", 0x800001000, "INODE_SIZE"},
	{"files/contiguous", "next_unlinked", 7, "INODE_ON_LIST"},
	{"files/contiguous", "uid", 0xffffffff, "INODE_ID"},
	{"files/contiguous", "gid", 0xffffffff, "INODE_ID"},
	{"", "aformat", FORK_BTREE, "INODE_FORK_FIELD"},
	{"", "aformat", 0, "INODE_FORK_FIELD"},
	{"", "big_anextents", 1, "INODE_FORK_FIELD"},
	{"special/fifo", "forkoff", 2, "INODE_FORK_FIELD"},
};

START_TEST(lie)
{
	uint64_t ino = fsck_case_ino(&c, lies[_i].path);

	fsck_case_set_inode(&c, ino, lies[_i].field, lies[_i].value);
	fsck_expect(&c, fsck_inode_codes, "%s ino %llu %s found %llu\n", lies[_i].code, (ull)ino, lies[_i].field,
		    (ull)lies[_i].value);
}
END_TEST

/* One field with a value that can be right. */
static const struct {
	const char *path, *field;
	uint64_t value;
} truths[] = {
	{"files/contiguous", "size", 0},
	{"files/contiguous", "size", INT64_MAX},
	{"files/contiguous", "flags", 0x64fa}, /* all that anything or a file may have, but for hints */
	{"files/contiguous", "flags2", 0x18 | INODE_FLAG2_DAX | INODE_FLAG2_REFLINK},
	{"files/contiguous", "atime", UINT64_MAX},
	{"files/contiguous", "gen", UINT32_MAX},
	{"files/contiguous", "changecount", UINT64_MAX},
	{"files/contiguous", "lsn", UINT64_MAX},
	{"files/contiguous", "lsn", 0},
	{"dirs/block", "flags", INODE_FLAG_RTINHERIT | INODE_FLAG_PROJINHERIT},
	{"special/fifo", "forkoff", 0},
};

START_TEST(truth)
{
	fsck_case_set_inode(&c, fsck_case_ino(&c, truths[_i].path), truths[_i].field, truths[_i].value);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
}
END_TEST

START_TEST(hints)
{
	uint64_t ino = fsck_case_ino(&c, "files/contiguous"), most = c.fs->geo.ag_blocks / 2;

	fsck_case_set_inode(&c, ino, "flags", INODE_FLAG_EXTSIZE);
	fsck_expect(&c, fsck_inode_codes, "INODE_HINT ino %llu extsize found 0\n", (ull)ino);
	fsck_case_set_inode(&c, ino, "extsize", most);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
	fsck_case_set_inode(&c, ino, "extsize", most + 1);
	fsck_expect(&c, fsck_inode_codes, "INODE_HINT ino %llu extsize found %llu\n", (ull)ino, (ull)most + 1);
}
END_TEST

/* Without 64-bit counters other bytes are unused, and times are two numbers. */
START_TEST(old_inode)
{
	uint64_t ino = fsck_case_ino(&c, "special/fifo");
	static const char *const times[] = {"atime", "mtime", "ctime", "crtime"};

	fsck_case_set_inode(&c, ino, "flags2", 0);
	for (unsigned i = 0; i < 4; i++)
		fsck_case_set_inode(&c, ino, times[i], 999999999);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
	fsck_case_set_inode(&c, ino, "v2_pad", 0x10);
	fsck_case_set_inode(&c, ino, "flushiter", 3);
	for (unsigned i = 0; i < 4; i++)
		fsck_case_set_inode(&c, ino, times[i], 1000000000 + i);
	fsck_expect(&c, fsck_inode_codes,
		    "INODE_UNUSED_FIELD ino %llu v2_pad found 16\nINODE_UNUSED_FIELD ino %llu flushiter found 3\n"
		    "INODE_TIME ino %llu atime found 1000000000\nINODE_TIME ino %llu mtime found 1000000001\n"
		    "INODE_TIME ino %llu ctime found 1000000002\nINODE_TIME ino %llu crtime found 1000000003\n",
		    (ull)ino, (ull)ino, (ull)ino, (ull)ino, (ull)ino, (ull)ino);
}
END_TEST

START_TEST(internal)
{
	uint64_t bitmap = c.fs->geo.rtbitmap_ino, summary = c.fs->geo.rtsummary_ino;

	fsck_case_set_inode(&c, bitmap, "mode", INODE_MODE_FIFO);
	fsck_case_set_inode(&c, bitmap, "format", FORK_DEV);
	fsck_case_set_inode(&c, bitmap, "flags", 0);
	fsck_case_set_inode(&c, summary, "size", 4096);
	fsck_case_set_inode(&c, summary, "nlink", 2);
	fsck_expect(&c, fsck_inode_codes,
		    "INODE_INTERNAL ino %llu mode found %u\nINODE_INTERNAL ino %llu size found 4096\n"
		    "INODE_INTERNAL ino %llu nlink found 2\n",
		    (ull)bitmap, INODE_MODE_FIFO, (ull)summary, (ull)summary);
}
END_TEST

START_TEST(younger_than_the_journal)
{
	uint64_t ino = fsck_case_ino(&c, "special/fifo");

	fsck_case_set_inode(&c, ino, "lsn", 0x7fffffff00000000);
	ck_assert_ptr_nonnull(strstr(fsck_lines(&c, fsck_inode_codes), "LSN_AHEAD ino "));
}
END_TEST

/* ------------------------------------------------------------------ free inodes */

static int find_free(void *arg, const struct chunk *chunk)
{
	for (unsigned i = 0; i < INODES_PER_CHUNK; i++)
		if (chunk->present >> i & 1 && !(chunk->allocated >> i & 1)) {
			*(uint64_t *)arg = geometry_ino_join(&c.fs->geo, chunk->agno, chunk->first_agino + i);
			return 1;
		}
	return 0;
}

static uint64_t free_inode(void)
{
	const struct chunk_walker walker = {.chunk = find_free, .arg = &(uint64_t){0}};

	ck_assert_int_eq(chunk_walk(c.fs, 0, &walker, NULL), 1);
	return *(uint64_t *)walker.arg;
}

START_TEST(free_but_used)
{
	uint64_t ino = free_inode();

	fsck_case_set_inode(&c, ino, "format", FORK_EXTENTS);
	fsck_case_set_inode(&c, ino, "mode", 0100644);
	fsck_expect(&c, fsck_inode_codes, "INODE_FREE_BUT_USED ino %llu mode found %u\n", (ull)ino, 0100644u);
}
END_TEST

static const struct {
	const char *field;
	uint64_t value, found;
} left_overs[] = {
	{"nlink", 1, 1},
	{"nblocks", 5, 5},
	{"big_nextents", 1, 1},
	{"big_anextents", 1, 1},
	{"forkoff", 9, 9},
	{"flags", 2, 2},
	{"format", 3, 3},
	{"aformat", 1, 1},
	{"next_unlinked", 5, ~5u},
	{"flags2", 0x19, 0x19},
	{"flags2", 0x1a, 0x1a},
	{"flags2", 0x38, 0x38},
	{"size", 1ull << 63, 1ull << 63},
	{"extsize", 0x200000, 0x200000},
	{"cowextsize", UINT32_MAX, UINT32_MAX},
};

START_TEST(free_not_clean)
{
	const char *field = left_overs[_i].field;
	uint64_t ino = free_inode();

	fsck_case_set_inode(&c, ino, "flags2",
			    0x18); /* as the kernel frees them: the names of the counters follow it */
	fsck_case_set_inode(&c, ino, "nrext64_pad", 0);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
	fsck_case_set_inode(&c, ino, field, left_overs[_i].value);
	fsck_expect(&c, fsck_inode_codes, "INODE_FREE_NOT_CLEAN ino %llu %s found %llu\n", (ull)ino,
		    strncmp(field, "big_", 4) == 0 ? field + 4 : field, (ull)left_overs[_i].found);
}
END_TEST

/* An inode that was never used, and what a freed one may keep. */
START_TEST(free_as_it_may_be)
{
	uint64_t ino = free_inode();

	fsck_case_set_inode(&c, ino, "format", 0);
	fsck_case_set_inode(&c, ino, "aformat", 0);
	fsck_case_set_inode(&c, ino, "size", 77);
	fsck_case_set_inode(&c, ino, "extsize", c.fs->geo.ag_blocks / 2);
	fsck_case_set_inode(&c, ino, "cowextsize", 77);
	fsck_case_set_inode(&c, ino, "uid", UINT32_MAX);
	fsck_expect(&c, fsck_inode_codes, "%s", "");
}
END_TEST

/* ------------------------------------------------------------------ symbolic links */

START_TEST(short_target)
{
	uint64_t ino = fsck_case_ino(&c, "symlinks/dangling");

	fsck_fork(&c, ino, FORK_DATA)[3] = 0;
	fsck_case_seal_inode(&c, ino);
	fsck_expect(&c, fsck_inode_codes, "SYMLINK_TARGET ino %llu (invalid value)\n", (ull)ino);
}
END_TEST

START_TEST(empty_target)
{
	uint64_t ino = fsck_case_ino(&c, "symlinks/dangling");

	fsck_case_set_inode(&c, ino, "size", 0);
	fsck_expect(&c, fsck_inode_codes, "INODE_SIZE ino %llu size found 0\nSYMLINK_TARGET ino %llu (out of range)\n",
		    (ull)ino, (ull)ino);
}
END_TEST

START_TEST(remote_target)
{
	uint64_t ino = fsck_case_ino(&c, "attrs-on/symlink-remote");
	struct agaddr at;
	uint8_t *block = fsck_fork_block(&c, ino, FORK_DATA, 0, &at);
	struct disk_symlink *head = (struct disk_symlink *)block;

	head->lsn = (be64){{0x7f}};
	fsck_seal_block(&c, block, offsetof(struct disk_symlink, crc));
	ck_assert_ptr_nonnull(strstr(fsck_lines(&c, fsck_inode_codes), "LSN_AHEAD group "));
	head->lsn = (be64){{0}};
	head->bytes = (be32){{0, 0, 0, 5}};
	fsck_seal_block(&c, block, offsetof(struct disk_symlink, crc));
	fsck_expect(&c, fsck_inode_codes, "SYMLINK_TARGET ino %llu (impossible count)\n", (ull)ino);
}
END_TEST

/* A second block, which is the first once more: what that means for its owners is not looked at here. */
START_TEST(too_many_blocks)
{
	uint64_t ino = fsck_case_ino(&c, "attrs-on/symlink-remote");
	struct disk_bmap_rec *rec = (struct disk_bmap_rec *)fsck_fork(&c, ino, FORK_DATA);
	char wanted[200];

	rec[1] = rec[0];
	field_set(field_find(&bmap_rec_table, "startoff"), &rec[1], 0, 1);
	fsck_case_set_inode(&c, ino, "big_nextents", 2);
	(void)snprintf(wanted, sizeof(wanted),
		       "INODE_BLOCKS ino %llu nblocks 3!=2\nSYMLINK_BLOCKS ino %llu data blocks 1!=2\n", (ull)ino,
		       (ull)ino);
	ck_assert_int_eq(strncmp(fsck_lines(&c, fsck_inode_codes), wanted, strlen(wanted)), 0);
}
END_TEST

Suite *fsck_inode_suite(void)
{
	Suite *suite = suite_create("fsck_inode");
	TCase *tc = tcase_create("inodes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, sound, 0, 12);
	tcase_add_loop_test(tc, lie, 0, sizeof(lies) / sizeof(lies[0]));
	tcase_add_loop_test(tc, truth, 0, sizeof(truths) / sizeof(truths[0]));
	tcase_add_test(tc, hints);
	tcase_add_test(tc, old_inode);
	tcase_add_test(tc, internal);
	tcase_add_test(tc, younger_than_the_journal);
	tcase_add_test(tc, free_but_used);
	tcase_add_loop_test(tc, free_not_clean, 0, sizeof(left_overs) / sizeof(left_overs[0]));
	tcase_add_test(tc, free_as_it_may_be);
	tcase_add_test(tc, short_target);
	tcase_add_test(tc, empty_target);
	tcase_add_test(tc, remote_target);
	tcase_add_test(tc, too_many_blocks);
	suite_add_tcase(suite, tc);
	return suite;
}
