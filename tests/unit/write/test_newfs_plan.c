/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The defaults for DAX, every refusal, and plans for random options held against what a superblock must fulfil. That the
 * planner decides as mkfs.xfs does where it is asked to, is the business of tests/oracle/mkfs-plan.sh.
 */
#include <string.h>

#include "unit/random.h"
#include "unit/runner.h"
#include "write/newfs.h"

Suite *newfs_plan_suite(void);

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define TIB (1ull << 40)
#define HUGE_BLOCKS 512u

#define GIVEN(number) {true, (number)}

/* A namespace as the kernel shows it. */
static struct newfs_device pmem(uint64_t size_bytes)
{
	return (struct newfs_device){.size_bytes = size_bytes,
				     .logical_sector_bytes = 512,
				     .physical_sector_bytes = 4096,
				     .dax_capable = true};
}

/* ------------------------------------------------------------------ refusals */

struct refusal {
	struct newfs_options options;
	uint64_t size_bytes; /* 0: 1 GiB */
	int code;
	const char *sentence; /* a part of it */
};

/* clang-format off */
static const struct refusal refusals[] = {
	/* Sizes. */
	{{.block_bytes = GIVEN(512)}, 0, ERR_INVALID, "block size 512 is not a power of two from 1024 to 65536"},
	{{.block_bytes = GIVEN(5000)}, 0, ERR_INVALID, "block size 5000 is not"},
	{{.block_bytes = GIVEN(131072)}, 0, ERR_INVALID, "block size 131072 is not"},
	{{.sector_bytes = GIVEN(1000)}, 0, ERR_INVALID, "sector size 1000 is not a power of two from 512 to 32768"},
	{{.sector_bytes = GIVEN(8192)}, 0, ERR_INVALID, "sector size 8192 is larger than the block size 4096"},
	{{.inode_bytes = GIVEN(256)}, 0, ERR_INVALID, "inode size 256 is not a power of two from 512 to 2048"},
	{{.inode_bytes = GIVEN(4096)}, 0, ERR_INVALID, "inode size 4096 is not"},
	{{.inode_bytes = GIVEN(1024), .block_bytes = GIVEN(1024), .sector_bytes = GIVEN(512)}, 0, ERR_INVALID,
	 "inode size 1024 is not a power of two from 512 to 512, half a block"},
	{{.inode_align = NEWFS_OFF}, 0, ERR_UNSUPPORTED, "inodes are always aligned"},
	{{.dirblock_bytes = GIVEN(2048)}, 0, ERR_INVALID, "directory block size 2048 is not a power of two from 4096"},
	{{.dirblock_bytes = GIVEN(131072)}, 0, ERR_INVALID, "directory block size 131072 is not"},
	/* Features. */
	{{.ascii_ci = NEWFS_ON}, 0, ERR_UNSUPPORTED, "without regard to case"},
	{{.lazy_count = NEWFS_OFF}, 0, ERR_UNSUPPORTED, "lazy counters are always on"},
	{{.finobt = NEWFS_OFF, .inobtcount = NEWFS_ON}, 0, ERR_INVALID, "inobtcount counts blocks of finobt too"},
	{{.rmapbt = NEWFS_OFF}, 0, ERR_INVALID, "reflink without rmapbt leaves nobody"},
	/* Stripe. */
	{{.stripe_unit_bytes = GIVEN(65536)}, 0, ERR_INVALID, "a stripe is given by its unit and its width"},
	{{.stripe_units = GIVEN(1)}, 0, ERR_INVALID, "a stripe is given by its unit and its width"},
	{{.stripe_unit_bytes = GIVEN(65536), .stripe_units = GIVEN(1), .no_align = true}, 0, ERR_INVALID,
	 "a stripe and noalign exclude each other"},
	{{.stripe_unit_bytes = GIVEN(512), .stripe_units = GIVEN(8)}, 0, ERR_INVALID,
	 "stripe unit 512 or width 4096 is not a multiple of the block size 4096"},
	{{.stripe_unit_bytes = GIVEN(65536), .stripe_width_bytes = GIVEN(102400)}, 0, ERR_INVALID,
	 "stripe width 102400 is not a multiple of the stripe unit 65536"},
	{{.stripe_unit_bytes = GIVEN(0), .stripe_width_bytes = GIVEN(65536)}, 0, ERR_INVALID,
	 "stripe width 65536 is not a multiple of the stripe unit 0"},
	{{.stripe_unit_bytes = GIVEN(1ull << 40), .stripe_units = GIVEN(16)}, 0, ERR_INVALID, "is too large"},
	{{.stripe_unit_bytes = GIVEN(1ull << 40), .stripe_units = GIVEN(1ull << 40)}, 0, ERR_INVALID,
	 "a stripe width of 1099511627776 units of 1099511627776 bytes is too large"},
	/* Data and groups. */
	{{.data_bytes = GIVEN(2 * GIB)}, 0, ERR_INVALID, "the size of 2147483648 bytes is more than the device has"},
	{{.data_bytes = GIVEN(GIB - 1)}, 0, ERR_INVALID, "is not a multiple of 512"},
	{{.max_inode_percent = GIVEN(101)}, 0, ERR_INVALID, "maxpct 101 is more than 100"},
	{{.like_mkfs_xfs = false}, 16 * MIB - 4096, ERR_INVALID, "16773120 bytes are too small"},
	{{.like_mkfs_xfs = false}, 1ull << 63, ERR_INVALID, "9223372036854775808 bytes are more than a file system can have"},
	{{.ag_count = GIVEN(4), .ag_bytes = GIVEN(GIB / 4)}, 0, ERR_INVALID, "agcount and agsize exclude each other"},
	{{.ag_count = GIVEN(0)}, 0, ERR_INVALID, "0 groups cannot be made"},
	{{.ag_count = GIVEN(1ull << 40)}, 0, ERR_INVALID, "1099511627776 groups cannot be made of 262144 blocks"},
	{{.ag_count = GIVEN(65)}, 0, ERR_INVALID, "groups of 4033 blocks are too small, the minimum is 4096"},
	{{.ag_bytes = GIVEN(20 * MIB + 512)}, 0, ERR_INVALID, "agsize 20972032 is not a multiple"},
	{{.ag_bytes = GIVEN(TIB)}, 3 * TIB, ERR_INVALID, "groups of 268435456 blocks are too large"},
	{{.ag_bytes = GIVEN(2 * GIB)}, 0, ERR_INVALID, "a group of 524288 blocks is larger than the file system"},
	{{.ag_bytes = GIVEN(16 * MIB)}, 1ull << 62, ERR_INVALID, "274877906944 groups are too many"},
	/* Log. */
	{{.log_ag = GIVEN(4)}, 0, ERR_INVALID, "there is no group 4 for the log, the last one is 3"},
	{{.log_unit_bytes = GIVEN(512)}, 0, ERR_INVALID, "log stripe unit 512 is not a multiple of the block size"},
	{{.log_unit_bytes = GIVEN(0)}, 0, ERR_INVALID, "log stripe unit 0 is not"},
	{{.log_unit_bytes = GIVEN(512 << 10)}, 0, ERR_INVALID, "log stripe unit 524288 is larger than 262144"},
	{{.log_bytes = GIVEN(64 * MIB + 1)}, 0, ERR_INVALID, "log size 67108865 is not a multiple of 512"},
	{{.log_bytes = GIVEN(4 * MIB)}, 0, ERR_INVALID, "log of 1024 blocks is too small, the minimum is 3126"},
	{{.log_bytes = GIVEN(2039 * MIB)}, 40 * GIB, ERR_INVALID, "log of 521984 blocks is too large, the maximum is 521728"},
	{{.log_bytes = GIVEN(256 * MIB)}, 0, ERR_INVALID, "log of 65536 blocks does not fit into its group of 65536"},
	{{.log_bytes = GIVEN(64 * MIB + 4096), .log_unit_bytes = GIVEN(65536)}, 0, ERR_INVALID,
	 "log of 16385 blocks is not a multiple of its stripe unit of 16"},
	{{.block_bytes = GIVEN(65536)}, 64 * MIB, ERR_INVALID, "too small: the log needs"},
	/* First inodes and hints. */
	{{.log_ag = GIVEN(0), .log_unit_bytes = GIVEN(262144), .no_align = true}, 0, ERR_INVALID,
	 "the log in group 0 with a stripe unit of 262144 bytes lies where the first inodes must be"},
	{{.ag_bytes = GIVEN(16 * MIB), .stripe_unit_bytes = GIVEN(16 * MIB), .stripe_units = GIVEN(1)}, 0, ERR_INVALID,
	 "group 0 has no room for the first inodes, aligned to 4096 blocks"},
	{{.extszinherit_blocks = GIVEN(1u << 30)}, 0, ERR_INVALID, "extszinherit of 1073741824 blocks is too large"},
	{{.cowextsize_blocks = GIVEN(1u << 30)}, 0, ERR_INVALID, "cowextsize of 1073741824 blocks is too large"},
	{{.cowextsize_blocks = GIVEN(512), .reflink = NEWFS_OFF}, 0, ERR_INVALID, "cowextsize is of no use without reflink"},
};
/* clang-format on */

