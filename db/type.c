/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of types. */
#include "type.h"

#include <string.h>

#include "verify.h"

/* clang-format off */
#define FIELDS(name_, layout_, size_, verify_) {.name = (name_), .layout = &(layout_), .size = (size_), .verify = (verify_)}
#define BYTES(name_, show_) {.name = (name_), .show = (show_)}
const struct type types[] = {
	FIELDS("agf", agf_layout, TYPE_SECTOR, verify_agf),
	FIELDS("agfl", agfl_layout, TYPE_SECTOR, verify_agfl),
	FIELDS("agi", agi_layout, TYPE_SECTOR, verify_agi),
	FIELDS("attr3", attr_layout, TYPE_BLOCK, verify_attr),
	FIELDS("bmapbta", bmapbt_attr_layout, TYPE_BLOCK, verify_bmapbt),
	FIELDS("bmapbtd", bmapbt_data_layout, TYPE_BLOCK, verify_bmapbt),
	FIELDS("bnobt", bnobt_layout, TYPE_BLOCK, verify_bnobt),
	FIELDS("cntbt", cntbt_layout, TYPE_BLOCK, verify_cntbt),
	FIELDS("rmapbt", rmapbt_layout, TYPE_BLOCK, verify_rmapbt),
	FIELDS("refcntbt", refcountbt_layout, TYPE_BLOCK, verify_refcountbt),
	BYTES("data", SHOW_WORDS),
	FIELDS("dir3", dir_layout, TYPE_DIRBLOCK, verify_dir),
	FIELDS("dqblk", dqblk_layout, TYPE_512, verify_dqblk),
	FIELDS("inobt", inobt_layout, TYPE_BLOCK, verify_inobt),
	BYTES("inodata", SHOW_NOTHING),
	FIELDS("inode", inode_layout, TYPE_INODE, verify_inode),
	BYTES("log", SHOW_NOTHING),
	BYTES("rtbitmap", SHOW_TEXT),
	BYTES("rtsummary", SHOW_TEXT),
	FIELDS("sb", sb_layout, TYPE_SECTOR, verify_sb),
	FIELDS("symlink", symlink_layout, TYPE_BLOCK, verify_symlink),
	BYTES("text", SHOW_TEXT),
	FIELDS("finobt", finobt_layout, TYPE_BLOCK, verify_finobt),
	{.name = NULL},
};
/* clang-format on */

const struct type *type_find(const char *name)
{
	for (const struct type *type = types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	return NULL;
}

uint32_t type_bytes(const struct type *type, const struct geometry *geo)
{
	switch (type->size) {
	case TYPE_512:
		return 512;
	case TYPE_SECTOR:
		return geo->sector_bytes;
	case TYPE_BLOCK:
		return geo->block_bytes;
	case TYPE_DIRBLOCK:
		return geo->dirblock_bytes;
	case TYPE_INODE:
		return geo->inode_bytes;
	}
	return 0;
}
