/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files in memory. */
#include "lib/memory_image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(99);
}

void memory_image_empty(uint64_t size_bytes, struct memory_image *out)
{
	*out = (struct memory_image){.fd = memfd_create("image", MFD_CLOEXEC), .size_bytes = size_bytes};
	if (out->fd < 0 || ftruncate(out->fd, (off_t)size_bytes) != 0)
		die("cannot make a file in memory");
	if (size_bytes > 0)
		out->bytes = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, out->fd, 0);
	if (out->bytes == MAP_FAILED)
		die("cannot map a file in memory");
	(void)snprintf(out->path, sizeof(out->path), "/proc/self/fd/%d", out->fd);
}

void memory_image_copy(const char *path, struct memory_image *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END), data = 0;

	if (size < 0)
		die(path);
	memory_image_empty((uint64_t)size, out);
	while (data < size && (data = lseek(fd, data, SEEK_DATA)) >= 0) {
		off_t end = lseek(fd, data, SEEK_HOLE);

		while (data < end) {
			ssize_t got = pread(fd, out->bytes + data, (size_t)(end - data), data);

			if (got <= 0)
				die(path);
			data += got;
		}
	}
	(void)close(fd);
}

void memory_image_free(struct memory_image *image)
{
	if (image->bytes)
		(void)munmap(image->bytes, image->size_bytes);
	(void)close(image->fd);
	*image = (struct memory_image){.fd = -1};
}
