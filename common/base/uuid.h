/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A UUID as 16 bytes, in the order in which they lie on the device. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct uuid {
	uint8_t b[16];
};

static inline bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static inline bool uuid_is_zero(const struct uuid *uuid)
{
	return uuid_equal(uuid, &(struct uuid){{0}});
}

#endif
