/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mapping a device (map.c), and copying out of the mapping and into it: map_libpmem.c or map_plain.c, picked by
 * configure.
 */
#ifndef DEVICE_MAP_H
#define DEVICE_MAP_H

#include <stddef.h>

#include "base/error.h"
#include "base/span.h"

/* Maps the first @len (at least 1) bytes of @fd, which is open for reading, shared and read-only. ERR_IO. */
int map_open(int fd, size_t len, struct span *out, struct error *err) MUST_CHECK;

/* How what was stored becomes durable. */
enum map_flush {
	MAP_FLUSH_PAGES, /* the caller calls msync */
	MAP_FLUSH_CPU,	 /* map_store flushes the caches of the processor: the mapping is of memory itself (MAP_SYNC) */
};

/*
 * The same for reading and writing; @fd is open for both. @dax: try for MAP_SYNC. *flush: what came of it. ERR_IO.
 */
int map_open_writable(int fd, size_t len, bool dax, struct span *out, enum map_flush *flush,
		      struct error *err) MUST_CHECK;
/* A zeroed span is fine. */
void map_close(struct span map);

/* As memcpy. Takes no lock and no memory: it runs inside the guard. */
void map_copy(void *to, const void *from, size_t len);

/* Copies into a mapping. With MAP_FLUSH_CPU it is durable on return. Takes no lock and no memory. */
void map_store(void *to, const void *from, size_t len, enum map_flush flush);

/* Whether map_store can do MAP_FLUSH_CPU: without libpmem it cannot. */
bool map_can_flush_cpu(void);

#endif
