/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks of a directory that hold names. A cookie is the place of the entry in the names' part of the
 * directory in units of 8 bytes, as the leaf entries have it.
 *
 * Format: design document, "Block Directories" and "Leaf Directories"; that data blocks of the node and B+tree forms
 * are the same: "Node Directories".
 */
#include "fs/dir_form.h"

#include <string.h>

/* A verified block of names. */
struct names {
	struct span block;
	uint64_t offset_bytes; /* on the device */
	uint32_t first_cookie; /* of the block's first byte */
	uint32_t end;	       /* where the entries end in it */
};

int dir_bad_block(const struct dir_walk *walk, enum flaw flaw, uint64_t offset, const char *what, struct error *why)
{
	return error_corrupt(why, flaw, offset, "directory %llu: %s: %s", (unsigned long long)walk->inode->ino, what,
			     flaw_text(flaw));
}

/* Reads one directory block. @extent, unless NULL, maps at least a part of it. */
static int read_block(const struct dir_walk *walk, uint64_t index, const struct extent *extent, uint64_t *offset_bytes,
		      struct error *why)
{
	const struct geometry *geo = &walk->fs->geo;
	uint32_t blocks = 1u << geo->dirblock_blocks_log;
	uint64_t fileoff = index << geo->dirblock_blocks_log;
	struct agaddr at;
	int rc;

	/* A directory block of several blocks need not lie in one piece. */
	if (extent && !extent->unwritten && fileoff >= extent->fileoff &&
	    extent->len_blocks - (fileoff - extent->fileoff) >= blocks) {
		at = (struct agaddr){extent->start.agno, extent->start.agbno + (uint32_t)(fileoff - extent->fileoff)};
		rc = fs_read_blocks(walk->fs, at, blocks, walk->buffer, why);
	} else {
		rc = fork_read(walk->fs, walk->inode, FORK_DATA, fileoff, blocks, walk->buffer, &at, why);
	}
	if (rc == 0)
		*offset_bytes = geometry_block_offset(geo, at);
	return rc;
}

/* Checks the block in walk->buffer and finds where its entries end. */
static int verify_block(const struct dir_walk *walk, uint64_t index, uint64_t offset, struct names *out,
			struct error *why)
{
	struct verify expect = {.what = "directory block",
				.offset_bytes = offset,
				.crc_at = offsetof(struct disk_dir_data, header.crc),
				.uuid_at = offsetof(struct disk_dir_data, header.uuid),
				.daddr_at = offsetof(struct disk_dir_data, header.blkno),
				.owner_at = offsetof(struct disk_dir_data, header.owner),
				.owner = walk->inode->ino};
	struct span block = {walk->buffer, walk->fs->geo.dirblock_bytes};
	const struct disk_dir_block_tail *tail;
	uint32_t magic, room;
	int rc;

	magic = be32_get(((const struct disk_dir_data *)walk->buffer)->header.magic);
	/* Only the first block can be the whole directory. */
	if (magic != DIR_DATA_MAGIC && !(magic == DIR_BLOCK_MAGIC && index == 0))
		return dir_bad_block(walk, FLAW_MAGIC, offset, "block of names", why);
	rc = fs_verify(walk->fs, block, &expect, why);
	if (rc != 0)
		return rc;
	*out = (struct names){.block = block,
			      .offset_bytes = offset,
			      .first_cookie = (uint32_t)(index * (block.len / DIR_ENTRY_ALIGN)),
			      .end = (uint32_t)block.len};
	if (magic == DIR_DATA_MAGIC)
		return 0;
	room = out->end - (uint32_t)(sizeof(struct disk_dir_data) + sizeof(*tail));
	tail = span_at(block, out->end - sizeof(*tail), sizeof(*tail));
	if (be32_get(tail->count) > room / sizeof(struct disk_dir_leaf_entry))
		return dir_bad_block(walk, FLAW_COUNT, offset, "tail of its block", why);
	out->end -= (uint32_t)(sizeof(*tail) + be32_get(tail->count) * sizeof(struct disk_dir_leaf_entry));
	return 0;
}

/* Bytes of the unused space at @at; 0: its length or tag is wrong. */
static uint32_t unused_bytes(const struct names *names, uint32_t at, const struct disk_dir_unused *unused)
{
	uint32_t bytes = be16_get(unused->length);
	const be16 *tag;

	if (bytes < DIR_ENTRY_ALIGN || bytes % DIR_ENTRY_ALIGN != 0 || bytes > names->end - at)
		return 0;
	tag = span_at(names->block, at + bytes - sizeof(*tag), sizeof(*tag));
	return be16_get(*tag) == at ? bytes : 0;
}

/*
 * What lies at byte @at, which is a multiple of 8 below names->end: 1 an entry, 0 unused space, or ERR_CORRUPT and
 * *flaw. *bytes: how long it is; 0 if that cannot be believed.
 */
