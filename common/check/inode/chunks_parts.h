/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the pass over inode trees share; internal to it. */
#ifndef CHECK_CHUNKS_PARTS_H
#define CHECK_CHUNKS_PARTS_H

#include "check/checker.h"

/* Chunks that are being collected. */
struct chunk_list {
	struct chunk *items;
	size_t count, room;
};

/* Appends. ERR_NOMEM. */
int chunk_list_add(struct chunk_list *list, const struct chunk *chunk) MUST_CHECK;

/*
 * chunks_record.c: what is wrong with a record that chunk_unpack could read: the name of the field, or NULL.
 * A field is static.
 */
const char *chunk_record_flaw(const struct fs *fs, const struct disk_inobt_rec *rec, const struct chunk *chunk);

/* chunks_lost.c: adds chunks that the inobt should have, but that could not be read there, and sorts the list. */
int chunks_recover(struct check_work *work, uint32_t agno, struct chunk_list *list) MUST_CHECK;

#endif
