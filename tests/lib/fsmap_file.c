/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading dumps of GETFSMAP. Flags as in linux/fsmap.h. */
#include "lib/fsmap_file.h"

#include <linux/fsmap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum owner_kind kind;
} specials[] = {
	{"free", OWNER_FREE},	{"unknown", OWNER_UNKNOWN}, {"fs", OWNER_AG_HEADER}, {"log", OWNER_LOG},
	{"ag", OWNER_SPACE},	{"inobt", OWNER_INOBT},	    {"inodes", OWNER_INODES}, {"refcount", OWNER_REFCOUNTBT},
	{"cow", OWNER_COW},
};

static void die(const char *path, const char *what, const char *line)
{
	fprintf(stderr, "%s: %s: %s\n", path, what, line);
	exit(99);
}

static void set_owner(struct owner *owner, const char *path, const char *text, const char *line)
{
	char *end;

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		if (strcmp(text, specials[i].name) == 0) {
			owner->kind = specials[i].kind;
			return;
		}
	}
	owner->kind = OWNER_FILE;
	owner->ino = strtoull(text, &end, 10);
	if (*end)
		die(path, "an owner that this test does not know", line);
}

static void parse(const char *path, const char *line, struct fsmap_row *row)
{
	unsigned long long start, len, offset;
	unsigned flags;
	char device[32], owner[64];

	if (sscanf(line, "%31s %llu %llu %x %63s %llu", device, &start, &len, &flags, owner, &offset) != 6)
		die(path, "not a line of fsmap-dump", line);
	if (strcmp(device, "data") != 0)
		die(path, "a second device", line);
	*row = (struct fsmap_row){.owner = {.start_bytes = start, .end_bytes = start + len}};
	set_owner(&row->owner, path, owner, line);
	row->shared = flags & FMR_OF_SHARED;
	if (row->owner.kind != OWNER_FILE)
		return;
	row->owner.fork = flags & FMR_OF_ATTR_FORK ? FORK_ATTR : FORK_DATA;
	row->owner.bmbt = flags & FMR_OF_EXTENT_MAP;
	row->owner.unwritten = flags & FMR_OF_PREALLOC;
	row->owner.offset_bytes = row->owner.bmbt ? 0 : offset;
}

void fsmap_file_read(const char *path, struct fsmap_file *out)
{
	FILE *in = fopen(path, "r");
	size_t room = 0;
	char line[256];

	*out = (struct fsmap_file){0};
	if (!in)
		die(path, "cannot be opened", "");
	while (fgets(line, sizeof(line), in)) {
		if (out->count == room) {
			room = room ? room * 2 : 1024;
			out->rows = reallocarray(out->rows, room, sizeof(*out->rows));
			if (!out->rows)
				die(path, "no memory", line);
		}
		parse(path, line, &out->rows[out->count++]);
	}
	fclose(in);
	if (out->count == 0)
		die(path, "is empty", "");
}

void fsmap_file_free(struct fsmap_file *file)
{
	free(file->rows);
	*file = (struct fsmap_file){0};
}
