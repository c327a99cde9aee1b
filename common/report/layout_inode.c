/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inodes as people see them: the core, what version 3 added, and the two forks in whatever form they have. */
#include "format/attr.h"
#include "format/btree_kind.h"
#include "format/dir.h"
#include "format/inode.h"
#include "report/layout_btree.h"
#include "report/layout_items.h"

/* The inode begins the source, and every part of it that is no entry of a list has base 0. */
static const struct disk_inode *inode_of(const struct layout_at *at)
{
	return span_at(at->source->bytes, 0, sizeof(struct disk_inode));
}

static uint32_t if_version_1(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && inode->version == 1;
}

static uint32_t if_not_version_1(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && inode->version >= 2;
}

static uint32_t if_before_version_3(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && inode->version < 3;
}

static bool has_nrext64(const struct disk_inode *inode)
{
	return be64_get(inode->flags2) & INODE_FLAG2_NREXT64;
}

static uint32_t if_nrext64(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && has_nrext64(inode);
}

static uint32_t if_not_nrext64(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && !has_nrext64(inode);
}

/* Where the forks lie: bytes from the start of the inode, bounded by it whatever forkoff says. */
static uint32_t attr_start(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	return (uint32_t)sizeof(*inode) + (inode ? inode->forkoff * 8u : 0);
}

static uint32_t data_bytes(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);
	uint32_t room = (uint32_t)at->source->bytes.len - (uint32_t)sizeof(*inode);

	if (!inode)
		return 0;
	return inode->forkoff != 0 && inode->forkoff * 8u < room ? inode->forkoff * 8u : room;
}

static uint32_t attr_bytes(const struct layout_at *at)
{
	uint32_t start = attr_start(at);

	return start < at->source->bytes.len ? (uint32_t)at->source->bytes.len - start : 0;
}

static uint32_t place_data(const struct layout_at *at, uint32_t index)
{
	(void)at, (void)index;
	return sizeof(struct disk_inode);
}

static uint32_t place_attr(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return attr_start(at);
}

static uint32_t has_attr(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && inode->forkoff != 0;
}

static bool data_is(const struct layout_at *at, enum fork_format format)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && inode->format == format;
}

static bool attr_is(const struct layout_at *at, enum fork_format format)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && inode->forkoff != 0 && inode->aformat == format;
}

static bool type_is(const struct layout_at *at, uint32_t type)
{
	const struct disk_inode *inode = inode_of(at);

	return inode && (be16_get(inode->mode) & INODE_MODE_TYPE) == type;
}

/* Extent records: as many as are counted, but not more than the fork has room for. */

static uint32_t bounded(uint64_t count, uint32_t room_bytes)
{
	uint32_t most = room_bytes / (uint32_t)sizeof(struct disk_bmap_rec);

	return count < most ? (uint32_t)count : most;
}

static uint32_t data_extents(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	if (!data_is(at, FORK_EXTENTS))
		return 0;
	return bounded(has_nrext64(inode) ? be64_get(inode->big_nextents) : be32_get(inode->nextents), data_bytes(at));
}

static uint32_t attr_extents(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);

	if (!attr_is(at, FORK_EXTENTS))
		return 0;
	return bounded(has_nrext64(inode) ? be32_get(inode->big_anextents) : be16_get(inode->anextents),
		       attr_bytes(at));
}

static uint32_t place_extent(const struct layout_at *at, uint32_t index)
{
	return at->base + index * (uint32_t)sizeof(struct disk_bmap_rec);
}

/* The root of a fork's B+tree: keys and pointers share what the fork has behind the root's header. */

static uint32_t root_capacity(uint32_t fork_bytes)
{
	return fork_bytes < sizeof(struct disk_bmap_root)
		       ? 0
		       : btree_capacity(&btree_formats[BTREE_BMAP],
					fork_bytes - (uint32_t)sizeof(struct disk_bmap_root), 1);
}

