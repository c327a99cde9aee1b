/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stripe, number and size of the allocation groups, and the share of the inodes.
 *
 * For DAX: the stripe is what a huge page maps, so that every group, every large extent and the first inodes start on
 * 2 MiB. A group is locked as a whole while blocks or inodes are taken from it, so that the number of groups bounds how
 * many processors allocate at once; memory knows no seeks, so many groups cost nothing but their headers. Groups of
 * half a GiB still hold the log and hundreds of huge pages: as many of these as fit, 4 at least and 32 at most.
 */
#include "write/newfs_plan.h"

#define GIB (1ull << 30)
#define TIB (1ull << 40)
#define MIB (1ull << 20)

#define DAX_GROUP_BYTES (GIB / 2)
#define DAX_GROUPS_MIN	4u
#define DAX_GROUPS_MAX	32u

/* ------------------------------------------------------------------ stripe */

static int set_stripe(struct newfs_draft *draft, uint64_t unit_bytes, uint64_t width_bytes, struct error *err)
{
	uint32_t block = draft->layout->geo.block_bytes;

	if (unit_bytes % block != 0 || width_bytes % block != 0)
		return error_set(err, ERR_INVALID, "stripe unit %llu or width %llu is not a multiple of the block size %u",
				 (unsigned long long)unit_bytes, (unsigned long long)width_bytes, block);
	if (unit_bytes == 0 ? width_bytes != 0 : width_bytes == 0 || width_bytes % unit_bytes != 0)
		return error_set(err, ERR_INVALID, "stripe width %llu is not a multiple of the stripe unit %llu",
				 (unsigned long long)width_bytes, (unsigned long long)unit_bytes);
	if (unit_bytes / block > INT32_MAX || width_bytes / block > INT32_MAX)
		return error_set(err, ERR_INVALID, "stripe width %llu is too large", (unsigned long long)width_bytes);
	draft->layout->stripe_unit_blocks = (uint32_t)(unit_bytes / block);
	draft->layout->stripe_width_blocks = (uint32_t)(width_bytes / block);
	if (unit_bytes != 0)
		draft->layout->version |= SB_VERSION_DALIGN;
	return 0;
}

static int given_stripe(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_options *options = draft->options;
	uint64_t unit = options->stripe_unit_bytes.value;

	if (!options->stripe_unit_bytes.given || options->stripe_units.given == options->stripe_width_bytes.given)
		return error_set(err, ERR_INVALID, "a stripe is given by its unit and its width, each once");
	if (options->no_align)
		return error_set(err, ERR_INVALID, "a stripe and noalign exclude each other");
	if (options->stripe_width_bytes.given)
		return set_stripe(draft, unit, options->stripe_width_bytes.value, err);
	if (unit != 0 && options->stripe_units.value > INT64_MAX / unit)
		return error_set(err, ERR_INVALID, "a stripe width of %llu units of %llu bytes is too large",
				 (unsigned long long)options->stripe_units.value, (unsigned long long)unit);
	return set_stripe(draft, unit, unit * options->stripe_units.value, err);
}

/* Whether the stripe of the device can be had, for DAX without leaving the 2 MiB. */
static bool device_stripe_fits(const struct newfs_draft *draft)
{
	const struct newfs_device *device = draft->device;
	uint64_t base = draft->options->like_mkfs_xfs ? draft->layout->geo.block_bytes : NEWFS_HUGE_BYTES;

	return device->stripe_unit_bytes % base == 0 && device->stripe_width_bytes != 0 &&
	       device->stripe_width_bytes % device->stripe_unit_bytes == 0 && device->stripe_width_bytes <= TIB;
}

int newfs_plan_stripe(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_options *options = draft->options;
	const struct newfs_device *device = draft->device;

	if (options->stripe_unit_bytes.given || options->stripe_units.given || options->stripe_width_bytes.given)
		return given_stripe(draft, err);
	if (options->no_align)
		return 0;
	if (device->stripe_unit_bytes != 0) {
		if (device_stripe_fits(draft))
			return set_stripe(draft, device->stripe_unit_bytes, device->stripe_width_bytes, err);
		draft->layout->warnings |= NEWFS_WARN_STRIPE_IGNORED;
	}
	if (options->like_mkfs_xfs)
		return 0;
	return set_stripe(draft, NEWFS_HUGE_BYTES, NEWFS_HUGE_BYTES, err);
}

