/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets of symbolic links, in the inode and in extents. */
#include <check.h>
#include <string.h>

#include "base/crc32c.h"
#include "fs/symlink.h"
#include "unit/fs/fixture.h"

#define INO 640u

static struct fixture fixture;
static struct inode inode;
static uint8_t target[SYMLINK_TARGET_MAX], got[SYMLINK_TARGET_MAX];

static void setup(void)
{
	fixture_init(&fixture, 9, 0); /* blocks of 512 bytes: the longest target needs three */
	for (size_t i = 0; i < sizeof(target); i++)
		target[i] = (uint8_t)(1 + i % 250);
}

static void teardown(void)
{
	fixture_fini(&fixture);
}

static void check_target(size_t len)
{
	struct error err;
	size_t got_len = 0;

	ck_assert_int_eq(symlink_read(&fixture.fs, &inode, got, &got_len, &err), 0);
	ck_assert_uint_eq(got_len, len);
	ck_assert_mem_eq(got, target, len);
}

static void check_bad(enum flaw flaw)
{
	struct error err = {0};
	size_t len;

	ck_assert_int_eq(symlink_read(&fixture.fs, &inode, got, &len, &err), ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, flaw);
}

START_TEST(local)
{
	struct error err;
	size_t len;

	fixture_inode(&fixture, INO, INODE_MODE_LINK | 0777, FORK_LOCAL, &inode);
	fixture_local(&inode, FORK_DATA, target, 300);
	check_target(300);
	inode.size_bytes = inode.fork[FORK_DATA].len + 1;
	check_bad(FLAW_RANGE);
	inode.size_bytes = 0;
	check_bad(FLAW_RANGE);
	inode.size_bytes = 301; /* the byte after the target is 0 */
	check_bad(FLAW_FORMAT);
	inode.mode = INODE_MODE_FILE;
	ck_assert_int_eq(symlink_read(&fixture.fs, &inode, got, &len, &err), ERR_INVALID);
}
END_TEST

/* Stores an extent with @bytes of the target from @offset on. */
static void store(struct agaddr at, uint32_t blocks, uint32_t offset, uint32_t bytes, uint64_t owner, uint32_t said)
{
	uint8_t block[4 * 512] = {0};
	struct disk_symlink *head = (struct disk_symlink *)block;

	head->magic = be32_of(SYMLINK_MAGIC);
	head->offset = be32_of(offset);
	head->bytes = be32_of(said);
	head->uuid = fixture.fs.geo.meta_uuid;
	head->owner = be64_of(owner);
	head->blkno = be64_of(geometry_block_daddr(&fixture.fs.geo, at));
	memcpy(block + sizeof(*head), target + offset, bytes);
	crc32c_block_seal(block, blocks * 512u, offsetof(struct disk_symlink, crc));
	fixture_write(&fixture, at, block, blocks * 512u);
}

static void link_of(uint64_t size)
{
	fixture_inode(&fixture, INO, INODE_MODE_LINK | 0777, FORK_EXTENTS, &inode);
	inode.size_bytes = size;
}

START_TEST(remote)
{
	const struct agaddr a = {0, 40}, b = {1, 50};

	/* One extent, one header. */
	link_of(1024);
	fixture_map(&fixture, &inode, FORK_DATA, 0, a, 3, false);
	store(a, 3, 0, 1024, INO, 1024);
	check_target(1024);

	/* Two extents, two headers. */
	link_of(1000);
	fixture_map(&fixture, &inode, FORK_DATA, 0, a, 1, false);
	fixture_map(&fixture, &inode, FORK_DATA, 1, b, 2, false);
	store(a, 1, 0, 456, INO, 456);
	store(b, 2, 456, 544, INO, 544);
	check_target(1000);

	store(b, 2, 456, 544, INO + 1, 544);
	check_bad(FLAW_OWNER);
	store(b, 2, 456, 544, INO, 545); /* longer than the rest */
	check_bad(FLAW_RANGE);
	store(b, 2, 456, 500, INO, 500); /* shorter */
	check_bad(FLAW_COUNT);
	store(b, 2, 455, 545, INO, 544); /* another part */
	check_bad(FLAW_RANGE);
	store(a, 1, 0, 456, INO, 0);
	check_bad(FLAW_RANGE);
}
END_TEST

START_TEST(remote_impossible)
{
	const struct agaddr a = {0, 40};

	link_of(1025);
	fixture_map(&fixture, &inode, FORK_DATA, 0, a, 3, false);
	check_bad(FLAW_RANGE);
	link_of(1000);
	fixture_map(&fixture, &inode, FORK_DATA, 0, a, 4, false);
	check_bad(FLAW_FORMAT);
	link_of(1000);
	fixture_map(&fixture, &inode, FORK_DATA, 0, a, 3, true);
	check_bad(FLAW_FORMAT);
	link_of(1000);
	check_bad(FLAW_COUNT);
	fixture_map(&fixture, &inode, FORK_DATA, 0, a, 3, false);
	check_bad(FLAW_MAGIC);
}
END_TEST

Suite *symlink_suite(void);
Suite *symlink_suite(void)
{
	Suite *suite = suite_create("symlink");
	TCase *tc = tcase_create("targets");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, local);
	tcase_add_test(tc, remote);
	tcase_add_test(tc, remote_impossible);
	suite_add_tcase(suite, tc);
	return suite;
}
