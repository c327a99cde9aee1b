/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attributes in leaves, alone or under nodes.
 *
 * The walk keeps a list of blocks to visit, beginning with block 0. A node adds its children, every block its
 * neighbours, and no block is added twice: so the list is bounded by the pointers in sound blocks, each of which
 * lies in one place of the device only, and loops end of themselves.
 *
 * Format: design document, "Leaf Attributes" and "Node Attributes".
 */
#include <stdlib.h>

#include "base/array.h"
#include "base/idmap.h"
#include "fs/attr_form.h"
#include "fs/fork.h"

#define LEVEL_ANY DA_LEVELS_MAX /* of the root, which may be a leaf or a node of any level */

/* A block to visit, as the map of known blocks has it: key: block in the fork; value: index in the list. */
struct visit {
	uint32_t block;
	uint8_t level;	 /* that it must have */
	bool has_parent; /* a node points to it, or it is the root */
	uint32_t hash;	 /* that the node gives as its highest */
};

struct tree {
	struct attr_walk *walk;
	struct idmap known;
	struct visit *list;
	size_t count, room;
	uint64_t offset_bytes; /* of the block at hand */
	struct agaddr at;      /* the same */
};

static int tree_bad(struct tree *tree, enum flaw flaw, const char *what)
{
	struct error why;

	(void)attr_bad(tree->walk, flaw, tree->offset_bytes, what, &why);
	return attr_report(tree->walk, &why);
}

static int add(struct tree *tree, struct visit new)
{
	const uint64_t *at = idmap_get(&tree->known, new.block);
	int rc;

	if (at) {
		struct visit *visit = &tree->list[*at];

		if (new.has_parent && visit->has_parent)
			return tree_bad(tree, FLAW_LOOP, "two nodes point to one block");
		if (new.has_parent)
			*visit = new;
		return 0;
	}
	if (array_reserve(&tree->list, tree->count, 1, &tree->room, sizeof(*tree->list)) != 0)
		return error_set(tree->walk->err, ERR_NOMEM, "no memory for the blocks of a tree");
	rc = idmap_put(&tree->known, new.block, tree->count);
	if (rc < 0)
		return error_set(tree->walk->err, rc, "no memory for the blocks of a tree");
	tree->list[tree->count++] = new;
	return 0;
}

static int add_neighbours(struct tree *tree, const struct disk_da_info *info, uint8_t level)
{
	int rc = 0;

	if (be32_get(info->forw) != 0)
		rc = add(tree, (struct visit){.block = be32_get(info->forw), .level = level});
	if (rc == 0 && be32_get(info->back) != 0)
		rc = add(tree, (struct visit){.block = be32_get(info->back), .level = level});
	return rc;
}

/* What is in the block was taken: its neighbours, and who wants to see it. */
static int finish_block(struct tree *tree, struct visit visit, struct span bytes, uint8_t level)
{
	const struct attr_walker *walker = tree->walk->walker;
	struct attr_block block = {.fileoff = visit.block,
				   .at = tree->at,
				   .level = level,
				   .is_root = visit.level == LEVEL_ANY,
				   .has_parent = visit.has_parent && visit.level != LEVEL_ANY,
				   .parent_hash = visit.hash,
				   .bytes = bytes};
	int rc = add_neighbours(tree, (const struct disk_da_info *)bytes.bytes, level);

	return rc == 0 && walker->block ? walker->block(walker->arg, &block) : rc;
}

static int take_node(struct tree *tree, struct span block, struct visit visit)
{
	const struct disk_da_node *node = (const struct disk_da_node *)block.bytes;
	const struct disk_da_node_entry *entry = (const struct disk_da_node_entry *)(node + 1);
	uint32_t count = be16_get(node->count), has = be16_get(node->level);
	int rc = 0;

	if (has < 1 || has >= DA_LEVELS_MAX || (visit.level != LEVEL_ANY && has != visit.level))
		return tree_bad(tree, FLAW_LEVEL, "node");
	if (count == 0 || count > (block.len - sizeof(*node)) / sizeof(*entry))
		return tree_bad(tree, FLAW_COUNT, "node");
	for (uint32_t i = 1; i < count; i++)
		if (be32_get(entry[i].hashval) < be32_get(entry[i - 1].hashval))
			return tree_bad(tree, FLAW_ORDER, "node");
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = add(tree, (struct visit){.block = be32_get(entry[i].before),
					      .level = (uint8_t)(has - 1),
					      .has_parent = true,
					      .hash = be32_get(entry[i].hashval)});
	return rc == 0 ? finish_block(tree, visit, block, (uint8_t)has) : rc;
}

