/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How people see the structures of the device: which parts a block has, in which order, by which names.
 *
 * A layout arranges fields of the tables in common/format and says nothing about them that stands there: offsets,
 * widths and units come from the tables. What it adds are the names and the grouping of xfs_db, which people and
 * scripts know
 * ("core.nlinkv2", "u3.bmx[0].startoff"), and where parts lie that no table can tell, as they depend on counts in the
 * block.
 *
 * Everything is looked up in the bytes of one structure; what does not lie inside of them does not exist.
 */
#ifndef REPORT_LAYOUT_H
#define REPORT_LAYOUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/span.h"
#include "format/field.h"
#include "fs/geometry.h"

/* The bytes looked at. */
struct layout_source {
	const struct geometry *geo;
	struct span bytes;
	uint32_t crc_bytes; /* how many of them the checksum covers */
};

/* One structure in the source, for the functions of its items. */
struct layout_at {
	const struct layout_source *source;
	uint32_t base;	/* where it begins, in bytes */
	uint32_t index; /* which element it is, if it is one of an array */
};

/* How a value is written. */
enum value_style {
	STYLE_UNIT, /* as the unit of the field suggests */
	STYLE_DECIMAL,
	STYLE_SIGNED,
	STYLE_HEX,
	STYLE_TIME_SECONDS,	/* of a time: the date */
	STYLE_TIME_NANOSECONDS, /* of a time: below a second */
	STYLE_QUOTA_TIMER,
	STYLE_FORK_FORMAT,
	STYLE_NOT_ZERO, /* nothing if it is zero */
};

/* What a value is the address of. */
enum layout_address {
	ADDRESS_NONE,
	ADDRESS_AGBLOCK, /* in the current group */
	ADDRESS_FSBLOCK, /* packed */
	ADDRESS_INO,
	ADDRESS_AGINO,	    /* in the current group */
	ADDRESS_FILE_DATA,  /* a packed block of the data fork: what it holds depends on the file */
	ADDRESS_DIR_BLOCK,  /* block of the data fork of the current directory */
	ADDRESS_ATTR_BLOCK, /* block of the attribute fork of the current inode */
	ADDRESS_FILE_BLOCK, /* block of the data fork of the current inode */
};

#define LAYOUT_ARRAY	 0x01u /* an array, however many elements there are */
#define LAYOUT_FROM_ONE	 0x02u /* counted from 1 */
#define LAYOUT_HIDDEN	 0x04u /* shown only when asked for by name */
#define LAYOUT_ROWS	 0x08u /* elements are shown as rows of values */
#define LAYOUT_SKIP_NULL 0x10u /* of an array: elements that point nowhere are left out */
#define LAYOUT_SKIP_ZERO 0x20u

struct layout;

/*
 * An item is one of: a field of a table; an element (a number, or text of some length) at a place of its own; a part
 * with items of its own.
 */
struct layout_item {
	const char *name; /* NULL: that of the field */
	const struct field_table *table;
	const char *field; /* its name in the table */
	const struct field *element;
	const struct layout *part;
	uint32_t at;   /* bytes to add to where it would be */
	uint64_t mask; /* of a field: show whether one of these bits is set */
	unsigned flags;
	enum value_style style;
	enum layout_address address;
	const char *address_type; /* the type of what is there */
	/* How many there are; 0: it does not exist. Without it: one, or those of the field. */
	uint32_t (*count)(const struct layout_at *at);
	/* Where number @index begins, in bytes of the source. Without it: where the table says. */
	uint32_t (*place)(const struct layout_at *at, uint32_t index);
	/* Of text: how many bytes it has. */
	uint32_t (*length)(const struct layout_at *at);
};

struct layout {
	const struct layout_item *items;
	size_t count;
};

#define LAYOUT(items_)                                                                                                 \
	{                                                                                                              \
		.items = (items_), .count = sizeof(items_) / sizeof((items_)[0]),                                      \
	}

/* Structures, as whole blocks. */
extern const struct layout sb_layout, agf_layout, agi_layout, agfl_layout;
extern const struct layout bnobt_layout, cntbt_layout, inobt_layout, finobt_layout, rmapbt_layout, refcountbt_layout;
extern const struct layout bmapbt_data_layout, bmapbt_attr_layout;
extern const struct layout inode_layout, dir_layout, attr_layout, symlink_layout, dqblk_layout;

