/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory tree as the pass over it sees it.
 *
 * Directories are numbered in the order in which they are found, which is the same every time. Whatever workers find
 * is sorted before it is used.
 */
#ifndef FS_PATH_TREE_H
#define FS_PATH_TREE_H

#include "format/records.h"
#include "fs/dir.h"
#include "fs/path_form.h"

#define NODE_NONE UINT32_MAX /* no number of a directory: many more than 2^32 - 2 inodes are refused */

/* A directory. */
struct path_node {
	uint64_t ino;
	uint32_t parent; /* number; NODE_NONE: the root, or not known */
	uint32_t cookie; /* of its name in the parent */
};

/* A name that leads to a directory, before it has a number. */
struct path_child {
	uint64_t ino;
	uint32_t parent;
	uint32_t cookie;
};

/* A name of a wanted inode. */
struct path_hit {
	uint32_t wanted; /* index in the inodes of the job */
	uint32_t node;	 /* directory that has the name */
	uint32_t cookie;
	uint32_t name_len;
	size_t name; /* in the names of who holds the hit */
};

/* A directory that could not be read, or only in part: the first reason. */
struct path_loss {
	uint32_t node;
	uint64_t ino;
	struct error why;
};

/* Lists, for one worker or for all. */
struct path_finds {
	struct path_child *children;
	size_t child_count, child_room;
	struct path_hit *hits;
	size_t hit_count, hit_room;
	struct path_loss *losses;
	size_t loss_count, loss_room;
	struct path_bytes names;
};

/* A chunk of inodes to be looked through for directories. */
struct path_chunk {
	uint64_t first_ino;
	uint64_t allocated; /* a bit for each inode, the lowest for the first */
	bool whole;	    /* all of it lies on the device in one piece */
};

struct path_tree;

/* Memory of one worker. */
struct path_worker {
	struct path_tree *tree;
	struct path_finds finds;
	uint8_t *buffer;    /* a directory block, or a chunk of inodes */
	struct inode inode; /* the directory at hand */
	struct inode other; /* that one of its names leads to */
	uint32_t node;	    /* number of the directory at hand */
	bool lost;	    /* something of it could not be read, and that has been noted */
};

struct path_tree {
	const struct path_job *job;
	struct path_node *nodes;
	size_t node_count, node_room;
	struct idmap known;	 /* inode of a directory: its number */
	struct idmap wanted;	 /* inode: its index in the job */
	uint64_t filter[64];	 /* a bit for some numbers: not set, the inode is not wanted */
	uint32_t *found;	 /* hits of each wanted inode */
	size_t without_hit;	 /* wanted inodes that have none yet */
	bool damaged;		 /* a directory could not be read */
	struct path_finds finds; /* of all workers; its hits stay, the others are used up */
	struct path_worker *workers;
	size_t first_unit;	   /* of the run under way, or */
	struct path_chunk *chunks; /* what it is about */
	size_t stray_begin;	   /* nodes from here on were not reached from the root */
};

/* @tree: zeroed by the caller, path_tree_fini in any case. Its first directory is the root. ERR_NOMEM. */
int path_tree_init(struct path_tree *tree, const struct path_job *job) MUST_CHECK;
void path_tree_fini(struct path_tree *tree);

int path_note_child(struct path_finds *finds, uint64_t ino, uint32_t parent, uint32_t cookie) MUST_CHECK;
int path_note_loss(struct path_finds *finds, uint32_t node, uint64_t ino, const struct error *why) MUST_CHECK;

/* Runs units and gathers what the workers found. Losses are said and forgotten. */
int path_run(struct path_tree *tree, size_t units, pool_fn *fn) MUST_CHECK;

/* Numbers the directory unless it has one. 1: it is new; 0: it is known; ERR_NOMEM. */
int path_add_node(struct path_tree *tree, const struct path_child *child) MUST_CHECK;

/* Sorts the children found so far: by inode, parent, place in the parent. */
void path_sort_children(struct path_tree *tree);

/* Walks the directories from number @begin on, and all that is found below them. */
int path_walk_from(struct path_tree *tree, size_t begin) MUST_CHECK;

/* Looks for directories that were not reached, and walks them. */
int path_walk_strays(struct path_tree *tree) MUST_CHECK;

/* Makes paths of the hits. */
int path_answer(struct path_tree *tree) MUST_CHECK;

/* Whether there may be more to find for one of the wanted inodes. */
bool path_is_done(const struct path_tree *tree);

#endif
