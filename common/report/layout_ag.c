/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers of allocation groups as people see them, and the elements that all layouts share. */
#include "format/agf.h"
#include "format/agfl.h"
#include "format/agi.h"
#include "format/sb.h"
#include "report/layout_items.h"

const struct field element_u8 = {.bit_width = 8, .count = 1, .kind = FIELD_U8};
const struct field element_be16 = {.bit_width = 16, .count = 1, .kind = FIELD_BE16};
const struct field element_be32 = {.bit_width = 32, .count = 1, .kind = FIELD_BE32};
const struct field element_be64 = {.bit_width = 64, .count = 1, .kind = FIELD_BE64};
const struct field element_agblock = {.bit_width = 32, .count = 1, .kind = FIELD_BE32, .unit = UNIT_AGBLOCK};
const struct field element_fsblock = {.bit_width = 64, .count = 1, .kind = FIELD_BE64, .unit = UNIT_FSBLOCK};
const struct field element_ino32 = {.bit_width = 32, .count = 1, .kind = FIELD_BE32, .unit = UNIT_NONE};
const struct field element_ino64 = {.bit_width = 64, .count = 1, .kind = FIELD_BE64, .unit = UNIT_INO};
const struct field element_text = {.count = 1, .kind = FIELD_CHARS};

/* clang-format off */
#define S(...) SAME(sb_table, __VA_ARGS__)
static const struct layout_item sb_items[] = {
	S("magicnum"), S("blocksize"), S("dblocks"), S("rblocks"), S("rextents"), S("uuid"),
	S("logstart", .address = ADDRESS_FSBLOCK, .address_type = "log"),
	S("rootino", .address = ADDRESS_INO, .address_type = "inode"),
	S("rbmino", .address = ADDRESS_INO, .address_type = "inode"),
	S("rsumino", .address = ADDRESS_INO, .address_type = "inode"),
	S("rextsize"), S("agblocks"), S("agcount"), S("rbmblocks"), S("logblocks"), S("versionnum"), S("sectsize"),
	S("inodesize"), S("inopblock"), S("fname"), S("blocklog"), S("sectlog"), S("inodelog"), S("inopblog"),
	S("agblklog"), S("rextslog"), S("inprogress"), S("imax_pct"), S("icount"), S("ifree"), S("fdblocks"),
	S("frextents"),
	S("uquotino", .address = ADDRESS_INO, .address_type = "inode"),
	S("gquotino", .address = ADDRESS_INO, .address_type = "inode"),
	S("qflags"), S("flags"), S("shared_vn"), S("inoalignmt"), S("unit"), S("width"), S("dirblklog"),
	S("logsectlog"), S("logsectsize"), S("logsunit"), S("features2"), S("bad_features2"), S("features_compat"),
	S("features_ro_compat"), S("features_incompat"), S("features_log_incompat"), S("crc"), S("spino_align"),
	S("pquotino", .address = ADDRESS_INO, .address_type = "inode"),
	S("lsn"), S("meta_uuid"),
};

#define F(...) SAME(agf_table, __VA_ARGS__)
static const struct layout_item agf_items[] = {
	F("magicnum"), F("versionnum"), F("seqno"), F("length"),
	F("bnoroot", .address = ADDRESS_AGBLOCK, .address_type = "bnobt"),
	F("cntroot", .address = ADDRESS_AGBLOCK, .address_type = "cntbt"),
	/* Without the feature there is no root, and xfs_db prints nothing. */
	F("rmaproot", .style = STYLE_NOT_ZERO, .address = ADDRESS_AGBLOCK, .address_type = "rmapbt"),
	F("refcntroot", .style = STYLE_NOT_ZERO, .address = ADDRESS_AGBLOCK, .address_type = "refcntbt"),
	F("bnolevel"), F("cntlevel"), F("rmaplevel"), F("refcntlevel"), F("rmapblocks"), F("refcntblocks"),
	F("flfirst"), F("fllast"), F("flcount"), F("freeblks"), F("longest"), F("btreeblks"), F("uuid"), F("lsn"),
	F("crc"),
};

#define I(...) SAME(agi_table, __VA_ARGS__)
static const struct layout_item agi_items[] = {
	I("magicnum"), I("versionnum"), I("seqno"), I("length"), I("count"),
	I("root", .address = ADDRESS_AGBLOCK, .address_type = "inobt"),
	I("level"), I("freecount"),
	I("newino", .address = ADDRESS_AGINO, .address_type = "inode"),
	I("dirino", .address = ADDRESS_AGINO, .address_type = "inode"),
	I("unlinked", .flags = LAYOUT_SKIP_NULL, .address = ADDRESS_AGINO, .address_type = "inode"),
	I("uuid"), I("crc"),
	I("pad32", .flags = LAYOUT_HIDDEN),
	I("lsn"),
	I("free_root", .address = ADDRESS_AGBLOCK, .address_type = "finobt"),
	I("free_level"),
	ITEM("ino_blocks", agi_table, "iblocks"),
	ITEM("fino_blocks", agi_table, "fblocks"),
};
/* clang-format on */

static uint32_t agfl_count(const struct layout_at *at)
{
	return at->source->bytes.len < sizeof(struct disk_agfl) ? 0 : agfl_slots((uint32_t)at->source->bytes.len);
}

static uint32_t agfl_place(const struct layout_at *at, uint32_t index)
{
	return at->base + (uint32_t)sizeof(struct disk_agfl) + index * (uint32_t)sizeof(be32);
}

/* clang-format off */
#define L(...) SAME(agfl_table, __VA_ARGS__)
static const struct layout_item agfl_items[] = {
	L("magicnum"), L("seqno"), L("uuid"), L("lsn"), L("crc"),
	ELEMENT("bno", element_agblock, .flags = LAYOUT_ARRAY | LAYOUT_SKIP_ZERO, .count = agfl_count, .place = agfl_place,
		.address = ADDRESS_AGBLOCK, .address_type = "data"),
};
/* clang-format on */

const struct layout sb_layout = LAYOUT(sb_items);
const struct layout agf_layout = LAYOUT(agf_items);
const struct layout agi_layout = LAYOUT(agi_items);
const struct layout agfl_layout = LAYOUT(agfl_items);