static uint32_t root_room(const struct layout_at *at)
{
	return root_capacity(at->base == sizeof(struct disk_inode) ? data_bytes(at) : attr_bytes(at));
}

static uint32_t root_records(const struct layout_at *at)
{
	const struct disk_bmap_root *root = layout_bytes(at, 0, sizeof(*root));
	uint32_t room = root_room(at);

	if (!root)
		return 0;
	return be16_get(root->numrecs) < room ? be16_get(root->numrecs) : room;
}

static uint32_t place_root_key(const struct layout_at *at, uint32_t index)
{
	return at->base + (uint32_t)(sizeof(struct disk_bmap_root) + index * sizeof(struct disk_bmap_key));
}

static uint32_t place_root_pointer(const struct layout_at *at, uint32_t index)
{
	return place_root_key(at, root_room(at)) + index * (uint32_t)sizeof(be64);
}

/* clang-format off */
#define ROOT_ITEMS(type)											\
	SAME(bmap_root_table, "level"), SAME(bmap_root_table, "numrecs"),					\
	PART("keys", bmap_key_rows, .flags = LAYOUT_ARRAY | LAYOUT_FROM_ONE | LAYOUT_ROWS,			\
	     .count = root_records, .place = place_root_key),							\
	ELEMENT("ptrs", element_fsblock, .flags = LAYOUT_ARRAY | LAYOUT_FROM_ONE, .count = root_records,	\
		.place = place_root_pointer, .address = ADDRESS_FSBLOCK, .address_type = (type))
static const struct layout_item data_root_items[] = {ROOT_ITEMS("bmapbtd")};
static const struct layout_item attr_root_items[] = {ROOT_ITEMS("bmapbta")};
/* clang-format on */
static const struct layout data_root = LAYOUT(data_root_items), attr_root = LAYOUT(attr_root_items);

/* Directories in the inode. */

static bool short_is_long(const struct layout_at *at)
{
	const struct disk_dir_short4 *header = span_at(at->source->bytes, sizeof(struct disk_inode), sizeof(*header));

	return header && header->i8count != 0;
}

static uint32_t if_short_ino32(const struct layout_at *at)
{
	return !short_is_long(at);
}

static uint32_t if_short_ino64(const struct layout_at *at)
{
	return short_is_long(at);
}

static uint32_t short_entry_name(const struct layout_at *at)
{
	const struct disk_dir_short_entry *entry = layout_bytes(at, 0, sizeof(*entry));

	return entry ? entry->namelen : 0;
}

/* Where the list of entries begins, or element @index of it; beyond the inode if an entry before it is. */
static uint32_t place_short_entry(const struct layout_at *at, uint32_t index)
{
	bool is_long = short_is_long(at);
	struct layout_at entry = *at;

	entry.base = (uint32_t)(sizeof(struct disk_inode) +
				(is_long ? sizeof(struct disk_dir_short8) : sizeof(struct disk_dir_short4)));
	for (uint32_t i = 0; i < index && entry.base < at->source->bytes.len; i++)
		entry.base += dir_short_entry_bytes(short_entry_name(&entry), at->source->geo->has_ftype, is_long);
	return entry.base;
}

/* Entries that lie in the fork, of those that are counted. */
static uint32_t count_short_entries(const struct layout_at *at)
{
	const struct disk_dir_short4 *header = span_at(at->source->bytes, sizeof(struct disk_inode), sizeof(*header));
	uint32_t end = (uint32_t)sizeof(struct disk_inode) + data_bytes(at), count = 0;

	while (header && count < header->count && place_short_entry(at, count + 1) <= end)
		count++;
	return count;
}

static uint32_t place_short_name(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + (uint32_t)sizeof(struct disk_dir_short_entry);
}

static uint32_t place_short_ftype(const struct layout_at *at, uint32_t index)
{
	return place_short_name(at, index) + short_entry_name(at);
}

