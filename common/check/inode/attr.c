/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended attributes of every form: each attribute by itself, no two of one name, and parent pointers.
 *
 * The reader sees to checksums, UUIDs, owners and addresses of blocks, to flags that can stand together, to names that
 * can be, and reads every value with the header of each of its blocks. attr_leaf.c looks at the room in leaves,
 * attr_tree.c at how blocks hang together.
 *
 * Any value is right: what is in ACLs and the like is between the kernel and its users.
 *
 * Format: design document, "Extended Attributes"; hashes of parent pointers: seen in kernel images, test_fsck_attr.c.
 */
#include "base/idmap.h"
#include "check/inode/attr_parts.h"
#include "fs/parent.h"

/* More than any inode has room for. */
#define SHORT_MAX 255u

/* Fingerprints of names that could be the same: all of a short form, or those of one hash. */
struct names {
	uint32_t hash;
	size_t count;
	uint64_t few[SHORT_MAX];
	struct idmap many; /* once they are more than that */
};

struct walk {
	struct attr_check check;
	struct names names;
};

void attr_pad_check(struct attr_check *check, const struct attr_block *block, const char *field, uint64_t found)
{
	struct place at = block ? attr_place(check, block) : at_fork(check->inode->ino, FORK_ATTR);

	check_equal(check->work, FINDING_ATTR_PAD, at, field, 0, found);
}

static void raise(struct attr_check *check, enum finding_code code, const struct attr *attr)
{
	struct finding finding = {.code = code, .at = at_fork(check->inode->ino, FORK_ATTR)};

	attr_name(&finding, attr);
	finding_raise(&check->work->findings, &finding);
}

/* Parent pointers of one name are told apart by their directory; IDMAP_NO_KEY is no fingerprint. */
static uint64_t fingerprint(const struct attr_check *check, const struct attr *attr)
{
	const struct hash_secret *secret = work_secret(check->work);
	uint8_t space = attr->flags & ATTR_FLAG_NAMESPACE;
	uint64_t value = space == ATTR_FLAG_PARENT && attr->value.bytes
				 ? hash_bytes(secret, attr->value.bytes, attr->value.len)
				 : 0;

	return hash_words(secret, space, hash_bytes(secret, attr->name.bytes, attr->name.len), value, 0).low >> 1;
}

/* 1: it is new; 0: there was one; ERR_NOMEM. */
static int remember(struct names *names, uint64_t name)
{
	int rc = 1;

	if (names->many.count > 0)
		return idmap_put(&names->many, name, 0);
	for (size_t i = 0; i < names->count; i++)
		if (names->few[i] == name)
			return 0;
	if (names->count < SHORT_MAX) {
		names->few[names->count++] = name;
		return 1;
	}
	for (size_t i = 0; i < names->count && rc >= 0; i++)
		rc = idmap_put(&names->many, names->few[i], 0);
	return rc < 0 ? rc : idmap_put(&names->many, name, 0);
}

static void forget(struct names *names)
{
	idmap_fini(&names->many);
	names->many = (struct idmap){0};
	names->count = 0;
}

/* In a leaf only attributes of one hash can be of one name, and those follow each other. */
static int check_twice(struct walk *walk, const struct attr *attr)
{
	struct names *names = &walk->names;
	int rc;

	if (attr->at != 0 && attr->hashval != names->hash)
		forget(names);
	names->hash = attr->hashval;
	rc = remember(names, fingerprint(&walk->check, attr));
	if (rc == 0)
		raise(&walk->check, FINDING_ATTR_TWICE, attr);
	return rc < 0 ? rc : 0;
}

/* Parent pointers mix in the number of the directory, or all files of a name would share a hash. */
static uint32_t expected_hash(const struct attr *attr)
{
	const struct disk_parent *parent = span_at(attr->value, 0, sizeof(*parent));
	uint32_t hash = da_hash(attr->name.bytes, attr->name.len);
	uint64_t ino;

	if (!(attr->flags & ATTR_FLAG_PARENT) || !attr->value.bytes || !parent)
		return hash;
	ino = be64_get(parent->ino);
	return hash ^ (uint32_t)(ino >> 32) ^ (uint32_t)ino;
}

static void check_hash(struct attr_check *check, const struct attr *attr)
{
	struct finding finding = {.code = FINDING_ATTR_HASH,
				  .at = at_fork(check->inode->ino, FORK_ATTR),
				  .field = "hashval",
				  .has_expected = true,
				  .has_found = true,
				  .expected = expected_hash(attr),
				  .found = attr->hashval};

	if (finding.expected == finding.found)
		return;
	attr_name(&finding, attr);
	finding_raise(&check->work->findings, &finding);
}

static void lose_parents(struct attr_check *check)
{
	atomic_store(&check->work->checker->parents_lost, true);
}

