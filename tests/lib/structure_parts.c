/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parts of an instance: which tables apply where in it.
 *
 * The bytes are those of a sound image, but a pick may come after another one changed them: everything is kept inside
 * the instance.
 */
#include <assert.h>
#include <stddef.h>

#include "format/attr.h"
#include "format/btree_kind.h"
#include "format/dir.h"
#include "format/dquot.h"
#include "format/inode.h"
#include "format/log.h"
#include "format/symlink.h"
#include "lib/structures.h"

/* Numbers and bytes that stand alone, without a struct around them. */
static const struct field raw8_fields[] = {{"byte", 0, 8, 1, FIELD_U8, UNIT_NONE, WHEN_ALWAYS}};
static const struct field raw16_fields[] = {{"number", 0, 16, 1, FIELD_BE16, UNIT_NONE, WHEN_ALWAYS}};
static const struct field raw32_fields[] = {{"number", 0, 32, 1, FIELD_BE32, UNIT_NONE, WHEN_ALWAYS}};
static const struct field raw64_fields[] = {{"number", 0, 64, 1, FIELD_BE64, UNIT_NONE, WHEN_ALWAYS}};
static const struct field_table raw8 = {"byte", 1, raw8_fields, 1};
static const struct field_table name_byte = {"name_byte", 1, raw8_fields, 1};
static const struct field_table type_byte = {"type_byte", 1, raw8_fields, 1};
static const struct field_table value_byte = {"value_byte", 1, raw8_fields, 1};
static const struct field_table target_byte = {"target_byte", 1, raw8_fields, 1};
static const struct field_table device_byte = {"device_byte", 1, raw8_fields, 1};
static const struct field_table entry_tag = {"entry_tag", 2, raw16_fields, 1};
static const struct field_table best_free = {"best_free", 2, raw16_fields, 1};
static const struct field_table raw32 = {"pointer", 4, raw32_fields, 1};
static const struct field_table raw64 = {"pointer", 8, raw64_fields, 1};
static const struct field_table entry_ino32 = {"entry_ino", 4, raw32_fields, 1};
static const struct field_table entry_ino64 = {"entry_ino", 8, raw64_fields, 1};
static const struct field stale_fields[] = {FIELD(struct disk_dir_leaf_entry, hashval, UNIT_NONE),
					    FIELD(struct disk_dir_leaf_entry, address, UNIT_NONE)};
static const struct field_table dir_stale_entry =
	FIELD_TABLE("dir_stale_entry", struct disk_dir_leaf_entry, stale_fields);
static const struct field_table free_list_slot = {"free_list_slot", 4, raw32_fields, 1};

/* A place in the instance and what lies there. */
struct part {
	const struct field_table *table;
	uint64_t at;
};

struct picking {
	const struct geometry *geo;
	const uint8_t *bytes;
	uint32_t len;
	struct random *random;
};

static uint64_t below(const struct picking *picking, uint64_t limit)
{
	return limit ? random_below(picking->random, limit) : 0;
}

static uint16_t u16_at(const struct picking *picking, uint64_t at)
{
	return at + sizeof(be16) <= picking->len ? be16_get(*(const be16 *)(picking->bytes + at)) : 0;
}

static uint32_t u32_at(const struct picking *picking, uint64_t at)
{
	return (uint32_t)u16_at(picking, at) << 16 | u16_at(picking, at + 2);
}

/* Entry @i of a B+tree body of @room bytes at @at: a record, or a key or a pointer. */
static struct part pick_entry(const struct picking *picking, const struct btree_format *format, unsigned level,
			      uint32_t count, uint64_t at, uint32_t room)
{
	uint64_t i = below(picking, count);
	uint64_t pointers = at + (uint64_t)btree_capacity(format, room, level) * btree_entry_key_bytes(format);

	if (level == 0)
		return (struct part){format->record_fields, at + i * format->record_bytes};
	if (below(picking, 2))
		return (struct part){format->long_pointers ? &raw64 : &raw32,
				     pointers + i * btree_pointer_bytes(format)};
	at += i * btree_entry_key_bytes(format);
	if (format->overlapped && below(picking, 2))
		at += format->key_bytes;
	return (struct part){format->key_fields, at};
}

static struct part pick_btree(const struct picking *picking, enum btree_kind kind)
{
	const struct btree_format *format = &btree_formats[kind];
	uint32_t header = btree_header_bytes(format);
	uint16_t level = u16_at(picking, offsetof(struct disk_btree_short, level));
	uint16_t count = u16_at(picking, offsetof(struct disk_btree_short, numrecs));

