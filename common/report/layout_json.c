/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/layout_json.h"

#include <assert.h>

#include "report/time_text.h"
#include "report/uuid_text.h"

#define KEY_MAX_BYTES 80

static void add_items(struct json_line *line, const struct layout *layout, const struct layout_at *at);

/* The name of what stands beside a value. */
static const char *beside(char key[KEY_MAX_BYTES], const struct layout_item *item, const char *what)
{
	(void)snprintf(key, KEY_MAX_BYTES, "%s_%s", layout_name(item), what);
	return key;
}

/* Text of a fixed length is filled up with zeros, which say nothing; other text is all of its bytes. */
static size_t text_length(const struct layout_item *item, struct span text)
{
	if (!item->length)
		while (text.len > 0 && text.bytes[text.len - 1] == 0)
			text.len--;
	return text.len;
}

static void add_date(struct json_line *line, const char *name, int64_t seconds)
{
	char date[TIME_TEXT];

	if (time_text(date, seconds))
		json_text(line, name, date);
	else
		json_signed(line, name, seconds);
}

static void add_value(struct json_line *line, const struct layout_item *item, const struct layout_at *at)
{
	struct layout_shown shown = layout_show(item, at, 0);
	const char *name = layout_name(item);
	char uuid[UUID_TEXT], key[KEY_MAX_BYTES];

	switch (shown.kind) {
	case SHOWN_NOTHING:
	case SHOWN_NULL:
		json_null(line, name);
		break;
	case SHOWN_NUMBER:
		json_number(line, name, shown.number);
		break;
	case SHOWN_SIGNED:
		json_signed(line, name, shown.signed_number);
		break;
	case SHOWN_DATE:
		add_date(line, name, shown.signed_number);
		break;
	case SHOWN_TEXT:
		json_name(line, name, beside(key, item, "hex"), (const char *)shown.bytes.bytes,
			  text_length(item, shown.bytes));
		break;
	case SHOWN_UUID:
		json_text(line, name, uuid_text(uuid, (const struct uuid *)shown.bytes.bytes));
		break;
	}
	if (shown.word)
		json_text(line, beside(key, item, shown.word_of), shown.word);
}

/* An element of an array of values: there are none but of numbers, as test_layout_json.c makes sure. */
static void add_element(struct json_line *line, json_object *array, const struct layout_item *item,
			const struct layout_at *at, uint32_t index)
{
	struct layout_shown shown = layout_show(item, at, index);

	assert(shown.kind <= SHOWN_NUMBER && !shown.word);
	if (shown.kind == SHOWN_NUMBER)
		json_array_number(line, array, shown.number);
	else
		json_array_null(line, array);
}

/* Elements @low to @high, which are there. */
static void add_array(struct json_line *line, const struct layout_item *item, const struct layout_at *at, uint32_t low,
		      uint32_t high)
{
	json_object *array = json_array(line, layout_name(item));

	for (uint32_t i = low; i <= high; i++) {
		struct layout_at element;
		struct json_line nested;

		if (!item->part) {
			add_element(line, array, item, at, i);
			continue;
		}
		element = layout_inner(item, at, i);
		json_nested_begin(&nested);
		add_items(&nested, item->part, &element);
		json_nested_end(&nested, line, array);
	}
}

static void add_part(struct json_line *line, const struct layout_item *item, const struct layout_at *at)
{
	struct layout_at element = layout_inner(item, at, 0);
	struct json_line nested;

	json_nested_begin(&nested);
	add_items(&nested, item->part, &element);
	json_nested_end_as(&nested, line, layout_name(item));
}

static void add_item(struct json_line *line, const struct layout_item *item, const struct layout_at *at, uint32_t low,
		     uint32_t high)
{
	if (layout_is_array(item))
		add_array(line, item, at, low, high);
	else if (item->part)
		add_part(line, item, at);
	else
		add_value(line, item, at);
}

static void add_items(struct json_line *line, const struct layout *layout, const struct layout_at *at)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_item *item = &layout->items[i];
		uint32_t count = item->flags & LAYOUT_HIDDEN ? 0 : layout_count(item, at);

		if (count > 0)
			add_item(line, item, at, 0, count - 1);
	}
}

void layout_json(struct json_line *line, const struct layout *layout, const struct layout_source *source)
{
	add_items(line, layout, &(struct layout_at){.source = source});
}

/* The elements that a step wants, of those that are there. false: none. */
static bool find_range(const struct layout_step *step, const struct layout_at *at, uint32_t *low, uint32_t *high)
{
	uint32_t count = layout_count(step->item, at);

	*low = step->has_range ? step->low : 0;
	if (*low >= count)
		return false;
	*high = step->has_range && step->high < count ? step->high : count - 1;
	return *low <= *high;
}

static void add_step(struct json_line *line, const struct layout_path *path, unsigned step, const struct layout_at *at);

/* What lies below element @index of step @step. */
static void add_below(struct json_line *nested, const struct layout_path *path, unsigned step,
		      const struct layout_at *at, uint32_t index)
{
	struct layout_at element = layout_inner(path->steps[step].item, at, index);

	json_nested_begin(nested);
	add_step(nested, path, step + 1, &element);
}

static void add_step(struct json_line *line, const struct layout_path *path, unsigned step, const struct layout_at *at)
{
	const struct layout_step *here = &path->steps[step];
	struct json_line nested;
	json_object *array;
	uint32_t low, high;

	if (!find_range(here, at, &low, &high))
		return;
	if (step + 1 == path->count) {
		add_item(line, here->item, at, low, high);
		return;
	}
	if (!layout_is_array(here->item)) {
		add_below(&nested, path, step, at, 0);
		json_nested_end_as(&nested, line, layout_name(here->item));
		return;
	}
	array = json_array(line, layout_name(here->item));
	for (uint32_t i = low; i <= high; i++) {
		add_below(&nested, path, step, at, i);
		json_nested_end(&nested, line, array);
	}
}

void layout_json_path(struct json_line *line, const struct layout_path *path, const struct layout_source *source)
{
	add_step(line, path, 0, &(struct layout_at){.source = source});
}
