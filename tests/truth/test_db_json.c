/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: test_db_json <OUTPUT
 *
 * OUTPUT is what a session of xfsdax-db said to print commands, each given twice: after "@ text" without --json, after
 * "@ json" with it, and "@ end" behind. Both must say the same: every name and value of the text is in the JSON, in its
 * place, and there is nothing else in the JSON. TZ must be UTC.
 */
#define _XOPEN_SOURCE 700 /* strptime */
#define _DEFAULT_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_BYTES (1u << 20)
#define PATH_MAX_BYTES 512u

struct lines {
	char **items;
	size_t count, room;
};

/* One answer, both ways. */
struct answer {
	struct lines text, json;
};

static struct {
	uint64_t answers, refused, values, failed;
} sums;

/* The structure under way: what is compared with what. */
struct comparison {
	json_object *fields;
	const char *expression; /* NULL: the whole structure */
	uint64_t seen;		/* leaves of the JSON that the text has as well */
	bool failed;
};

static void fail(struct comparison *comparison, const char *what, const char *line)
{
	if (!comparison->failed && sums.failed < 20)
		printf("%s: %.200s\n", what, line);
	comparison->failed = true;
}

static void add_line(struct lines *lines, const char *line)
{
	if (lines->count == lines->room) {
		lines->room = lines->room ? lines->room * 2 : 64;
		lines->items = realloc(lines->items, lines->room * sizeof(*lines->items));
	}
	if (lines->items)
		lines->items[lines->count] = strdup(line);
	if (!lines->items || !lines->items[lines->count++]) {
		fputs("test_db_json: no memory\n", stderr);
		exit(8);
	}
}

static void clear(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->items[i]);
	lines->count = 0;
}

/* Records, keys and pointers are counted from 1 in the text; a field expression with a range begins at its start. */
static uint64_t first_index(const struct comparison *comparison, const char *name, size_t len, unsigned step)
{
	const char *part = comparison->expression;

	for (unsigned i = 0; part && i < step; i++) {
		part = strchr(part, '.');
		part = part ? part + 1 : NULL;
	}
	if (part && strcspn(part, ".[") == len && part[len] == '[')
		return strtoull(part + len + 1, NULL, 0);
	return len == 4 &&
	       (strncmp(name, "recs", 4) == 0 || strncmp(name, "keys", 4) == 0 || strncmp(name, "ptrs", 4) == 0);
}

/*
 * The object that @path leads to, up to its last name, which is copied to @last with its index, if it has one, in
 * @index. NULL: there is none.
 */
static json_object *follow(const struct comparison *comparison, const char *path, char last[PATH_MAX_BYTES],
			   json_object **value)
{
	json_object *object = comparison->fields;

	for (unsigned step = 0;; step++) {
		size_t len = strcspn(path, ".["), index_len = strcspn(path, ".");
		json_object *member;

		(void)snprintf(last, PATH_MAX_BYTES, "%.*s", (int)len, path);
		if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, last, &member))
			return NULL;
		if (path[len] == '[' && !strchr(path + len, '-')) {
			uint64_t index = strtoull(path + len + 1, NULL, 10);
			uint64_t first = first_index(comparison, path, len, step);

			if (!json_object_is_type(member, json_type_array) || index < first ||
			    index - first >= json_object_array_length(member))
				return NULL;
			member = json_object_array_get_idx(member, index - first);
		}
		if (!path[index_len]) {
			*value = member;
			return object;
		}
		object = member;
		path += index_len + 1;
	}
}

/* A word beside a value: "status" of a checksum. */
static bool same_word(struct comparison *comparison, json_object *object, const char *name, const char *what,
		      const char *word, size_t len)
{
	char key[PATH_MAX_BYTES + 16];
	json_object *value;

	(void)snprintf(key, sizeof(key), "%s_%s", name, what);
	if (!json_object_object_get_ex(object, key, &value))
		return false;
	comparison->seen++;
	return (size_t)json_object_get_string_len(value) == len &&
	       memcmp(json_object_get_string(value), word, len) == 0;
}

/* The bytes that text in quotation marks stands for. @to: as much room as the text. */
static bool unescape(const char *text, uint8_t *to, size_t *len)
{
	*len = 0;
	for (text++; *text && *text != '"'; text++) {
		if (*text != '\\') {
			to[(*len)++] = (uint8_t)*text;
			continue;
		}
		text++;
		if (*text >= 'a' && *text <= 'g') {
			to[(*len)++] = (uint8_t)(7 + *text - 'a');
		} else if (isdigit((unsigned char)*text)) {
			to[(*len)++] = (uint8_t)strtoul((char[]){text[0], text[1], text[2], '\0'}, NULL, 8);
			text += 2;
		} else {
			to[(*len)++] = (uint8_t)*text;
		}
	}
	return text[0] == '"' && text[1] == '\0';
}