/* ------------------------------------------------------------------ groups */

static uint64_t group_min_blocks(const struct geometry *geo)
{
	return SB_AG_BYTES_MIN >> geo->block_log;
}

/* One block below 1 TiB, as mkfs.xfs has it. */
static uint64_t group_max_blocks(const struct geometry *geo)
{
	return (SB_AG_BYTES_MAX >> geo->block_log) - 1;
}

static uint64_t divide_up(uint64_t value, uint64_t by)
{
	return value / by + (value % by != 0);
}

static int plan_data(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_number *given = &draft->options->data_bytes;
	struct geometry *geo = &draft->layout->geo;
	uint64_t bytes = given->given ? given->value : draft->device->size_bytes;

	if (given->given && bytes % 512 != 0)
		return error_set(err, ERR_INVALID, "the size of %llu bytes is not a multiple of 512",
				 (unsigned long long)bytes);
	if (bytes > draft->device->size_bytes)
		return error_set(err, ERR_INVALID, "the size of %llu bytes is more than the device has, %llu",
				 (unsigned long long)bytes, (unsigned long long)draft->device->size_bytes);
	if (bytes < SB_AG_BYTES_MIN)
		return error_set(err, ERR_INVALID, "%llu bytes are too small for a file system, the minimum is %llu",
				 (unsigned long long)bytes, (unsigned long long)SB_AG_BYTES_MIN);
	if (bytes > INT64_MAX)
		return error_set(err, ERR_INVALID, "%llu bytes are more than a file system can have",
				 (unsigned long long)bytes);
	geo->blocks = bytes >> geo->block_log;
	return 0;
}

/* mkfs.xfs on a stripe takes it for many disks, and makes more groups. */
static uint64_t mkfs_xfs_groups(uint64_t bytes, bool striped)
{
	if (bytes < 32 * MIB)
		return 1;
	if (bytes < 64 * MIB)
		return 2;
	if (!striped || bytes < 128 * MIB)
		return 4;
	if (bytes <= 8 * GIB)
		return 8;
	return bytes <= 512 * GIB ? 16 : 32;
}

static uint64_t dax_groups(uint64_t bytes)
{
	uint64_t groups = bytes / DAX_GROUP_BYTES;

	if (bytes < 64 * MIB)
		return mkfs_xfs_groups(bytes, false);
	if (groups < DAX_GROUPS_MIN)
		return DAX_GROUPS_MIN;
	return groups > DAX_GROUPS_MAX ? DAX_GROUPS_MAX : groups;
}

static uint64_t default_group_blocks(const struct newfs_draft *draft)
{
	const struct geometry *geo = &draft->layout->geo;
	uint64_t bytes = geo->blocks << geo->block_log, max = group_max_blocks(geo);
	bool striped = draft->layout->stripe_unit_blocks != 0;
	uint64_t groups, blocks;

	groups = draft->options->like_mkfs_xfs ? mkfs_xfs_groups(bytes, striped) : dax_groups(bytes);
	blocks = divide_up(geo->blocks, groups);
	return blocks > max ? max : blocks;
}

static int given_group_blocks(const struct newfs_draft *draft, uint64_t *blocks, struct error *err)
{
	const struct newfs_options *options = draft->options;
	const struct geometry *geo = &draft->layout->geo;
	uint64_t bytes = options->ag_bytes.value;

	if (options->ag_bytes.given && options->ag_count.given)
		return error_set(err, ERR_INVALID, "agcount and agsize exclude each other");
	if (options->ag_count.given) {
		if (options->ag_count.value == 0 || options->ag_count.value > geo->blocks)
			return error_set(err, ERR_INVALID, "%llu groups cannot be made of %llu blocks",
					 (unsigned long long)options->ag_count.value, (unsigned long long)geo->blocks);
		*blocks = divide_up(geo->blocks, options->ag_count.value);
		return 0;
	}
	if (bytes % geo->block_bytes != 0)
		return error_set(err, ERR_INVALID, "agsize %llu is not a multiple of the block size %u",
				 (unsigned long long)bytes, geo->block_bytes);
	*blocks = bytes >> geo->block_log;
	return 0;
}

