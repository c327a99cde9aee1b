/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the layouts are written down. For their files alone. */
#ifndef REPORT_LAYOUT_ITEMS_H
#define REPORT_LAYOUT_ITEMS_H

#include "report/layout.h"

/*
 * The last of the named things comes first among __VA_ARGS__, and what else is to be said of the item follows: so
 * there is always something, as the standard demands.
 */
/* A field under the name that people know. */
#define ITEM(name_, table_, ...) {.name = (name_), .table = &(table_), .field = __VA_ARGS__}
/* A field under its own name. */
#define SAME(table_, ...) {.table = &(table_), .field = __VA_ARGS__}
/* A part with items of its own. */
#define PART(name_, ...) {.name = (name_), .part = &__VA_ARGS__}
/* A number or text that no table knows of. */
#define ELEMENT(name_, ...) {.name = (name_), .element = &__VA_ARGS__}

/* Numbers and text that stand by themselves: without a structure around them there is nothing to say but this. */
extern const struct field element_u8, element_be16, element_be32, element_be64;
extern const struct field element_agblock, element_fsblock, element_ino32, element_ino64, element_text;

/* The @len bytes at @offset of the structure; NULL if they lie outside. */
static inline const void *layout_bytes(const struct layout_at *at, uint32_t offset, size_t len)
{
	return span_at(at->source->bytes, (uint64_t)at->base + offset, len);
}

#endif
