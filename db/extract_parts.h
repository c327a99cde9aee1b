/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the extraction share:
 *
 *   extract.c             the tree: directories, hard links, what went wrong
 *   extract_file.c        content: of files, symbolic links, devices
 *   extract_attributes.c  extended attributes, owner, mode, times
 */
#ifndef DB_EXTRACT_PARTS_H
#define DB_EXTRACT_PARTS_H

#include "base/idmap.h"
#include "extract.h"

/* Things that a user without privileges cannot set: said once, and counted. */
enum extract_lack {
	LACK_OWNER,
	LACK_ATTRIBUTE,
	LACK_DEVICE,
	LACKS,
};

struct extraction {
	struct session *session;
	bool strict;
	bool made; /* the destination */
	bool lost; /* the way back up: nothing more can be done */
	int root;  /* descriptor of the destination */
	int here;  /* of the directory under way */
	struct level *levels;
	size_t depth, level_room;
	char *path; /* of the directory under way, in the destination, each part with a slash behind it */
	size_t path_len, path_room;
	struct idmap directories; /* those copied, against loops */
	struct idmap links;	  /* inode with several names: index of its first copy */
	char **first_copies;
	size_t copy_count, copy_room;
	uint64_t files, bytes, wrong;
	uint64_t lacks[LACKS];
	uint8_t *buffer; /* EXTRACT_CHUNK */
};
#define EXTRACT_CHUNK (1u << 20)

/* One thing that is being copied. */
struct copy {
	struct extraction *extraction;
	const struct inode *inode;
	const char *name; /* in extraction->here; NULL: fd is all there is */
	int fd;		  /* -1: it cannot be opened, as of a symbolic link */
};

/*
 * Says what went wrong with @name in the directory under way (NULL: with that itself), and counts it. 0: go on;
 * err->code: the end.
 */
int extract_wrong(struct extraction *extraction, const char *name, const struct error *err) MUST_CHECK;

/* The same with errno. */
int extract_wrong_errno(struct extraction *extraction, const char *name, const char *what) MUST_CHECK;

/* Makes a regular file, a symbolic link or a special file with all that belongs to it. */
int extract_content(struct extraction *extraction, const struct inode *inode, const char *name) MUST_CHECK;

/* Extended attributes, owner, mode and times, in the order in which none undoes another. */
int extract_attributes(const struct copy *copy) MUST_CHECK;

#endif