/* How many elements the item has: 0 if it does not exist. */
uint32_t layout_count(const struct layout_item *item, const struct layout_at *at);

/* Whether its elements are counted, be there one or more. */
bool layout_is_array(const struct layout_item *item);

/* Where element @index begins, in bytes of the source, for an item that is no field; of a field: its structure. */
uint32_t layout_place(const struct layout_item *item, const struct layout_at *at, uint32_t index);

/* Element @index of a part, for the functions of what is in it. */
struct layout_at layout_inner(const struct layout_item *item, const struct layout_at *at, uint32_t index);

/* The name that people know it by. */
static inline const char *layout_name(const struct layout_item *item)
{
	return item->name ? item->name : item->field;
}

/* The field or element of the item; NULL: it is a part. A field of a table is always found, test_layout.c sees to it.
 */
const struct field *layout_field(const struct layout_item *item);

/* The number in element @index; false if it lies outside the source. */
bool layout_value(const struct layout_item *item, const struct layout_at *at, uint32_t index, uint64_t *value);

/* Whether a number is all ones in its width: points nowhere, for units that point. */
bool layout_is_null(const struct layout_item *item, uint64_t value);

/* What a value says. */
enum shown_kind {
	SHOWN_NOTHING, /* it lies outside of the source, or what is zero there says nothing */
	SHOWN_NULL,    /* an address of nowhere */
	SHOWN_NUMBER,
	SHOWN_SIGNED,
	SHOWN_DATE, /* signed_number: seconds since 1970, UTC */
	SHOWN_TEXT,
	SHOWN_UUID,
};
enum shown_base {
	SHOWN_DECIMAL,
	SHOWN_HEX,
	SHOWN_OCTAL,
};
struct layout_shown {
	enum shown_kind kind;
	enum shown_base base; /* in which people write the number */
	uint64_t number;
	int64_t signed_number;
	struct span bytes;   /* of text and UUID: the source's */
	const char *word;    /* what the number means; NULL: there is no word for it */
	const char *word_of; /* what the word tells: "status", "name" */
};

/* Element @index of an item that is no part. */
struct layout_shown layout_show(const struct layout_item *item, const struct layout_at *at, uint32_t index);

/* Prints one value, without name. */
void layout_print_value(FILE *out, const struct layout_item *item, const struct layout_at *at, uint32_t index);

/*
 * A way to some of the structure: "core.mode", "u3.bmx[0-2].startblock".
 */
#define LAYOUT_PATH_STEPS 16u
struct layout_step {
	const struct layout_item *item;
	bool has_range;
	uint32_t low, high; /* elements wanted, as counted by the item */
};
struct layout_path {
	struct layout_step steps[LAYOUT_PATH_STEPS];
	unsigned count;
};

/*
 * Makes out @text in @layout. The elements are those of the source.
 * ERR_INVALID: a syntax error, or an index where none can be or beyond the last; ERR_NOT_FOUND: no such field.
 * The sentences are those of xfs_db.
 */
int layout_path_parse(const struct layout *layout, const struct layout_source *source, const char *text,
		      struct layout_path *out, struct error *err) MUST_CHECK;

/*
 * What could stand in place of @text, the beginning of an expression: calls @offer with each expression that begins so,
 * up to the name that is being typed. Returns 0 or what @offer returned.
 */
int layout_path_complete(const struct layout *layout, const struct layout_source *source, const char *text,
			 int (*offer)(void *arg, const char *whole), void *arg);

/* Prints everything that is not hidden, one "name = value" a line. */
void layout_print(FILE *out, const struct layout *layout, const struct layout_source *source);

/* Prints what the path leads to. */
void layout_print_path(FILE *out, const struct layout_path *path, const struct layout_source *source);

/* The item and the first value at the end of the path; false: it is no value, or lies outside. */
bool layout_path_value(const struct layout_path *path, const struct layout_source *source,
		       const struct layout_item **item, uint64_t *value);

/* The first item in the layout, or in its parts, with a checksum; "v3.crc". false: there is none. Prints its path and
 * value. */
bool layout_print_crc(FILE *out, const struct layout *layout, const struct layout_source *source);

/* Bytes as hexadecimal words, and as characters beside them. */
void layout_print_words(FILE *out, struct span bytes);
void layout_print_text(FILE *out, struct span bytes);

#endif