	if (count == 0 || below(picking, 3) == 0)
		return (struct part){format->long_pointers ? &btree_long_table : &btree_short_table, 0};
	return pick_entry(picking, format, level, count, header, picking->len - header);
}

/* ------------------------------------------------------------------ inodes */

static struct part pick_short_dir(const struct picking *picking, uint64_t at, uint64_t end)
{
	bool wide = picking->bytes[at + 1] != 0;
	uint64_t header = wide ? sizeof(struct disk_dir_short8) : sizeof(struct disk_dir_short4);
	uint64_t entry = at + header, skip = below(picking, picking->bytes[at] + 1u);
	uint32_t namelen;

	if (skip == 0)
		return (struct part){wide ? &dir_short8_table : &dir_short4_table, at};
	while (--skip > 0 && entry + 3 < end)
		entry += dir_short_entry_bytes(picking->bytes[entry], picking->geo->has_ftype, wide);
	if (entry + 3 >= end)
		return (struct part){&raw8, at};
	namelen = picking->bytes[entry];
	if (below(picking, 2))
		return (struct part){&dir_short_entry_table, entry};
	entry += sizeof(struct disk_dir_short_entry);
	switch (below(picking, picking->geo->has_ftype ? 3 : 2)) {
	case 0:
		return (struct part){&name_byte, entry + below(picking, namelen)};
	case 1:
		return (struct part){wide ? &entry_ino64 : &entry_ino32, entry + namelen + picking->geo->has_ftype};
	default:
		return (struct part){&type_byte, entry + namelen};
	}
}

static struct part pick_short_attr(const struct picking *picking, uint64_t at, uint64_t end)
{
	uint64_t entry = at + sizeof(struct disk_attr_short), skip = below(picking, picking->bytes[at + 2] + 1u);

	if (skip == 0)
		return (struct part){&attr_short_table, at};
	while (--skip > 0 && entry + 3 < end)
		entry += sizeof(struct disk_attr_short_entry) + picking->bytes[entry] + picking->bytes[entry + 1];
	if (below(picking, 2))
		return (struct part){&attr_short_entry_table, entry};
	skip = below(picking, picking->bytes[entry] + picking->bytes[entry + 1]);
	return (struct part){skip < picking->bytes[entry] ? &name_byte : &value_byte,
			     entry + sizeof(struct disk_attr_short_entry) + skip};
}

static struct part pick_fork(const struct picking *picking, unsigned format, uint64_t at, uint64_t end,
			     uint64_t extents, bool is_attr)
{
	const struct disk_inode *core = (const struct disk_inode *)picking->bytes;
	uint32_t type = be16_get(core->mode) & INODE_MODE_TYPE;
	const struct btree_format *tree = &btree_formats[BTREE_BMAP];
	uint64_t body = at + sizeof(struct disk_bmap_root);

	switch (format) {
	case FORK_EXTENTS:
		if (extents == 0)
			return (struct part){&inode_table, 0};
		return (struct part){&bmap_rec_table, at + below(picking, extents) * sizeof(struct disk_bmap_rec)};
	case FORK_BTREE:
		if (below(picking, 2))
			return (struct part){&bmap_root_table, at};
		return pick_entry(picking, tree, u16_at(picking, at), u16_at(picking, at + 2), body,
				  (uint32_t)(end - body));
	case FORK_LOCAL:
		if (is_attr)
			return pick_short_attr(picking, at, end);
		if (type == INODE_MODE_DIR)
			return pick_short_dir(picking, at, end);
		break;
	default:
		return (struct part){&device_byte, at + below(picking, sizeof(be32))};
	}
	return (struct part){&target_byte,
			     at + below(picking, be64_get(core->size) < end - at ? be64_get(core->size) : end - at)};
}

static struct part pick_inode(const struct picking *picking)
{
	const struct disk_inode *core = (const struct disk_inode *)picking->bytes;
	bool big = be64_get(core->flags2) & INODE_FLAG2_NREXT64;
	uint64_t data = sizeof(*core), attr = data + core->forkoff * 8u, end = picking->len;

	if (below(picking, 2) || attr + sizeof(struct disk_attr_short) >= end)
		return (struct part){&inode_table, 0};
	if (core->forkoff != 0 && below(picking, 2))
		return pick_fork(picking, core->aformat, attr, end,
				 big ? be32_get(core->big_anextents) : be16_get(core->anextents), true);
	return pick_fork(picking, core->format, data, core->forkoff ? attr : end,
			 big ? be64_get(core->big_nextents) : be32_get(core->nextents), false);
}

/* ------------------------------------------------------------------ directories */

