/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An open file system: its device and its geometry, and the reading of whole blocks and AG headers.
 *
 * Nothing here changes after fs_open, so any number of threads may use it at once.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include "base/span.h"
#include "device/device.h"
#include "format/agf.h"
#include "format/agfl.h"
#include "format/agi.h"
#include "fs/geometry.h"

struct fs {
	struct device *device; /* borrowed */
	struct geometry geo;
	struct disk_sb sb;	/* the copy in use */
	uint32_t sb_agno;	/* of which group; not 0: the first superblock could not be used, and */
	struct error sb_error;	/* this is why */
};

/*
 * Reads and checks the superblock, from the device's start or else from another group, if one can be found that
 * agrees with its own place; the root directory, if that does not name it, from where mkfs puts it. @device stays the caller's and must outlive *out.
 * ERR_NOT_XFS, ERR_UNSUPPORTED, ERR_CORRUPT, ERR_MEDIA, ERR_IO, ERR_NOMEM.
 */
int fs_open(struct device *device, struct fs **out, struct error *err) MUST_CHECK;
void fs_close(struct fs *fs);

/* Copies @len_blocks blocks at @at, all in one group (else ERR_CORRUPT with FLAW_RANGE), without checking them. */
int fs_read_blocks(const struct fs *fs, struct agaddr at, uint32_t len_blocks, void *to, struct error *err) MUST_CHECK;

/* AG headers of group @agno, verified: magic, checksum, UUID, group number, and that their numbers are in range. */
int fs_read_agf(const struct fs *fs, uint32_t agno, struct disk_agf *out, struct error *err) MUST_CHECK;
int fs_read_agi(const struct fs *fs, uint32_t agno, struct disk_agi *out, struct error *err) MUST_CHECK;

/*
 * The blocks on the free list of group @agno, whose verified AGF is @agf: at most agfl_slots(sector_bytes) of them go
 * to @out, their number to *count.
 */
int fs_read_agfl(const struct fs *fs, uint32_t agno, const struct disk_agf *agf, uint32_t *out, uint32_t *count,
		 struct error *err) MUST_CHECK;

/*
 * What every self-describing block carries, as expectations. Offsets are those of the block's own header struct.
 * An offset of VERIFY_SKIP leaves that check out.
 */
#define VERIFY_SKIP UINT32_MAX
struct verify {
	const char *what;	/* name of the structure, for the sentence */
	uint64_t offset_bytes;	/* of the block on the device, for the place and the address check */
	uint32_t crc_at;	/* le32 */
	uint32_t uuid_at;	/* struct uuid, against meta_uuid */
	uint32_t daddr_at;	/* be64, against offset_bytes / 512 */
	uint32_t owner_at;	/* be64, against owner */
	uint64_t owner;
};

/* Checks a block of which the magic has been seen to be right. 0 or ERR_CORRUPT. */
int fs_verify(const struct fs *fs, struct span block, const struct verify *expect, struct error *err) MUST_CHECK;

#endif
