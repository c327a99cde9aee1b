/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The room in a leaf of attributes: names and values take disjoint parts of it, and the header's account of used and
 * free room is right.
 *
 * What the kernel promises (seen in what it writes, and in what its scrub insists on): a name with what belongs to it
 * begins at a multiple of four and takes a multiple of four; used bytes are exact, and
 * without "holes" the first of them, and there are none. The list of free regions need not be complete, and what is not
 * listed may be any free room; regions of no size may begin anywhere.
 */
#include <string.h>

#include "check/inode/attr_parts.h"

#define UNIT_BYTES 4u /* XFS_ATTR_LEAF_NAME_ALIGN */

void attr_leaf_begin(struct attr_check *check)
{
	uint32_t block_bytes = work_fs(check->work)->geo.block_bytes;

	check->used = check->work->block;
	memset(check->used, 0, block_bytes / UNIT_BYTES / 8);
	check->leaf_lost = false;
	check->used_bytes = 0;
	check->first_used = block_bytes;
}

/* Marks bytes of the block as taken; false: some of them were. */
static bool mark(struct attr_check *check, uint32_t at, uint32_t len)
{
	uint8_t overlap = 0;

	for (uint32_t unit = at / UNIT_BYTES; unit < (at + len) / UNIT_BYTES; unit++) {
		uint8_t bit = (uint8_t)(1u << unit % 8);

		overlap |= check->used[unit / 8] & bit;
		check->used[unit / 8] |= bit;
	}
	return overlap == 0;
}

static void raise_overlap(struct attr_check *check, const struct attr *attr)
{
	struct finding finding = {.code = FINDING_ATTR_OVERLAP,
				  .at = at_fork(check->inode->ino, FORK_ATTR),
				  .field = "nameidx",
				  .has_found = true,
				  .found = attr->at};

	attr_name(&finding, attr);
	finding_raise(&check->work->findings, &finding);
}

void attr_leaf_take(struct attr_check *check, const struct attr *attr)
{
	uint32_t len = (attr->len + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
	uint32_t block_bytes = work_fs(check->work)->geo.block_bytes;

	/* The reader has seen that it begins in the block. */
	if (attr->at % UNIT_BYTES != 0 || len > block_bytes - attr->at || !mark(check, attr->at, len)) {
		check->leaf_lost = true;
		raise_overlap(check, attr);
		return;
	}
	check->used_bytes += len;
	if (attr->at < check->first_used)
		check->first_used = attr->at;
}

static void account(struct attr_check *check, const struct attr_block *block, const char *field, uint32_t expected,
		    uint32_t found)
{
	check_equal(check->work, FINDING_ATTR_LEAF_ROOM, attr_place(check, block), field, expected, found);
}

static void check_used(struct attr_check *check, const struct attr_block *block, const struct disk_attr_leaf *leaf)
{
	uint32_t first = be16_get(leaf->firstused), block_bytes = (uint32_t)block->bytes.len;

	if (first == 0)
		first = 1u << 16;
	account(check, block, "usedbytes", check->used_bytes, be16_get(leaf->usedbytes));
	if (leaf->holes > 1)
		account(check, block, "holes", 1, leaf->holes);
	/* With holes it may be too low: it is not looked for when attributes move to another leaf. */
	if (first > check->first_used || (leaf->holes == 0 && first != block_bytes - check->used_bytes))
		account(check, block, "firstused", check->first_used, first);
}

static void bad_region(struct attr_check *check, const struct attr_block *block, const char *field, uint32_t base)
{
	finding_raise(&check->work->findings, &(struct finding){.code = FINDING_ATTR_LEAF_FREEMAP,
								.at = attr_place(check, block),
								.field = field,
								.has_found = true,
								.found = base});
}

/* Regions lie behind the entries, in room that nothing else takes. */
static void check_free(struct attr_check *check, const struct attr_block *block, const struct disk_attr_leaf *leaf)
{
	static const char *const fields[ATTR_FREE_REGIONS] = {"freemap[0].base", "freemap[1].base", "freemap[2].base"};
	uint32_t entries_end = (uint32_t)(sizeof(*leaf) + be16_get(leaf->count) * sizeof(struct disk_attr_leaf_entry));
	uint32_t block_bytes = (uint32_t)block->bytes.len;

	for (unsigned i = 0; i < ATTR_FREE_REGIONS; i++) {
		uint32_t base = be16_get(leaf->freemap[i].base), size = be16_get(leaf->freemap[i].size);

		if (base % UNIT_BYTES != 0 || size % UNIT_BYTES != 0 || base > block_bytes || size > block_bytes - base)
			bad_region(check, block, fields[i], base);
		else if (size != 0 && (base < entries_end || !mark(check, base, size)))
			bad_region(check, block, fields[i], base);
	}
}

static void check_pads(struct attr_check *check, const struct attr_block *block, const struct disk_attr_leaf *leaf)
{
	const struct disk_attr_leaf_entry *entry = (const struct disk_attr_leaf_entry *)(leaf + 1);

	attr_pad_check(check, block, "info.pad", be16_get(leaf->info.pad));
	attr_pad_check(check, block, "pad1", leaf->pad1);
	attr_pad_check(check, block, "pad2", be32_get(leaf->pad2));
	for (uint32_t i = 0; i < be16_get(leaf->count); i++)
		attr_pad_check(check, block, "pad2", entry[i].pad2);
}

void attr_leaf_check(struct attr_check *check, const struct attr_block *block)
{
	const struct disk_attr_leaf *leaf = (const struct disk_attr_leaf *)block->bytes.bytes;

	if (!check->leaf_lost) {
		check_used(check, block, leaf);
		check_free(check, block, leaf);
	}
	check_pads(check, block, leaf);
	attr_leaf_begin(check);
}
