/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images made by hand, through the field tables and structs of the layer format. */
#include "lib/image_builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/crc32c.h"

#define TREE_BLOCKS_MAX 4096u

static const struct uuid image_uuid = {
	{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x01}};

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("image_builder: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(99);
}

/* The smallest n with 2^n at least @value. */
static uint8_t log2_up(uint64_t value)
{
	uint8_t log = 0;

	while (1ull << log < value)
		log++;
	return log;
}

static void set_default(uint32_t *option, uint32_t value)
{
	if (*option == 0)
		*option = value;
}

/* ------------------------------------------------------------------ places */

uint64_t image_offset(const struct image *image, struct agaddr at)
{
	return ((uint64_t)at.agno * image->options.ag_blocks + at.agbno) * image->options.block_bytes;
}

uint8_t *image_block(const struct image *image, struct agaddr at)
{
	uint64_t offset = image_offset(image, at);

	if (offset >= image->size_bytes || image->size_bytes - offset < image->options.block_bytes)
		die("block %u of group %u is outside", at.agbno, at.agno);
	return image->bytes + offset;
}

static uint8_t *sector_of(const struct image *image, uint32_t agno, uint32_t sector)
{
	return image->bytes + image_offset(image, (struct agaddr){agno, 0}) + sector * image->options.sector_bytes;
}

static uint32_t blocks_of(const struct image *image, uint32_t agno)
{
	return agno + 1 < image->options.ag_count ? image->options.ag_blocks : image->options.last_ag_blocks;
}

uint64_t image_pack(const struct image *image, struct agaddr at)
{
	return (uint64_t)at.agno << log2_up(image->options.ag_blocks) | at.agbno;
}

uint64_t image_ino(const struct image *image, uint32_t agno, uint32_t agino)
{
	uint32_t in_block = image->options.block_bytes / image->options.inode_bytes;

	return (uint64_t)agno << (log2_up(image->options.ag_blocks) + log2_up(in_block)) | agino;
}

uint32_t image_take(struct image *image, uint32_t agno, uint32_t count)
{
	uint32_t first = image->next_block[agno];

	if (count > blocks_of(image, agno) - first)
		die("group %u has no %u blocks left", agno, count);
	image->next_block[agno] += count;
	return first;
}

struct disk_sb *image_sb(const struct image *image, uint32_t agno)
{
	return (struct disk_sb *)sector_of(image, agno, 0);
}

struct disk_agf *image_agf(const struct image *image, uint32_t agno)
{
	return (struct disk_agf *)sector_of(image, agno, AGF_SECTOR);
}

struct disk_agi *image_agi(const struct image *image, uint32_t agno)
{
	return (struct disk_agi *)sector_of(image, agno, AGI_SECTOR);
}

struct disk_agfl *image_agfl(const struct image *image, uint32_t agno)
{
	return (struct disk_agfl *)sector_of(image, agno, AGFL_SECTOR);
}

void image_seal_headers(const struct image *image, uint32_t agno)
{
	size_t bytes = image->options.sector_bytes;

	crc32c_block_seal(image_sb(image, agno), bytes, offsetof(struct disk_sb, crc));
	crc32c_block_seal(image_agf(image, agno), bytes, offsetof(struct disk_agf, crc));
	crc32c_block_seal(image_agi(image, agno), bytes, offsetof(struct disk_agi, crc));
	crc32c_block_seal(image_agfl(image, agno), bytes, offsetof(struct disk_agfl, crc));
}

static const struct field *find(const struct field_table *table, const char *name)
{
	const struct field *field = field_find(table, name);

	if (!field)
		die("%s has no field %s", table->name, name);
	return field;
}

void image_set(const struct field_table *table, void *base, const char *field, uint64_t value)
{
	field_set(find(table, field), base, 0, value);
}

uint64_t image_get(const struct field_table *table, const void *base, const char *field)
{
	return field_get(find(table, field), base, 0);
}

/* ------------------------------------------------------------------ headers */

