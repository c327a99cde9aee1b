/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What cuts bad ranges into pieces: the sweep (damage_sweep.c), what a piece is (damage_code.c), and adding it to the
 * report (damage_pieces.c); internal to them.
 */
#ifndef CHECK_DAMAGE_SWEEP_H
#define CHECK_DAMAGE_SWEEP_H

#include "check/damage/damage_build.h"

/* Indexes of pieces. */
struct piece_list {
	size_t *items;
	size_t count, room;
};

/* Owners that hold the place where the sweep is. */
struct damage_sweep {
	struct damage_build *build;
	struct error *err;
	struct owner *active; /* cut to begin at the place */
	size_t count, room;
	size_t next; /* in build->found */
	uint64_t at;
	struct piece_list open;	   /* end at the place: one for each kind that claimed what lies before it */
	struct piece_list growing; /* reach to where the sweep goes next */
};

/* One piece in the making. */
struct damage_cut {
	uint64_t start, end;
	const struct owner *owners; /* of one kind */
	size_t count;
};

/* damage_code.c: what the piece hits. ERR_* if it takes reading. */
int damage_code_of(const struct damage_sweep *sweep, const struct damage_cut *cut, uint32_t agno,
		   enum damage_code *code) MUST_CHECK;

/* damage_code.c: whether the owner is data of a file; and the type of a file, as INODE_MODE_*. */
bool damage_is_data(const struct owner *owner);
uint32_t damage_type_of(const struct damage_file *file);
/* damage_code.c: whether the end of the file counts for this owner, and where it is. */
bool damage_ends_at_eof(const struct damage_sweep *sweep, const struct owner *owner, uint64_t *eof_bytes);
/* damage_code.c: how many of the first @len bytes of the owner lie behind the end of the file. */
uint64_t damage_past_eof(const struct damage_sweep *sweep, const struct owner *owner, uint64_t len);

/* damage_pieces.c: adds a piece to the range, or to one that it goes on with. */
int damage_add_piece(struct damage_sweep *sweep, struct damage_range *range, const struct damage_cut *cut) MUST_CHECK;

#endif