START_TEST(refuses)
{
	const struct refusal *refusal = &refusals[_i];
	struct newfs_device device = pmem(refusal->size_bytes ? refusal->size_bytes : GIB);
	struct newfs_layout layout = {.stripe_unit_blocks = 77};
	struct error err = {0};

	ck_assert_msg(newfs_plan(&refusal->options, &device, &layout, &err) == refusal->code, "said: %s", err.text);
	ck_assert_msg(strstr(err.text, refusal->sentence) != NULL, "said: %s", err.text);
	ck_assert_uint_eq(layout.stripe_unit_blocks, 77); /* written only on success */
}
END_TEST

START_TEST(refuses_sectors_smaller_than_the_device_has)
{
	const struct newfs_options options = {.sector_bytes = GIVEN(512)};
	struct newfs_device device = pmem(GIB);
	struct newfs_layout layout;
	struct error err = {0};

	device.logical_sector_bytes = 4096;
	ck_assert_int_eq(newfs_plan(&options, &device, &layout, &err), ERR_INVALID);
	ck_assert_str_eq(err.text, "sector size 512 is smaller than that of the device, 4096");
}
END_TEST

/* ------------------------------------------------------------------ defaults */

static void plan(const struct newfs_options *options, const struct newfs_device *device, struct newfs_layout *layout)
{
	struct error err = {0};

	ck_assert_msg(newfs_plan(options, device, layout, &err) == 0, "said: %s", err.text);
}

