/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of records and keys. */
#include "format/records.h"

/* clang-format off */
static const struct field alloc_rec_fields[] = {
	FIELD(struct disk_alloc_rec, startblock,	UNIT_AGBLOCK),
	FIELD(struct disk_alloc_rec, blockcount,	UNIT_BLOCKS),
};

static const struct field inobt_rec_fields[] = {
	FIELD(struct disk_inobt_rec, startino,		UNIT_AGINO),
	FIELD_IF(struct disk_inobt_rec, freecount,	UNIT_NONE, WHEN_NO_SPARSE),
	FIELD_IF(struct disk_inobt_rec, holemask,	UNIT_FLAGS, WHEN_SPARSE),
	FIELD_IF(struct disk_inobt_rec, count,		UNIT_NONE, WHEN_SPARSE),
	FIELD_IF(struct disk_inobt_rec, sp_freecount,	UNIT_NONE, WHEN_SPARSE),
	FIELD(struct disk_inobt_rec, free,		UNIT_FLAGS),
};

static const struct field inobt_key_fields[] = {
	FIELD(struct disk_inobt_key, startino,		UNIT_AGINO),
};

static const struct field refcount_rec_fields[] = {
	FIELD_PACKED(struct disk_refcount_rec, startblock, 0, 1, cowflag, UNIT_FLAGS),
	FIELD_PACKED(struct disk_refcount_rec, startblock, 1, 31, startblock, UNIT_AGBLOCK),
	FIELD(struct disk_refcount_rec, blockcount,	UNIT_BLOCKS),
	FIELD(struct disk_refcount_rec, refcount,	UNIT_NONE),
};

static const struct field refcount_key_fields[] = {
	FIELD_PACKED(struct disk_refcount_key, startblock, 0, 1, cowflag, UNIT_FLAGS),
	FIELD_PACKED(struct disk_refcount_key, startblock, 1, 31, startblock, UNIT_AGBLOCK),
};

static const struct field rmap_rec_fields[] = {
	FIELD(struct disk_rmap_rec, startblock,		UNIT_AGBLOCK),
	FIELD(struct disk_rmap_rec, blockcount,		UNIT_BLOCKS),
	FIELD(struct disk_rmap_rec, owner,		UNIT_INO),
	FIELD_PACKED(struct disk_rmap_rec, offset, 0, 1, attrfork, UNIT_FLAGS),
	FIELD_PACKED(struct disk_rmap_rec, offset, 1, 1, bmbtblock, UNIT_FLAGS),
	FIELD_PACKED(struct disk_rmap_rec, offset, 2, 1, extentflag, UNIT_FLAGS),
	FIELD_PACKED(struct disk_rmap_rec, offset, 3, 7, pad, UNIT_PAD),
	FIELD_PACKED(struct disk_rmap_rec, offset, 10, 54, offset, UNIT_FILEOFF),
};

static const struct field rmap_key_fields[] = {
	FIELD(struct disk_rmap_key, startblock,		UNIT_AGBLOCK),
	FIELD(struct disk_rmap_key, owner,		UNIT_INO),
	FIELD_PACKED(struct disk_rmap_key, offset, 0, 1, attrfork, UNIT_FLAGS),
	FIELD_PACKED(struct disk_rmap_key, offset, 1, 1, bmbtblock, UNIT_FLAGS),
	FIELD_PACKED(struct disk_rmap_key, offset, 2, 1, extentflag, UNIT_FLAGS),
	FIELD_PACKED(struct disk_rmap_key, offset, 3, 7, pad, UNIT_PAD),
	FIELD_PACKED(struct disk_rmap_key, offset, 10, 54, offset, UNIT_FILEOFF),
};

static const struct field bmap_rec_fields[] = {
	FIELD_PACKED(struct disk_bmap_rec, l0, 0, 1, extentflag, UNIT_FLAGS),
	FIELD_PACKED(struct disk_bmap_rec, l0, 1, 54, startoff, UNIT_FILEOFF),
	FIELD_PACKED(struct disk_bmap_rec, l0, 55, 52, startblock, UNIT_FSBLOCK),
	FIELD_PACKED(struct disk_bmap_rec, l1, 43, 21, blockcount, UNIT_BLOCKS),
};

static const struct field bmap_key_fields[] = {
	FIELD(struct disk_bmap_key, startoff,		UNIT_FILEOFF),
};
/* clang-format on */

const struct field_table alloc_rec_table = FIELD_TABLE("alloc_rec", struct disk_alloc_rec, alloc_rec_fields);
const struct field_table inobt_rec_table = FIELD_TABLE("inobt_rec", struct disk_inobt_rec, inobt_rec_fields);
const struct field_table inobt_key_table = FIELD_TABLE("inobt_key", struct disk_inobt_key, inobt_key_fields);
const struct field_table refcount_rec_table =
	FIELD_TABLE("refcount_rec", struct disk_refcount_rec, refcount_rec_fields);
const struct field_table refcount_key_table =
	FIELD_TABLE("refcount_key", struct disk_refcount_key, refcount_key_fields);
const struct field_table rmap_rec_table = FIELD_TABLE("rmap_rec", struct disk_rmap_rec, rmap_rec_fields);
const struct field_table rmap_key_table = FIELD_TABLE("rmap_key", struct disk_rmap_key, rmap_key_fields);
const struct field_table bmap_rec_table = FIELD_TABLE("bmap_rec", struct disk_bmap_rec, bmap_rec_fields);
const struct field_table bmap_key_table = FIELD_TABLE("bmap_key", struct disk_bmap_key, bmap_key_fields);
