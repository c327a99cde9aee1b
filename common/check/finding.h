/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a check found wrong: data, not words. The catalogue findings.def gives each code its sentence, its severity,
 * what it puts at stake and what a repair would do; texts, JSON and the manual page xfsdax-findings(5) come from there.
 *
 * A check states what it saw with finding_raise and goes on. Findings are kept per unit of work and joined in the order
 * of the units, so their order does not depend on the number of workers.
 */
#ifndef CHECK_FINDING_H
#define CHECK_FINDING_H

#include "fs/fork.h"

enum finding_code {
#define FINDING(code, severity, stake, repair, sentence, explanation) FINDING_##code,
#include "check/findings.def"
#undef FINDING
	FINDING_CODES,
};

/* How bad it is. */
enum finding_severity {
	SEVERITY_NOTE,	  /* nothing is wrong by it: what was not checked, what follows from something else */
	SEVERITY_WARNING, /* harmless as it is, but not as it should be */
	SEVERITY_ERROR,	  /* the file system contradicts itself */
};

/* What can be lost by it. */
enum finding_stake {
	STAKE_NOTHING, /* a number that can be counted again */
	STAKE_INDEX,   /* can be rebuilt in whole from something else */
	STAKE_NAMES,   /* names of files, or their place in the tree */
	STAKE_FILE,    /* attributes of files: mode, owner, times, extended attributes */
	STAKE_DATA,    /* content of files */
};

/* What a repair would do. */
enum finding_repair {
#define REPAIR(code, name, sentence) REPAIR_##code,
#include "check/repairs.def"
#undef REPAIR
	REPAIR_CODES,
};

struct finding_kind {
	const char *name; /* the code, such as "AGF_FREEBLKS": stable, never reused */
	enum finding_severity severity;
	enum finding_stake stake;
	enum finding_repair repair;
	const char *sentence;	 /* no full stop, no capital */
	const char *explanation; /* for the manual page */
};

struct repair_kind {
	const char *name; /* stable, in JSON */
	const char *sentence;
};

extern const struct finding_kind finding_kinds[FINDING_CODES];
extern const struct repair_kind repair_kinds[REPAIR_CODES];
/* "error", "index" and so on: stable, in JSON. */
extern const char *const finding_severity_names[];
extern const char *const finding_stake_names[];

/* Where. Made by the at_* functions below. */
struct place {
	bool in_group, in_block, in_inode, in_fork, has_fileoff; /* which of the following say something */
	uint32_t agno;
	uint32_t agbno, len_blocks; /* with agno */
	uint64_t ino;
	enum fork_kind fork;
	uint64_t fileoff; /* blocks in the fork */
};

struct finding {
	enum finding_code code;
	struct place at;
	/*
	 * Only follows from something else that is reported, such as files without a name because a directory cannot be
	 * read. Counts no less, but is not shown as a problem of its own.
	 */
	bool follows;
	bool has_expected, has_found, has_id;

	const char *field;	  /* name in the field tables, or of a count; static; NULL: none */
	uint64_t expected, found; /* in the unit of the field */
	uint64_t count;		  /* of blocks, entries, inodes it is about; 0: one, or nothing to be counted */
	uint64_t other_ino;	  /* second inode of the matter: the other owner, the parent, the child; 0: none */
	uint32_t id;		  /* of a user, group or project */
	uint8_t name_len;	  /* of a directory entry or attribute; 0: none */
	uint8_t name[255];	  /* any bytes */
	struct error why;	  /* what a reader said, if one did: code 0: none */
};

static inline struct place at_fs(void)
{
	return (struct place){0};
}

static inline struct place at_group(uint32_t agno)
{
	return (struct place){.in_group = true, .agno = agno};
}

static inline struct place at_blocks(struct agaddr first, uint32_t len_blocks)
{
	return (struct place){
		.in_group = true, .in_block = true, .agno = first.agno, .agbno = first.agbno, .len_blocks = len_blocks};
}

static inline struct place at_inode(uint64_t ino)
{
	return (struct place){.in_inode = true, .ino = ino};
}

static inline struct place at_fork(uint64_t ino, enum fork_kind fork)
{
	return (struct place){.in_inode = true, .ino = ino, .in_fork = true, .fork = fork};
}

static inline struct place at_fileoff(uint64_t ino, enum fork_kind fork, uint64_t fileoff)
{
	return (struct place){
		.in_inode = true, .ino = ino, .in_fork = true, .fork = fork, .has_fileoff = true, .fileoff = fileoff};
}

/*
 * How many findings a list keeps, of a unit of work and of all units together; the others are counted by their code.
 * Of each code some are kept even if others have filled the list.
 */
#define FINDINGS_KEPT_MAX   1000u
#define FINDINGS_JOINED_MAX 10000u
#define FINDINGS_OF_A_CODE  10u

struct findings {
	struct finding *items;
	size_t count, room;
	uint64_t raised[FINDING_CODES]; /* those not kept included */
	uint32_t kept[FINDING_CODES];
	bool no_memory; /* some could not be kept for lack of memory */
};

/* A zeroed list is empty. */
void findings_fini(struct findings *list);

/* Adds a copy. A lack of memory is remembered in the list. */
void finding_raise(struct findings *list, const struct finding *finding);

/* Moves what @from holds to the end of @to, as far as there is room, and empties it. */
void findings_join(struct findings *to, struct findings *from);

/* How many findings are no notes. */
uint64_t findings_wrong(const struct findings *list);

#endif
