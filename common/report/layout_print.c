/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printing structures, one "name = value" a line, arrays on one line or as rows. */
#include <inttypes.h>
#include <string.h>

#include "report/layout.h"

#define PREFIX_MAX 256

static void print_items(FILE *out, const struct layout *layout, const struct layout_at *at, const char *prefix);

/* How element @index is called. */
static uint32_t shown_index(const struct layout_item *item, uint32_t index)
{
	return index + ((item->flags & LAYOUT_FROM_ONE) ? 1 : 0);
}

/* "name[low-high] = " */
static void print_name(FILE *out, const struct layout_item *item, const char *prefix, uint32_t low, uint32_t high)
{
	fprintf(out, "%s%s", prefix, layout_name(item));
	if (layout_is_array(item)) {
		fprintf(out, "[%" PRIu32, shown_index(item, low));
		if (high != low)
			fprintf(out, "-%" PRIu32, shown_index(item, high));
		fputc(']', out);
	}
	fputs(" = ", out);
}

static bool is_skipped(const struct layout_item *item, const struct layout_at *at, uint32_t index)
{
	uint64_t value;

	if (!(item->flags & (LAYOUT_SKIP_NULL | LAYOUT_SKIP_ZERO)) || !layout_value(item, at, index, &value))
		return false;
	return ((item->flags & LAYOUT_SKIP_ZERO) && value == 0) ||
	       ((item->flags & LAYOUT_SKIP_NULL) && layout_is_null(item, value));
}

static void print_values(FILE *out, const struct layout_item *item, const struct layout_at *at, const char *prefix,
			 uint32_t low, uint32_t high)
{
	print_name(out, item, prefix, low, high);
	for (uint32_t i = low; i <= high; i++) {
		if (is_skipped(item, at, i))
			continue;
		if (high != low)
			fprintf(out, "%" PRIu32 ":", shown_index(item, i));
		layout_print_value(out, item, at, i);
		/* Also before elements that are left out, as in xfs_db. */
		if (i < high)
			fputc(' ', out);
	}
	fputc('\n', out);
}

/* The names of a row's columns. */
static void print_columns(FILE *out, const struct layout *part, const struct layout_at *at)
{
	const char *comma = "";

	fputc('[', out);
	for (size_t i = 0; i < part->count; i++) {
		const struct layout_item *column = &part->items[i];

		if ((column->flags & LAYOUT_HIDDEN) || layout_count(column, at) == 0)
			continue;
		fprintf(out, "%s%s", comma, layout_name(column));
		comma = ",";
	}
	fputs("] ", out);
}

static void print_row(FILE *out, const struct layout *part, const struct layout_at *at)
{
	const char *comma = "";

	fputc('[', out);
	for (size_t i = 0; i < part->count; i++) {
		const struct layout_item *column = &part->items[i];

		if ((column->flags & LAYOUT_HIDDEN) || layout_count(column, at) == 0)
			continue;
		fputs(comma, out);
		layout_print_value(out, column, at, 0);
		comma = ",";
	}
	fputc(']', out);
}

static void print_rows(FILE *out, const struct layout_item *item, const struct layout_at *at, const char *prefix,
		       uint32_t low, uint32_t high)
{
	struct layout_at element = layout_inner(item, at, low);

	print_name(out, item, prefix, low, high);
	print_columns(out, item->part, &element);
	for (uint32_t i = low; i <= high; i++) {
		element = layout_inner(item, at, i);
		fprintf(out, "\n%" PRIu32 ":", shown_index(item, i));
		print_row(out, item->part, &element);
		if (i < high)
			fputc(' ', out);
	}
	fputc('\n', out);
}

/* Appends the name of an element and a dot to @prefix. */
static void extend_prefix(char to[PREFIX_MAX], const char *prefix, const struct layout_item *item, uint32_t index)
{
	if (layout_is_array(item))
		snprintf(to, PREFIX_MAX, "%s%s[%" PRIu32 "].", prefix, layout_name(item), shown_index(item, index));
	else
		snprintf(to, PREFIX_MAX, "%s%s.", prefix, layout_name(item));
}