static int check_parent(struct attr_check *check, const struct attr *attr)
{
	const struct fs *fs = work_fs(check->work);
	struct parent parent;
	struct error why;
	enum flaw flaw = FLAW_FORMAT;

	if (fs->geo.has_parent)
		flaw = parent_of_attr(fs, attr, &parent);
	if (flaw == FLAW_NONE) {
		links_parent(check->work, check->inode, parent.ino, parent.gen, parent.name);
		return 0;
	}
	lose_parents(check);
	(void)parent_bad(check->inode, flaw, &why);
	return check_trouble(check->work, FINDING_PARENT_UNUSABLE, at_fork(check->inode->ino, FORK_ATTR), &why);
}

static int on_attr(void *arg, const struct attr *attr)
{
	struct walk *walk = arg;
	struct attr_check *check = &walk->check;
	int rc = 0;

	if (attr->at != 0) {
		attr_leaf_take(check, attr);
		check_hash(check, attr);
	}
	if (attr->flags & ATTR_FLAG_INCOMPLETE) {
		check->incomplete = true;
		raise(check, FINDING_ATTR_INCOMPLETE, attr);
		return 0;
	}
	if (attr->flags & ATTR_FLAG_PARENT)
		rc = check_parent(check, attr);
	return rc == 0 ? check_twice(walk, attr) : rc;
}

static int on_block(void *arg, const struct attr_block *block)
{
	struct attr_check *check = &((struct walk *)arg)->check;
	const struct disk_da_node *node = (const struct disk_da_node *)block->bytes.bytes;

	if (block->level == 0) {
		attr_leaf_check(check, block);
	} else {
		attr_pad_check(check, block, "info.pad", be16_get(node->info.pad));
		attr_pad_check(check, block, "pad", be32_get(node->pad));
	}
	attr_tree_check(check, block);
	return attr_reach(check, block->fileoff);
}

/* The kernel does not journal these blocks and says so; before 4.3 it left what was there. */
static int on_value_block(void *arg, const struct attr_value_block *block)
{
	struct attr_check *check = &((struct walk *)arg)->check;

	if (block->lsn != UINT64_MAX)
		finding_raise(&check->work->findings,
			      &(struct finding){.code = FINDING_ATTR_VALUE_LSN,
						.at = at_fileoff(check->inode->ino, FORK_ATTR, block->fileoff),
						.field = "lsn",
						.has_expected = true,
						.has_found = true,
						.expected = UINT64_MAX,
						.found = block->lsn});
	return attr_reach(check, block->fileoff);
}

static int on_bad(void *arg, const struct error *why)
{
	struct attr_check *check = &((struct walk *)arg)->check;

	check->lost = true;
	check->leaf_lost = true;
	lose_parents(check);
	return check_trouble(check->work, FINDING_ATTR_UNREADABLE, at_fork(check->inode->ino, FORK_ATTR), why);
}

/* In the inode: no blocks, and so nothing to prepare or to compare afterwards. */
static int check_short(struct walk *walk, const struct attr_walker *walker)
{
	struct attr_check *check = &walk->check;
	const struct disk_attr_short *head = span_at(inode_fork_span(check->inode, FORK_ATTR), 0, sizeof(*head));

	if (head)
		attr_pad_check(check, NULL, "padding", head->padding);
	return attr_walk(work_fs(check->work), check->inode, walker, NULL);
}

static int check_blocks(struct walk *walk, const struct attr_walker *walker)
{
	struct attr_check *check = &walk->check;
	int rc, end;

	check->reached.items = check->reached.few;
	check->reached.room = ATTR_BLOCKS_FEW;
	attr_leaf_begin(check);
	rc = attr_walk(work_fs(check->work), check->inode, walker, NULL);
	check->lost |= rc != 0;
	end = attr_tree_end(check);
	return rc == 0 ? end : rc;
}

int attr_check(struct check_work *work, const struct inode *inode)
{
	struct walk walk;
	const struct attr_walker walker = {.attr = on_attr,
					   .block = on_block,
					   .value_block = on_value_block,
					   .bad = on_bad,
					   .arg = &walk,
					   .read_values = true};
	enum fork_format format = inode->fork[FORK_ATTR].format;
	int rc;

	if (!inode->fork[FORK_ATTR].exists || (format == FORK_EXTENTS && inode->fork[FORK_ATTR].extents == 0))
		return 0;
	/* Not the whole of it: most of the names are never used. */
	memset(&walk.check, 0, sizeof(walk.check));
	walk.names.hash = 0;
	walk.names.count = 0;
	walk.names.many = (struct idmap){0};
	walk.check.work = work;
	walk.check.inode = inode;
	rc = format == FORK_LOCAL ? check_short(&walk, &walker) : check_blocks(&walk, &walker);
	forget(&walk.names);
	return rc;
}
