/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the passes of fsck share; internal to the layer.
 *
 * A pass is a table entry (fsck.c): units of work that run at once, each with findings of its own, and an end that runs
 * alone. A unit writes only to its own findings, to the tables of its worker, and to the group whose number it is.
 * Sums of a worker are added up when the pass ends: addition does not care who added what.
 */
#ifndef CHECK_CHECKER_H
#define CHECK_CHECKER_H

#include <stdatomic.h>

#include "check/fsck.h"
#include "check/space/sweep.h"
#include "check/tables.h"
#include "format/btree_kind.h"
#include "fs/chunk.h"
#include "fs/rmap.h"

/* Who a block can belong to according to the rmapbt: one comparison each. */
enum claim_class {
	CLAIM_FILES,   /* forks and their B+trees */
	CLAIM_HEADERS, /* superblock, AGF, AGI, AGFL */
	CLAIM_LOG,
	CLAIM_SPACE,	/* bnobt, cntbt, rmapbt, blocks on the AGFL */
	CLAIM_INOBT,	/* inobt and finobt */
	CLAIM_INODES,	/* inode chunks */
	CLAIM_REFCOUNT, /* refcountbt */
	CLAIM_COW,	/* CoW staging */
	CLAIM_CLASSES,
};

/* Parts of a group that could not be read in whole, so that nothing can be concluded from what they lack. */
#define LOST_TREE(kind) (1u << (kind)) /* enum btree_kind, of a group */
#define LOST_AGF	0x100u
#define LOST_AGI	0x200u
#define LOST_AGFL	0x400u

/* A group, as the passes learn it. */
struct group {
	unsigned lost;	     /* LOST_* */
	struct disk_agf agf; /* unless LOST_AGF */
	struct disk_agi agi; /* unless LOST_AGI */

	/* Its inode chunks, ascending, disjoint: from the inobt, or from what else tells of them where that is lost. */
	struct chunk *chunks;
	size_t chunk_count;
	/* A bit an inode of each chunk: owns shared blocks, as rmapbt and refcountbt have it. Written by any unit. */
	_Atomic(uint64_t) *sharing;
	uint64_t *unmarked; /* the same of inodes in use that do not carry the mark of those that share */

	/* The two sides of who owns what. */
	struct hash_sum rmapped[CLAIM_CLASSES]; /* the rmapbt */
	struct hash_sum claimed[CLAIM_CLASSES]; /* everybody else */

	struct findings doubts; /* what contradicts the rmapbt, until it is clear whether that is right */
	/* The two sides differ, or one is not there: who uses which blocks is to be looked at one by one. */
	bool name_users;
	bool worse; /* a later look at its trees met what the first one did not (check_worse) */

	uint64_t free_blocks;	      /* in the bnobt */
	uint64_t space_blocks;	      /* blocks of bnobt, cntbt and rmapbt beyond their roots: btreeblks */
	uint64_t shared_blocks;	      /* with more than one owner */
	uint64_t inodes, free_inodes; /* in the inobt */
};

/* What the inodes of the file system say about the things of one group; per worker, then added up. */
struct inode_sums {
	struct hash_sum claims; /* blocks of the group that forks map */
	/* about inodes of the group: */
	struct hash_sum named;	  /* (inode, type) of each entry that names it */
	struct hash_sum linked;	  /* the same as often as the inode counts links */
	struct hash_sum children; /* (directory, parent) of each entry that names a directory */
	struct hash_sum dotdots;  /* the same from ".." */
	struct hash_sum names;	  /* (inode, parent, its generation, name) of each entry, with parent pointers */
	struct hash_sum parents;  /* the same from parent pointers */
	struct hash_sum unlinked; /* inodes without links */
	struct hash_sum on_lists; /* inodes on unlinked lists */
};

/* Usage by one user, group or project. */
enum quota_type {
	QUOTA_USER,
	QUOTA_GROUP,
	QUOTA_PROJECT,
	QUOTA_TYPES,
};

struct quota_usage; /* quota.c */
struct dir_memory;  /* dir.c */

/* What the entries of the directory at hand say (links.c). */
struct dir_links {
	uint64_t subdirs; /* entries of directories */
	uint64_t dotdot;  /* with has_dotdot */
	bool has_dotdot;  /* it is there and could be read, and the directory is not removed */
	bool partial;	  /* some entries could not be read */
};