static bool has_items(const struct layout *part, const struct layout_at *at)
{
	for (size_t i = 0; i < part->count; i++)
		if (layout_count(&part->items[i], at) > 0)
			return true;
	return false;
}

static void print_parts(FILE *out, const struct layout_item *item, const struct layout_at *at, const char *prefix,
			uint32_t low, uint32_t high)
{
	char longer[PREFIX_MAX];

	for (uint32_t i = low; i <= high; i++) {
		struct layout_at element = layout_inner(item, at, i);

		if (!has_items(item->part, &element)) {
			print_name(out, item, prefix, i, i);
			fputs("(empty)\n", out);
			continue;
		}
		extend_prefix(longer, prefix, item, i);
		print_items(out, item->part, &element, longer);
	}
}

/* Elements @low to @high of an item. */
static void print_item(FILE *out, const struct layout_item *item, const struct layout_at *at, const char *prefix,
		       uint32_t low, uint32_t high)
{
	if (!item->part)
		print_values(out, item, at, prefix, low, high);
	else if (item->flags & LAYOUT_ROWS)
		print_rows(out, item, at, prefix, low, high);
	else
		print_parts(out, item, at, prefix, low, high);
}

static void print_items(FILE *out, const struct layout *layout, const struct layout_at *at, const char *prefix)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_item *item = &layout->items[i];
		uint32_t count = item->flags & LAYOUT_HIDDEN ? 0 : layout_count(item, at);

		if (count > 0)
			print_item(out, item, at, prefix, 0, count - 1);
	}
}

void layout_print(FILE *out, const struct layout *layout, const struct layout_source *source)
{
	print_items(out, layout, &(struct layout_at){.source = source}, "");
}

static void print_step(FILE *out, const struct layout_path *path, unsigned step, const struct layout_at *at,
		       const char *prefix)
{
	const struct layout_step *here = &path->steps[step];
	uint32_t count = layout_count(here->item, at), low = 0, high = count - 1;
	char longer[PREFIX_MAX];

	if (count == 0)
		return;
	if (here->has_range) {
		low = here->low;
		high = here->high;
	}
	if (step + 1 == path->count) {
		/* An element of another structure of the same array may have fewer. */
		if (low < count && high < count)
			print_item(out, here->item, at, prefix, low, high);
		return;
	}
	for (uint32_t i = low; i <= high && i < count; i++) {
		struct layout_at element = layout_inner(here->item, at, i);

		extend_prefix(longer, prefix, here->item, i);
		print_step(out, path, step + 1, &element, longer);
	}
}

void layout_print_path(FILE *out, const struct layout_path *path, const struct layout_source *source)
{
	print_step(out, path, 0, &(struct layout_at){.source = source}, "");
}

bool layout_path_value(const struct layout_path *path, const struct layout_source *source,
		       const struct layout_item **item, uint64_t *value)
{
	struct layout_at at = {.source = source};

	for (unsigned i = 0; i < path->count; i++) {
		const struct layout_step *step = &path->steps[i];
		uint32_t index = step->has_range ? step->low : 0;

		if (layout_count(step->item, &at) <= index)
			return false;
		*item = step->item;
		if (i + 1 == path->count)
			return !step->item->part && layout_value(step->item, &at, index, value);
		at = layout_inner(step->item, &at, index);
	}
	return false;
}

/* Looks for a checksum among the items and below them. */
static bool print_crc_below(FILE *out, const struct layout *layout, const struct layout_at *at, const char *prefix)
{
	char longer[PREFIX_MAX];

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_item *item = &layout->items[i];
		const struct field *field = item->part ? NULL : layout_field(item);
		struct layout_at element;

		if (layout_count(item, at) == 0)
			continue;
		if (field && field->unit == UNIT_CRC) {
			print_values(out, item, at, prefix, 0, 0);
			return true;
		}
		if (!item->part || (item->flags & LAYOUT_ARRAY))
			continue;
		element = layout_inner(item, at, 0);
		extend_prefix(longer, prefix, item, 0);
		if (print_crc_below(out, item->part, &element, longer))
			return true;
	}
	return false;
}

bool layout_print_crc(FILE *out, const struct layout *layout, const struct layout_source *source)
{
	return print_crc_below(out, layout, &(struct layout_at){.source = source}, "");
}