/* An entry or unused space: whichever lies at a random place between @at and @end. */
static struct part pick_dir_entry(const struct picking *picking, uint64_t at, uint64_t end)
{
	uint64_t wanted = at + below(picking, end - at), entry = at;
	uint32_t namelen;

	for (;;) {
		bool unused = u16_at(picking, at) == DIR_FREE_TAG;
		uint32_t bytes = unused ? u16_at(picking, at + 2)
					: dir_entry_bytes(picking->bytes[at + 8], picking->geo->has_ftype);

		entry = at;
		if (bytes == 0 || at + bytes > wanted || at + bytes + 16 > end)
			break;
		at += bytes;
	}
	if (u16_at(picking, entry) == DIR_FREE_TAG)
		return (struct part){&dir_unused_table, entry};
	namelen = picking->bytes[entry + 8];
	switch (below(picking, picking->geo->has_ftype ? 5 : 4)) {
	case 0:
		return (struct part){&entry_tag, entry + dir_entry_bytes(namelen, picking->geo->has_ftype) - 2};
	case 1:
		return (struct part){&name_byte, entry + sizeof(struct disk_dir_entry) + below(picking, namelen)};
	case 4:
		return (struct part){&type_byte, entry + sizeof(struct disk_dir_entry) + namelen};
	default:
		return (struct part){&dir_entry_table, entry};
	}
}

/* One of @count entries of the hash index from @at on. */
static struct part pick_leaf_entry(const struct picking *picking, uint64_t at, uint64_t count)
{
	at += below(picking, count) * sizeof(struct disk_dir_leaf_entry);
	if (u32_at(picking, at + offsetof(struct disk_dir_leaf_entry, address)) == DIR_ADDRESS_NULL)
		return (struct part){&dir_stale_entry, at};
	return (struct part){&dir_leaf_entry_table, at};
}

static struct part pick_dir_block(const struct picking *picking, bool has_index)
{
	uint64_t end = picking->len, tail = end - sizeof(struct disk_dir_block_tail);
	uint64_t count = has_index ? u32_at(picking, tail) : 0,
		 leaf = tail - count * sizeof(struct disk_dir_leaf_entry);

	switch (below(picking, has_index ? 6 : 4)) {
	case 0:
		return (struct part){&dir_data_table, 0};
	case 4:
		return (struct part){&dir_block_tail_table, tail};
	case 5:
		return pick_leaf_entry(picking, leaf, count);
	default:
		return pick_dir_entry(picking, sizeof(struct disk_dir_data), has_index ? leaf : end);
	}
}

static struct part pick_dir_leaf(const struct picking *picking, bool has_tail)
{
	uint64_t count = u16_at(picking, offsetof(struct disk_dir_leaf, count));
	uint64_t tail = picking->len - sizeof(struct disk_dir_leaf_tail);

	switch (below(picking, has_tail ? 4 : 2)) {
	case 0:
		return (struct part){&dir_leaf_table, 0};
	case 1:
		return pick_leaf_entry(picking, sizeof(struct disk_dir_leaf), count);
	case 2:
		return (struct part){&dir_leaf_tail_table, tail};
	default:
		return (struct part){&best_free, tail - sizeof(be16) * (1 + below(picking, u32_at(picking, tail)))};
	}
}

static struct part pick_dir_free(const struct picking *picking)
{
	uint64_t count = u32_at(picking, offsetof(struct disk_dir_free, nvalid));

	if (below(picking, 2))
		return (struct part){&dir_free_table, 0};
	return (struct part){&best_free, sizeof(struct disk_dir_free) + sizeof(be16) * below(picking, count)};
}

static struct part pick_da_node(const struct picking *picking)
{
	uint64_t count = u16_at(picking, offsetof(struct disk_da_node, count));

	if (below(picking, 2))
		return (struct part){&da_node_table, 0};
	return (struct part){&da_node_entry_table,
			     sizeof(struct disk_da_node) + below(picking, count) * sizeof(struct disk_da_node_entry)};
}

static struct part pick_attr_leaf(const struct picking *picking)
{
	uint64_t count = u16_at(picking, offsetof(struct disk_attr_leaf, count));
	uint64_t entry = sizeof(struct disk_attr_leaf) + below(picking, count) * sizeof(struct disk_attr_leaf_entry);
	uint64_t name = u16_at(picking, entry + offsetof(struct disk_attr_leaf_entry, nameidx));
	bool local = picking->bytes[entry + offsetof(struct disk_attr_leaf_entry, flags)] & ATTR_FLAG_LOCAL;

	uint64_t namelen = name + sizeof(struct disk_attr_remote) > picking->len ? 0
			   : local ? picking->bytes[name + offsetof(struct disk_attr_local, namelen)]
				   : picking->bytes[name + offsetof(struct disk_attr_remote, namelen)];

