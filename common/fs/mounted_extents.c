/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extents of an open file by GETBMAPX. */
#include <errno.h>
#include <string.h>

#include "fs/view_mounted.h"

#define BATCH 512 /* extents of one call */

static int32_t fork_flag(enum mounted_fork fork)
{
	switch (fork) {
	case MOUNTED_DATA:
		return 0;
	case MOUNTED_ATTR:
		return KERNEL_BMAP_IN_ATTR;
	case MOUNTED_COW:
		return KERNEL_BMAP_IN_COW;
	}
	return 0;
}

static struct owner owner_of(const struct kernel_bmap *extent, uint64_t ino, enum mounted_fork fork)
{
	struct owner owner = {
		.kind = fork == MOUNTED_COW ? OWNER_COW : OWNER_FILE,
		.start_bytes = (uint64_t)extent->block << 9,
		.end_bytes = (uint64_t)(extent->block + extent->length) << 9,
	};

	if (owner.kind == OWNER_FILE) {
		owner.ino = ino;
		owner.fork = fork == MOUNTED_ATTR ? FORK_ATTR : FORK_DATA;
		owner.unwritten = extent->oflags & KERNEL_BMAP_OUT_PREALLOC;
		owner.offset_bytes = (uint64_t)extent->offset << 9;
	}
	return owner;
}

int mounted_extents(int fd, uint64_t ino, enum mounted_fork fork, int (*fn)(void *arg, const struct owner *owner),
		    void *arg, struct error *err)
{
	struct kernel_bmap map[1 + BATCH];
	bool last = false;

	memset(&map[0], 0, sizeof(map[0]));
	/* All that a file may have: the kernel's own idea of "to the end" stops at the size, which leaves out preallocated
	 * blocks and the index of a directory. */
	map[0].length = INT64_MAX >> 9;
	while (!last) {
		map[0].count = 1 + BATCH;
		map[0].iflags = fork_flag(fork) | KERNEL_BMAP_IN_PREALLOC | KERNEL_BMAP_IN_NO_HOLES;
		if (ioctl(fd, KERNEL_IOC_GETBMAPX, map) != 0) {
			/* No such fork. */
			if (fork != MOUNTED_DATA && (errno == ENOENT || errno == EINVAL))
				return 0;
			return error_set_errno(err, ERR_IO, errno, "the kernel does not tell extents of inode %llu",
					       (unsigned long long)ino);
		}
		if (map[0].entries <= 0 || map[0].entries > BATCH)
			return 0;
		for (int32_t i = 1; i <= map[0].entries; i++) {
			struct owner owner = owner_of(&map[i], ino, fork);
			int rc = map[i].block >= 0 && map[i].length > 0 ? fn(arg, &owner) : 0;

			if (rc != 0)
				return rc;
			last = map[i].oflags & KERNEL_BMAP_OUT_LAST;
		}
		if (map[0].entries < BATCH)
			return 0;
	}
	return 0;
}
