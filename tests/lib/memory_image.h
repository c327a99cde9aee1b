/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private copy of an image in memory, holes kept, which the library opens like any other file. */
#ifndef LIB_MEMORY_IMAGE_H
#define LIB_MEMORY_IMAGE_H

#include <stdint.h>

struct memory_image {
	int fd;
	uint64_t size_bytes;
	uint8_t *bytes; /* writing here changes the file */
	char path[40];	/* for device_open */
};

/* Each ends the program with a message on failure. */
void memory_image_copy(const char *path, struct memory_image *out);
void memory_image_empty(uint64_t size_bytes, struct memory_image *out);
void memory_image_free(struct memory_image *image);

#endif