struct checker {
	const struct fs *fs;
	const struct fsck_options *options;
	struct pool *pool;
	struct fsck_result *result;
	struct group *groups;	   /* ag_count */
	struct inode_sums *sums;   /* ag_count, added up from the workers after the pass over inodes */
	struct unit_tables tables; /* of all units */
	struct check_work *works;  /* one a worker */
	struct regained *regained; /* of each of tables.gapped_inodes (regained.h); NULL until they are looked for */

	/* Set while units run, only ever from false to true. */
	atomic_bool names_lost;	  /* a directory could not be read in whole: who lacks a name may have had one there */
	atomic_bool parents_lost; /* an attribute fork could not be read in whole */
	atomic_bool inodes_lost;  /* an inode could not be read, or chunks may be missing */
	atomic_bool users_worse;  /* as for a group: a later look at forks */
};

/* One unit of work in the hands of one worker. */
struct check_work {
	struct checker *checker;
	unsigned worker;
	struct findings findings;  /* of the unit */
	struct unit_tables tables; /* of the unit */
	struct fsck_totals totals; /* of the worker */
	struct inode_sums *sums;   /* of the worker: ag_count */
	struct quota_usage *usage; /* of the worker; NULL: no quota */
	struct holders *users;	   /* of the worker: ag_count lists of what forks map; NULL: none are collected */
	struct dir_links dir_links;

	/* Memory of the worker. */
	struct dir_memory *dir_memory; /* NULL: no directory in blocks has come by yet */
	uint8_t *chunk_memory;	       /* the inodes of one chunk */
	uint8_t *dirblock;	       /* dirblock_bytes */
	uint8_t *block;		       /* block_bytes */
};

static inline const struct fs *work_fs(const struct check_work *work)
{
	return work->checker->fs;
}

static inline const struct hash_secret *work_secret(const struct check_work *work)
{
	return &work->checker->options->secret;
}

/* group.c: the chunk that holds an inode; NULL: none does. And whether there may be chunks that are not known. */
const struct chunk *group_chunk(const struct group *group, uint32_t agino);
bool group_lacks_chunks(const struct group *group);
/* group.c: whether a fork of the inode could not be read in whole, or the inode itself; after the pass over inodes. */
bool check_inode_lost(const struct checker *checker, uint64_t ino);

/*
 * A reader said ERR_CORRUPT or ERR_MEDIA: raises @code, or MEDIA_ERROR or LSN_AHEAD if it is that. @at: if it names no
 * block, the one that @why tells of is added. Returns 0; for any other error that error, which ends the check.
 */
int check_trouble(struct check_work *work, enum finding_code code, struct place at, const struct error *why) MUST_CHECK;

/* The same of what was read as mere bytes, which cannot be corrupt: MEDIA_ERROR. */
int check_unread(struct check_work *work, struct place at, const struct error *why) MUST_CHECK;

/*
 * A look at what has been looked at before met an error that was not there then: the medium gets worse, or somebody
 * writes to it. What is compared with the first look says nothing any more. Returns as check_trouble does.
 */
int check_worse(struct check_work *work, struct place at, const struct error *why) MUST_CHECK;

/* Raises @code with two numbers that should be equal, if they are not. @field: static. */
void check_differs(struct check_work *work, enum finding_code code, struct place at, const char *field,
		   uint64_t expected, uint64_t found);
/* Here, so that the place is only put together where it is needed: most numbers are right. */
static inline void check_equal(struct check_work *work, enum finding_code code, struct place at, const char *field,
			       uint64_t expected, uint64_t found)
{
	if (expected != found)
		check_differs(work, code, at, field, expected, found);
}

/* Whether the journal has not reached that place; and LSN_AHEAD, with @lsn, or 0 where @why tells of it. */
bool check_lsn_ahead(const struct check_work *work, uint64_t lsn);
void check_lsn_raise(struct check_work *work, struct place at, uint64_t lsn, const struct error *why);
/* Raises LSN_AHEAD if metadata at @at carries a place in the journal that the journal has not reached. */
static inline void check_lsn(struct check_work *work, struct place at, uint64_t lsn)
{
	if (check_lsn_ahead(work, lsn))
		check_lsn_raise(work, at, lsn, NULL);
}
/* The last LSN that can be, for struct btree_strict; 0: not known. */
uint64_t check_lsn_max(const struct check_work *work);

/* Something could not be compared. @what: static. */
void check_not_done(struct check_work *work, struct place at, const char *what);

#endif