static uint32_t place_short_ino(const struct layout_at *at, uint32_t index)
{
	return place_short_ftype(at, index) + at->source->geo->has_ftype;
}

static uint32_t if_ftype(const struct layout_at *at)
{
	return at->source->geo->has_ftype;
}

static uint32_t is_short_dir(const struct layout_at *at)
{
	return data_is(at, FORK_LOCAL) && type_is(at, INODE_MODE_DIR);
}

/* clang-format off */
#define INO_ADDRESS .address = ADDRESS_INO, .address_type = "inode"
static const struct layout_item short_parent_items[] = {
	ITEM("i8", dir_short8_table, "parent", .count = if_short_ino64, INO_ADDRESS),
	ITEM("i4", dir_short4_table, "parent", .count = if_short_ino32, INO_ADDRESS, .style = STYLE_DECIMAL),
};
static const struct layout short_parent = LAYOUT(short_parent_items);
static const struct layout_item short_header_items[] = {
	SAME(dir_short4_table, "count"),
	SAME(dir_short4_table, "i8count"),
	PART("parent", short_parent),
};
static const struct layout short_header = LAYOUT(short_header_items);
static const struct layout_item short_ino_items[] = {
	ELEMENT("i8", element_ino64, .count = if_short_ino64, INO_ADDRESS),
	ELEMENT("i4", element_ino32, .count = if_short_ino32, INO_ADDRESS),
};
static const struct layout short_ino = LAYOUT(short_ino_items);
static const struct layout_item short_entry_items[] = {
	SAME(dir_short_entry_table, "namelen"),
	SAME(dir_short_entry_table, "offset", .style = STYLE_HEX),
	ELEMENT("name", element_text, .place = place_short_name, .length = short_entry_name),
	PART("inumber", short_ino, .place = place_short_ino),
	ELEMENT("filetype", element_u8, .count = if_ftype, .place = place_short_ftype),
};
static const struct layout short_entry = LAYOUT(short_entry_items);
static const struct layout_item short_dir_items[] = {
	PART("hdr", short_header),
	PART("list", short_entry, .flags = LAYOUT_ARRAY, .count = count_short_entries, .place = place_short_entry),
};
/* clang-format on */
static const struct layout short_dir = LAYOUT(short_dir_items);

/* Attributes in the inode. */

static uint32_t is_short_attr(const struct layout_at *at)
{
	return attr_is(at, FORK_LOCAL);
}

static uint32_t short_attr_name(const struct layout_at *at)
{
	const struct disk_attr_short_entry *entry = layout_bytes(at, 0, sizeof(*entry));

	return entry ? entry->namelen : 0;
}

static uint32_t short_attr_value(const struct layout_at *at)
{
	const struct disk_attr_short_entry *entry = layout_bytes(at, 0, sizeof(*entry));

	return entry ? entry->valuelen : 0;
}

static uint32_t place_short_attr(const struct layout_at *at, uint32_t index)
{
	struct layout_at entry = *at;

	entry.base = at->base + (uint32_t)sizeof(struct disk_attr_short);
	for (uint32_t i = 0; i < index && entry.base < at->source->bytes.len; i++)
		entry.base += (uint32_t)sizeof(struct disk_attr_short_entry) + short_attr_name(&entry) +
			      short_attr_value(&entry);
	return entry.base;
}

static uint32_t count_short_attrs(const struct layout_at *at)
{
	const struct disk_attr_short *header = layout_bytes(at, 0, sizeof(*header));
	uint32_t count = 0;

	while (header && count < header->count && place_short_attr(at, count + 1) <= at->source->bytes.len)
		count++;
	return count;
}

static uint32_t place_attr_name(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + (uint32_t)sizeof(struct disk_attr_short_entry);
}

static uint32_t place_attr_value(const struct layout_at *at, uint32_t index)
{
	return place_attr_name(at, index) + short_attr_name(at);
}

static uint32_t has_attr_value(const struct layout_at *at)
{
	return short_attr_value(at) != 0;
}

