/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A map from 64-bit numbers (inode numbers, most often) to 64-bit numbers: open addressing, 16 bytes a slot.
 *
 * Nothing is ever taken out. Many may look up at once while nobody puts in.
 */
#ifndef BASE_IDMAP_H
#define BASE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The one number that cannot be a key. */
#define IDMAP_NO_KEY UINT64_MAX

struct idmap_slot {
	uint64_t key;
	uint64_t value;
};

struct idmap {
	struct idmap_slot *slots;
	size_t room; /* a power of two, or 0 */
	size_t count;
};

/* A zeroed struct is an empty map. */
void idmap_fini(struct idmap *map);

/* 1: put in; 0: the key was there, its value is left as it is; ERR_NOMEM. @key is not IDMAP_NO_KEY. */
int idmap_put(struct idmap *map, uint64_t key, uint64_t value) MUST_CHECK;

/* The value of @key, to read or to change; NULL if it is not there. Borrowed until the next idmap_put. */
uint64_t *idmap_get(const struct idmap *map, uint64_t key);

#endif
