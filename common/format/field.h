/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Field tables: what a program needs to know of an on-disk structure.
 *
 * Each structure is a C struct for people and one table for programs, built from the struct's members, so the two
 * cannot disagree. A table tiles its struct: each field begins where the last one ended (test_field.c walks them all).
 * Printing, editing and corrupting loop over the tables and name no field.
 *
 * Offsets and widths are in bits, counted from the first bit of the first byte as the format documentation draws
 * them, because extent records pack several numbers into one word.
 */
#ifndef FORMAT_FIELD_H
#define FORMAT_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/endian.h"
#include "base/uuid.h"

/* A time on the device: seconds and nanoseconds, or with bigtime one count of nanoseconds. fs/inode.h decodes it. */
struct disk_time {
	uint8_t b[8];
};

enum field_kind {
	FIELD_U8,
	FIELD_BE16,
	FIELD_BE32,
	FIELD_BE64,
	FIELD_LE32,
	FIELD_CHARS, /* text, padded with zeros */
	FIELD_BYTES, /* bytes without meaning of their own */
	FIELD_UUID,
	FIELD_TIME,
	FIELD_BITS, /* big-endian number of any width up to 64 bits at any bit */
};

enum field_unit {
	UNIT_NONE,    /* a plain number or a count of things */
	UNIT_MAGIC,
	UNIT_FLAGS,
	UNIT_BYTES,
	UNIT_SECTORS, /* of 512 bytes */
	UNIT_DADDR,   /* address in sectors of 512 bytes */
	UNIT_BLOCKS,  /* file system blocks */
	UNIT_FSBLOCK, /* packed address of a block: group and block in it */
	UNIT_AGBLOCK, /* block in its group */
	UNIT_AGNO,
	UNIT_INO,
	UNIT_AGINO,
	UNIT_FILEOFF, /* block in a file */
	UNIT_DABLOCK, /* block of a directory or attribute fork */
	UNIT_LOG2,
	UNIT_LSN,
	UNIT_CRC,
	UNIT_MODE,
	UNIT_PAD, /* zero, without meaning */
};

/* When a field exists: the same bytes can mean different things with different features. */
enum field_when {
	WHEN_ALWAYS,
	WHEN_NREXT64,	 /* 64-bit extent counters: a flag of the inode */
	WHEN_NO_NREXT64,
	WHEN_SPARSE,	 /* sparse inode chunks: a feature of the file system */
	WHEN_NO_SPARSE,
};

struct field {
	const char *name;
	uint32_t bit_offset;
	uint32_t bit_width; /* of one element */
	uint32_t count;	    /* of elements; 1 but for arrays */
	enum field_kind kind;
	enum field_unit unit;
	enum field_when when;
};

struct field_table {
	const char *name; /* of the structure, such as "agf" */
	size_t size_bytes;
	const struct field *fields;
	size_t count;
};

/* An array decays to a pointer in _Generic: this is how one macro serves numbers and arrays of them. */
#define FIELD_KIND_OF(x)                                                                                              \
	_Generic((x),                                                                                                 \
		uint8_t: FIELD_U8,                                                                                    \
		int8_t: FIELD_U8,                                                                                     \
		be16: FIELD_BE16,                                                                                     \
		be32: FIELD_BE32,                                                                                     \
		be64: FIELD_BE64,                                                                                     \
		le32: FIELD_LE32,                                                                                     \
		struct uuid: FIELD_UUID,                                                                              \
		struct disk_time: FIELD_TIME,                                                                         \
		char *: FIELD_CHARS,                                                                                  \
		uint8_t *: FIELD_BYTES,                                                                               \
		be16 *: FIELD_BE16,                                                                                   \
		be32 *: FIELD_BE32,                                                                                   \
		be64 *: FIELD_BE64)
#define FIELD_WIDTH_OF(x)                                                                                             \
	(8u * (uint32_t)_Generic((x),                                                                                 \
		be16 *: sizeof(be16),                                                                                 \
		be32 *: sizeof(be32),                                                                                 \
		be64 *: sizeof(be64),                                                                                 \
		default: sizeof(x)))

#define FIELD_IF(type, member, unit_, when_)                                                                          \
	{                                                                                                             \
		.name = #member, .bit_offset = 8u * (uint32_t)offsetof(type, member),                                 \
		.bit_width = FIELD_WIDTH_OF(((type *)0)->member),                                                     \
		.count = 8u * (uint32_t)sizeof(((type *)0)->member) / FIELD_WIDTH_OF(((type *)0)->member),            \
		.kind = FIELD_KIND_OF(((type *)0)->member), .unit = (unit_), .when = (when_),                         \
	}
#define FIELD(type, member, unit_) FIELD_IF(type, member, unit_, WHEN_ALWAYS)

/* A number of @bits_ bits that begins @offset_bits bits into @member (which the struct declares as plain words). */
#define FIELD_PACKED(type, member, offset_bits, bits_, name_, unit_)                                                  \
	{                                                                                                             \
		.name = #name_, .bit_offset = 8u * (uint32_t)offsetof(type, member) + (offset_bits),                  \
		.bit_width = (bits_), .count = 1, .kind = FIELD_BITS, .unit = (unit_), .when = WHEN_ALWAYS,           \
	}

#define FIELD_TABLE(name_, type, fields_)                                                                             \
	{                                                                                                             \
		.name = (name_), .size_bytes = sizeof(type), .fields = (fields_),                                     \
		.count = sizeof(fields_) / sizeof((fields_)[0]),                                                      \
	}

/*
 * The number in element @index of a field of the structure at @base. For kinds wider than 64 bits (uuid, long text)
 * the first 64 bits as a big-endian number.
 */
uint64_t field_get(const struct field *field, const void *base, uint32_t index);

/* Stores the low bits of @value; the counterpart of field_get. */
void field_set(const struct field *field, void *base, uint32_t index, uint64_t value);

/* The field of that name, or NULL. @table's. */
const struct field *field_find(const struct field_table *table, const char *name);

#endif
