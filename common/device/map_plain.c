/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying out of a mapping and into it with what the C library has. */
#include "device/map.h"

#include <assert.h>
#include <string.h>

void map_copy(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
}

void map_store(void *to, const void *from, size_t len, enum map_flush flush)
{
	assert(flush == MAP_FLUSH_PAGES);
	(void)flush;
	memcpy(to, from, len);
}

/* There is no portable way: a /dev/daxX.Y can then be read, but not be written durably. */
bool map_can_flush_cpu(void)
{
	return false;
}