static void make_sb(const struct image *image, uint32_t agno, uint32_t log_start)
{
	const struct image_options *o = &image->options;
	struct disk_sb *sb = image_sb(image, agno);
	uint32_t inopblock = o->block_bytes / o->inode_bytes;
	unsigned version = SB_VERSION_5 | SB_VERSION_ATTR | SB_VERSION_NLINK | SB_VERSION_ALIGN | SB_VERSION_LOGV2 |
			   SB_VERSION_EXTFLG | SB_VERSION_DIRV2 | SB_VERSION_MOREBITS;

	sb->magicnum = be32_of(SB_MAGIC);
	sb->blocksize = be32_of(o->block_bytes);
	sb->dblocks = be64_of(image->size_bytes / o->block_bytes);
	sb->uuid = image_uuid;
	sb->logstart = be64_of(image_pack(image, (struct agaddr){0, log_start}));
	sb->rootino = be64_of(image_ino(image, 0, (log_start + o->log_blocks) * inopblock));
	sb->rbmino = be64_of(image_ino(image, 0, (log_start + o->log_blocks) * inopblock + 1));
	sb->rsumino = be64_of(image_ino(image, 0, (log_start + o->log_blocks) * inopblock + 2));
	sb->rextsize = be32_of(1);
	sb->agblocks = be32_of(o->ag_blocks);
	sb->agcount = be32_of(o->ag_count);
	sb->logblocks = be32_of(o->log_blocks);
	sb->versionnum = be16_of((uint16_t)version);
	sb->sectsize = be16_of((uint16_t)o->sector_bytes);
	sb->inodesize = be16_of((uint16_t)o->inode_bytes);
	sb->inopblock = be16_of((uint16_t)inopblock);
	memcpy(sb->fname, "by hand", 7);
	sb->blocklog = log2_up(o->block_bytes);
	sb->sectlog = log2_up(o->sector_bytes);
	sb->inodelog = log2_up(o->inode_bytes);
	sb->inopblog = log2_up(inopblock);
	sb->agblklog = log2_up(o->ag_blocks);
	sb->features2 =
		be32_of(SB_FEATURES2_LAZYSBCOUNT | SB_FEATURES2_ATTR2 | SB_FEATURES2_PROJID32 | SB_FEATURES2_CRC);
	sb->features_ro_compat = be32_of(o->ro_compat);
	sb->features_incompat = be32_of(o->incompat);
	sb->meta_uuid = image_uuid;
}

static void make_headers(const struct image *image, uint32_t agno)
{
	struct disk_agf *agf = image_agf(image, agno);
	struct disk_agi *agi = image_agi(image, agno);
	struct disk_agfl *agfl = image_agfl(image, agno);

	agf->magicnum = be32_of(AGF_MAGIC);
	agf->versionnum = be32_of(AGF_VERSION);
	agf->seqno = be32_of(agno);
	agf->length = be32_of(blocks_of(image, agno));
	agf->uuid = image_uuid;
	agi->magicnum = be32_of(AGI_MAGIC);
	agi->versionnum = be32_of(AGI_VERSION);
	agi->seqno = be32_of(agno);
	agi->length = be32_of(blocks_of(image, agno));
	agi->newino = agi->dirino = be32_of(AGINO_NULL);
	for (size_t i = 0; i < AGI_UNLINKED_BUCKETS; i++)
		agi->unlinked[i] = be32_of(AGINO_NULL);
	agi->uuid = image_uuid;
	agfl->magicnum = be32_of(AGFL_MAGIC);
	agfl->seqno = be32_of(agno);
	agfl->uuid = image_uuid;
	memset(agfl + 1, 0xff, agfl_slots(image->options.sector_bytes) * sizeof(be32));
	agf->fllast = be32_of(agfl_slots(image->options.sector_bytes) - 1);
}

static void make_file(struct image *image)
{
	const struct image_options *o = &image->options;

	image->size_bytes = ((uint64_t)(o->ag_count - 1) * o->ag_blocks + o->last_ag_blocks) * o->block_bytes;
	image->fd = memfd_create("image", MFD_CLOEXEC);
	if (image->fd < 0 || ftruncate(image->fd, (off_t)image->size_bytes) != 0)
		die("a file of %llu bytes cannot be made", (unsigned long long)image->size_bytes);
	image->bytes = mmap(NULL, image->size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, image->fd, 0);
	image->next_block = calloc(o->ag_count, sizeof(*image->next_block));
	if (image->bytes == MAP_FAILED || !image->next_block)
		die("no memory for an image");
}