START_TEST(plans_for_dax)
{
	const struct newfs_options options = {.label = "pmem", .uuid = {{1, 2, 3}}, .root_generation = 5};
	struct newfs_device device = pmem(100 * GIB);
	struct newfs_layout layout;
	const struct geometry *geo = &layout.geo;

	plan(&options, &device, &layout);
	ck_assert_uint_eq(layout.warnings, 0);
	ck_assert_uint_eq(geo->block_bytes, 4096);
	ck_assert_uint_eq(geo->sector_bytes, 4096);
	ck_assert_uint_eq(geo->ag_count, 32);
	ck_assert_uint_eq(geo->ag_blocks, 819200);
	ck_assert_uint_eq(layout.stripe_unit_blocks, HUGE_BLOCKS);
	ck_assert_uint_eq(layout.stripe_width_blocks, HUGE_BLOCKS);
	ck_assert_uint_eq(layout.extszinherit_blocks, HUGE_BLOCKS);
	ck_assert_uint_eq(layout.cowextsize_blocks, HUGE_BLOCKS);
	ck_assert(layout.dax_inherit);
	ck_assert(geo->has_rmapbt && geo->has_reflink && geo->has_nrext64 && geo->has_bigtime && geo->has_inobtcount);
	ck_assert(geo->has_finobt && geo->has_sparse_inodes && !geo->has_exchange && !geo->has_parent);
	ck_assert_uint_eq(geo->root_ino, HUGE_BLOCKS * 8);
	ck_assert_uint_eq(geo->log_start.agno, 16);
	ck_assert_uint_eq((geo->log_start.agbno + geo->log_blocks) % HUGE_BLOCKS, 0);
	ck_assert_uint_ge(geo->log_blocks, 16384);
	ck_assert_uint_lt(geo->log_blocks, 16384 + HUGE_BLOCKS);
	ck_assert_uint_eq(layout.log_unit_bytes, 4096);
	ck_assert_str_eq(geo->label, "pmem");
	ck_assert(uuid_equal(&geo->uuid, &options.uuid) && uuid_equal(&geo->meta_uuid, &options.uuid));
	ck_assert_uint_eq(layout.root_generation, 5);
}
END_TEST

