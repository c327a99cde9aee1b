/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manifest of an image, line by line (tests/images/README.md). */
#ifndef TRUTH_VIEW_MANIFEST_H
#define TRUTH_VIEW_MANIFEST_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

struct manifest {
	struct json_object **lines;
	size_t count;
	uint64_t *inos; /* ascending, no duplicates */
	size_t ino_count;
};

/* Fail if it cannot be had. */
void read_manifest(const char *path, struct manifest *out);
void free_manifest(struct manifest *manifest);

/* A number of a line. */
uint64_t member(struct json_object *object, const char *name);
/* The path as bytes: the manifest has a code point for each. The caller's to free. */
char *manifest_path(struct json_object *line);

#endif
