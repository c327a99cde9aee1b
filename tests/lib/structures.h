/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every instance of every on-disk structure in a sound image, and the fields in each: what a test corrupts.
 *
 * Instances are found through the library's own readers, fields by the field tables, so a new structure or field needs
 * no change in the tests that loop over them.
 */
#ifndef LIB_STRUCTURES_H
#define LIB_STRUCTURES_H

#include "format/field.h"
#include "fs/fs.h"
#include "lib/random.h"

enum structure_kind {
	STRUCT_SB,
	STRUCT_AGF,
	STRUCT_AGI,
	STRUCT_AGFL,
	STRUCT_BNOBT,
	STRUCT_CNTBT,
	STRUCT_INOBT,
	STRUCT_FINOBT,
	STRUCT_RMAPBT,
	STRUCT_REFCOUNTBT,
	STRUCT_BMBT,
	STRUCT_INODE,
	STRUCT_FREE_INODE,
	STRUCT_DIR_BLOCK,
	STRUCT_DIR_DATA,
	STRUCT_DIR_LEAF1,
	STRUCT_DIR_LEAFN,
	STRUCT_DIR_FREE,
	STRUCT_DA_NODE,
	STRUCT_ATTR_LEAF,
	STRUCT_ATTR_VALUE,
	STRUCT_SYMLINK,
	STRUCT_DQUOT,
	STRUCT_LOG,
	STRUCT_KINDS,
};

extern const char *const structure_names[STRUCT_KINDS];

/* What one checksum covers. */
struct structure {
	uint64_t offset_bytes; /* on the device */
	uint32_t len;
	uint32_t crc_at;
	uint64_t ino; /* whose it is; 0: of no inode */
};

struct structure_list {
	struct structure *items;
	size_t count, room;
};

struct structures {
	struct geometry geo;
	struct structure_list of[STRUCT_KINDS];
};

/* Finds them all. Ends the program with a message if the image is not sound. */
void structures_find(const struct fs *fs, struct structures *out);
void structures_free(struct structures *structures);

/* One field of one instance. */
struct structure_field {
	const char *table; /* name of the structure or part it is in, static */
	const struct field *field;
	uint32_t at;	/* of the part, from the start of the instance */
	uint32_t index; /* of the element */
};

/*
 * Picks a field of an instance of @kind whose bytes are @bytes, of @geo: first a part (header, record, key, pointer,
 * entry), then a field of it. Never a checksum or padding.
 */
struct structure_field structure_pick(const struct geometry *geo, enum structure_kind kind,
				      const struct structure *instance, const uint8_t *bytes, struct random *random);

/* The same, but padding may be picked too. */
struct structure_field structure_pick_any(const struct geometry *geo, enum structure_kind kind,
					  const struct structure *instance, const uint8_t *bytes,
					  struct random *random);

/* Makes the checksum right again. @bytes: the instance. */
void structure_seal(enum structure_kind kind, const struct structure *instance, uint8_t *bytes);

#endif
