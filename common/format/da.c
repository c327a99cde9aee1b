/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the interior blocks of directories and attribute forks, and the hash of names. */
#include "format/da.h"

uint32_t da_hash(const uint8_t *name, size_t len)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < len; i++)
		hash = (hash << 7 | hash >> 25) ^ name[i];
	return hash;
}

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
