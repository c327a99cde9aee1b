/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the interior blocks of directories and attribute forks. */
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

uint32_t da_hash(struct span name)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash << 7 | hash >> 25) ^ name.bytes[i];
	return hash;
}
