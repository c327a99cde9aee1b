/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device or an image that holds a file system: an array of bytes, some of which may be unreadable.
 *
 * Regular files, block devices and /dev/daxX.Y stand behind this one interface; what serves best for which kind
 * (reading or mapping) was measured and is written down in device.c. Readers get copies: what lies in a mapping
 * can change or vanish under us, so nobody outside this layer ever holds a pointer into one.
 */
#ifndef DEVICE_DEVICE_H
#define DEVICE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/interval.h"

struct device;

enum device_kind {
	DEVICE_FILE,  /* regular file */
	DEVICE_BLOCK, /* block device: pmem namespace, partition, disk, loop */
	DEVICE_DAX,   /* character device of a devdax namespace: can only be mapped */
};

/* Flags of device_open. */
#define DEVICE_MAPPED	 0x1u /* map the device even where reading is cheaper */
#define DEVICE_UNCLAIMED 0x2u /* no claim, mounted or not: only for device_probe, as the content is in flux */
#define DEVICE_WRITE	 0x4u /* for reading and writing; claims a file exclusively too */

/*
 * Opens for reading only, unless DEVICE_WRITE is given, and claims: a block device exclusively, a file with a lock that
 * is shared among readers.
 * ERR_BUSY: mounted, or the backing file of a mounted loop device, or claimed by somebody else.
 * ERR_INVALID: neither file nor block nor DAX device. ERR_IO, ERR_NOMEM.
 */
int device_open(const char *path, unsigned flags, struct device **out, struct error *err) MUST_CHECK;
void device_close(struct device *device);

uint64_t device_size_bytes(const struct device *device);
enum device_kind device_kind(const struct device *device);
/* As given to device_open; borrowed for the life of the device. */
const char *device_path(const struct device *device);

/*
 * Ranges in bytes that are known to be bad: reading any byte of them fails without touching the medium.
 * The set is copied. Not while others read.
 */
int device_set_bad(struct device *device, const struct interval_set *bad_bytes, struct error *err) MUST_CHECK;

/* The first of them that ends after @at_bytes; NULL: there is none. Borrowed until the next device_set_bad. */
const struct interval *device_known_bad(const struct device *device, uint64_t at_bytes);

/*
 * Copies @len bytes at @offset_bytes to @to. Any number of threads at once.
 * ERR_MEDIA: the byte at err->offset_bytes, the first one or its 512-byte sector's first one in the range, cannot be
 * read (known bad, EIO, SIGBUS, or the device got shorter since it was opened); @to is undefined.
 * ERR_CORRUPT with FLAW_RANGE: reaches beyond the end: somebody followed an address from the device.
 * ERR_IO: anything else.
 */
int device_read(struct device *device, uint64_t offset_bytes, void *to, size_t len, struct error *err) MUST_CHECK;

/*
 * Reads [start, end) and throws it away, to learn what cannot be read: adds those bytes, rounded to whole
 * 512-byte sectors, to @bad (settled or not). Known bad ranges are added without being touched. Reads
 * past the page cache where that can be had, see device_probe_caveat. @end_bytes: at most the size, else ERR_CORRUPT.
 */
int device_probe(struct device *device, uint64_t start_bytes, uint64_t end_bytes, struct interval_set *bad,
		 struct error *err) MUST_CHECK;

/*
 * Why device_probe may be answered by a cache and not by the medium, as a clause about the device ("it is a file,
 * ..."); static. NULL: it is the medium that answers.
 */
const char *device_probe_caveat(const struct device *device);

/*
 * Writing, for devices opened with DEVICE_WRITE (anything else is a mistake of the caller). Not while others read or
 * write.
 *
 * What is written is seen by device_read at once. It is durable, in no particular order, when device_flush returns 0: a
 * mapped device makes each write durable by itself, but do not count on it. Of a write that fails or is
 * interrupted any part may be there, in pieces as small as 8 bytes on a mapped device.
 *
 * Known bad ranges are written where writing goes through system calls, which is how a device replaces what is bad;
 * device_read goes on refusing them until device_set_bad says otherwise. On a mapped device they are refused.
 *
 * ERR_MEDIA: the medium cannot be written; err->offset_bytes is the place, if it is known: of a write or zeroes, where
 * the piece that failed begins, and device_flush knows none. ERR_CORRUPT with FLAW_RANGE: reaches beyond the end.
 * ERR_IO: anything else.
 */
int device_write(struct device *device, uint64_t offset_bytes, const void *from, size_t len,
		 struct error *err) MUST_CHECK;
/* The same with zeroes, by the quickest way there is; a file gets a hole. */
int device_zero(struct device *device, uint64_t offset_bytes, uint64_t len, struct error *err) MUST_CHECK;
int device_flush(struct device *device, struct error *err) MUST_CHECK;
/*
 * Says that the content of the range is not needed any more, what it reads as afterwards is anybody's guess. A hint: 0
 * where the device does not take it.
 */
int device_discard(struct device *device, uint64_t offset_bytes, uint64_t len, struct error *err) MUST_CHECK;

/* What was read so far: calls and bytes. For cost measurements. */
struct device_cost {
	uint64_t reads;
	uint64_t bytes;
};
struct device_cost device_cost(const struct device *device);

#endif
