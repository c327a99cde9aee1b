/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps in which a damage report is built. Private to damage*.c.
 *
 * Owners are gathered first, then the files they name are looked up, since a file's type and size decide what a bad
 * block of it means; then the bad ranges are cut into pieces; last come the paths.
 */
#ifndef CHECK_DAMAGE_BUILD_H
#define CHECK_DAMAGE_BUILD_H

#include "check/damage/damage.h"

struct damage_build {
	const struct view *view;
	const struct interval_set *bad;
	const struct damage_options *options;
	struct damage_report *report;

	struct owner *found; /* sorted by start, then owner */
	size_t found_count, found_room;

	/* The chunk that was asked for last. */
	uint64_t chunk_first, chunk_allocated, chunk_present;
	bool chunk_asked;

	size_t piece_room, owner_room, inode_room;
};

/* Gathers the owners of all bad ranges, sorted. */
int damage_gather(struct damage_build *build, struct error *err) MUST_CHECK;

/* Fills report->files with every file that owns bad bytes or whose inode lies in them. */
int damage_look_up_files(struct damage_build *build, struct error *err) MUST_CHECK;

/* Index in report->files of an inode that damage_look_up_files has seen. */
size_t damage_file_of(const struct damage_report *report, uint64_t ino);

/* Calls @fn for each inode slot with space that lies at least partly in [start, end) of an inode chunk. */
int damage_each_inode(struct damage_build *build, uint64_t start_bytes, uint64_t end_bytes,
		      int (*fn)(void *arg, uint64_t ino, bool allocated), void *arg, struct error *err) MUST_CHECK;

/* Cuts the bad ranges into pieces, and adds up in the files what they lose. */
int damage_cut_pieces(struct damage_build *build, struct error *err) MUST_CHECK;

/* Adds paths to the files. */
int damage_add_paths(struct damage_build *build, struct error *err) MUST_CHECK;

#endif