void image_init(struct image *image, const struct image_options *options)
{
	uint32_t header_blocks, log_start;

	*image = (struct image){.options = *options};
	set_default(&image->options.block_bytes, 4096);
	set_default(&image->options.sector_bytes, 512);
	set_default(&image->options.inode_bytes, 512);
	set_default(&image->options.ag_count, 2);
	set_default(&image->options.ag_blocks, 1024);
	set_default(&image->options.last_ag_blocks, image->options.ag_blocks);
	set_default(&image->options.log_blocks, 16);
	set_default(&image->options.ro_compat, SB_RO_COMPAT_FINOBT | SB_RO_COMPAT_RMAPBT | SB_RO_COMPAT_REFLINK);
	set_default(&image->options.incompat, SB_INCOMPAT_FTYPE | SB_INCOMPAT_SPINODES);
	make_file(image);
	header_blocks = 3 * image->options.sector_bytes / image->options.block_bytes + 1;
	log_start = header_blocks + BTREE_BMAP; /* the trees of a group are the kinds before it */
	for (uint32_t agno = 0; agno < image->options.ag_count; agno++) {
		image->next_block[agno] = header_blocks;
		make_sb(image, agno, log_start);
		make_headers(image, agno);
		for (int kind = 0; kind < BTREE_BMAP; kind++)
			image_tree(image, (enum btree_kind)kind, agno, NULL, 0, 0, NULL);
		image_seal_headers(image, agno);
	}
	/* Behind the journal the block of the root inode, which stays zero. */
	image_take(image, 0, image->options.log_blocks + 1);
}

static void close_fs(struct image *image)
{
	if (image->fs)
		fs_close(image->fs);
	image->fs = NULL;
}

void image_fini(struct image *image)
{
	close_fs(image);
	if (image->device)
		device_close(image->device);
	free(image->next_block);
	munmap(image->bytes, image->size_bytes);
	close(image->fd);
}

struct device *image_device(struct image *image)
{
	char path[64];
	struct error err;

	if (image->device)
		return image->device;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", image->fd);
	if (device_open(path, 0, &image->device, &err) != 0)
		die("the image cannot be opened: %s", err.text);
	return image->device;
}

int image_open_fs(struct image *image, struct error *err)
{
	close_fs(image);
	return fs_open(image_device(image), &image->fs, err);
}

/* ------------------------------------------------------------------ trees */

/* What a parent has to know of a block. */
struct child {
	struct agaddr at;
	uint8_t low[32], high[32]; /* keys as they lie on the device */
};

struct tree_build {
	struct image *image;
	enum btree_kind kind;
	const struct btree_format *format;
	uint32_t agno;
	uint64_t owner;
	uint32_t per_block;	/* 0: what fits */
	struct child *children; /* of the level that was built last */
	size_t count;
	unsigned levels;
	uint32_t first;
};

/* The fields of a key have the names of those of its record. */
static void key_of_record(const struct btree_format *format, const void *record, uint8_t *key)
{
	for (size_t i = 0; i < format->key_fields->count; i++) {
		const struct field *field = &format->key_fields->fields[i];

		field_set(field, key, 0, image_get(format->record_fields, record, field->name));
	}
}

/* Of the rmapbt: the key of the last block of the record. Its flag of unwritten extents stays out of all keys. */
static void rmap_keys_of_record(const struct disk_rmap_rec *rec, struct child *child)
{
	struct disk_rmap_key low = {rec->startblock, rec->owner,
				    be64_of(be64_get(rec->offset) & ~RMAP_OFFSET_UNWRITTEN)};
	struct disk_rmap_key high = low;
	uint32_t more = be32_get(rec->blockcount) - 1;

	high.startblock = be32_of(be32_get(low.startblock) + more);
	if (be64_get(rec->owner) < RMAP_OWN_MIN && !(be64_get(rec->offset) & RMAP_OFFSET_BMBT))
		high.offset = be64_of(be64_get(low.offset) + more);
	memcpy(child->low, &low, sizeof(low));
	memcpy(child->high, &high, sizeof(high));
}

static void keys_of_entry(const struct tree_build *build, const void *entries, size_t i, unsigned level,
			  struct child *out)
{
	if (level > 0) {
		*out = ((const struct child *)entries)[i];
	} else {
		const uint8_t *record = (const uint8_t *)entries + i * build->format->record_bytes;

		key_of_record(build->format, record, out->low);
		if (build->kind == BTREE_RMAP)
			rmap_keys_of_record((const struct disk_rmap_rec *)record, out);
	}
}

