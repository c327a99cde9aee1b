/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mapping a device for reading (map.c), and copying out of the mapping: map_libpmem.c or map_plain.c, picked by
 * configure.
 */
#ifndef DEVICE_MAP_H
#define DEVICE_MAP_H

#include <stddef.h>

#include "base/error.h"
#include "base/span.h"

/* Maps the first @len (at least 1) bytes of @fd, which is open for reading, shared and read-only. ERR_IO. */
int map_open(int fd, size_t len, struct span *out, struct error *err) MUST_CHECK;
/* A zeroed span is fine. */
void map_close(struct span map);

/* As memcpy. Takes no lock and no memory: it runs inside the guard. */
void map_copy(void *to, const void *from, size_t len);

#endif
