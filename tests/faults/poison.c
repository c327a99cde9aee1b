/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replacing pages of a mapping. */
#include "faults/poison.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "device/map.h"

struct mapping {
	struct span map;
	int fd;
};

static struct mapping last; /* that was made without poison */
static bool pending;
static uint64_t pending_offset;

static void replace(const struct mapping *mapping, uint64_t offset, int fd, off_t at)
{
	uint8_t *page = (uint8_t *)(uintptr_t)mapping->map.bytes + offset;

	if (offset % POISON_PAGE_BYTES != 0 || offset >= mapping->map.len ||
	    mmap(page, POISON_PAGE_BYTES, PROT_READ, MAP_SHARED | MAP_FIXED, fd, at) != page) {
		perror("cannot replace a page of the mapping");
		exit(99);
	}
}

static void poison(const struct mapping *mapping, uint64_t offset)
{
	static int empty = -1;

	if (empty < 0)
		empty = memfd_create("poison", 0);
	replace(mapping, offset, empty, 0);
}

void poison_page(uint64_t offset)
{
	poison(&last, offset);
}

void poison_heal(uint64_t offset)
{
	replace(&last, offset, last.fd, (off_t)offset);
}

void poison_next_mapping(uint64_t offset)
{
	pending = true;
	pending_offset = offset;
}

int __real_map_open(int fd, size_t len, struct span *out, struct error *err);
int __wrap_map_open(int fd, size_t len, struct span *out, struct error *err);

int __wrap_map_open(int fd, size_t len, struct span *out, struct error *err)
{
	int rc = __real_map_open(fd, len, out, err);

	if (rc != 0)
		return rc;
	if (pending)
		poison(&(struct mapping){*out, fd}, pending_offset);
	else
		last = (struct mapping){*out, fd};
	pending = false;
	return 0;
}