/* Puts keys and pointers into the room of a block or of a root in an inode. */
static void put_children(const struct tree_build *build, uint8_t *room, uint32_t room_bytes,
			 const struct child *children, size_t count)
{
	const struct btree_format *format = build->format;
	uint32_t keys = btree_entry_key_bytes(format), capacity = btree_capacity(format, room_bytes, 1);
	uint8_t *pointers = room + (size_t)capacity * keys;

	if (count > capacity)
		die("%zu entries do not fit into a root of %u bytes", count, room_bytes);
	for (size_t i = 0; i < count; i++) {
		be32 narrow = be32_of(children[i].at.agbno);
		be64 wide = be64_of(image_pack(build->image, children[i].at));

		memcpy(room + i * keys, children[i].low, format->key_bytes);
		if (format->overlapped)
			memcpy(room + i * keys + format->key_bytes, children[i].high, format->key_bytes);
		if (format->long_pointers)
			memcpy(pointers + i * sizeof(wide), &wide, sizeof(wide));
		else
			memcpy(pointers + i * sizeof(narrow), &narrow, sizeof(narrow));
	}
}

static void put_head(const struct tree_build *build, struct agaddr at, unsigned level, size_t count)
{
	const struct image *image = build->image;
	uint8_t *block = image_block(image, at);
	uint64_t daddr = image_offset(image, at) / 512;

	memset(block, 0, image->options.block_bytes);
	if (build->format->long_pointers) {
		struct disk_btree_long head = {.magic = be32_of(build->format->magic),
					       .level = be16_of((uint16_t)level),
					       .numrecs = be16_of((uint16_t)count),
					       .leftsib = be64_of(UINT64_MAX),
					       .rightsib = be64_of(UINT64_MAX),
					       .blkno = be64_of(daddr),
					       .uuid = image_uuid,
					       .owner = be64_of(build->owner)};

		memcpy(block, &head, sizeof(head));
	} else {
		struct disk_btree_short head = {.magic = be32_of(build->format->magic),
						.level = be16_of((uint16_t)level),
						.numrecs = be16_of((uint16_t)count),
						.leftsib = be32_of(AGBNO_NULL),
						.rightsib = be32_of(AGBNO_NULL),
						.blkno = be64_of(daddr),
						.uuid = image_uuid,
						.owner = be32_of((uint32_t)build->owner)};

		memcpy(block, &head, sizeof(head));
	}
}

static void link_siblings(const struct tree_build *build, const struct child *left, const struct child *right)
{
	uint8_t *a = image_block(build->image, left->at), *b = image_block(build->image, right->at);

	if (build->format->long_pointers) {
		((struct disk_btree_long *)a)->rightsib = be64_of(image_pack(build->image, right->at));
		((struct disk_btree_long *)b)->leftsib = be64_of(image_pack(build->image, left->at));
	} else {
		((struct disk_btree_short *)a)->rightsib = be32_of(right->at.agbno);
		((struct disk_btree_short *)b)->leftsib = be32_of(left->at.agbno);
	}
}

/* One block from @count of @entries: records, or the children of the level below. */
static struct child build_block(const struct tree_build *build, const void *entries, size_t from, size_t count,
				unsigned level)
{
	const struct btree_format *format = build->format;
	uint32_t header = btree_header_bytes(format), room = build->image->options.block_bytes - header;
	struct child block = {.at = {build->agno, image_take(build->image, build->agno, 1)}}, entry = {0};
	uint8_t *bytes = image_block(build->image, block.at);

	put_head(build, block.at, level, count);
	if (level > 0)
		put_children(build, bytes + header, room, (const struct child *)entries + from, count);
	else if (count > 0)
		memcpy(bytes + header, (const uint8_t *)entries + from * format->record_bytes,
		       count * format->record_bytes);
	for (size_t i = 0; i < count; i++) {
		struct btree_key this, highest;

		keys_of_entry(build, entries, from + i, level, &entry);
		if (i == 0)
			memcpy(block.low, entry.low, sizeof(block.low));
		if (!format->overlapped)
			continue;
		this = format->key(entry.high);
		highest = format->key(block.high);
		if (i == 0 || btree_key_compare(&this, &highest) > 0)
			memcpy(block.high, entry.high, sizeof(block.high));
	}
	return block;
}

