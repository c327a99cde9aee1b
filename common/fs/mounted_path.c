/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths are found from their end to the root: the text grows to the front. */
#include <stdlib.h>
#include <string.h>

#include "fs/view_mounted.h"

int mounted_path_prepend(struct mounted_path *path, const char *name, size_t len)
{
	if (len + 1 > path->room - path->used) {
		size_t room = 2 * path->room + len + 1;
		char *buffer = malloc(room);

		if (!buffer)
			return ERR_NOMEM;
		if (path->used > 0)
			memcpy(buffer + room - path->used, mounted_path_text(path), path->used);
		free(path->buffer);
		path->buffer = buffer;
		path->room = room;
	}
	path->used += len + 1;
	path->buffer[path->room - path->used] = '/';
	memcpy(path->buffer + path->room - path->used + 1, name, len);
	return 0;
}

const char *mounted_path_text(const struct mounted_path *path)
{
	return path->buffer + path->room - path->used;
}