/* How the number of groups and the log grow. */
static const struct {
	uint64_t size_bytes;
	uint32_t groups, least_log_mib;
} grown[] = {
	{32 * MIB, 2, 11},   {64 * MIB, 4, 11},	 {GIB, 4, 64},	      {4 * GIB, 8, 64},	  {16 * GIB, 32, 64},
	{TIB, 32, 512},	     {2 * TIB, 32, 1024}, {32 * TIB, 33, 1024}, {64 * TIB, 65, 1024},
};

START_TEST(grows_with_the_device)
{
	const struct newfs_options options = {0};
	struct newfs_device device = pmem(grown[_i].size_bytes);
	struct newfs_layout layout;
	uint64_t log_bytes;

	plan(&options, &device, &layout);
	log_bytes = (uint64_t)layout.geo.log_blocks << layout.geo.block_log;
	ck_assert_uint_eq(layout.geo.ag_count, grown[_i].groups);
	ck_assert_uint_ge(log_bytes, grown[_i].least_log_mib * MIB);
	ck_assert_uint_lt(log_bytes, grown[_i].least_log_mib * MIB + 3 * MIB);
	ck_assert_uint_eq(layout.geo.ag_blocks % HUGE_BLOCKS, 0);
}
END_TEST

START_TEST(scales_hints_with_the_block)
{
	const struct newfs_options options = {.block_bytes = GIVEN(16384)};
	struct newfs_device device = pmem(GIB);
	struct newfs_layout layout;

	plan(&options, &device, &layout);
	ck_assert_uint_eq(layout.extszinherit_blocks, 128);
	ck_assert_uint_eq(layout.stripe_unit_blocks, 128);
	ck_assert_uint_eq(layout.warnings, NEWFS_WARN_BLOCK_SIZE_NO_DAX);
}
END_TEST

START_TEST(gives_images_the_sectors_of_pmem)
{
	const struct newfs_options options = {0}, small = {.block_bytes = GIVEN(2048)};
	struct newfs_device device = {
		.size_bytes = GIB, .logical_sector_bytes = 512, .physical_sector_bytes = 512, .is_file = true};
	struct newfs_layout layout;

	plan(&options, &device, &layout);
	ck_assert_uint_eq(layout.geo.sector_bytes, 4096);
	plan(&small, &device, &layout);
	ck_assert_uint_eq(layout.geo.sector_bytes, 2048);
}
END_TEST

/* ------------------------------------------------------------------ warnings */

START_TEST(warns)
{
	const struct newfs_options options = {0};
	const struct newfs_options unmapped = {.rmapbt = NEWFS_OFF, .allow_unmapped = true};
	struct newfs_device device = pmem(GIB);
	struct newfs_layout layout;

	plan(&unmapped, &device, &layout);
	ck_assert_uint_eq(layout.warnings, NEWFS_WARN_UNMAPPED_REFLINK);
	device.is_partition = true;
	device.start_bytes = MIB;
	plan(&options, &device, &layout);
	ck_assert_uint_eq(layout.warnings, NEWFS_WARN_PARTITION | NEWFS_WARN_START_UNALIGNED);
	device.start_bytes = 4 * MIB;
	plan(&options, &device, &layout);
	ck_assert_uint_eq(layout.warnings, NEWFS_WARN_PARTITION);
	for (unsigned bit = 1; bit <= NEWFS_WARN_STRIPE_IGNORED; bit <<= 1)
		ck_assert_uint_gt(strlen(newfs_warning_text((enum newfs_warning)bit)), 20);
}
END_TEST

