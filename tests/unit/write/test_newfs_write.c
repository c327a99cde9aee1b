/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a new file system as far as no other program is needed: it can be read, and what refuses or stops it. */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "fs/chunk.h"
#include "fs/inode.h"
#include "fs/journal.h"
#include "fs/superblock.h"
#include "unit/device/scratch.h"
#include "write/newfs.h"

Suite *newfs_write_suite(void);

#define AG_BLOCKS 8192u
#define AG_COUNT  3u
#define LOG_START 16u
#define ROOT_INO  512u
#define SIZE	  ((uint64_t)AG_BLOCKS * AG_COUNT * 4096)

static struct scratch scratch;
static struct device *device;
static struct error err;

static struct newfs_layout small_layout(void)
{
	struct newfs_layout layout = {
		.geo =
			{
				.block_bytes = 4096,
				.block_log = 12,
				.sector_bytes = 512,
				.sector_log = 9,
				.inode_bytes = 512,
				.inode_log = 9,
				.inodes_per_block_log = 3,
				.dirblock_bytes = 4096,
				.ag_count = AG_COUNT,
				.ag_blocks = AG_BLOCKS,
				.ag_blocks_log = 13,
				.blocks = (uint64_t)AG_BLOCKS * AG_COUNT,
				.inode_align_blocks = 8,
				.sparse_align_blocks = 4,
				.log_start = {1, LOG_START},
				.log_blocks = 4000,
				.root_ino = ROOT_INO,
				.rtbitmap_ino = ROOT_INO + 1,
				.rtsummary_ino = ROOT_INO + 2,
				.uuid = {{1, 2, 3}},
				.meta_uuid = {{1, 2, 3}},
				.label = "unit",
				.features_ro_compat = SB_RO_COMPAT_KNOWN,
				.features_incompat = SB_INCOMPAT_FTYPE | SB_INCOMPAT_SPINODES | SB_INCOMPAT_BIGTIME,
				.has_rmapbt = true,
				.has_reflink = true,
				.has_finobt = true,
				.has_inobtcount = true,
				.has_ftype = true,
				.has_sparse_inodes = true,
				.has_bigtime = true,
			},
		.version = SB_VERSION_5 | SB_VERSION_NLINK | SB_VERSION_ALIGN | SB_VERSION_LOGV2 | SB_VERSION_EXTFLG |
			   SB_VERSION_DIRV2 | SB_VERSION_MOREBITS,
		.features2 = SB_FEATURES2_LAZYSBCOUNT | SB_FEATURES2_ATTR2 | SB_FEATURES2_PROJID32 | SB_FEATURES2_CRC,
		.log_unit_bytes = 1,
		.max_inode_percent = 25,
		.extszinherit_blocks = 512,
		.cowextsize_blocks = 512,
		.dax_inherit = true,
		.root_generation = 77,
		.now_seconds = 1600000000,
		.now_nanoseconds = 5,
	};

	return layout;
}

static void open_image(uint64_t size)
{
	const char *path = scratch_path(&scratch, "img");

	scratch_write(&scratch, "img", "");
	ck_assert_int_eq(truncate(path, (off_t)size), 0);
	ck_assert_int_eq(device_open(path, DEVICE_WRITE, &device, &err), 0);
}

static void setup(void)
{
	scratch_init(&scratch);
	device = NULL;
}

static void teardown(void)
{
	device_close(device);
	scratch_fini(&scratch);
}

START_TEST(it_can_be_read)
{
	struct newfs_layout layout = small_layout();
	struct journal_state journal;
	struct disk_inode disk;
	struct chunk chunk;
	struct inode root;
	struct fs *fs;

	layout.geo.has_parent = _i & 1;
	layout.geo.has_exchange = _i & 2;
	open_image(SIZE);
	ck_assert_int_eq(newfs_write(&layout, device, NULL, &err), 0);
	ck_assert_int_eq(fs_open(device, &fs, &err), 0);
	ck_assert_uint_eq(fs->sb_agno, 0);
	ck_assert_str_eq(fs->geo.label, "unit");
	ck_assert(uuid_equal(&fs->geo.uuid, &layout.geo.uuid));
	ck_assert(fs->geo.has_parent == layout.geo.has_parent);
	ck_assert(fs->geo.has_exchange == layout.geo.has_exchange);
	ck_assert_uint_eq(be64_get(fs->sb.icount), 64);
	ck_assert_uint_eq(be64_get(fs->sb.ifree), 61);
	/* All but: a block of headers and six of trees in each group, the journal, eight of inodes. */
	ck_assert_uint_eq(be64_get(fs->sb.fdblocks), layout.geo.blocks - AG_COUNT * 7 - 4000 - 8);
	ck_assert_int_eq(inode_read(fs, ROOT_INO, &root, &err), 0);
	ck_assert_uint_eq(root.mode, INODE_MODE_DIR | 0755);
	ck_assert_uint_eq(root.nlink, 2);
	ck_assert_uint_eq(root.gen, 77);
	ck_assert_uint_eq(root.flags, INODE_FLAG_EXTSZINHERIT);
	ck_assert_uint_eq(root.flags2, INODE_FLAG2_DAX | INODE_FLAG2_COWEXTSIZE | INODE_FLAG2_BIGTIME);
	memcpy(&disk, root.raw, sizeof(disk));
	ck_assert_uint_eq(be32_get(disk.extsize), 512);
	ck_assert_uint_eq(be32_get(disk.cowextsize), 512);
	ck_assert_int_eq(chunk_find(fs, ROOT_INO + 63, &chunk, &err), 1);
	ck_assert_uint_eq(chunk.allocated, 7);
	ck_assert_int_eq(journal_inspect(fs, &journal, &err), 0);
	ck_assert_int_eq(journal.condition, JOURNAL_CLEAN);
	fs_close(fs);
}
END_TEST

