/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mapping itself, with or without libpmem a plain one: pmem_map_file (libpmem 1.12, seen under strace) opens with
 * O_RDWR and maps with PROT_WRITE whatever the caller wants. It refuses an image without write permission, makes
 * udev look at a device again, and would put the whole file system within reach of a stray pointer. Only what is
 * opened for writing is mapped writable, and asks for MAP_SYNC, the other thing that it takes care of: with it, no
 * file system has to be told about a store, and flushing the caches of the processor makes it durable.
 */
#include "device/map.h"

#include <errno.h>
#include <sys/mman.h>

int map_open(int fd, size_t len, struct span *out, struct error *err)
{
	void *at = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return error_set_errno(err, ERR_IO, errno, "cannot map %zu bytes", len);
	*out = (struct span){at, len};
	return 0;
}

int map_open_writable(int fd, size_t len, bool dax, struct span *out, enum map_flush *flush, struct error *err)
{
	const int prot = PROT_READ | PROT_WRITE;
	void *at = MAP_FAILED;

	*flush = MAP_FLUSH_CPU;
	if (dax && map_can_flush_cpu())
		at = mmap(NULL, len, prot, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	if (at == MAP_FAILED) {
		*flush = MAP_FLUSH_PAGES;
		at = mmap(NULL, len, prot, MAP_SHARED, fd, 0);
	}
	if (at == MAP_FAILED)
		return error_set_errno(err, ERR_IO, errno, "cannot map %zu bytes for writing", len);
	*out = (struct span){at, len};
	return 0;
}

void map_close(struct span map)
{
	if (map.bytes)
		(void)munmap((void *)(uintptr_t)map.bytes, map.len);
}
