/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying out of a mapping through libpmem, which has the widest loads that the processor offers. */
#include "device/map.h"

#include <libpmem.h>

void map_copy(void *to, const void *from, size_t len)
{
	/* The destination is ordinary memory that is read next: keep it in the cache, flush nothing. */
	(void)pmem_memcpy(to, from, len, PMEM_F_MEM_NOFLUSH | PMEM_F_MEM_TEMPORAL);
}
