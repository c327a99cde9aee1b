/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading lists of names. Bytes stand in them as code points of the same number. */
#include "lib/manifest_file.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
	fprintf(stderr, "manifest: %s\n", what);
	exit(99);
}

static void *zalloc(size_t count, size_t size)
{
	void *memory = calloc(count + 1, size);

	if (!memory)
		die("out of memory");
	return memory;
}

/* UTF-8 of code points below 256, back to bytes. */
static struct bytes bytes_of(json_object *string)
{
	const char *text = json_object_get_string(string);
	size_t len = (size_t)json_object_get_string_len(string);
	struct bytes out = {zalloc(len, 1), 0};

	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c >= 0x80) {
			if ((c & 0xfc) != 0xc0 || i + 1 == len)
				die("a character that stands for no byte");
			c = (uint8_t)(c << 6 | ((uint8_t)text[++i] & 0x3f));
		}
		out.bytes[out.len++] = c;
	}
	return out;
}

static json_object *member(json_object *object, const char *name)
{
	json_object *value;

	if (!json_object_object_get_ex(object, name, &value))
		die(name);
	return value;
}

static uint64_t number(json_object *object, const char *name)
{
	return json_object_get_uint64(member(object, name));
}

static void read_parents(json_object *list, struct manifest_row *row)
{
	row->has_parents = true;
	row->parent_count = json_object_array_length(list);
	row->parents = zalloc(row->parent_count, sizeof(*row->parents));
	for (size_t i = 0; i < row->parent_count; i++) {
		json_object *parent = json_object_array_get_idx(list, i);

		row->parents[i] = (struct manifest_parent){
			.ino = json_object_get_uint64(json_object_array_get_idx(parent, 0)),
			.gen = (uint32_t)json_object_get_uint64(json_object_array_get_idx(parent, 1)),
			.name = bytes_of(json_object_array_get_idx(parent, 2)),
		};
	}
}

static void read_row(const char *line, struct manifest_row *row)
{
	json_object *object = json_tokener_parse(line), *list;

	if (!object)
		die("not a line of JSON");
	*row = (struct manifest_row){
		.path = bytes_of(member(object, "path")),
		.ino = number(object, "ino"),
		.gen = (uint32_t)number(object, "gen"),
		.nlink = (uint32_t)number(object, "nlink"),
		.mode = (uint16_t)number(object, "mode"),
		.size_bytes = number(object, "size"),
	};
	list = member(object, "xattrs");
	row->xattr_count = json_object_array_length(list);
	row->xattrs = zalloc(row->xattr_count, sizeof(*row->xattrs));
	for (size_t i = 0; i < row->xattr_count; i++)
		row->xattrs[i] = bytes_of(json_object_array_get_idx(list, i));
	if (json_object_object_get_ex(object, "parents", &list))
		read_parents(list, row);
	json_object_put(object);
}

void manifest_read(const char *path, struct manifest *out)
{
	FILE *file = fopen(path, "r");
	size_t room = 0, line_room = 0;
	char *line = NULL;

	if (!file)
		die(path);
	*out = (struct manifest){0};
	while (getline(&line, &line_room, file) > 0) {
		if (out->count == room) {
			room = room ? room * 2 : 256;
			out->rows = realloc(out->rows, room * sizeof(*out->rows));
			if (!out->rows)
				die("out of memory");
		}
		read_row(line, &out->rows[out->count++]);
	}
	free(line);
	fclose(file);
	if (out->count == 0)
		die("empty");
}

void manifest_free(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++) {
		struct manifest_row *row = &manifest->rows[i];

		free(row->path.bytes);
		for (size_t k = 0; k < row->xattr_count; k++)
			free(row->xattrs[k].bytes);
		for (size_t k = 0; k < row->parent_count; k++)
			free(row->parents[k].name.bytes);
		free(row->xattrs);
		free(row->parents);
	}
	free(manifest->rows);
}
