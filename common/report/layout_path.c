/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Field expressions: names with dots between, each with an index or a range if it is an array. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/layout.h"

#define NAME_MAX_BYTES 64

/* What stands in the brackets. */
struct range {
	bool given;
	uint64_t low, high;
};

/* A number as C writes it. false: none, or beyond what an index can be. */
static bool take_number(const char **text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	*value = strtoull(*text, &end, 0);
	*text = end;
	return *value <= INT32_MAX;
}

static bool take_range(const char **text, struct range *range)
{
	*range = (struct range){0};
	if (**text != '[')
		return true;
	(*text)++;
	range->given = true;
	if (!take_number(text, &range->low))
		return false;
	range->high = range->low;
	if (**text == '-') {
		(*text)++;
		if (!take_number(text, &range->high))
			return false;
	}
	if (**text != ']')
		return false;
	(*text)++;
	return true;
}

static bool take_name(const char **text, char name[NAME_MAX_BYTES])
{
	size_t len = 0;

	while (isalnum((unsigned char)(*text)[len]) || (*text)[len] == '_')
		len++;
	if (len == 0 || len >= NAME_MAX_BYTES || isdigit((unsigned char)(*text)[0]))
		return false;
	memcpy(name, *text, len);
	name[len] = '\0';
	*text += len;
	return true;
}

/* The item of that name, if it exists in the structure at @at. */
static const struct layout_item *find_item(const struct layout *layout, const struct layout_at *at, const char *name)
{
	for (size_t i = 0; i < layout->count; i++)
		if (strcmp(layout_name(&layout->items[i]), name) == 0 && layout_count(&layout->items[i], at) > 0)
			return &layout->items[i];
	return NULL;
}

static int set_range(struct layout_step *step, const struct layout_at *at, const struct range *range, struct error *err)
{
	uint64_t first = step->item->flags & LAYOUT_FROM_ONE ? 1 : 0;
	uint64_t last = first + layout_count(step->item, at) - 1;

	if (!range->given)
		return 0;
	if (!layout_is_array(step->item))
		return error_set(err, ERR_INVALID, "field %s is not an array", layout_name(step->item));
	if (range->low < first || range->low > last || range->high < first || range->high > last) {
		if (range->low == range->high)
			return error_set(err, ERR_INVALID,
					 "index %" PRIu64 " for field %s out of range %" PRIu64 "-%" PRIu64, range->low,
					 layout_name(step->item), first, last);
		return error_set(err, ERR_INVALID,
				 "indices %" PRIu64 "-%" PRIu64 " for field %s out of range %" PRIu64 "-%" PRIu64,
				 range->low, range->high, layout_name(step->item), first, last);
	}
	step->has_range = true;
	step->low = (uint32_t)(range->low - first);
	step->high = (uint32_t)(range->high - first);
	return 0;
}

/* One step: a name with its range, looked up in @layout. */
static int parse_step(const struct layout *layout, const struct layout_at *at, const char **text, const char *whole,
		      struct layout_step *step, struct error *err)
{
	char name[NAME_MAX_BYTES];
	struct range range;

	if (!take_name(text, name) || !take_range(text, &range) || (**text != '.' && **text != '\0'))
		return error_set(err, ERR_INVALID, "bad syntax in field name %s", whole);
	step->item = find_item(layout, at, name);
	if (!step->item)
		return error_set(err, ERR_NOT_FOUND, "field %s not found", name);
	return set_range(step, at, &range, err);
}

int layout_path_parse(const struct layout *layout, const struct layout_source *source, const char *text,
		      struct layout_path *out, struct error *err)
{
	struct layout_at at = {.source = source};
	const char *rest = text;
	int rc;

	out->count = 0;
	for (;;) {
		struct layout_step *step = &out->steps[out->count];

		*step = (struct layout_step){0};
		rc = parse_step(layout, &at, &rest, text, step, err);
		if (rc != 0)
			return rc;
		out->count++;
		if (*rest == '\0')
			return 0;
		rest++;
		if (!step->item->part)
			return error_set(err, ERR_NOT_FOUND, "field %s has no subfields", layout_name(step->item));
		if (out->count == LAYOUT_PATH_STEPS)
			return error_set(err, ERR_INVALID, "bad syntax in field name %s", text);
		at = layout_inner(step->item, &at, step->low);
		layout = step->item->part;
	}
}

/* Offers @head and the names of the items that exist at @at and begin with @name. */
static int offer_names(const struct layout *layout, const struct layout_at *at, const char *head, const char *name,
		       int (*offer)(void *arg, const char *whole), void *arg)
{
	char whole[LAYOUT_PATH_STEPS * NAME_MAX_BYTES];
	int rc = 0;

	for (size_t i = 0; i < layout->count && rc == 0; i++) {
		const struct layout_item *item = &layout->items[i];

		if (strncmp(layout_name(item), name, strlen(name)) != 0 || layout_count(item, at) == 0)
			continue;
		if ((size_t)snprintf(whole, sizeof(whole), "%s%s", head, layout_name(item)) < sizeof(whole))
			rc = offer(arg, whole);
	}
	return rc;
}

int layout_path_complete(const struct layout *layout, const struct layout_source *source, const char *text,
			 int (*offer)(void *arg, const char *whole), void *arg)
{
	const char *dot = strrchr(text, '.');
	struct layout_at at = {.source = source};
	struct layout_path path;
	char head[LAYOUT_PATH_STEPS * NAME_MAX_BYTES] = "";

	if (!dot)
		return offer_names(layout, &at, head, text, offer, arg);
	if ((size_t)(dot - text) + 2 > sizeof(head))
		return 0;
	memcpy(head, text, (size_t)(dot - text));
	if (layout_path_parse(layout, source, head, &path, NULL) != 0 || !path.steps[path.count - 1].item->part)
		return 0;
	for (unsigned i = 0; i < path.count; i++)
		at = layout_inner(path.steps[i].item, &at, path.steps[i].low);
	head[dot - text] = '.';
	return offer_names(path.steps[path.count - 1].item->part, &at, head, dot + 1, offer, arg);
}