/* clang-format off */
static const struct layout_item short_attr_header_items[] = {
	SAME(attr_short_table, "totsize"),
	SAME(attr_short_table, "count"),
};
static const struct layout short_attr_header = LAYOUT(short_attr_header_items);
static const struct layout_item short_attr_entry_items[] = {
	SAME(attr_short_entry_table, "namelen"),
	SAME(attr_short_entry_table, "valuelen"),
	SAME(attr_short_entry_table, "flags", .flags = LAYOUT_HIDDEN),
	ITEM("root", attr_short_entry_table, "flags", .mask = ATTR_FLAG_ROOT),
	ITEM("secure", attr_short_entry_table, "flags", .mask = ATTR_FLAG_SECURE),
	ELEMENT("name", element_text, .place = place_attr_name, .length = short_attr_name),
	ELEMENT("value", element_text, .count = has_attr_value, .place = place_attr_value, .length = short_attr_value),
};
static const struct layout short_attr_entry = LAYOUT(short_attr_entry_items);
static const struct layout_item short_attr_items[] = {
	PART("hdr", short_attr_header),
	PART("list", short_attr_entry, .flags = LAYOUT_ARRAY, .count = count_short_attrs, .place = place_short_attr),
};
/* clang-format on */
static const struct layout short_attr = LAYOUT(short_attr_items);

/* The forks. */

static uint32_t is_data_root(const struct layout_at *at)
{
	return data_is(at, FORK_BTREE);
}

static uint32_t is_attr_root(const struct layout_at *at)
{
	return attr_is(at, FORK_BTREE);
}

static uint32_t is_dev(const struct layout_at *at)
{
	return data_is(at, FORK_DEV);
}

static uint32_t is_short_link(const struct layout_at *at)
{
	return data_is(at, FORK_LOCAL) && type_is(at, INODE_MODE_LINK);
}

static uint32_t link_length(const struct layout_at *at)
{
	const struct disk_inode *inode = inode_of(at);
	uint32_t room = data_bytes(at);

	return inode && be64_get(inode->size) < room ? (uint32_t)be64_get(inode->size) : room;
}

/* clang-format off */
static const struct layout_item data_fork_items[] = {
	PART("bmbt", data_root, .count = is_data_root),
	PART("bmx", bmap_data_rows, .flags = LAYOUT_ARRAY | LAYOUT_ROWS, .count = data_extents, .place = place_extent),
	ELEMENT("dev", element_be32, .count = is_dev, .style = STYLE_HEX),
	/* The tables of the short form begin where the fork begins, its entries count from the inode. */
	PART("sfdir3", short_dir, .count = is_short_dir),
	ELEMENT("symlink", element_text, .count = is_short_link, .length = link_length),
};
static const struct layout data_fork = LAYOUT(data_fork_items);
static const struct layout_item attr_fork_items[] = {
	PART("bmbt", attr_root, .count = is_attr_root),
	PART("bmx", bmap_attr_rows, .flags = LAYOUT_ARRAY | LAYOUT_ROWS, .count = attr_extents, .place = place_extent),
	PART("sfattr", short_attr, .count = is_short_attr),
};
static const struct layout attr_fork = LAYOUT(attr_fork_items);

#define C(...) SAME(inode_table, __VA_ARGS__)
#define TIME_ITEMS(field_)											\
	ITEM("sec", inode_table, field_, .style = STYLE_TIME_SECONDS),						\
	ITEM("nsec", inode_table, field_, .style = STYLE_TIME_NANOSECONDS)
static const struct layout_item atime_items[] = {TIME_ITEMS("atime")};
static const struct layout_item mtime_items[] = {TIME_ITEMS("mtime")};
static const struct layout_item ctime_items[] = {TIME_ITEMS("ctime")};
static const struct layout_item crtime_items[] = {TIME_ITEMS("crtime")};
static const struct layout atime_layout = LAYOUT(atime_items), mtime_layout = LAYOUT(mtime_items);
static const struct layout ctime_layout = LAYOUT(ctime_items), crtime_layout = LAYOUT(crtime_items);