/*
 * Makes the size a multiple of the stripe unit: up, or down where up is too large. @may_shift: keeps off the width, as
 * groups that all start on the first disk of a stripe load it with all of their headers.
 */
static uint64_t align_group(const struct newfs_draft *draft, uint64_t blocks, bool may_shift)
{
	const struct geometry *geo = &draft->layout->geo;
	uint64_t unit = draft->layout->stripe_unit_blocks, width = draft->layout->stripe_width_blocks;
	uint64_t up;

	if (unit == 0)
		return blocks;
	up = divide_up(blocks, unit) * unit;
	if (up > group_max_blocks(geo) || (up > geo->blocks && !draft->options->like_mkfs_xfs))
		up -= unit;
	blocks = up;
	if (!may_shift || width == unit || blocks % width != 0)
		return blocks;
	return blocks < group_min_blocks(geo) + unit ? blocks + unit : blocks - unit;
}

static int check_group(const struct geometry *geo, uint64_t blocks, struct error *err)
{
	if (blocks < group_min_blocks(geo))
		return error_set(err, ERR_INVALID, "groups of %llu blocks are too small, the minimum is %llu (16 MiB)",
				 (unsigned long long)blocks, (unsigned long long)group_min_blocks(geo));
	if (blocks > group_max_blocks(geo))
		return error_set(err, ERR_INVALID, "groups of %llu blocks are too large, the maximum is %llu (1 TiB)",
				 (unsigned long long)blocks, (unsigned long long)group_max_blocks(geo));
	if (blocks > geo->blocks)
		return error_set(err, ERR_INVALID, "a group of %llu blocks is larger than the file system, %llu blocks",
				 (unsigned long long)blocks, (unsigned long long)geo->blocks);
	return 0;
}

static int plan_max_percent(struct newfs_draft *draft, struct error *err)
{
	const struct newfs_number *given = &draft->options->max_inode_percent;
	const struct geometry *geo = &draft->layout->geo;
	uint64_t bytes = geo->blocks << geo->block_log;

	if (given->given && given->value > 100)
		return error_set(err, ERR_INVALID, "maxpct %llu is more than 100",
				 (unsigned long long)given->value);
	/* 0 is no limit by its manual page, but mkfs.xfs 6.1 takes it for not given. */
	if (given->given && !(given->value == 0 && draft->options->like_mkfs_xfs))
		draft->layout->max_inode_percent = (uint8_t)given->value;
	else
		draft->layout->max_inode_percent = bytes < TIB ? 25 : bytes < 50 * TIB ? 5 : 1;
	return 0;
}

int newfs_plan_groups(struct newfs_draft *draft, struct error *err)
{
	struct geometry *geo = &draft->layout->geo;
	bool given = draft->options->ag_bytes.given || draft->options->ag_count.given;
	uint64_t blocks = 0, groups, rest;
	int rc = plan_data(draft, err);

	if (rc != 0)
		return rc;
	if (given)
		rc = given_group_blocks(draft, &blocks, err);
	else
		blocks = default_group_blocks(draft);
	if (rc != 0)
		return rc;
	/* What is asked for must be possible as it is, alignment makes no excuse. */
	if (given)
		rc = check_group(geo, blocks, err);
	if (rc != 0)
		return rc;
	blocks = align_group(draft, blocks, !given && blocks < geo->blocks);
	rc = check_group(geo, blocks, err);
	if (rc != 0)
		return rc;
	groups = divide_up(geo->blocks, blocks);
	rest = geo->blocks % blocks;
	/* A last group that cannot be is left off. */
	if (rest != 0 && rest < group_min_blocks(geo)) {
		groups--;
		geo->blocks -= rest;
	}
	/* Packed addresses have 52 bits, so that an extent record can hold them. */
	geo->ag_blocks_log = (uint8_t)(64 - __builtin_clzll(blocks - 1));
	if (groups > UINT32_MAX - 1 || groups > 1ull << (52 - geo->ag_blocks_log))
		return error_set(err, ERR_INVALID, "%llu groups are too many for groups of %llu blocks",
				 (unsigned long long)groups, (unsigned long long)blocks);
	geo->ag_blocks = (uint32_t)blocks;
	geo->ag_count = (uint32_t)groups;
	return plan_max_percent(draft, err);
}