START_TEST(takes_a_stripe_of_the_device_that_keeps_2_mib)
{
	const struct newfs_options options = {0}, none = {.no_align = true};
	struct newfs_device device = pmem(8 * GIB);
	struct newfs_layout layout;

	device.stripe_unit_bytes = 4 * MIB;
	device.stripe_width_bytes = 8 * MIB;
	plan(&options, &device, &layout);
	ck_assert_uint_eq(layout.stripe_unit_blocks, 1024);
	ck_assert_uint_eq(layout.stripe_width_blocks, 2048);
	ck_assert_uint_eq(layout.warnings, 0);
	device.stripe_unit_bytes = 65536;
	plan(&options, &device, &layout);
	ck_assert_uint_eq(layout.stripe_unit_blocks, HUGE_BLOCKS);
	ck_assert_uint_eq(layout.warnings, NEWFS_WARN_STRIPE_IGNORED);
	plan(&none, &device, &layout);
	ck_assert_uint_eq(layout.stripe_unit_blocks, 0);
	ck_assert_uint_eq(layout.warnings, 0);
}
END_TEST

/* ------------------------------------------------------------------ any options */

/* The superblock that a layout asks for. */
static void fill_sb(const struct newfs_layout *layout, struct disk_sb *sb)
{
	const struct geometry *geo = &layout->geo;

	memset(sb, 0, sizeof(*sb));
	sb->magicnum = be32_of(SB_MAGIC);
	sb->versionnum = be16_of(layout->version);
	sb->blocksize = be32_of(geo->block_bytes);
	sb->blocklog = geo->block_log;
	sb->sectsize = be16_of((uint16_t)geo->sector_bytes);
	sb->sectlog = geo->sector_log;
	sb->inodesize = be16_of((uint16_t)geo->inode_bytes);
	sb->inodelog = geo->inode_log;
	sb->inopblog = geo->inodes_per_block_log;
	sb->inopblock = be16_of((uint16_t)(1u << geo->inodes_per_block_log));
	sb->dirblklog = geo->dirblock_blocks_log;
	sb->agblklog = geo->ag_blocks_log;
	sb->agblocks = be32_of(geo->ag_blocks);
	sb->agcount = be32_of(geo->ag_count);
	sb->dblocks = be64_of(geo->blocks);
	sb->logstart = be64_of(geometry_pack(geo, geo->log_start).packed);
	sb->logblocks = be32_of(geo->log_blocks);
	sb->features_incompat = be32_of(geo->features_incompat);
	sb->features_ro_compat = be32_of(geo->features_ro_compat);
}

static enum newfs_switch some_switch(uint64_t *state)
{
	return (enum newfs_switch)random_below(state, 3);
}

static struct newfs_number some_number(uint64_t *state, uint64_t value)
{
	return (struct newfs_number){random_below(state, 3) == 0, value};
}

static uint64_t some_power(uint64_t *state, unsigned from, unsigned to)
{
	return 1ull << (from + random_below(state, to - from + 1));
}

static struct newfs_options some_options(uint64_t *state, uint64_t size_bytes)
{
	struct newfs_options options = {
		.block_bytes = some_number(state, some_power(state, 10, 16)),
		.sector_bytes = some_number(state, some_power(state, 9, 12)),
		.inode_bytes = some_number(state, some_power(state, 9, 11)),
		.dirblock_bytes = some_number(state, some_power(state, 12, 16)),
		.ag_count = some_number(state, 1 + random_below(state, 70)),
		.log_ag = some_number(state, random_below(state, 3)),
		.log_bytes = some_number(state, random_below(state, size_bytes)),
		.log_unit_bytes = some_number(state, some_power(state, 12, 18)),
		.sparse_inodes = some_switch(state),
		.nrext64 = some_switch(state),
		.finobt = some_switch(state),
		.rmapbt = some_switch(state),
		.reflink = some_switch(state),
		.bigtime = some_switch(state),
		.exchange = some_switch(state),
		.parent = some_switch(state),
		.no_align = random_below(state, 4) == 0,
		.allow_unmapped = true,
		.like_mkfs_xfs = random_below(state, 2) == 0,
	};

