/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One JSON object a line, through json-c. */
#include "report/json_line.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "report/escape.h"

/* Takes @value over. NULL stands for memory that ran out: json null is added by json_null alone. */
static void add(struct json_line *line, const char *key, json_object *value)
{
	if (!value || !line->object || json_object_object_add(line->object, key, value) != 0) {
		json_object_put(value);
		line->no_memory = true;
	}
}

void json_line_begin(struct json_line *line, const char *type)
{
	json_nested_begin(line);
	json_text(line, "type", type);
}

int json_line_end(struct json_line *line, FILE *out, struct error *err)
{
	const char *text = NULL;

	if (!line->no_memory)
		text = json_object_to_json_string_ext(line->object,
						      JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		fprintf(out, "%s\n", text);
	json_object_put(line->object);
	line->object = NULL;
	return text ? 0 : error_set(err, ERR_NOMEM, "no memory for a line of the report");
}

json_object *json_array(struct json_line *line, const char *key)
{
	json_object *array = json_object_new_array();

	add(line, key, array);
	return line->no_memory ? NULL : array;
}

void json_nested_begin(struct json_line *nested)
{
	*nested = (struct json_line){.object = json_object_new_object()};
	nested->no_memory = !nested->object;
}

void json_nested_end(struct json_line *nested, struct json_line *line, json_object *array)
{
	if (nested->no_memory || !array || json_object_array_add(array, nested->object) != 0) {
		json_object_put(nested->object);
		line->no_memory = true;
	}
	nested->object = NULL;
}

void json_nested_end_as(struct json_line *nested, struct json_line *line, const char *key)
{
	if (nested->no_memory)
		line->no_memory = true;
	add(line, key, nested->object);
	nested->object = NULL;
}

void json_number(struct json_line *line, const char *key, uint64_t value)
{
	add(line, key, json_object_new_uint64(value));
}

void json_signed(struct json_line *line, const char *key, int64_t value)
{
	add(line, key, json_object_new_int64(value));
}

void json_boolean(struct json_line *line, const char *key, bool value)
{
	add(line, key, json_object_new_boolean(value));
}

void json_null(struct json_line *line, const char *key)
{
	if (!line->object || json_object_object_add(line->object, key, NULL) != 0)
		line->no_memory = true;
}

void json_text(struct json_line *line, const char *key, const char *text)
{
	if (text)
		add(line, key, json_object_new_string(text));
	else
		json_null(line, key);
}

/* Takes @value over, like add. */
static void add_element(struct json_line *line, json_object *array, json_object *value)
{
	if (!value || !array || json_object_array_add(array, value) != 0) {
		json_object_put(value);
		line->no_memory = true;
	}
}

void json_array_text(struct json_line *line, json_object *array, const char *text)
{
	add_element(line, array, json_object_new_string(text));
}

void json_array_number(struct json_line *line, json_object *array, uint64_t value)
{
	add_element(line, array, json_object_new_uint64(value));
}

void json_array_null(struct json_line *line, json_object *array)
{
	if (!array || json_object_array_add(array, NULL) != 0)
		line->no_memory = true;
}

/* What @write makes of @bytes, as a member. */
static void add_written(struct json_line *line, const char *key, void (*write)(FILE *, const char *, size_t),
			const char *bytes, size_t len)
{
	char *text = NULL;
	size_t text_len = 0;
	FILE *memory = open_memstream(&text, &text_len);
	bool written = false;

	if (memory) {
		write(memory, bytes, len);
		written = !ferror(memory);
		written = fclose(memory) == 0 && written && text_len <= INT_MAX;
	}
	add(line, key, written ? json_object_new_string_len(text, (int)text_len) : NULL);
	free(text);
}

void json_hex(struct json_line *line, const char *key, const void *bytes, size_t len)
{
	add_written(line, key, escape_hex, bytes, len);
}

void json_name(struct json_line *line, const char *key, const char *hex_key, const char *bytes, size_t len)
{
	add_written(line, key, escape_replace, bytes, len);
	if (!utf8_valid(bytes, len))
		json_hex(line, hex_key, bytes, len);
}