static bool same_text(struct comparison *comparison, json_object *object, const char *name, json_object *value,
		      const char *text)
{
	uint8_t *bytes = malloc(strlen(text) + 1);
	char *digits = malloc(2 * strlen(text) + 1), key[PATH_MAX_BYTES + 16];
	size_t len = 0;
	bool same = bytes && digits && unescape(text, bytes, &len) && json_object_is_type(value, json_type_string);

	/* The label is filled up with zeros, which the JSON leaves out. */
	if (same && strcmp(name, "fname") == 0)
		while (len > 0 && bytes[len - 1] == 0)
			len--;
	(void)snprintf(key, sizeof(key), "%s_hex", name);
	if (same && json_object_object_get_ex(object, key, NULL)) {
		for (size_t i = 0; i < len; i++)
			sprintf(digits + 2 * i, "%02x", bytes[i]);
		same = same_word(comparison, object, name, "hex", digits, 2 * len);
	} else if (same) {
		same = (size_t)json_object_get_string_len(value) == len &&
		       memcmp(json_object_get_string(value), bytes, len) == 0;
	}
	free(digits);
	free(bytes);
	return same;
}

static bool same_date(json_object *value, const char *text)
{
	struct tm ours = {0}, theirs = {0};
	const char *end = strptime(text, "%a %b %d %H:%M:%S %Y", &theirs);
	const char *json = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
	const char *json_end = json ? strptime(json, "%Y-%m-%dT%H:%M:%SZ", &ours) : NULL;

	return end && *end == '\0' && json_end && *json_end == '\0' && timegm(&ours) == timegm(&theirs);
}

/* A number, with a word in parentheses behind it or not. */
static bool same_number(struct comparison *comparison, json_object *object, const char *name, json_object *value,
			const char *text)
{
	char *end;
	bool same;

	if (!json_object_is_type(value, json_type_int))
		return false;
	if (text[0] == '-')
		same = strtoll(text, &end, 10) == json_object_get_int64(value);
	else
		same = strtoull(text, &end, 0) == json_object_get_uint64(value);
	if (strncmp(end, " (", 2) == 0) {
		const char *what =
			end[2] == 'c' || (end[2] == 'b' && end[3] == 'a') || end[2] == 'u' ? "status" : "name";

		/* "(correct)", "(bad)" and "(unchecked)" against the formats of forks, of which one is "uuid". */
		if (end[2] == 'u' && end[3] == 'u')
			what = "name";
		return same && end[strlen(end) - 1] == ')' &&
		       same_word(comparison, object, name, what, end + 2, strlen(end) - 3);
	}
	return same && *end == '\0';
}

static bool same_uuid(json_object *value, const char *text)
{
	return json_object_is_type(value, json_type_string) && strcmp(json_object_get_string(value), text) == 0;
}

/* @text: a value as it is printed; @value: what the JSON has under @name in @object. */
static bool same_value(struct comparison *comparison, json_object *object, const char *name, json_object *value,
		       const char *text)
{
	comparison->seen++;
	sums.values++;
	if (text[0] == '\0' || strcmp(text, "null") == 0)
		return !value;
	if (strcmp(text, "(empty)") == 0)
		return json_object_is_type(value, json_type_object) && json_object_object_length(value) == 0;
	if (text[0] == '"')
		return same_text(comparison, object, name, value, text);
	if (strlen(text) == 36 && text[8] == '-' && text[23] == '-')
		return same_uuid(value, text);
	if (isdigit((unsigned char)text[0]) || text[0] == '-')
		return same_number(comparison, object, name, value, text);
	return same_date(value, text);
}

/* "1:7 2:9 ": elements that are left out in the text are null or 0. */
static void compare_list(struct comparison *comparison, const char *path, char *values)
{
	char name[PATH_MAX_BYTES], *rest = values;
	json_object *array = NULL, *object = follow(comparison, path, name, &array);
	uint64_t first = strtoull(strrchr(path, '[') + 1, NULL, 10);
	size_t count = array && json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
	uint64_t last = strtoull(strrchr(path, '-') + 1, NULL, 10);

	if (!object || count != last - first + 1) {
		fail(comparison, "no such array, or one of another length", path);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		json_object *value = json_object_array_get_idx(array, i);
		char *end, *text = rest;

		while (*text == ' ')
			text++;
		if (strtoull(text, &end, 10) == first + i && end != text && *end == ':') {
			size_t len = strcspn(end + 1, " ");

			rest = end + 1 + len + (end[1 + len] == ' ');
			end[1 + len] = '\0';
			if (!same_value(comparison, object, name, value, end + 1))
				fail(comparison, path, end + 1);
			continue;
		}
		comparison->seen++;
		if (value && json_object_get_uint64(value) != 0)
			fail(comparison, "an element is left out in the text", path);
	}
	if (rest[strspn(rest, " ")] != '\0')
		fail(comparison, "more elements in the text", path);
}