/* Builds the blocks of a level; they become build->children. */
static void build_level(struct tree_build *build, const void *entries, size_t count)
{
	unsigned level = build->levels++;
	uint32_t room = build->image->options.block_bytes - btree_header_bytes(build->format);
	size_t most = btree_capacity(build->format, room, level);
	struct child *blocks = calloc(TREE_BLOCKS_MAX, sizeof(*blocks));
	size_t made = 0;

	if (build->per_block && build->per_block < most)
		most = build->per_block;
	if (!blocks || count > most * TREE_BLOCKS_MAX)
		die("a tree with too many blocks");
	for (size_t from = 0; from < count || made == 0; from += most) {
		size_t some = count - from < most ? count - from : most;

		blocks[made++] = build_block(build, entries, from, some, level);
	}
	for (size_t i = 0; i < made; i++) {
		if (i > 0)
			link_siblings(build, &blocks[i - 1], &blocks[i]);
	}
	for (size_t i = 0; i < made; i++)
		image_seal_tree_block(build->image, build->kind, blocks[i].at);
	free(build->children);
	build->children = blocks;
	build->count = made;
}

static void set_root(const struct image *image, enum btree_kind kind, uint32_t agno, uint32_t root, unsigned levels)
{
	static const char *const names[BTREE_BMAP][2] = {
		[BTREE_BNO] = {"bnoroot", "bnolevel"},	  [BTREE_CNT] = {"cntroot", "cntlevel"},
		[BTREE_INO] = {"root", "level"},	  [BTREE_FINO] = {"free_root", "free_level"},
		[BTREE_RMAP] = {"rmaproot", "rmaplevel"}, [BTREE_REFCOUNT] = {"refcntroot", "refcntlevel"},
	};
	bool of_inodes = kind == BTREE_INO || kind == BTREE_FINO;
	const struct field_table *table = of_inodes ? &agi_table : &agf_table;
	void *header = of_inodes ? (void *)image_agi(image, agno) : (void *)image_agf(image, agno);

	image_set(table, header, names[kind][0], root);
	image_set(table, header, names[kind][1], levels);
	image_seal_headers(image, agno);
}

unsigned image_tree(struct image *image, enum btree_kind kind, uint32_t agno, const void *records, size_t count,
		    uint32_t per_block, uint32_t *first)
{
	struct tree_build build = {.image = image,
				   .kind = kind,
				   .format = &btree_formats[kind],
				   .agno = agno,
				   .owner = agno,
				   .per_block = per_block,
				   .first = image->next_block[agno]};

	build_level(&build, records, count);
	while (build.count > 1)
		build_level(&build, build.children, build.count);
	set_root(image, kind, agno, build.children[0].at.agbno, build.levels);
	if (first)
		*first = build.first;
	free(build.children);
	return build.levels;
}

void image_seal_tree_block(const struct image *image, enum btree_kind kind, struct agaddr at)
{
	crc32c_block_seal(image_block(image, at), image->options.block_bytes,
			  btree_formats[kind].long_pointers ? offsetof(struct disk_btree_long, crc)
							    : offsetof(struct disk_btree_short, crc));
}

/* ------------------------------------------------------------------ inodes */

struct disk_inode *image_inode(struct image *image, uint64_t ino, uint32_t mode, enum fork_format format)
{
	uint32_t in_block = image->options.block_bytes / image->options.inode_bytes;
	unsigned bits = log2_up(image->options.ag_blocks) + log2_up(in_block);
	uint64_t agino = ino & ((1ull << bits) - 1);
	struct agaddr at = {(uint32_t)(ino >> bits), (uint32_t)(agino / in_block)};
	struct disk_inode *inode =
		(struct disk_inode *)(image_block(image, at) + agino % in_block * image->options.inode_bytes);

	memset(inode, 0, image->options.inode_bytes);
	inode->magic = be16_of(INODE_MAGIC);
	inode->mode = be16_of((uint16_t)mode);
	inode->version = INODE_VERSION;
	inode->format = (uint8_t)format;
	inode->aformat = FORK_EXTENTS;
	inode->nlink = be32_of(1);
	inode->gen = be32_of(1);
	inode->next_unlinked = be32_of(AGINO_NULL);
	inode->ino = be64_of(ino);
	inode->uuid = image_uuid;
	image_seal_inode(image, inode);
	return inode;
}

void image_seal_inode(const struct image *image, struct disk_inode *inode)
{
	crc32c_block_seal(inode, image->options.inode_bytes, offsetof(struct disk_inode, crc));
}

uint8_t *image_fork(struct disk_inode *inode, enum fork_kind kind)
{
	return (uint8_t *)(inode + 1) + (kind == FORK_ATTR ? inode->forkoff * 8u : 0);
}

