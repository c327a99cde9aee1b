/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A range of bytes in memory, and the only way to reach into it by an offset from the device.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *bytes;
	size_t len;
};

/* The @len bytes at @offset, or NULL unless they lie wholly inside. Borrowed from the span's memory. */
static inline const void *span_at(struct span span, uint64_t offset, size_t len)
{
	if (offset > span.len || len > span.len - offset)
		return NULL;
	return span.bytes + offset;
}

/* The part from @offset on, empty where @offset lies outside. */
static inline struct span span_from(struct span span, uint64_t offset)
{
	if (offset > span.len)
		return (struct span){NULL, 0};
	return (struct span){span.bytes + offset, span.len - (size_t)offset};
}

#endif