/* "1:[10,5] ", a row of the array at @path whose columns are @columns. */
static void compare_row(struct comparison *comparison, const char *path, const char *columns, char *row)
{
	char element[PATH_MAX_BYTES + 32], name[PATH_MAX_BYTES], *value = strchr(row, '[');
	size_t stem = strcspn(path, "[");

	for (const char *next = strchr(path + stem + 1, '['); next; next = strchr(next + 1, '['))
		stem = (size_t)(next - path);
	while (value && *columns) {
		size_t len = strcspn(columns, ","), value_len = strcspn(value + 1, ",]");
		json_object *object, *found = NULL;
		char end = value[1 + value_len];

		(void)snprintf(element, sizeof(element), "%.*s[%lu].%.*s", (int)stem, path, strtoul(row, NULL, 10),
			       (int)len, columns);
		value[1 + value_len] = '\0';
		object = follow(comparison, element, name, &found);
		if (!object || !same_value(comparison, object, name, found, value + 1))
			fail(comparison, element, value + 1);
		value += 1 + value_len;
		columns += len + (columns[len] == ',');
		if (end == ']' && *columns)
			fail(comparison, "a row has fewer values than there are columns", path);
	}
}

/* Lines from @at on that say one thing; returns how many. */
static size_t compare_line(struct comparison *comparison, const struct lines *text, size_t at)
{
	char *line = text->items[at], *value = strstr(line, " = "), name[PATH_MAX_BYTES];
	json_object *object, *found = NULL;
	size_t count = 1;

	if (!value) {
		fail(comparison, "no value", line);
		return 1;
	}
	*value = '\0';
	value += 3;
	if (value[0] == '[') {
		value[strcspn(value, "]")] = '\0';
		for (; at + count < text->count && isdigit((unsigned char)text->items[at + count][0]); count++)
			compare_row(comparison, line, value + 1, text->items[at + count]);
	} else if (strrchr(line, '-') && line[strlen(line) - 1] == ']' && strrchr(line, '-') > strrchr(line, '[')) {
		compare_list(comparison, line, value);
	} else {
		object = follow(comparison, line, name, &found);
		if (!object || !same_value(comparison, object, name, found, value))
			fail(comparison, line, value);
	}
	return count;
}

static uint64_t count_leaves(json_object *value)
{
	uint64_t count = 0;

	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			count += count_leaves(json_object_array_get_idx(value, i));
		return count;
	}
	if (!json_object_is_type(value, json_type_object) || json_object_object_length(value) == 0)
		return 1;
	for (struct json_object_iterator at = json_object_iter_begin(value), end = json_object_iter_end(value);
	     !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
		count += count_leaves(json_object_iter_peek_value(&at));
	return count;
}

/* Lines of text that belong to the object @json. Returns the index behind them. */
static size_t compare_object(const char *json, const struct lines *text, size_t at, bool is_last)
{
	json_object *object = json_tokener_parse(json), *expression = NULL;
	struct comparison comparison = {0};
	char name[PATH_MAX_BYTES] = "";

	if (!object || !json_object_object_get_ex(object, "fields", &comparison.fields)) {
		fail(&comparison, "no JSON, or none with fields", json);
		sums.failed++;
		json_object_put(object);
		return text->count;
	}
	if (json_object_object_get_ex(object, "field", &expression)) {
		comparison.expression = json_object_get_string(expression);
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(comparison.expression, ".["),
			       comparison.expression);
	}
	/* Of several expressions each has its lines; they end with as many values as the object has. */
	while (at < text->count && (is_last || comparison.seen < count_leaves(comparison.fields)))
		at += compare_line(&comparison, text, at);
	if (comparison.seen != count_leaves(comparison.fields))
		fail(&comparison, "the JSON says more than the text, or less", json);
	sums.failed += comparison.failed;
	json_object_put(object);
	return at;
}

static void compare(const struct answer *answer)
{
	size_t at = 0;

	sums.answers++;
	if (answer->json.count > 0 && answer->json.items[0][0] == '{') {
		for (size_t i = 0; i < answer->json.count; i++)
			at = compare_object(answer->json.items[i], &answer->text, at, i + 1 == answer->json.count);
		return;
	}
	/* A refusal is in words. */
	sums.refused++;
	if (answer->json.count != answer->text.count ||
	    (answer->json.count > 0 && strcmp(answer->json.items[0], answer->text.items[0]) != 0)) {
		printf("refused otherwise: %s\n", answer->text.count > 0 ? answer->text.items[0] : "(nothing)");
		sums.failed++;
	}
}

int main(void)
{
	static char line[LINE_MAX_BYTES];
	struct answer answer = {0};
	struct lines *to = NULL;

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "@ text ") == 0) {
			clear(&answer.text);
			clear(&answer.json);
			to = &answer.text;
		} else if (strcmp(line, "@ json ") == 0) {
			to = &answer.json;
		} else if (strcmp(line, "@ end ") == 0) {
			compare(&answer);
			to = NULL;
		} else if (to) {
			add_line(to, line);
		}
	}
	clear(&answer.text);
	clear(&answer.json);
	free(answer.text.items);
	free(answer.json.items);
	printf("%" PRIu64 " answers (%" PRIu64 " refusals), %" PRIu64 " values, %" PRIu64 " differ\n", sums.answers,
	       sums.refused, sums.values, sums.failed);
	return sums.failed > 0 || sums.values == 0;
}