	if (!options.no_align && random_below(state, 3) == 0) {
		options.stripe_unit_bytes = (struct newfs_number)GIVEN(some_power(state, 12, 23));
		options.stripe_units = (struct newfs_number)GIVEN(1 + random_below(state, 9));
	}
	return options;
}

static void hold(const struct newfs_layout *layout, uint64_t size_bytes)
{
	const struct geometry *geo = &layout->geo;
	struct error err = {0};
	struct geometry read;
	struct disk_sb sb;
	uint32_t agno, agino, offset, chunk;

	fill_sb(layout, &sb);
	ck_assert_msg(geometry_from_sb(&sb, &read, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(read.log_start.agbno, geo->log_start.agbno);
	ck_assert_uint_le(geo->blocks << geo->block_log, size_bytes);
	ck_assert_uint_gt((geo->blocks << geo->block_log) + geo->block_bytes + (16 * MIB), size_bytes -
			  ((uint64_t)layout->stripe_unit_blocks * 2 << geo->block_log) * geo->ag_count);
	/* A whole chunk of inodes in one group, clear of the log, aligned. */
	ck_assert(geometry_ino_split(geo, geo->root_ino, &agno, &agino));
	agino = geometry_agino_block(geo, agino, &offset);
	chunk = (64 * geo->inode_bytes + geo->block_bytes - 1) / geo->block_bytes;
	ck_assert(geometry_holds(geo, (struct agaddr){agno, agino}, chunk));
	ck_assert(agno != geo->log_start.agno || agino >= geo->log_start.agbno + geo->log_blocks);
	ck_assert(geo->inode_align_blocks == 0 || agino % geo->inode_align_blocks == 0);
	ck_assert(layout->stripe_unit_blocks == 0 || geo->ag_count == 1 ||
		  geo->ag_blocks % layout->stripe_unit_blocks == 0);
	ck_assert_uint_gt(geo->log_start.agbno, 3 * geo->sector_bytes / geo->block_bytes);
}

START_TEST(plans_what_a_superblock_can_say)
{
	uint64_t state = (uint64_t)_i + 1;
	unsigned planned = 0;

	for (int round = 0; round < 20000; round++) {
		uint64_t size = some_power(&state, 24, 45) + random_below(&state, 64 * MIB) / 512 * 512;
		struct newfs_options options = some_options(&state, size < GIB ? size : GIB);
		struct newfs_device device = pmem(size);
		struct newfs_layout layout;
		struct error err = {0};
		int rc = newfs_plan(&options, &device, &layout, &err);

		if (rc == 0) {
			planned++;
			hold(&layout, size);
		} else {
			ck_assert_int_eq(rc, ERR_INVALID);
			ck_assert_uint_gt(strlen(err.text), 10);
		}
	}
	ck_assert_uint_gt(planned, 2000);
}
END_TEST

Suite *newfs_plan_suite(void)
{
	Suite *suite = suite_create("newfs_plan");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, refuses, 0, sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(tcase, refuses_sectors_smaller_than_the_device_has);
	tcase_add_test(tcase, plans_for_dax);
	tcase_add_loop_test(tcase, grows_with_the_device, 0, sizeof(grown) / sizeof(grown[0]));
	tcase_add_test(tcase, scales_hints_with_the_block);
	tcase_add_test(tcase, gives_images_the_sectors_of_pmem);
	tcase_add_test(tcase, warns);
	tcase_add_test(tcase, takes_a_stripe_of_the_device_that_keeps_2_mib);
	tcase_add_loop_test(tcase, plans_what_a_superblock_can_say, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}
