/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names against links, first part: what the pass over inodes sums up. Both sides of each relation are kept in the group
 * of the inode that is named; links_compare.c compares.
 *
 * named = linked         every entry says which inode it names and of which type that is; every inode counts its names.
 *                        A directory has one, the root and the internal files have none.
 * children = dotdots     every entry of a directory, in its parent, against "..".
 * names = parents        every entry against the parent pointers of what it names.
 * unlinked               inodes without links, against the lists (unlinked.c).
 *
 * The links that a directory counts (its name or the root's, ".", and ".." of each directory in it) are compared on the
 * spot; where they differ, the sum is disturbed, and links_compare.c looks at what the entries really name.
 *
 * A whiteout is named as the character device that it is; nothing writes the file type that the format has for them
 * (seen in images; test_fsck_links.c).
 */

#include "check/inode/inode_parts.h"
#include "check/links/links.h"

uint8_t links_ftype(const struct fs *fs, uint16_t mode)
{
	if (!fs->geo.has_ftype)
		return DIR_FTYPE_UNKNOWN;
	switch (mode & INODE_MODE_TYPE) {
	case INODE_MODE_FILE:
		return DIR_FTYPE_FILE;
	case INODE_MODE_DIR:
		return DIR_FTYPE_DIR;
	case INODE_MODE_CHAR:
		return DIR_FTYPE_CHAR;
	case INODE_MODE_BLOCK:
		return DIR_FTYPE_BLOCK;
	case INODE_MODE_FIFO:
		return DIR_FTYPE_FIFO;
	case INODE_MODE_SOCKET:
		return DIR_FTYPE_SOCKET;
	case INODE_MODE_LINK:
		return DIR_FTYPE_LINK;
	default:
		return DIR_FTYPE_UNKNOWN; /* a mode that nothing has: no reader takes it */
	}
}

static struct inode_sums *sums_of(struct check_work *work, uint64_t ino)
{
	return &work->sums[geometry_ino_group(&work_fs(work)->geo, ino)];
}

/* Makes the sums of the inode's group differ: something is wrong that they do not cover. */
static void disturb(struct check_work *work, const struct inode *inode)
{
	hash_sum_add(&sums_of(work, inode->ino)->linked,
		     hash_words(work_secret(work), inode->ino, inode->mode, inode->nlink, 1));
}

/* What was gathered while the directory was walked. */
static int take_directory(struct check_work *work, const struct inode *inode)
{
	const struct geometry *geo = &work_fs(work)->geo;
	struct dir_links links = work->dir_links;
	bool in_tree = inode->nlink > 0 || inode->ino == geo->root_ino;

	work->dir_links = (struct dir_links){0};
	if (geo->has_ftype && !links.partial && in_tree && inode->nlink != 2 + links.subdirs)
		disturb(work, inode);
	return tables_add_dir(&work->tables, inode->ino, links.has_dotdot ? links.dotdot : NO_PARENT);
}

int links_inode(struct check_work *work, const struct inode *inode)
{
	const struct fs *fs = work_fs(work);
	struct inode_sums *sums = sums_of(work, inode->ino);
	bool is_dir = inode_is(inode, INODE_MODE_DIR);

	/* The links of internal files: inode_core.c. */
	if (inode->ino == fs->geo.root_ino || geometry_is_internal(&fs->geo, inode->ino))
		return is_dir ? take_directory(work, inode) : 0;
	if (inode->nlink == 0)
		hash_sum_add(&sums->unlinked, hash_words(work_secret(work), inode->ino, 0, 0, 0));
	else
		hash_sum_add_times(&sums->linked,
				   hash_words(work_secret(work), inode->ino, links_ftype(fs, inode->mode), 0, 0),
				   is_dir ? 1 : inode->nlink);
	return is_dir ? take_directory(work, inode) : 0;
}

void links_entry(struct check_work *work, const struct inode *dir, const struct dir_entry *entry)
{
	const struct hash_secret *secret = work_secret(work);
	struct inode_sums *sums = sums_of(work, entry->ino);

	hash_sum_add(&sums->named, hash_words(secret, entry->ino, entry->ftype, 0, 0));
	if (entry->ftype == DIR_FTYPE_DIR) {
		work->dir_links.subdirs++;
		hash_sum_add(&sums->children, hash_words(secret, entry->ino, dir->ino, 0, 0));
	}
	if (work_fs(work)->geo.has_parent)
		hash_sum_add(&sums->names, hash_words(secret, entry->ino, dir->ino, dir->gen,
						      hash_bytes(secret, entry->name.bytes, entry->name.len)));
}

void links_dotdot(struct check_work *work, const struct inode *dir, uint64_t parent)
{
	/* That of the root is itself (tree.c); a removed directory's means nothing. */
	if (dir->ino != work_fs(work)->geo.root_ino && dir->nlink > 0)
		hash_sum_add(&sums_of(work, dir->ino)->dotdots, hash_words(work_secret(work), dir->ino, parent, 0, 0));
	work->dir_links.dotdot = parent;
	work->dir_links.has_dotdot = dir->nlink > 0 || dir->ino == work_fs(work)->geo.root_ino;
}

void links_names_lost(struct check_work *work)
{
	work->dir_links.partial = true;
	atomic_store(&work->checker->names_lost, true);
}

void links_parent(struct check_work *work, const struct inode *inode, uint64_t parent, uint32_t gen, struct span name)
{
	const struct hash_secret *secret = work_secret(work);

	hash_sum_add(&sums_of(work, inode->ino)->parents,
		     hash_words(secret, inode->ino, parent, gen, hash_bytes(secret, name.bytes, name.len)));
}