	switch (below(picking, 5)) {
	case 0:
		return (struct part){&attr_leaf_table, 0};
	case 1:
		return (struct part){&attr_leaf_entry_table, entry};
	case 2:
		return (struct part){&name_byte,
				     name + (local ? sizeof(struct disk_attr_local) : sizeof(struct disk_attr_remote)) +
					     below(picking, namelen)};
	case 3:
		if (!local)
			return (struct part){&attr_remote_table, name};
		return (struct part){&value_byte, name + sizeof(struct disk_attr_local) + namelen +
							  below(picking, u16_at(picking, name))};
	default:
		return (struct part){local ? &attr_local_table : &attr_remote_table, name};
	}
}

/* ------------------------------------------------------------------ all kinds */

static struct part pick_part(const struct picking *picking, enum structure_kind kind)
{
	switch (kind) {
	case STRUCT_SB:
		return (struct part){&sb_table, 0};
	case STRUCT_AGF:
		return (struct part){&agf_table, 0};
	case STRUCT_AGI:
		return (struct part){&agi_table, 0};
	case STRUCT_AGFL:
		if (below(picking, 2))
			return (struct part){&agfl_table, 0};
		return (struct part){&free_list_slot, sizeof(struct disk_agfl) +
							      sizeof(be32) * below(picking, agfl_slots(picking->len))};
	case STRUCT_BNOBT:
		return pick_btree(picking, BTREE_BNO);
	case STRUCT_CNTBT:
		return pick_btree(picking, BTREE_CNT);
	case STRUCT_INOBT:
		return pick_btree(picking, BTREE_INO);
	case STRUCT_FINOBT:
		return pick_btree(picking, BTREE_FINO);
	case STRUCT_RMAPBT:
		return pick_btree(picking, BTREE_RMAP);
	case STRUCT_REFCOUNTBT:
		return pick_btree(picking, BTREE_REFCOUNT);
	case STRUCT_BMBT:
		return pick_btree(picking, BTREE_BMAP);
	case STRUCT_INODE:
		return pick_inode(picking);
	case STRUCT_FREE_INODE:
		return (struct part){&inode_table, 0};
	case STRUCT_DIR_BLOCK:
		return pick_dir_block(picking, true);
	case STRUCT_DIR_DATA:
		return pick_dir_block(picking, false);
	case STRUCT_DIR_LEAF1:
		return pick_dir_leaf(picking, true);
	case STRUCT_DIR_LEAFN:
		return pick_dir_leaf(picking, false);
	case STRUCT_DIR_FREE:
		return pick_dir_free(picking);
	case STRUCT_DA_NODE:
		return pick_da_node(picking);
	case STRUCT_ATTR_LEAF:
		return pick_attr_leaf(picking);
	case STRUCT_ATTR_VALUE:
		return (struct part){&attr_value_table, 0};
	case STRUCT_SYMLINK:
		if (below(picking, 2))
			return (struct part){&symlink_table, 0};
		return (struct part){&target_byte,
				     sizeof(struct disk_symlink) +
					     below(picking, u32_at(picking, offsetof(struct disk_symlink, bytes)))};
	case STRUCT_DQUOT:
		return (struct part){&dqblk_table, 0};
	case STRUCT_LOG:
		return (struct part){&log_record_table, 0};
	case STRUCT_KINDS:
		break;
	}
	assert(false && "a kind without parts");
	return (struct part){&raw8, 0};
}

static struct structure_field pick(const struct geometry *geo, enum structure_kind kind,
				   const struct structure *instance, const uint8_t *bytes, struct random *random,
				   bool padding)
{
	struct picking picking = {geo, bytes, instance->len, random};
	struct part part = pick_part(&picking, kind);
	const struct field *field;

	if (part.at > instance->len || part.table->size_bytes > instance->len - part.at)
		part = (struct part){&raw8, below(&picking, instance->len)};
	do
		field = &part.table->fields[below(&picking, part.table->count)];
	while (field->unit == UNIT_CRC || (field->unit == UNIT_PAD && !padding));
	return (struct structure_field){part.table->name, field, (uint32_t)part.at,
					(uint32_t)below(&picking, field->count)};
}

struct structure_field structure_pick(const struct geometry *geo, enum structure_kind kind,
				      const struct structure *instance, const uint8_t *bytes, struct random *random)
{
	return pick(geo, kind, instance, bytes, random, false);
}

struct structure_field structure_pick_any(const struct geometry *geo, enum structure_kind kind,
					  const struct structure *instance, const uint8_t *bytes, struct random *random)
{
	return pick(geo, kind, instance, bytes, random, true);
}