#define FLAG(name_, mask_) ITEM(name_, inode_table, "flags", .mask = (mask_))
static const struct layout_item core_items[] = {
	C("magic"), C("mode"), C("version"),
	C("format", .style = STYLE_FORK_FORMAT),
	ITEM("nlinkv1", inode_table, "onlink", .count = if_version_1),
	C("onlink", .count = if_not_version_1),
	C("uid"), C("gid"),
	ITEM("nlinkv2", inode_table, "nlink", .count = if_not_version_1),
	C("projid_lo", .count = if_not_version_1),
	C("projid_hi", .count = if_not_version_1),
	ITEM("nextents", inode_table, "big_nextents", .count = if_nrext64),
	C("flushiter", .count = if_before_version_3),
	PART("atime", atime_layout), PART("mtime", mtime_layout), PART("ctime", ctime_layout),
	C("size"), C("nblocks"), C("extsize"),
	C("nextents", .count = if_not_nrext64),
	ITEM("naextents", inode_table, "anextents", .count = if_not_nrext64),
	ITEM("naextents", inode_table, "big_anextents", .count = if_nrext64),
	C("nrext64_pad", .count = if_nrext64, .flags = LAYOUT_HIDDEN),
	C("forkoff"),
	C("aformat", .style = STYLE_FORK_FORMAT),
	C("dmevmask"), C("dmstate"),
	C("flags", .flags = LAYOUT_HIDDEN),
	FLAG("newrtbm", INODE_FLAG_NEWRTBM), FLAG("prealloc", INODE_FLAG_PREALLOC),
	FLAG("realtime", INODE_FLAG_REALTIME), FLAG("immutable", INODE_FLAG_IMMUTABLE),
	FLAG("append", INODE_FLAG_APPEND), FLAG("sync", INODE_FLAG_SYNC), FLAG("noatime", INODE_FLAG_NOATIME),
	FLAG("nodump", INODE_FLAG_NODUMP), FLAG("rtinherit", INODE_FLAG_RTINHERIT),
	FLAG("projinherit", INODE_FLAG_PROJINHERIT), FLAG("nosymlinks", INODE_FLAG_NOSYMLINKS),
	FLAG("extsz", INODE_FLAG_EXTSIZE), FLAG("extszinherit", INODE_FLAG_EXTSZINHERIT),
	FLAG("nodefrag", INODE_FLAG_NODEFRAG), FLAG("filestream", INODE_FLAG_FILESTREAM),
	C("gen"),
};
static const struct layout core = LAYOUT(core_items);

#define FLAG2(name_, mask_) ITEM(name_, inode_table, "flags2", .mask = (mask_))
static const struct layout_item v3_items[] = {
	C("crc"),
	ITEM("change_count", inode_table, "changecount"),
	C("lsn"), C("flags2"), C("cowextsize"),
	C("pad2", .flags = LAYOUT_HIDDEN),
	PART("crtime", crtime_layout),
	ITEM("inumber", inode_table, "ino"),
	C("uuid"),
	FLAG2("reflink", INODE_FLAG2_REFLINK), FLAG2("cowextsz", INODE_FLAG2_COWEXTSIZE),
	FLAG2("dax", INODE_FLAG2_DAX), FLAG2("bigtime", INODE_FLAG2_BIGTIME),
	FLAG2("nrext64", INODE_FLAG2_NREXT64),
};
static const struct layout v3 = LAYOUT(v3_items);

static const struct layout_item inode_items[] = {
	PART("core", core),
	C("next_unlinked", .address = ADDRESS_AGINO, .address_type = "inode"),
	PART("v3", v3),
	PART("u3", data_fork, .place = place_data),
	PART("a", attr_fork, .count = has_attr, .place = place_attr),
};
/* clang-format on */

const struct layout inode_layout = LAYOUT(inode_items);
