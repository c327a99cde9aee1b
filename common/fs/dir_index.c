/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks of a directory that hold no names: leaves and nodes of the hash index, and the free index. Each is checked
 * by itself: header, counts, order, ranges. Whether they agree with the names and with each other is left to others.
 *
 * Format: design document, "Leaf Directories" and "Node Directories".
 */
#include "fs/dir_form.h"

/* The block under examination. */
struct index_block {
	const struct fs *fs;
	uint64_t ino;
	uint64_t names_bytes; /* where the names' part of the fork ends */
	struct span bytes;
	uint64_t index; /* in the directory */
	uint64_t offset_bytes;
	struct error *why;
};

static int bad(const struct index_block *block, enum flaw flaw, const char *what)
{
	return dir_bad_block(block->ino, flaw, block->offset_bytes, what, block->why);
}

/* A pointer to another block of the hash index, in blocks of the file; 0: none. */
static bool points_to_index(const struct index_block *block, be32 pointer)
{
	unsigned log = block->fs->geo.block_log;
	uint64_t fileoff = be32_get(pointer);

	return fileoff == 0 || (fileoff >= DIR_LEAF_OFFSET >> log && fileoff < DIR_FREE_OFFSET >> log);
}

/* The info in front of leaves and nodes, whose magic has been seen. */
static int check_info(const struct index_block *block, const struct disk_da_info *info)
{
	struct verify expect = {.what = "directory index block",
				.offset_bytes = block->offset_bytes,
				.crc_at = offsetof(struct disk_da_info, crc),
				.uuid_at = offsetof(struct disk_da_info, uuid),
				.daddr_at = offsetof(struct disk_da_info, blkno),
				.owner_at = offsetof(struct disk_da_info, owner),
				.owner = block->ino};
	int rc = fs_verify(block->fs, block->bytes, &expect, block->why);

	if (rc != 0)
		return rc;
	if (!points_to_index(block, info->forw) || !points_to_index(block, info->back))
		return bad(block, FLAW_RANGE, "neighbour of an index block");
	return 0;
}

static int check_node(const struct index_block *block)
{
	const struct disk_da_node *node = (const struct disk_da_node *)block->bytes.bytes;
	const struct disk_da_node_entry *entry = (const struct disk_da_node_entry *)(node + 1);
	uint32_t count = be16_get(node->count);
	int rc = check_info(block, &node->info);

	if (rc != 0)
		return rc;
	if (be16_get(node->level) < 1 || be16_get(node->level) >= DA_LEVELS_MAX)
		return bad(block, FLAW_LEVEL, "node");
	if (count == 0 || count > (block->bytes.len - sizeof(*node)) / sizeof(*entry))
		return bad(block, FLAW_COUNT, "node");
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0 && be32_get(entry[i].hashval) < be32_get(entry[i - 1].hashval))
			return bad(block, FLAW_ORDER, "node");
		if (be32_get(entry[i].before) == 0 || !points_to_index(block, entry[i].before))
			return bad(block, FLAW_RANGE, "pointer of a node");
	}
	return 0;
}

/* Bytes at the end of a leaf1 for the longest free regions of the data blocks; UINT32_MAX: impossible. */
static uint32_t bests_bytes(const struct index_block *block)
{
	const struct disk_dir_leaf_tail *tail = span_at(block->bytes, block->bytes.len - sizeof(*tail), sizeof(*tail));
	uint32_t room = (uint32_t)(block->bytes.len - sizeof(struct disk_dir_leaf) - sizeof(*tail));

	if (be32_get(tail->bestcount) > room / sizeof(be16))
		return UINT32_MAX;
	return (uint32_t)(be32_get(tail->bestcount) * sizeof(be16) + sizeof(*tail));
}

static int check_entries(const struct index_block *block, const struct disk_dir_leaf_entry *entry, uint32_t count,
			 uint32_t stale)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (i > 0 && be32_get(entry[i].hashval) < be32_get(entry[i - 1].hashval))
			return bad(block, FLAW_ORDER, "leaf");
		if (be32_get(entry[i].address) == DIR_ADDRESS_NULL)
			found++;
		else if ((uint64_t)be32_get(entry[i].address) * DIR_ENTRY_ALIGN >= block->names_bytes)
			return bad(block, FLAW_RANGE, "address in a leaf");
	}
	if (found != stale)
		return bad(block, FLAW_COUNT, "stale entries of a leaf");
	return 0;
}

