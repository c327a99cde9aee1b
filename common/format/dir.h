/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories. Five forms, by size: in the inode ("short"); one block with names, hash index and tail ("block");
 * data blocks and one leaf ("leaf"); data blocks, leaves under nodes, and free index blocks ("node", and the same
 * with its extents in a B+tree).
 *
 * The parts of a directory lie in its fork at fixed offsets: names from 0, the hash index from 32 GiB, the free index
 * from 64 GiB. So the names of every form but short are the blocks below DIR_LEAF_OFFSET.
 *
 * Format: design document, "Directories"; the file type byte: "Directory entries with file type" and xfs_da_format.h.
 */
#ifndef FORMAT_DIR_H
#define FORMAT_DIR_H

#include <stdbool.h>

#include "format/da.h"

#define DIR_BLOCK_MAGIC 0x58444233u /* "XDB3": the one block of the block form */
#define DIR_DATA_MAGIC	0x58444433u /* "XDD3": names of the larger forms */
#define DIR_FREE_MAGIC	0x58444633u /* "XDF3" */
#define DIR_LEAF1_MAGIC 0x3df1u	    /* the only leaf, with the free index behind it */
#define DIR_LEAFN_MAGIC 0x3dffu	    /* one of many */

/* Where the parts begin in the fork, in bytes. */
#define DIR_LEAF_OFFSET (1ull << 35)
#define DIR_FREE_OFFSET (2ull << 35)

#define DIR_FREE_REGIONS 3u	 /* in the header of a data block */
#define DIR_FREE_TAG	 0xffffu /* an entry that begins so is unused space */
#define DIR_ENTRY_ALIGN	 8u	 /* of entries in a data block */
#define DIR_NAME_MAX	 255u
#define DIR_ADDRESS_NULL 0u	 /* of a leaf entry: stale */
#define DIR_BEST_NULL	 0xffffu /* of a free index: no such data block */

/* The type byte of an entry, with feature ftype. */
enum dir_ftype {
	DIR_FTYPE_UNKNOWN = 0,
	DIR_FTYPE_FILE = 1,
	DIR_FTYPE_DIR = 2,
	DIR_FTYPE_CHAR = 3,
	DIR_FTYPE_BLOCK = 4,
	DIR_FTYPE_FIFO = 5,
	DIR_FTYPE_SOCKET = 6,
	DIR_FTYPE_LINK = 7,
	DIR_FTYPE_WHITEOUT = 8,
};

/* Short form: a header, which is smaller if no inode number needs 8 bytes, then the entries, packed. */
struct disk_dir_short4 {
	uint8_t count;	 /* of entries; without "." and ".." */
	uint8_t i8count; /* of inode numbers that need 8 bytes, the parent's included; not 0: all have 8 */
	be32 parent;
};
_Static_assert(sizeof(struct disk_dir_short4) == 6, "short directory with 4-byte inode numbers");

struct disk_dir_short8 {
	uint8_t count;
	uint8_t i8count;
	be64 parent;
};
_Static_assert(sizeof(struct disk_dir_short8) == 10, "short directory with 8-byte inode numbers");

/* Followed by the name, the type byte with feature ftype, and a be32 or be64 inode number. */
struct disk_dir_short_entry {
	uint8_t namelen;
	be16 offset; /* that the entry would have in a block */
};
_Static_assert(sizeof(struct disk_dir_short_entry) == 3, "short directory entry");

/* Data and free blocks begin with this. */
struct disk_dir_header {
	be32 magic;
	le32 crc;
	be64 blkno; /* own address in sectors */
	be64 lsn;
	struct uuid uuid;
	be64 owner; /* inode */
};
_Static_assert(sizeof(struct disk_dir_header) == 48, "directory block header");

struct disk_dir_free_region {
	be16 offset; /* bytes, in the block */
	be16 length; /* bytes; 0: unused */
};
_Static_assert(sizeof(struct disk_dir_free_region) == 4, "free region of a directory block");

struct disk_dir_data {
	struct disk_dir_header header;
	struct disk_dir_free_region bestfree[DIR_FREE_REGIONS]; /* largest first */
	be32 pad;
};
_Static_assert(sizeof(struct disk_dir_data) == 64, "directory data block");

/* Followed by the name, the type byte with feature ftype, padding to 8 bytes, and a be16 tag: its own offset. */
struct disk_dir_entry {
	be64 inumber;
	uint8_t namelen;
};
_Static_assert(sizeof(struct disk_dir_entry) == 9, "directory entry");

/* Unused space in place of an entry; its last 2 bytes are a tag as above. */
struct disk_dir_unused {
	be16 freetag; /* DIR_FREE_TAG */
	be16 length;  /* bytes, all of it */
};
_Static_assert(sizeof(struct disk_dir_unused) == 4, "unused directory space");

/* At the end of the block form, after its leaf entries. */
struct disk_dir_block_tail {
	be32 count; /* of leaf entries, the stale ones included */
	be32 stale;
};
_Static_assert(sizeof(struct disk_dir_block_tail) == 8, "directory block tail");

/* leaf1 and leafn; the entries follow in ascending order of their hash. */
struct disk_dir_leaf {
	struct disk_da_info info;
	be16 count; /* of entries, the stale ones included */
	be16 stale;
	be32 pad;
};
_Static_assert(sizeof(struct disk_dir_leaf) == 64, "directory leaf");

struct disk_dir_leaf_entry {
	be32 hashval;
	be32 address; /* of the entry in the names' part, in 8 bytes; 0: stale */
};
_Static_assert(sizeof(struct disk_dir_leaf_entry) == 8, "directory leaf entry");

/* At the end of leaf1, after bestcount be16: the longest free region of each data block. */
struct disk_dir_leaf_tail {
	be32 bestcount;
};
_Static_assert(sizeof(struct disk_dir_leaf_tail) == 4, "directory leaf tail");

/* Free index block; be16 as in leaf1 follow, one for each data block from firstdb on. */
struct disk_dir_free {
	struct disk_dir_header header;
	be32 firstdb;
	be32 nvalid;
	be32 nused;
	be32 pad;
};
_Static_assert(sizeof(struct disk_dir_free) == 64, "directory free index");

/* Bytes of an entry in a data block, tag and padding included. */
static inline uint32_t dir_entry_bytes(uint32_t namelen, bool has_ftype)
{
	uint32_t bytes = (uint32_t)sizeof(struct disk_dir_entry) + namelen + has_ftype + (uint32_t)sizeof(be16);

	return (bytes + DIR_ENTRY_ALIGN - 1) / DIR_ENTRY_ALIGN * DIR_ENTRY_ALIGN;
}

/* Bytes of an entry in the short form. */
static inline uint32_t dir_short_entry_bytes(uint32_t namelen, bool has_ftype, bool long_ino)
{
	return (uint32_t)sizeof(struct disk_dir_short_entry) + namelen + has_ftype +
	       (uint32_t)(long_ino ? sizeof(be64) : sizeof(be32));
}

extern const struct field_table dir_short4_table;
extern const struct field_table dir_short8_table;
extern const struct field_table dir_short_entry_table;
extern const struct field_table dir_data_table;
extern const struct field_table dir_entry_table;
extern const struct field_table dir_unused_table;
extern const struct field_table dir_block_tail_table;
extern const struct field_table dir_leaf_table;
extern const struct field_table dir_leaf_entry_table;
extern const struct field_table dir_leaf_tail_table;
extern const struct field_table dir_free_table;

#endif
