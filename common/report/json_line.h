/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One JSON object a line. Memory that runs out while an object is filled is remembered and reported by json_line_end,
 * so that filling reads as a list of members.
 */
#ifndef REPORT_JSON_LINE_H
#define REPORT_JSON_LINE_H

#include <json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

struct json_line {
	json_object *object;
	bool no_memory;
};

/* An object whose first member is "type"; json_line_end or json_line_drop frees it. */
void json_line_begin(struct json_line *line, const char *type);

/* Writes the object and a newline, and frees it. ERR_NOMEM: nothing was written. */
int json_line_end(struct json_line *line, FILE *out, struct error *err) MUST_CHECK;

/* An object in an array of @line, to be filled like one: its no_memory is handed up by json_nested_end. */
json_object *json_array(struct json_line *line, const char *key);
void json_nested_begin(struct json_line *nested);
void json_nested_end(struct json_line *nested, struct json_line *line, json_object *array);
/* The same for an object that is a member of @line. */
void json_nested_end_as(struct json_line *nested, struct json_line *line, const char *key);

void json_number(struct json_line *line, const char *key, uint64_t value);
void json_signed(struct json_line *line, const char *key, int64_t value);
void json_boolean(struct json_line *line, const char *key, bool value);
void json_null(struct json_line *line, const char *key);
/* Valid UTF-8; NULL gives null. */
void json_text(struct json_line *line, const char *key, const char *text);
/* Adds a string to an array. */
void json_array_text(struct json_line *line, json_object *array, const char *text);
void json_array_number(struct json_line *line, json_object *array, uint64_t value);
void json_array_null(struct json_line *line, json_object *array);
/* All of the bytes in hexadecimal digits. */
void json_hex(struct json_line *line, const char *key, const void *bytes, size_t len);
/*
 * Any bytes: under @key with U+FFFD for what is not valid UTF-8, and if there is such a byte also under @hex_key,
 * all of them in hexadecimal digits.
 */
void json_name(struct json_line *line, const char *key, const char *hex_key, const char *bytes, size_t len);

#endif
