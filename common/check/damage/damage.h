/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From bad ranges to what is damaged: which structure, which files, which bytes of them, under which names.
 *
 * The result is data, built once and then reported as text, JSON or metrics. Its memory is in proportion to what is
 * damaged, not to the file system.
 */
#ifndef CHECK_DAMAGE_H
#define CHECK_DAMAGE_H

#include "fs/view.h"

enum damage_code {
#define DAMAGE(code, name, hurt, title, meaning, rebuild) DAMAGE_##code,
#include "check/damage/damage.def"
#undef DAMAGE
	DAMAGE_CODES,
};

enum damage_hurt {
	HURT_NOBODY,
	HURT_FILE,
	HURT_METADATA,
};

struct damage_kind {
	const char *name;
	enum damage_hurt hurt;
	const char *title;
	const char *meaning;
	const char *rebuild;
};

extern const struct damage_kind damage_kinds[DAMAGE_CODES];

/* A file that owns a part of a bad piece. Indexes point into the arrays of the report. */
struct damage_owner {
	size_t file;
	enum fork_kind fork;
	bool bmbt;		 /* a block of the fork's B+tree: the three below say nothing */
	bool unwritten;
	uint64_t offset_bytes;	 /* in the file or attribute fork, of the first bad byte */
	uint64_t past_eof_bytes; /* how many of the bad bytes lie beyond the end of the file; they are its last ones */
};

/* An inode that lies in bad bytes. */
struct damage_inode {
	uint64_t ino;
	bool allocated; /* else free: nothing is lost */
	size_t file;	/* only if allocated */
};

/* A part of a bad range that hits one thing. */
struct damage_piece {
	uint64_t start_bytes, end_bytes; /* on the device */
	enum damage_code code;
	bool in_group;	  /* whether agno says something */
	uint32_t agno;
	size_t owner, owner_count; /* files, in ascending order of inode, fork, offset */
	size_t inode, inode_count; /* of inode chunks */
};

/* A range as it was given, in device order, not touching the next one. */
struct damage_range {
	uint64_t start_bytes, end_bytes;
	size_t piece, piece_count;
};

struct damage_path {
	char *bytes; /* "/" first; anything but NUL; owned by the report */
	size_t len;
	bool connected; /* else: begins below inode top_ino, which the root does not reach */
	uint64_t top_ino;
};

/* What of a file is hit, beside its data. */
#define DAMAGED_INODE	   0x01u
#define DAMAGED_ATTRIBUTES 0x02u
#define DAMAGED_FORK_BTREE 0x04u
#define DAMAGED_DIRECTORY  0x08u
#define DAMAGED_SYMLINK	   0x10u

struct damage_file {
	struct file_info info; /* with known only ino is set where the inode cannot be read */
	bool known;
	const char *internal; /* name of an internal file, such as "user quota"; static; else NULL */
	struct damage_path *paths; /* sorted by bytes */
	size_t path_count;
	/*
	 * Bytes of the file's content that are lost, disjoint, in order; for attributes, directories and links what
	 * `what` says.
	 */
	struct interval_set data;
	uint64_t data_bytes;
	uint64_t attribute_bytes;
	unsigned what;	      /* DAMAGED_* */
	bool damaged;	      /* data_bytes or what is not zero; others are mentioned by owners only */
};

/* Why the list may be incomplete. */
enum damage_doubt {
	DOUBT_BADBLOCKS_FULL, /* the kernel's list of bad blocks is full */
	DOUBT_OWNERS,	      /* owners of [start, end) may be missing */
	DOUBT_FILE,	      /* an inode could not be read */
	DOUBT_PATHS,	      /* a directory could not be read, or an inode has links but no path was found */
	DOUBT_NO_OWNER,	      /* [start, end) belongs to nobody and is not free either */
	DOUBT_MEDIA,	      /* not everything could be read to see whether it is bad */
};

struct damage_note {
	enum damage_doubt doubt;
	bool has_range;
	uint64_t start_bytes, end_bytes;
	uint64_t ino; /* 0: none */
	struct error why;
};

#define DAMAGE_NOTES_MAX 1000u

struct damage_totals {
	uint64_t ranges;
	uint64_t bad_bytes;
	uint64_t bytes[DAMAGE_CODES];  /* per kind, of the device */
	uint64_t pieces[DAMAGE_CODES]; /* per kind */
	uint64_t damaged_files;
	uint64_t damaged_file_bytes; /* sum over files: a shared block counts in each */
};

struct damage_report {
	struct damage_range *ranges;
	size_t range_count;
	struct damage_piece *pieces;
	size_t piece_count;
	struct damage_owner *owners;
	size_t owner_count;
	struct damage_inode *inodes;
	size_t inode_count;
	struct damage_file *files; /* sorted by inode number */
	size_t file_count;
	size_t *by_damage; /* indexes of the damaged files, largest damage first, then by inode number */
	size_t by_damage_count;
	struct damage_note *notes;
	size_t note_count;
	size_t notes_left_out; /* beyond DAMAGE_NOTES_MAX; they say the same of other places */
	struct damage_totals totals;
	bool files_hurt, metadata_hurt;
	bool paths_asked; /* else files have none, which says nothing */
};

struct damage_options {
	bool one_path; /* one path for each file is enough */
	bool no_paths; /* none at all */
	const struct progress *progress;
};

/*
 * Fills @out (zeroed by the caller; damage_report_fini in any case) for the settled byte ranges @bad.
 * What cannot be read becomes a note. ERR_CANCELLED, ERR_NOMEM, ERR_IO.
 */
int damage_find(const struct view *view, const struct interval_set *bad, const struct damage_options *options,
		struct damage_report *out, struct error *err) MUST_CHECK;

/* Adds a note; ERR_NOMEM. */
int damage_note_add(struct damage_report *report, const struct damage_note *note) MUST_CHECK;

void damage_report_fini(struct damage_report *report);

#endif