static int take(const struct geometry *geo, const struct names *names, uint32_t at, struct dir_entry *entry,
		uint32_t *bytes, enum flaw *flaw)
{
	/* All that lies between multiples of 8 can be read without asking: the ends are such multiples. */
	const uint8_t *here = names->block.bytes + at;
	const struct disk_dir_entry *disk;
	uint8_t ftype = DIR_FTYPE_UNKNOWN;
	const be16 *tag;

	*flaw = FLAW_RANGE;
	if (be16_get(*(const be16 *)here) == DIR_FREE_TAG) {
		*bytes = unused_bytes(names, at, (const struct disk_dir_unused *)here);
		return *bytes ? 0 : ERR_CORRUPT;
	}
	*bytes = 0;
	if (names->end - at < dir_entry_bytes(1, geo->has_ftype))
		return ERR_CORRUPT;
	disk = (const struct disk_dir_entry *)here;
	if (names->end - at < dir_entry_bytes(disk->namelen, geo->has_ftype))
		return ERR_CORRUPT;
	*bytes = dir_entry_bytes(disk->namelen, geo->has_ftype);
	tag = (const be16 *)(here + *bytes - sizeof(*tag));
	if (be16_get(*tag) != at) {
		*bytes = 0;
		return ERR_CORRUPT;
	}
	if (geo->has_ftype)
		ftype = here[sizeof(*disk) + disk->namelen];
	*entry = (struct dir_entry){
		.name = {here + sizeof(*disk), disk->namelen},
		.ino = be64_get(disk->inumber),
		.ftype = (enum dir_ftype)ftype,
		.cookie = names->first_cookie + at / DIR_ENTRY_ALIGN,
	};
	*flaw = dir_entry_flaw(geo, entry, ftype);
	return *flaw == FLAW_NONE ? 1 : ERR_CORRUPT;
}

static int walk_names(const struct dir_walk *walk, uint64_t index, uint64_t offset)
{
	uint32_t at = sizeof(struct disk_dir_data), bytes;
	struct names names;
	struct error why;
	int rc = verify_block(walk, index, offset, &names, &why);

	if (rc != 0)
		return dir_report(walk, &why);
	for (; at < names.end && rc == 0; at += bytes) {
		struct dir_entry entry;
		enum flaw flaw;

		rc = take(&walk->fs->geo, &names, at, &entry, &bytes, &flaw);
		if (rc == 1) {
			rc = dir_hand_out(walk, &entry);
		} else if (rc == ERR_CORRUPT) {
			(void)dir_bad_block(walk, flaw, offset + at, "entry", &why);
			rc = dir_report(walk, &why);
			if (bytes == 0)
				break; /* where the next one begins is not known */
		}
	}
	return rc;
}

static int visit_block(const struct dir_walk *walk, uint64_t index, const struct extent *extent)
{
	struct error why;
	uint64_t offset;
	int rc = read_block(walk, index, extent, &offset, &why);

	if (rc == 0)
		return walk->fn(walk, index, offset);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return dir_report(walk, &why);
	if (walk->err)
		*walk->err = why;
	return rc;
}

static int visit_extent(void *arg, const struct extent *extent)
{
	struct dir_walk *walk = arg;
	unsigned log = walk->fs->geo.dirblock_blocks_log;
	uint64_t index = extent->fileoff >> log, last = (extent->fileoff + extent->len_blocks - 1) >> log;
	struct error why;
	int rc = 0;

	if (index < walk->next)
		index = walk->next; /* which began in the extent before */
	walk->next = last + 1;
	if (extent->unwritten) {
		/* One word for all of it: it may be long. */
		(void)dir_bad_block(walk, FLAW_FORMAT, geometry_block_offset(&walk->fs->geo, extent->start),
				    "unwritten extent", &why);
		return dir_report(walk, &why);
	}
	for (; index <= last && index < walk->end && rc == 0; index++)
		rc = visit_block(walk, index, extent);
	return rc;
}

static int bad_fork(void *arg, const struct error *why)
{
	return dir_report(arg, why);
}

int dir_read_blocks(struct dir_walk *walk, uint64_t from_bytes, uint64_t to_bytes, dir_block_fn *fn)
{
	const struct fork_walker extents = {.extent = visit_extent, .bad = bad_fork, .arg = walk};
	unsigned log = walk->fs->geo.block_log;

	walk->next = from_bytes / walk->fs->geo.dirblock_bytes;
	walk->end = to_bytes / walk->fs->geo.dirblock_bytes;
	walk->fn = fn;
	return fork_walk(walk->fs, walk->inode, FORK_DATA, from_bytes >> log, (to_bytes >> log) - 1, &extents,
			 walk->err);
}

int dir_walk_blocks(struct dir_walk *walk)
{
	return dir_read_blocks(walk, 0, DIR_LEAF_OFFSET, walk_names);
}

int dir_block_entry_at(const struct dir_walk *walk, uint32_t cookie, struct dir_entry *out)
{
	uint32_t in_block = walk->fs->geo.dirblock_bytes / DIR_ENTRY_ALIGN, bytes;
	uint32_t at = cookie % in_block * DIR_ENTRY_ALIGN;
	struct names names;
	enum flaw flaw;
	uint64_t offset;
	int rc = read_block(walk, cookie / in_block, NULL, &offset, walk->err);

	if (rc == 0)
		rc = verify_block(walk, cookie / in_block, offset, &names, walk->err);
	if (rc != 0)
		return rc;
	if (at < sizeof(struct disk_dir_data) || at >= names.end ||
	    take(&walk->fs->geo, &names, at, out, &bytes, &flaw) != 1)
		return error_set(walk->err, ERR_NOT_FOUND, "directory %llu has no entry at %u",
				 (unsigned long long)walk->inode->ino, cookie);
	return 0;
}
