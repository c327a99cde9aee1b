/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended attributes. In the inode ("short"); in one leaf block; in leaves under da nodes. A leaf keeps small values
 * beside the names and large ones in blocks of their own, found through the attribute fork.
 *
 * Format: design document, "Extended Attributes"; parent records and their flag: xfs_da_format.h of xfsprogs 6.15.
 */
#ifndef FORMAT_ATTR_H
#define FORMAT_ATTR_H

#include "format/da.h"

#define ATTR_LEAF_MAGIC	  0x3beeu
#define ATTR_REMOTE_MAGIC 0x5841524du /* "XARM" */

#define ATTR_FREE_REGIONS 3u
#define ATTR_NAME_MAX	  255u
#define ATTR_VALUE_MAX	  65536u /* bytes, as the system calls allow */

/* Flags of an attribute. At most one of root, secure and parent: the namespace; none of them: user. */
#define ATTR_FLAG_LOCAL	     0x01u /* leaf entries: the value is beside the name */
#define ATTR_FLAG_ROOT	     0x02u
#define ATTR_FLAG_SECURE     0x04u
#define ATTR_FLAG_PARENT     0x08u
#define ATTR_FLAG_INCOMPLETE 0x80u /* in the middle of being made or removed: does not count */
#define ATTR_FLAG_NAMESPACE  (ATTR_FLAG_ROOT | ATTR_FLAG_SECURE | ATTR_FLAG_PARENT)
#define ATTR_FLAG_KNOWN	     (ATTR_FLAG_LOCAL | ATTR_FLAG_NAMESPACE | ATTR_FLAG_INCOMPLETE)

/* Short form: a header, then the entries, packed. */
struct disk_attr_short {
	be16 totsize; /* bytes, the header included */
	uint8_t count;
	uint8_t padding;
};
_Static_assert(sizeof(struct disk_attr_short) == 4, "short attributes");

/* Followed by the name and the value. */
struct disk_attr_short_entry {
	uint8_t namelen;
	uint8_t valuelen;
	uint8_t flags;
};
_Static_assert(sizeof(struct disk_attr_short_entry) == 3, "short attribute");

struct disk_attr_free_region {
	be16 base; /* bytes, in the block */
	be16 size; /* bytes */
};
_Static_assert(sizeof(struct disk_attr_free_region) == 4, "free region of an attribute leaf");

/* The entries follow in ascending order of their hash; names and values grow down from the end of the block. */
struct disk_attr_leaf {
	struct disk_da_info info;
	be16 count;
	be16 usedbytes;
	be16 firstused; /* byte in the block; 0 stands for 65536 */
	uint8_t holes;
	uint8_t pad1;
	struct disk_attr_free_region freemap[ATTR_FREE_REGIONS];
	be32 pad2;
};
_Static_assert(sizeof(struct disk_attr_leaf) == 80, "attribute leaf");

struct disk_attr_leaf_entry {
	be32 hashval;
	be16 nameidx; /* byte in the block where one of the two below is */
	uint8_t flags;
	uint8_t pad2;
};
_Static_assert(sizeof(struct disk_attr_leaf_entry) == 8, "attribute leaf entry");

/* Followed by the name and the value. */
struct disk_attr_local {
	be16 valuelen;
	uint8_t namelen;
};
_Static_assert(sizeof(struct disk_attr_local) == 3, "attribute with local value");

/* Followed by the name. */
struct disk_attr_remote {
	be32 valueblk; /* first block of the value in the attribute fork */
	be32 valuelen; /* bytes */
	uint8_t namelen;
};
_Static_assert(sizeof(struct disk_attr_remote) == 9, "attribute with remote value");

/* Begins each block of a remote value; the bytes follow. */
struct disk_attr_value {
	be32 magic;
	be32 offset; /* of the first byte in the value */
	be32 bytes;  /* in this block */
	le32 crc;
	struct uuid uuid;
	be64 owner; /* inode */
	be64 blkno; /* own address in sectors */
	be64 lsn;   /* always all ones: these blocks are not journalled */
};
_Static_assert(sizeof(struct disk_attr_value) == 56, "attribute value block");

/* The value of an attribute in the namespace parent, whose name is that of a directory entry of the inode. */
struct disk_parent {
	be64 ino;
	be32 gen;
};
_Static_assert(sizeof(struct disk_parent) == 12, "parent record");

/* What a leaf takes for an entry with a remote value, beside the name: more than the bytes that are used (6.15, same). */
#define ATTR_REMOTE_ROOM 11u

extern const struct field_table attr_short_table;
extern const struct field_table attr_short_entry_table;
extern const struct field_table attr_leaf_table;
extern const struct field_table attr_leaf_entry_table;
extern const struct field_table attr_local_table;
extern const struct field_table attr_remote_table;
extern const struct field_table attr_value_table;
extern const struct field_table parent_table;

#endif