static int check_leaf(const struct index_block *block, bool has_bests)
{
	const struct disk_dir_leaf *leaf = (const struct disk_dir_leaf *)block->bytes.bytes;
	const struct disk_dir_leaf_entry *entry = (const struct disk_dir_leaf_entry *)(leaf + 1);
	uint32_t count = be16_get(leaf->count), bests = has_bests ? bests_bytes(block) : 0;
	uint32_t room = (uint32_t)(block->bytes.len - sizeof(*leaf));
	int rc = check_info(block, &leaf->info);

	if (rc != 0)
		return rc;
	if (bests > room || count > (room - bests) / sizeof(*entry))
		return bad(block, FLAW_COUNT, "leaf");
	return check_entries(block, entry, count, be16_get(leaf->stale));
}

static int check_free(const struct index_block *block)
{
	const struct disk_dir_free *head = (const struct disk_dir_free *)block->bytes.bytes;
	const be16 *best = (const be16 *)(head + 1);
	uint32_t room = (uint32_t)((block->bytes.len - sizeof(*head)) / sizeof(*best)), used = 0;
	struct verify expect = {.what = "directory free index",
				.offset_bytes = block->offset_bytes,
				.crc_at = offsetof(struct disk_dir_free, header.crc),
				.uuid_at = offsetof(struct disk_dir_free, header.uuid),
				.daddr_at = offsetof(struct disk_dir_free, header.blkno),
				.owner_at = offsetof(struct disk_dir_free, header.owner),
				.owner = block->ino};
	int rc = fs_verify(block->fs, block->bytes, &expect, block->why);

	if (rc != 0)
		return rc;
	if (be32_get(head->nvalid) > room)
		return bad(block, FLAW_COUNT, "free index");
	if (be32_get(head->firstdb) != (block->index - DIR_FREE_OFFSET / block->bytes.len) * room)
		return bad(block, FLAW_RANGE, "first data block of the free index");
	for (uint32_t i = 0; i < be32_get(head->nvalid); i++)
		used += be16_get(best[i]) != DIR_BEST_NULL;
	if (used != be32_get(head->nused))
		return bad(block, FLAW_COUNT, "used entries of the free index");
	return 0;
}

static int check_tree_block(const struct index_block *block)
{
	switch (be16_get(((const struct disk_da_info *)block->bytes.bytes)->magic)) {
	case DA_NODE_MAGIC:
		return check_node(block);
	case DIR_LEAF1_MAGIC:
		return check_leaf(block, true);
	case DIR_LEAFN_MAGIC:
		return check_leaf(block, false);
	default:
		return bad(block, FLAW_MAGIC, "index block");
	}
}

int dir_index_verify(const struct fs *fs, uint64_t ino, uint64_t names_bytes, uint64_t index, struct span block,
		     uint64_t offset, struct error *why)
{
	const struct index_block index_block = {.fs = fs,
						.ino = ino,
						.names_bytes = names_bytes,
						.bytes = block,
						.index = index,
						.offset_bytes = offset,
						.why = why};

	if (index < DIR_FREE_OFFSET / block.len)
		return check_tree_block(&index_block);
	if (be32_get(((const struct disk_dir_header *)block.bytes)->magic) != DIR_FREE_MAGIC)
		return bad(&index_block, FLAW_MAGIC, "free index");
	return check_free(&index_block);
}

int dir_names_verify_leaf(uint64_t ino, const struct dir_names *names, struct error *why)
{
	const struct index_block block = {.ino = ino,
					  .names_bytes = UINT64_MAX,
					  .bytes = names->block,
					  .offset_bytes = names->offset_bytes,
					  .why = why};

	return check_entries(&block, names->leaf, names->leaf_count, names->leaf_stale);
}

static int check_block(const struct dir_walk *walk, uint64_t index, uint64_t offset)
{
	struct error why;
	int rc = dir_index_verify(walk->fs, walk->inode->ino, walk->inode->size_bytes, index,
				  (struct span){walk->buffer, walk->fs->geo.dirblock_bytes}, offset, &why);

	return rc == 0 ? 0 : dir_report(walk, &why);
}

int dir_verify_blocks(struct dir_walk *walk)
{
	/* The free index has as much room as the other two parts. */
	return dir_read_blocks(walk, DIR_LEAF_OFFSET, DIR_FREE_OFFSET + DIR_LEAF_OFFSET, check_block);
}
