/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of a test's own, and files in it: an image, or a piece of sysfs. Any failure ends the test. */
#ifndef UNIT_DEVICE_SCRATCH_H
#define UNIT_DEVICE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/interval.h"

struct scratch {
	char dir[64];
};

void scratch_init(struct scratch *scratch);
/* Removes all of it. */
void scratch_fini(struct scratch *scratch);

/* The full name of @name; valid until the fourth call after this one. */
const char *scratch_path(const struct scratch *scratch, const char *name);
/* Makes folders as needed. */
void scratch_write(const struct scratch *scratch, const char *name, const char *text);
void scratch_link(const struct scratch *scratch, const char *name, const char *target);
void scratch_folder(const struct scratch *scratch, const char *name);
/* A file of @size bytes, of which byte i is image_byte(i). */
void scratch_image(const struct scratch *scratch, const char *name, uint64_t size);
uint8_t image_byte(uint64_t offset);

/* Fails unless the settled set is exactly these pairs of start and end. */
void expect_ranges(const struct interval_set *set, const uint64_t (*pairs)[2], size_t count);

#endif
