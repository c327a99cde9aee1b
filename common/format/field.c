/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing fields by their tables. */
#include "format/field.h"

#include <string.h>

/* Where the element's bits start, and how many of them fit into a number. */
static uint32_t place(const struct field *field, uint32_t index, uint32_t *width)
{
	*width = field->bit_width < 64 ? field->bit_width : 64;
	return field->bit_offset + index * field->bit_width;
}

uint64_t field_get(const struct field *field, const void *base, uint32_t index)
{
	const uint8_t *bytes = base;
	uint32_t width, bit = place(field, index, &width);
	uint64_t value = 0;

	if (field->kind == FIELD_LE32) {
		le32 v;

		memcpy(&v, bytes + bit / 8, sizeof(v));
		return le32_get(v);
	}
	for (uint32_t end = bit + width; bit < end;) {
		uint32_t take = 8 - bit % 8 < end - bit ? 8 - bit % 8 : end - bit;
		uint32_t byte = bytes[bit / 8];

		value = value << take | (byte >> (8 - bit % 8 - take) & ((1u << take) - 1));
		bit += take;
	}
	return value;
}

void field_set(const struct field *field, void *base, uint32_t index, uint64_t value)
{
	uint8_t *bytes = base;
	uint32_t width, bit = place(field, index, &width);

	if (field->kind == FIELD_LE32) {
		le32 v = le32_of((uint32_t)value);

		memcpy(bytes + bit / 8, &v, sizeof(v));
		return;
	}
	for (uint32_t end = bit + width; bit < end;) {
		uint32_t take = 8 - bit % 8 < end - bit ? 8 - bit % 8 : end - bit;
		uint32_t shift = 8 - bit % 8 - take;
		uint32_t mask = ((1u << take) - 1) << shift;
		uint32_t part = (uint32_t)(value >> (end - bit - take)) << shift & mask;

		bytes[bit / 8] = (uint8_t)((bytes[bit / 8] & ~mask) | part);
		bit += take;
	}
}

const struct field *field_find(const struct field_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->fields[i].name, name) == 0)
			return &table->fields[i];
	return NULL;
}
