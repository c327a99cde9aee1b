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

int dir_bad_block(uint64_t ino, enum flaw flaw, uint64_t offset, const char *what, struct error *why)
{
	return error_corrupt(why, flaw, offset, "directory %llu: %s: %s", (unsigned long long)ino, what,
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

int dir_names_find_leaf(uint64_t ino, struct dir_names *names, struct error *why)
{
	const struct disk_dir_block_tail *tail;
	uint32_t room = names->end - (uint32_t)(sizeof(struct disk_dir_data) + sizeof(*tail));

	tail = span_at(names->block, names->end - sizeof(*tail), sizeof(*tail));
	if (be32_get(tail->count) > room / sizeof(struct disk_dir_leaf_entry))
		return dir_bad_block(ino, FLAW_COUNT, names->offset_bytes, "tail of its block", why);
	names->leaf_count = be32_get(tail->count);
	names->leaf_stale = be32_get(tail->stale);
	names->end -= (uint32_t)(sizeof(*tail) + names->leaf_count * sizeof(struct disk_dir_leaf_entry));
	names->leaf = (const struct disk_dir_leaf_entry *)(names->block.bytes + names->end);
	return 0;
}

int dir_names_open(const struct fs *fs, uint64_t ino, uint64_t index, struct span block, uint64_t offset,
		   struct dir_names *out, struct error *why)
{
	struct verify expect = {.what = "directory block",
				.offset_bytes = offset,
				.crc_at = offsetof(struct disk_dir_data, header.crc),
				.uuid_at = offsetof(struct disk_dir_data, header.uuid),
				.daddr_at = offsetof(struct disk_dir_data, header.blkno),
				.owner_at = offsetof(struct disk_dir_data, header.owner),
				.owner = ino};
	uint32_t magic = be32_get(((const struct disk_dir_data *)block.bytes)->header.magic);
	int rc;

	/* Only the first block can be the whole directory. */
	if (magic != DIR_DATA_MAGIC && !(magic == DIR_BLOCK_MAGIC && index == 0))
		return dir_bad_block(ino, FLAW_MAGIC, offset, "block of names", why);
	rc = fs_verify(fs, block, &expect, why);
	if (rc != 0)
		return rc;
	*out = (struct dir_names){.block = block,
				  .offset_bytes = offset,
				  .first_cookie = (uint32_t)(index * (block.len / DIR_ENTRY_ALIGN)),
				  .at = sizeof(struct disk_dir_data),
				  .end = (uint32_t)block.len};
	return magic == DIR_DATA_MAGIC ? 0 : dir_names_find_leaf(ino, out, why);
}

/* Bytes of the unused space at @at; 0: its length or tag is wrong. */
static uint32_t unused_bytes(const struct dir_names *names, uint32_t at, const struct disk_dir_unused *unused)
{
	uint32_t bytes = be16_get(unused->length);
	const be16 *tag;

	if (bytes < DIR_ENTRY_ALIGN || bytes % DIR_ENTRY_ALIGN != 0 || bytes > names->end - at)
		return 0;
	tag = span_at(names->block, at + bytes - sizeof(*tag), sizeof(*tag));
	return be16_get(*tag) == at ? bytes : 0;
}

/* Bytes of the entry at @at; 0: its length or tag is wrong. */
static uint32_t entry_bytes(const struct geometry *geo, const struct dir_names *names, uint32_t at,
			    const struct disk_dir_entry *disk)
{
	uint32_t bytes;
	const be16 *tag;

	if (names->end - at < dir_entry_bytes(1, geo->has_ftype))
		return 0;
	bytes = dir_entry_bytes(disk->namelen, geo->has_ftype);
	if (bytes > names->end - at)
		return 0;
	tag = span_at(names->block, at + bytes - sizeof(*tag), sizeof(*tag));
	return be16_get(*tag) == at ? bytes : 0;
}

static enum dir_piece_kind lose(struct dir_names *names, struct dir_piece *out)
{
	out->kind = DIR_PIECE_LOST;
	out->flaw = FLAW_RANGE;
	out->bytes = names->end - names->at;
	names->at = names->end;
	return out->kind;
}

enum dir_piece_kind dir_names_next(const struct geometry *geo, struct dir_names *names, struct dir_piece *out)
{
	/* All that lies between multiples of 8 can be read without asking: the ends are such multiples. */
	const uint8_t *here = names->block.bytes + names->at;
	const struct disk_dir_entry *disk = (const struct disk_dir_entry *)here;

	out->kind = DIR_PIECE_END;
	out->flaw = FLAW_NONE;
	out->at = names->at;
	if (names->at >= names->end)
		return out->kind;
	if (be16_get(*(const be16 *)here) == DIR_FREE_TAG) {
		out->bytes = unused_bytes(names, names->at, (const struct disk_dir_unused *)here);
		out->kind = DIR_PIECE_UNUSED;
	} else {
		out->bytes = entry_bytes(geo, names, names->at, disk);
		out->kind = DIR_PIECE_ENTRY;
	}
	if (out->bytes == 0)
		return lose(names, out);
	names->at += out->bytes;
	if (out->kind == DIR_PIECE_UNUSED)
		return out->kind;
	out->ftype = geo->has_ftype ? here[sizeof(*disk) + disk->namelen] : DIR_FTYPE_UNKNOWN;
	out->entry = (struct dir_entry){
		.name = {here + sizeof(*disk), disk->namelen},
		.ino = be64_get(disk->inumber),
		.ftype = (enum dir_ftype)out->ftype,
		.cookie = names->first_cookie + out->at / DIR_ENTRY_ALIGN,
	};
	out->flaw = dir_entry_flaw(geo, &out->entry, out->ftype);
	if (out->flaw != FLAW_NONE)
		out->kind = DIR_PIECE_BAD_ENTRY;
	return out->kind;
}

static int bad_piece(const struct dir_walk *walk, const struct dir_names *names, const struct dir_piece *piece)
{
	struct error why;

	(void)dir_bad_block(walk->inode->ino, piece->flaw, names->offset_bytes + piece->at, "entry", &why);
	return dir_report(walk, &why);
}

static int walk_names(const struct dir_walk *walk, uint64_t index, uint64_t offset)
{
	struct span block = {walk->buffer, walk->fs->geo.dirblock_bytes};
	struct dir_names names;
	struct dir_piece piece;
	struct error why;
	int rc = dir_names_open(walk->fs, walk->inode->ino, index, block, offset, &names, &why);

	if (rc != 0)
		return dir_report(walk, &why);
	while (rc == 0) {
		switch (dir_names_next(&walk->fs->geo, &names, &piece)) {
		case DIR_PIECE_END:
			return 0;
		case DIR_PIECE_ENTRY:
			rc = dir_hand_out(walk, &piece.entry);
			break;
		case DIR_PIECE_UNUSED:
			break;
		case DIR_PIECE_BAD_ENTRY:
		case DIR_PIECE_LOST:
			rc = bad_piece(walk, &names, &piece);
			break;
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
		(void)dir_bad_block(walk->inode->ino, FLAW_FORMAT, geometry_block_offset(&walk->fs->geo, extent->start),
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
	struct span block = {walk->buffer, walk->fs->geo.dirblock_bytes};
	uint32_t in_block = (uint32_t)block.len / DIR_ENTRY_ALIGN, at = cookie % in_block * DIR_ENTRY_ALIGN;
	struct dir_names names;
	struct dir_piece piece;
	uint64_t offset;
	int rc = read_block(walk, cookie / in_block, NULL, &offset, walk->err);

	if (rc == 0)
		rc = dir_names_open(walk->fs, walk->inode->ino, cookie / in_block, block, offset, &names, walk->err);
	if (rc != 0)
		return rc;
	names.at = at;
	if (at < sizeof(struct disk_dir_data) || dir_names_next(&walk->fs->geo, &names, &piece) != DIR_PIECE_ENTRY)
		return error_set(walk->err, ERR_NOT_FOUND, "directory %llu has no entry at %u",
				 (unsigned long long)walk->inode->ino, cookie);
	*out = piece.entry;
	return 0;
}
