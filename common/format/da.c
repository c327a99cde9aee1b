/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the interior blocks of directories and attribute forks, and the hash that they are ordered by. */
#include "format/da.h"

/* clang-format off */
#define N(member, unit) FIELD(struct disk_da_node, member, unit)
static const struct field node_fields[] = {
	DA_INFO_FIELDS(struct disk_da_node),
	N(count,	UNIT_NONE),
	N(level,	UNIT_NONE),
	N(pad,		UNIT_PAD),
};

#define E(member, unit) FIELD(struct disk_da_node_entry, member, unit)
static const struct field entry_fields[] = {
	E(hashval,	UNIT_NONE),
	E(before,	UNIT_DABLOCK),
};
/* clang-format on */

const struct field_table da_node_table = FIELD_TABLE("da_node", struct disk_da_node, node_fields);
const struct field_table da_node_entry_table = FIELD_TABLE("da_node_entry", struct disk_da_node_entry, entry_fields);

static uint32_t rotate(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

uint32_t da_hash(const uint8_t *name, size_t len)
{
	uint32_t hash = 0;

	/* Four at a time, as every name of a file system comes by here: each byte goes 7 further than the next. */
	for (; len >= 4; len -= 4, name += 4)
		hash = (uint32_t)name[0] << 21 ^ (uint32_t)name[1] << 14 ^ (uint32_t)name[2] << 7 ^ name[3] ^
		       rotate(hash, 28);
	for (; len > 0; len--, name++)
		hash = *name ^ rotate(hash, 7);
	return hash;
}