static uint32_t fork_bytes(const struct image *image, const struct disk_inode *inode, enum fork_kind kind)
{
	uint32_t all = image->options.inode_bytes - (uint32_t)sizeof(*inode);

	if (kind == FORK_ATTR)
		return all - inode->forkoff * 8u;
	return inode->forkoff ? inode->forkoff * 8u : all;
}

static void set_extents(struct disk_inode *inode, enum fork_kind kind, enum fork_format format, size_t count)
{
	bool wide = be64_get(inode->flags2) & INODE_FLAG2_NREXT64;

	if (kind == FORK_ATTR) {
		inode->aformat = (uint8_t)format;
		image_set(&inode_table, inode, wide ? "big_anextents" : "anextents", count);
	} else {
		inode->format = (uint8_t)format;
		image_set(&inode_table, inode, wide ? "big_nextents" : "nextents", count);
	}
}

void image_fork_extents(const struct image *image, struct disk_inode *inode, enum fork_kind kind,
			const struct disk_bmap_rec *records, size_t count)
{
	if (count * sizeof(*records) > fork_bytes(image, inode, kind))
		die("%zu extents do not fit into the fork", count);
	memcpy(image_fork(inode, kind), records, count * sizeof(*records));
	set_extents(inode, kind, FORK_EXTENTS, count);
	image_seal_inode(image, inode);
}

unsigned image_fork_tree(struct image *image, struct disk_inode *inode, enum fork_kind kind, uint32_t agno,
			 const struct disk_bmap_rec *records, size_t count, uint32_t per_block, uint32_t *first)
{
	struct tree_build build = {.image = image,
				   .kind = BTREE_BMAP,
				   .format = &btree_formats[BTREE_BMAP],
				   .agno = agno,
				   .owner = be64_get(inode->ino),
				   .per_block = per_block,
				   .first = image->next_block[agno]};
	struct disk_bmap_root root;
	uint32_t room = fork_bytes(image, inode, kind) - (uint32_t)sizeof(root);
	size_t most = btree_capacity(build.format, room, 1);

	if (per_block && per_block < most)
		most = per_block;
	build_level(&build, records, count);
	while (build.count > most)
		build_level(&build, build.children, build.count);
	root = (struct disk_bmap_root){be16_of((uint16_t)build.levels), be16_of((uint16_t)build.count)};
	memcpy(image_fork(inode, kind), &root, sizeof(root));
	put_children(&build, image_fork(inode, kind) + sizeof(root), room, build.children, build.count);
	set_extents(inode, kind, FORK_BTREE, count);
	image_seal_inode(image, inode);
	if (first)
		*first = build.first;
	free(build.children);
	return build.levels + 1;
}

/* ------------------------------------------------------------------ records */

struct disk_alloc_rec image_free(uint32_t start, uint32_t len)
{
	return (struct disk_alloc_rec){be32_of(start), be32_of(len)};
}

struct disk_rmap_rec image_rmap(uint32_t start, uint32_t len, uint64_t owner, uint64_t offset)
{
	return (struct disk_rmap_rec){be32_of(start), be32_of(len), be64_of(owner), be64_of(offset)};
}

struct disk_refcount_rec image_refcount(uint32_t start, uint32_t len, uint32_t count)
{
	return (struct disk_refcount_rec){be32_of(start), be32_of(len), be32_of(count)};
}

struct disk_inobt_rec image_chunk(uint32_t first_agino, uint16_t holemask, uint64_t free)
{
	struct disk_inobt_rec rec = {.startino = be32_of(first_agino), .free = be64_of(free)};

	rec.holemask = be16_of(holemask);
	rec.count = (uint8_t)(INODES_PER_CHUNK - INODES_PER_HOLEBIT * (unsigned)__builtin_popcount(holemask));
	rec.sp_freecount = (uint8_t)__builtin_popcountll(free);
	return rec;
}

struct disk_bmap_rec image_extent(uint64_t fileoff, uint64_t packed, uint32_t len, bool unwritten)
{
	struct disk_bmap_rec rec = {{{0}}, {{0}}};

	image_set(&bmap_rec_table, &rec, "extentflag", unwritten);
	image_set(&bmap_rec_table, &rec, "startoff", fileoff);
	image_set(&bmap_rec_table, &rec, "startblock", packed);
	image_set(&bmap_rec_table, &rec, "blockcount", len);
	return rec;
}
