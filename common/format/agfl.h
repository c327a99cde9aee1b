/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The AGFL: sector 3 of an allocation group; a ring of blocks kept back for the space B+trees.
 *
 * Format: design document, "AG Free List". The header is followed by as many be32 block numbers as fill the sector.
 */
#ifndef FORMAT_AGFL_H
#define FORMAT_AGFL_H

#include "format/field.h"

#define AGFL_MAGIC  0x5841464cu /* "XAFL" */
#define AGFL_SECTOR 3u
#define AGBNO_NULL  0xffffffffu

struct disk_agfl {
	be32 magicnum;
	be32 seqno;
	struct uuid uuid;
	be64 lsn;
	le32 crc;
};
_Static_assert(sizeof(struct disk_agfl) == 36, "AGFL");

extern const struct field_table agfl_table;

/* How many block numbers follow the header in a sector of @sector_bytes. */
static inline uint32_t agfl_slots(uint32_t sector_bytes)
{
	return (sector_bytes - (uint32_t)sizeof(struct disk_agfl)) / (uint32_t)sizeof(be32);
}

#endif
