/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Images made by hand: a small sound file system in a file without a name, so that a test can then break exactly one
 * thing of it.
 *
 * The bytes are mapped: what a test writes there, the device reads. Whatever is changed must be sealed again (its
 * checksum made right), unless the checksum is what the test is about. Addresses are calculated here without the
 * library, by the definitions of the format documentation. A mistake of the test ends the program with a message.
 *
 * Each group starts with its headers and an empty B+tree of each kind; group 0 has the journal then.
 */
#ifndef LIB_IMAGE_BUILDER_H
#define LIB_IMAGE_BUILDER_H

#include "format/btree_kind.h"
#include "fs/fs.h"
#include "fs/inode.h"

/* What is 0 gets the value in brackets. Sizes must be powers of two. */
struct image_options {
	uint32_t block_bytes;	 /* [4096] */
	uint32_t sector_bytes;	 /* [512] */
	uint32_t inode_bytes;	 /* [512] */
	uint32_t ag_count;	 /* [2] */
	uint32_t ag_blocks;	 /* [1024] */
	uint32_t last_ag_blocks; /* of the last group [ag_blocks] */
	uint32_t log_blocks;	 /* [16] */
	uint32_t ro_compat;	 /* [finobt, rmapbt, reflink] */
	uint32_t incompat;	 /* [ftype, sparse inodes] */
};

struct image {
	struct image_options options;
	uint8_t *bytes;
	uint64_t size_bytes;
	int fd;
	uint32_t *next_block; /* of each group: nothing was put there or further on yet */
	struct device *device;
	struct fs *fs; /* after image_open_fs; closed by image_fini */
};

void image_init(struct image *image, const struct image_options *options);
void image_fini(struct image *image);

/* The device, opened at the first call. */
struct device *image_device(struct image *image);
/* Opens the file system (again); what fs_open returns. */
int image_open_fs(struct image *image, struct error *err) MUST_CHECK;

/* Takes @count blocks of a group that nothing was put into; the first one's number. */
uint32_t image_take(struct image *image, uint32_t agno, uint32_t count);
/* Where a block lies in the file, and its bytes. */
uint64_t image_offset(const struct image *image, struct agaddr at);
uint8_t *image_block(const struct image *image, struct agaddr at);
/* The packed forms of a block's address and of an inode's number. */
uint64_t image_pack(const struct image *image, struct agaddr at);
uint64_t image_ino(const struct image *image, uint32_t agno, uint32_t agino);

/* The headers of a group, and how to make their checksums right after a change. */
struct disk_sb *image_sb(const struct image *image, uint32_t agno);
struct disk_agf *image_agf(const struct image *image, uint32_t agno);
struct disk_agi *image_agi(const struct image *image, uint32_t agno);
struct disk_agfl *image_agfl(const struct image *image, uint32_t agno); /* the slots follow it */
void image_seal_headers(const struct image *image, uint32_t agno);

/* Sets a field by the name that its table has. */
void image_set(const struct field_table *table, void *base, const char *field, uint64_t value);
uint64_t image_get(const struct field_table *table, const void *base, const char *field);

/*
 * Builds the tree of a group from @count records as they lie on the device, in order, and puts it into the header. At
 * most @per_block (0: what fits) entries go into a block. Returns its number of levels. Every block taken for it is in
 * one run from *first (unless NULL) on, leaves first, the root last.
 */
unsigned image_tree(struct image *image, enum btree_kind kind, uint32_t agno, const void *records, size_t count,
		    uint32_t per_block, uint32_t *first);
void image_seal_tree_block(const struct image *image, enum btree_kind kind, struct agaddr at);

/*
 * Writes an inode: allocated, one link, generation 1, without content or attributes. The caller fills in the rest and
 * seals. Borrowed until image_fini.
 */
struct disk_inode *image_inode(struct image *image, uint64_t ino, uint32_t mode, enum fork_format format);
void image_seal_inode(const struct image *image, struct disk_inode *inode);
/* The bytes of a fork; of the attribute fork from @forkoff (in 8 bytes) on. */
uint8_t *image_fork(struct disk_inode *inode, enum fork_kind kind);
/* Puts extents into a fork as an array, and their number into the inode. @forkoff must be set first. */
void image_fork_extents(const struct image *image, struct disk_inode *inode, enum fork_kind kind,
			const struct disk_bmap_rec *records, size_t count);
/* The same as a B+tree with blocks in group @agno and at most @per_block entries in each and in the root; its levels.
 */
unsigned image_fork_tree(struct image *image, struct disk_inode *inode, enum fork_kind kind, uint32_t agno,
			 const struct disk_bmap_rec *records, size_t count, uint32_t per_block, uint32_t *first);

/* Records as they lie on the device. */
struct disk_alloc_rec image_free(uint32_t start, uint32_t len);
struct disk_rmap_rec image_rmap(uint32_t start, uint32_t len, uint64_t owner, uint64_t offset);
struct disk_refcount_rec image_refcount(uint32_t start, uint32_t len, uint32_t count);
struct disk_inobt_rec image_chunk(uint32_t first_agino, uint16_t holemask, uint64_t free);
struct disk_bmap_rec image_extent(uint64_t fileoff, uint64_t packed, uint32_t len, bool unwritten);

#endif