START_TEST(a_device_that_is_too_small)
{
	struct newfs_layout layout = small_layout();
	uint8_t byte = 1;

	open_image(SIZE - 1);
	ck_assert_int_eq(device_write(device, 1000, &byte, 1, &err), 0);
	ck_assert_int_eq(newfs_write(&layout, device, NULL, &err), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, " is smaller than the file system that was planned for it"));
	/* Nothing was touched. */
	byte = 0;
	ck_assert_int_eq(device_read(device, 1000, &byte, 1, &err), 0);
	ck_assert_uint_eq(byte, 1);
}
END_TEST

static int stop_at_second(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)arg, (void)pass;
	ck_assert_uint_eq(total, AG_COUNT);
	return done == 1;
}

static int count_steps(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	uint64_t *steps = arg;

	ck_assert_str_eq(pass, "writing");
	ck_assert_uint_eq(total, AG_COUNT);
	ck_assert_uint_eq(done, (*steps)++);
	return 0;
}

START_TEST(tells_how_far_it_is)
{
	struct newfs_layout layout = small_layout();
	uint64_t steps = 0;
	const struct progress progress = {.step = count_steps, .arg = &steps};

	open_image(SIZE);
	ck_assert_int_eq(newfs_write(&layout, device, &progress, &err), 0);
	/* Each group before it is begun, and that all are done. */
	ck_assert_uint_eq(steps, AG_COUNT + 1);
}
END_TEST

START_TEST(stopped_by_who_asked_for_it)
{
	struct newfs_layout layout = small_layout();
	const struct progress progress = {.step = stop_at_second};
	struct geometry geo;
	struct disk_sb sb;

	open_image(SIZE);
	/* Over a whole one. */
	ck_assert_int_eq(newfs_write(&layout, device, NULL, &err), 0);
	ck_assert_int_eq(superblock_read_first(device, &sb, &geo, &err), 0);
	ck_assert_int_eq(newfs_write(&layout, device, &progress, &err), ERR_CANCELLED);
	ck_assert_str_eq(err.text, "stopped before the file system was complete");
	ck_assert_int_eq(superblock_read_first(device, &sb, &geo, &err), ERR_NOT_XFS);
}
END_TEST

/* The superblocks of an old file system's other groups do not survive, wherever they lay. */
START_TEST(old_superblocks_are_wiped)
{
	struct newfs_layout layout = small_layout();
	const uint64_t old = (uint64_t)(AG_BLOCKS - 777) * 4096;
	uint32_t agno;
	struct geometry geo;
	struct disk_sb sb;
	be32 magic;

	open_image(SIZE + ((uint64_t)4 << 20));
	layout.geo.ag_blocks -= 777;
	layout.geo.blocks -= 777 * AG_COUNT;
	ck_assert_int_eq(newfs_write(&layout, device, NULL, &err), 0);
	ck_assert_int_eq(device_read(device, old, &magic, sizeof(magic), &err), 0);
	ck_assert_uint_eq(be32_get(magic), SB_MAGIC);
	layout = small_layout();
	ck_assert_int_eq(newfs_write(&layout, device, NULL, &err), 0);
	for (unsigned i = 1; i < AG_COUNT; i++) {
		ck_assert_int_eq(device_read(device, i * old, &magic, sizeof(magic), &err), 0);
		ck_assert_uint_eq(be32_get(magic), 0);
	}
	/* What is found without the first one is of the new file system. */
	ck_assert_int_eq(device_zero(device, 0, 512, &err), 0);
	ck_assert_int_eq(superblock_search(device, &sb, &geo, &agno, &err), 0);
	ck_assert_uint_eq(geo.ag_blocks, AG_BLOCKS);
}
END_TEST

/* What an earlier use left at both ends: the magic numbers of other things, found by their usual places. */
START_TEST(signatures_at_both_ends_are_wiped)
{
	const uint64_t size = SIZE + ((uint64_t)4 << 20);
	const uint64_t places[] = {1080,    4086,    32769,	 65600,	      262144,
				   1048576, 4194304, size - 512, size - 8192, size - 262144};
	struct newfs_layout layout = small_layout();
	uint8_t mark[8], found[8];

	memset(mark, 0x77, sizeof(mark));
	open_image(size);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		ck_assert_int_eq(device_write(device, places[i], mark, sizeof(mark), &err), 0);
	ck_assert_int_eq(newfs_write(&layout, device, NULL, &err), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		ck_assert_int_eq(device_read(device, places[i], found, sizeof(found), &err), 0);
		ck_assert_int_ne(memcmp(found, mark, sizeof(mark)), 0);
	}
}
END_TEST

Suite *newfs_write_suite(void)
{
	Suite *suite = suite_create("newfs_write");
	TCase *tc = tcase_create("newfs_write");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, it_can_be_read, 0, 4);
	tcase_add_test(tc, a_device_that_is_too_small);
	tcase_add_test(tc, tells_how_far_it_is);
	tcase_add_test(tc, stopped_by_who_asked_for_it);
	tcase_add_test(tc, old_superblocks_are_wiped);
	tcase_add_test(tc, signatures_at_both_ends_are_wiped);
	suite_add_tcase(suite, tc);
	return suite;
}
