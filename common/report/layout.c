/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the values of a layout. */
#include "report/layout.h"

/* Elements of a field: bytes without meaning are shown one by one. */
static uint32_t field_elements(const struct field *field)
{
	return field->kind == FIELD_BYTES ? field->bit_width / 8 : field->count;
}

const struct field *layout_field(const struct layout_item *item)
{
	if (item->element)
		return item->element;
	return item->table ? field_find(item->table, item->field) : NULL;
}

bool layout_is_array(const struct layout_item *item)
{
	const struct field *field;

	if (item->flags & LAYOUT_ARRAY)
		return true;
	field = item->part ? NULL : layout_field(item);
	return field && field_elements(field) > 1;
}

uint32_t layout_count(const struct layout_item *item, const struct layout_at *at)
{
	const struct field *field;

	if (item->count)
		return item->count(at);
	field = item->part || item->element ? NULL : layout_field(item);
	return field ? field_elements(field) : 1;
}

uint32_t layout_place(const struct layout_item *item, const struct layout_at *at, uint32_t index)
{
	return (item->place ? item->place(at, index) : at->base) + item->at;
}

struct layout_at layout_inner(const struct layout_item *item, const struct layout_at *at, uint32_t index)
{
	return (struct layout_at){.source = at->source, .base = layout_place(item, at, index), .index = index};
}

/* A field whose bytes are elements, as a field of such elements. */
static struct field as_elements(const struct field *field)
{
	struct field element = *field;

	if (field->kind == FIELD_BYTES) {
		element.kind = FIELD_U8;
		element.bit_width = 8;
	}
	return element;
}

bool layout_value(const struct layout_item *item, const struct layout_at *at, uint32_t index, uint64_t *value)
{
	const struct field *field = layout_field(item);
	uint32_t place = layout_place(item, at, index);
	struct field element;
	uint64_t end_bits;
	const void *bytes;

	if (!field)
		return false;
	element = as_elements(field);
	/* An item with a place of its own says where each element is; else the field does. */
	if (item->place)
		index = 0;
	end_bits = element.bit_offset + ((uint64_t)index + 1) * element.bit_width;
	bytes = span_at(at->source->bytes, place, (size_t)((end_bits + 7) / 8));
	if (!bytes)
		return false;
	*value = field_get(&element, bytes, index);
	if (item->mask)
		*value = (*value & item->mask) != 0;
	return true;
}

bool layout_is_null(const struct layout_item *item, uint64_t value)
{
	const struct field *field = layout_field(item);

	if (!field || item->mask || item->style == STYLE_SIGNED)
		return false;
	switch (field->unit) {
	case UNIT_FSBLOCK:
	case UNIT_AGBLOCK:
	case UNIT_INO:
	case UNIT_AGINO:
		return value == (field->bit_width < 64 ? (1ull << field->bit_width) - 1 : UINT64_MAX);
	case UNIT_NONE:
	case UNIT_MAGIC:
	case UNIT_FLAGS:
	case UNIT_BYTES:
	case UNIT_SECTORS:
	case UNIT_DADDR:
	case UNIT_BLOCKS:
	case UNIT_AGNO:
	case UNIT_FILEOFF:
	case UNIT_DABLOCK:
	case UNIT_LOG2:
	case UNIT_LSN:
	case UNIT_CRC:
	case UNIT_MODE:
	case UNIT_PAD:
		return false;
	}
	return false;
}