/* Fills @attr from a leaf entry; false: it does not fit into the block's room for names. */
static bool take_entry(struct span block, uint32_t first, const struct disk_attr_leaf_entry *entry, struct attr *attr)
{
	uint32_t at = be16_get(entry->nameidx);
	const struct disk_attr_remote *remote;
	const struct disk_attr_local *local;

	*attr = (struct attr){.flags = entry->flags, .hashval = be32_get(entry->hashval), .at = at};
	if (at < first)
		return false;
	if (entry->flags & ATTR_FLAG_LOCAL) {
		local = span_at(block, at, sizeof(*local));
		if (!local)
			return false;
		attr->value_bytes = be16_get(local->valuelen);
		attr->name.len = local->namelen;
		at += (uint32_t)sizeof(*local);
		attr->name.bytes = span_at(block, at, attr->name.len);
		at += (uint32_t)attr->name.len;
		attr->value = (struct span){span_at(block, at, attr->value_bytes), attr->value_bytes};
		attr->len = at + attr->value_bytes - attr->at;
		return attr->name.bytes && attr->value.bytes;
	}
	remote = span_at(block, at, sizeof(*remote));
	if (!remote)
		return false;
	attr->value_bytes = be32_get(remote->valuelen);
	attr->value_block = be32_get(remote->valueblk);
	attr->name.len = remote->namelen;
	attr->name.bytes = span_at(block, at + sizeof(*remote), attr->name.len);
	attr->len = (uint32_t)(ATTR_REMOTE_ROOM + attr->name.len);
	return attr->name.bytes && attr->value_bytes <= ATTR_VALUE_MAX;
}

static int take_leaf(struct tree *tree, struct span block, struct visit visit)
{
	const struct disk_attr_leaf *leaf = (const struct disk_attr_leaf *)block.bytes;
	const struct disk_attr_leaf_entry *entry = (const struct disk_attr_leaf_entry *)(leaf + 1);
	uint32_t count = be16_get(leaf->count), first = be16_get(leaf->firstused);
	int rc = 0;

	if (first == 0)
		first = 1u << 16;
	if (visit.level != 0 && visit.level != LEVEL_ANY)
		return tree_bad(tree, FLAW_LEVEL, "leaf");
	if (count > (block.len - sizeof(*leaf)) / sizeof(*entry))
		return tree_bad(tree, FLAW_COUNT, "leaf");
	if (first > block.len || first < sizeof(*leaf) + count * sizeof(*entry))
		return tree_bad(tree, FLAW_RANGE, "first used byte of a leaf");
	for (uint32_t i = 1; i < count; i++)
		if (be32_get(entry[i].hashval) < be32_get(entry[i - 1].hashval))
			return tree_bad(tree, FLAW_ORDER, "leaf");
	for (uint32_t i = 0; i < count && rc == 0; i++) {
		struct attr attr;
		enum flaw flaw = FLAW_RANGE;

		if (take_entry(block, first, &entry[i], &attr))
			flaw = attr_flaw(&attr);
		rc = flaw == FLAW_NONE ? attr_hand_out(tree->walk, &attr) : tree_bad(tree, flaw, "leaf entry");
	}
	return rc == 0 ? finish_block(tree, visit, block, 0) : rc;
}

static int take_block(struct tree *tree, struct visit visit)
{
	const struct fs *fs = tree->walk->fs;
	struct span block = {tree->walk->block, fs->geo.block_bytes};
	struct verify expect = {.what = "attribute block",
				.crc_at = offsetof(struct disk_da_info, crc),
				.uuid_at = offsetof(struct disk_da_info, uuid),
				.daddr_at = offsetof(struct disk_da_info, blkno),
				.owner_at = offsetof(struct disk_da_info, owner),
				.owner = tree->walk->inode->ino};
	uint16_t magic;
	struct agaddr place;
	struct error why;
	int rc = fork_read(fs, tree->walk->inode, FORK_ATTR, visit.block, 1, tree->walk->block, &place, &why);

	if (rc == 0) {
		tree->at = place;
		tree->offset_bytes = expect.offset_bytes = geometry_block_offset(&fs->geo, place);
		magic = be16_get(((const struct disk_da_info *)block.bytes)->magic);
		if (magic != DA_NODE_MAGIC && magic != ATTR_LEAF_MAGIC)
			return tree_bad(tree, FLAW_MAGIC, "block");
		rc = fs_verify(fs, block, &expect, &why);
		if (rc == 0)
			return magic == DA_NODE_MAGIC ? take_node(tree, block, visit) : take_leaf(tree, block, visit);
	}
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return attr_report(tree->walk, &why);
	if (tree->walk->err)
		*tree->walk->err = why;
	return rc;
}

int attr_walk_tree(struct attr_walk *walk)
{
	struct tree tree = {.walk = walk};
	int rc = add(&tree, (struct visit){.block = 0, .level = LEVEL_ANY, .has_parent = true});

	/* take_block adds to the list. */
	for (size_t i = 0; i < tree.count && rc == 0; i++)
		rc = take_block(&tree, tree.list[i]);
	idmap_fini(&tree.known);
	free(tree.list);
	return rc;
}
