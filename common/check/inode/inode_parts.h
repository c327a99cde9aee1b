/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The checks of the parts of one inode, called by the pass over inodes (inodes.c); internal to the layer.
 *
 * Each returns 0 or what ends the check: ERR_NOMEM, ERR_IO; what is wrong goes to the findings of the unit.
 */
#ifndef CHECK_INODE_PARTS_H
#define CHECK_INODE_PARTS_H

#include "check/checker.h"
#include "fs/dir.h"

/* inodes.c: reads a chunk in one go into the memory of the worker; false: inode by inode is to be tried. */
bool chunk_load(struct check_work *work, const struct chunk *chunk);
/* Inode @index of the chunk, from that memory if @loaded, else from the device: what inode_read returns. */
int chunk_inode(struct check_work *work, const struct chunk *chunk, bool loaded, unsigned index, struct inode *out,
		struct error *err) MUST_CHECK;

/* inodes.c: the inode cannot be used, as @why says: what it owns and names is not known. */
int inode_lose(struct check_work *work, uint64_t ino, const struct error *why) MUST_CHECK;
/* inodes.c: what an inode in use holds and names, once all is known of its forks that can be. */
int inode_content_check(struct check_work *work, const struct inode *inode) MUST_CHECK;

/* inode_core.c: every field of the core of an inode in use, by its type and the features of the file system. */
void inode_core_check(struct check_work *work, const struct inode *inode);
/* inode_core.c: an inode that its chunk says is free. */
void inode_free_check(struct check_work *work, const struct inode *inode);

/* What is known of the forks of an inode. */
enum fork_state {
	FORK_WHOLE,
	FORK_GAPS, /* but for what hangs below lost blocks of a tree */
	FORK_LOST, /* records that cannot be used stood for something */
};

/*
 * inode_forks.c: both forks: extents, their order, kind and number, the blocks that the inode counts; adds
 * what they map to the claims. Who shares must carry a mark: space/sharing.c.
 */
int inode_forks_check(struct check_work *work, const struct inode *inode, enum fork_state *out) MUST_CHECK;

/* symlink.c: the target of a symbolic link. */
int symlink_check(struct check_work *work, const struct inode *inode) MUST_CHECK;

/* dir.c: a directory with all its blocks and indexes; hands every entry to links_entry and ".." to links_dotdot. */
int dir_check(struct check_work *work, const struct inode *inode) MUST_CHECK;
void dir_memory_free(struct dir_memory *memory);

/* attr.c: the extended attributes; hands parent pointers to links_parent. */
int attr_check(struct check_work *work, const struct inode *inode) MUST_CHECK;

/*
 * links.c: sums of names and links. The first is called for every inode in use, after all of the others for what is
 * found in it.
 */
int links_inode(struct check_work *work, const struct inode *inode) MUST_CHECK;
void links_entry(struct check_work *work, const struct inode *dir, const struct dir_entry *entry);
void links_dotdot(struct check_work *work, const struct inode *dir, uint64_t parent);
/* A part of the directory at hand could not be read: it may have had names. */
void links_names_lost(struct check_work *work);
void links_parent(struct check_work *work, const struct inode *inode, uint64_t parent, uint32_t gen, struct span name);

/* quota.c: counts the inode for its user, group and project. */
int quota_inode(struct check_work *work, const struct inode *inode) MUST_CHECK;

#endif
