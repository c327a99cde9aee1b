/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badblocks_list where there is no libndctl: sysfs alone, which knows nothing of DAX character devices. */
#include "device/badblocks_walk.h"

int badblocks_list(const char *path, struct badblocks *out, struct error *err)
{
	static const struct badblocks_sources sources = {.paths = &system_paths_real, .table = dm_table_read};

	return badblocks_list_from(&sources, path, out, err);
}
