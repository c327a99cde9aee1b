/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "truth/view_manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "truth/fail.h"

uint64_t member(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value))
		FAIL("the manifest has no %s", name);
	return json_object_get_uint64(value);
}

static int ino_compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

void read_manifest(const char *path, struct manifest *out)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0, rooms = 0, kept = 0;

	if (!file)
		FAIL("cannot open %s", path);
	while (getline(&line, &room, file) > 0) {
		if (out->count == rooms) {
			rooms = rooms ? 2 * rooms : 1024;
			out->lines = realloc(out->lines, rooms * sizeof(*out->lines));
			out->inos = realloc(out->inos, rooms * sizeof(*out->inos));
			if (!out->lines || !out->inos)
				FAIL("out of memory");
		}
		out->lines[out->count] = json_tokener_parse(line);
		if (!out->lines[out->count])
			FAIL("%s: line %zu is no JSON", path, out->count + 1);
		out->inos[out->count] = member(out->lines[out->count], "ino");
		out->count++;
	}
	free(line);
	fclose(file);
	if (out->count == 0)
		FAIL("%s is empty", path);
	qsort(out->inos, out->count, sizeof(*out->inos), ino_compare);
	for (size_t i = 0; i < out->count; i++)
		if (kept == 0 || out->inos[kept - 1] != out->inos[i])
			out->inos[kept++] = out->inos[i];
	out->ino_count = kept;
}

void free_manifest(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		json_object_put(manifest->lines[i]);
	free(manifest->lines);
	free(manifest->inos);
}

char *manifest_path(struct json_object *line)
{
	struct json_object *value;
	const unsigned char *from;
	char *path, *to;

	if (!json_object_object_get_ex(line, "path", &value))
		FAIL("the manifest has no path");
	from = (const unsigned char *)json_object_get_string(value);
	path = to = malloc(strlen((const char *)from) + 1);
	if (!path)
		FAIL("out of memory");
	for (; *from; from++) {
		if (*from < 0x80) {
			*to++ = (char)*from;
		} else {
			*to++ = (char)((from[0] & 0x03) << 6 | (from[1] & 0x3f));
			from++;
		}
	}
	*to = '\0';
	return path;
}
