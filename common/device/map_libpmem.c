/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying out of a mapping and into it through libpmem, which has the widest loads and stores of the processor. */
#include "device/map.h"

#include <libpmem.h>

void map_copy(void *to, const void *from, size_t len)
{
	/* The destination is ordinary memory that is read next: keep it in the cache, flush nothing. */
	(void)pmem_memcpy(to, from, len, PMEM_F_MEM_NOFLUSH | PMEM_F_MEM_TEMPORAL);
}

void map_store(void *to, const void *from, size_t len, enum map_flush flush)
{
	if (flush == MAP_FLUSH_CPU)
		(void)pmem_memcpy(to, from, len, 0);
	else
		(void)pmem_memcpy(to, from, len, PMEM_F_MEM_NOFLUSH);
}

bool map_can_flush_cpu(void)
{
	return true;
}
