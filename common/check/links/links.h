/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names against links: what its parts share; internal to the layer.
 *
 * links.c sums up while the inodes are read. Where the sums of a group differ, links_compare.c reads all directories
 * again, holds their entries against the inodes of that group (links_names.c) and their parent pointers
 * (links_parents.c), and each says what differs.
 */
#ifndef CHECK_LINKS_H
#define CHECK_LINKS_H

#include "base/idmap.h"
#include "check/checker.h"
#include "fs/dir.h"

/* The file type that an entry for an inode of that mode has. */
uint8_t links_ftype(const struct fs *fs, uint16_t mode);

enum known_state {
	KNOWN_FREE, /* or without space */
	KNOWN_USED,
	KNOWN_LOST, /* cannot be read */
};

/* An inode while names are counted. */
struct known {
	uint64_t parent; /* of a directory: where the entry for it is that ".." agrees with, or else the first; 0: none
			  */
	uint64_t stray;	 /* where another one is, if there are more names than one */
	uint64_t dotdot; /* or NO_PARENT */
	uint32_t nlink;
	uint32_t names;	  /* entries */
	uint32_t subdirs; /* entries of directories in it */
	uint16_t mode;
	uint8_t state; /* enum known_state */
	bool partial;  /* a directory of which a part could not be read */
};

/* A group at hand. */
struct named_group {
	bool links_differ, parents_differ;
	struct known *inodes;	   /* INODES_PER_CHUNK of each of its chunks; NULL: nothing differs */
	uint64_t nameless;	   /* inodes that lack names where names were lost */
	uint64_t nameless_parents; /* the same of parent pointers */
	uint64_t pointerless;	   /* names that lack parent pointers where such were lost */
};

/* Naming what differs, for some groups at once. */
struct naming {
	struct check_work *work;
	uint32_t first, end; /* groups */
	struct named_group *groups;
	struct idmap pointers; /* links_parents.c */
};

/* The group that the inode is in, if it is at hand; NULL: it is not, or nothing differs there. */
struct named_group *naming_group(const struct naming *naming, uint64_t ino);
/* The inode, which is of a group at hand; NULL: of no chunk. */
struct known *naming_find(const struct naming *naming, uint64_t ino);
/* Whether chunks of the group of that inode may be missing. */
bool naming_lacks_chunks(const struct naming *naming, uint64_t ino);

/*
 * Of inode @ino something cannot be read. That was reported by the pass over inodes, which then has set @lost, one of
 * those in the checker; unless the medium gets worse. ERR_NOMEM, ERR_IO.
 */
int naming_lose(struct naming *naming, atomic_bool *lost, uint64_t ino, const struct error *why) MUST_CHECK;

/* An entry of a directory, for inodes of the groups at hand. */
void names_entry(struct naming *naming, const struct inode *dir, const struct dir_entry *entry);
/* An inode of a group at hand, after all entries were seen. */
int names_judge(struct naming *naming, uint64_t ino, struct known *known) MUST_CHECK;
/* What was only counted in a group, as it follows from losses. */
void names_summary(struct naming *naming, uint32_t agno);

/* The same three for parent pointers, and what comes before them: an inode of a group at hand. */
int parents_gather(struct naming *naming, const struct inode *inode) MUST_CHECK;
void parents_entry(struct naming *naming, const struct inode *dir, const struct dir_entry *entry);
int parents_judge(struct naming *naming, const struct inode *inode) MUST_CHECK;
void parents_summary(struct naming *naming, uint32_t agno);

#endif
