/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing with linear probing; at most three quarters full. */
#include "base/idmap.h"

#include <assert.h>
#include <stdlib.h>

#define ROOM_FIRST 64

void idmap_fini(struct idmap *map)
{
	free(map->slots);
	*map = (struct idmap){0};
}

/* Inode numbers come in runs of 64 and groups far apart: spread them (multiplier: 2^64 / golden ratio). */
static size_t slot_of(uint64_t key, size_t room)
{
	uint64_t mixed = key * 0x9e3779b97f4a7c15u;

	return (size_t)(mixed ^ mixed >> 32) & (room - 1);
}

static struct idmap_slot *find(const struct idmap *map, uint64_t key)
{
	size_t at = slot_of(key, map->room);

	/* Ends: at least a quarter of the slots are empty. */
	while (map->slots[at].key != key && map->slots[at].key != IDMAP_NO_KEY)
		at = (at + 1) & (map->room - 1);
	return &map->slots[at];
}

static int grow(struct idmap *map)
{
	struct idmap larger = {.room = map->room ? map->room * 2 : ROOM_FIRST, .count = map->count};

	larger.slots = malloc(larger.room * sizeof(*larger.slots));
	if (!larger.slots)
		return ERR_NOMEM;
	for (size_t i = 0; i < larger.room; i++)
		larger.slots[i].key = IDMAP_NO_KEY;
	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].key != IDMAP_NO_KEY)
			*find(&larger, map->slots[i].key) = map->slots[i];
	free(map->slots);
	*map = larger;
	return 0;
}

int idmap_put(struct idmap *map, uint64_t key, uint64_t value)
{
	struct idmap_slot *slot;

	assert(key != IDMAP_NO_KEY);
	if (map->count >= map->room / 4 * 3) {
		int rc = grow(map);

		if (rc != 0)
			return rc;
	}
	slot = find(map, key);
	if (slot->key == key)
		return 0;
	*slot = (struct idmap_slot){key, value};
	map->count++;
	return 1;
}

uint64_t *idmap_get(const struct idmap *map, uint64_t key)
{
	struct idmap_slot *slot;

	if (!map->room || key == IDMAP_NO_KEY)
		return NULL;
	slot = find(map, key);
	return slot->key == key ? &slot->value : NULL;
}
