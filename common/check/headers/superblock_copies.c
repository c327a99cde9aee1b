/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The copies of the superblock against the one in use.
 *
 * Copies are written by mkfs, by xfs_admin, and by the kernel when the file system grows or gets a label; then they get
 * all that the kernel has in memory. In between the kernel changes only the first one. So most fields agree, and some
 * may be as at any time since mkfs (seen in images after each of these; HACKING.md: the inodes that mkfs leaves out):
 * counters, quota, LSN, stripe unit and width, and that attributes or quota are in use.
 */
#include <string.h>

#include "base/crc32c.h"
#include "check/headers/superblock_parts.h"

/* How a field of a copy may differ. */
enum latitude {
	ANY_VALUE,
	BLOCKS,	     /* no more than there are */
	INODES,	     /* no more than there can be */
	INO_OR_NULL, /* all ones: none */
	INO_OR_NONE, /* 0 or all ones: none */
	ZERO_OR_SAME,
	TRUTH,	      /* 0 or 1 */
	BITS,	      /* in the bits of the mask; the others must agree */
	QUOTA,	      /* flags that fit each other */
	STRIPE,	      /* unit and width that fit each other */
	ZERO_OR_UUID, /* the UUID of blocks, where it is not in use: what changing the UUID and back leaves behind */
};

static const struct {
	const char *field;
	enum latitude latitude;
	uint64_t mask;
} latitudes[] = {
	{"rootino", INO_OR_NULL, 0},
	{"rbmino", INO_OR_NULL, 0},
	{"rsumino", INO_OR_NULL, 0},
	{"versionnum", BITS, SB_VERSION_ATTR | SB_VERSION_QUOTA},
	{"inprogress", TRUTH, 0},
	{"icount", INODES, 0},
	{"ifree", INODES, 0},
	{"fdblocks", BLOCKS, 0},
	{"uquotino", INO_OR_NONE, 0},
	{"gquotino", INO_OR_NONE, 0},
	{"pquotino", INO_OR_NONE, 0},
	{"qflags", QUOTA, 0},
	{"unit", STRIPE, 0},
	{"width", STRIPE, 0},
	{"features_incompat", BITS, SB_INCOMPAT_NEEDSREPAIR},
	{"features_log_incompat", ZERO_OR_SAME, 0},
	{"crc", ANY_VALUE, 0}, /* it has been verified */
	{"lsn", ANY_VALUE, 0}, /* check_lsn */
	{"meta_uuid", ZERO_OR_UUID, 0},
};

struct pair {
	const struct fs *fs;
	const struct disk_sb *used, *copy;
};

static bool same(const struct pair *pair, const struct field *field)
{
	size_t at = field->bit_offset / 8, len = field->bit_width / 8 * field->count;

	return memcmp((const uint8_t *)pair->used + at, (const uint8_t *)pair->copy + at, len) == 0;
}

static bool is_none(uint64_t ino)
{
	return ino == 0 || ino == UINT64_MAX;
}

/* Changed by mount options, in the first superblock only. */
static bool stripe_fits(const struct disk_sb *sb)
{
	uint32_t unit = be32_get(sb->unit), width = be32_get(sb->width);

	if (!(be16_get(sb->versionnum) & SB_VERSION_DALIGN))
		return unit == 0 && width == 0;
	return unit != 0 && width >= unit && width % unit == 0;
}

static bool may_be(const struct pair *pair, const struct field *field)
{
	const struct geometry *geo = &pair->fs->geo;
	uint64_t used = field_get(field, pair->used, 0), copy = field_get(field, pair->copy, 0);

	for (size_t i = 0; i < sizeof(latitudes) / sizeof(latitudes[0]); i++) {
		if (strcmp(latitudes[i].field, field->name) != 0)
			continue;
		switch (latitudes[i].latitude) {
		case ANY_VALUE:
			return true;
		case BLOCKS:
			return copy <= geo->blocks;
		case INODES:
			return copy <= geo->blocks << geo->inodes_per_block_log;
		case INO_OR_NULL:
		case INO_OR_NONE:
			/* What is in use may itself be a copy. */
			return copy == UINT64_MAX || (latitudes[i].latitude == INO_OR_NONE && copy == 0) ||
			       (is_none(used) && pair->fs->sb_agno != 0);
		case ZERO_OR_SAME:
			return copy == 0;
		case TRUTH:
			return copy <= 1;
		case BITS:
			return ((used ^ copy) & ~latitudes[i].mask) == 0;
		case QUOTA:
			return superblock_qflags_fit(pair->copy);
		case STRIPE:
			return stripe_fits(pair->copy);
		case ZERO_OR_UUID:
			return !(pair->fs->geo.features_incompat & SB_INCOMPAT_META_UUID) &&
			       (uuid_is_zero(&pair->copy->meta_uuid) ||
				uuid_equal(&pair->copy->meta_uuid, &pair->copy->uuid));
		}
	}
	return false;
}

/* Every field, one finding each. */
static void compare(struct check_work *work, uint32_t agno, const struct disk_sb *copy)
{
	struct pair pair = {work_fs(work), &work_fs(work)->sb, copy};

	for (size_t i = 0; i < sb_table.count; i++) {
		const struct field *field = &sb_table.fields[i];

		if (same(&pair, field) || may_be(&pair, field))
			continue;
		finding_raise(&work->findings, &(struct finding){
						       .code = FINDING_SB_COPY_DIFFERS,
						       .at = superblock_place(agno),
						       .field = field->name,
						       .has_expected = true,
						       .has_found = true,
						       .expected = field_get(field, pair.used, 0),
						       .found = field_get(field, pair.copy, 0),
					       });
	}
}

/* Whether the sector holds a superblock at all. */
static int verify(const struct fs *fs, uint64_t offset, const uint8_t *sector, struct error *err)
{
	const struct disk_sb *sb = (const struct disk_sb *)sector;
	enum flaw flaw = FLAW_NONE;

	if (be32_get(sb->magicnum) != SB_MAGIC)
		flaw = FLAW_MAGIC;
	else if (!crc32c_block_ok(sector, fs->geo.sector_bytes, offsetof(struct disk_sb, crc)))
		flaw = FLAW_CRC;
	return flaw == FLAW_NONE ? 0 : error_corrupt(err, flaw, offset, "superblock: %s", flaw_text(flaw));
}

int superblock_check_copy(struct check_work *work, uint32_t agno)
{
	const struct fs *fs = work_fs(work);
	const struct disk_sb *sb;
	uint8_t sector[SB_SECTSIZE_MAX];
	uint64_t offset = geometry_sector_offset(&fs->geo, agno, 0);
	struct place at = superblock_place(agno);
	struct error why;
	int rc = device_read(fs->device, offset, sector, fs->geo.sector_bytes, &why);

	if (rc == 0)
		rc = verify(fs, offset, sector, &why);
	if (rc != 0)
		return check_trouble(work, FINDING_SB_COPY_UNREADABLE, at, &why);
	sb = (const struct disk_sb *)sector;
	if (agno != fs->sb_agno)
		compare(work, agno, sb);
	check_lsn(work, at, be64_get(sb->lsn));
	for (uint32_t i = sizeof(*sb); i < fs->geo.sector_bytes; i++)
		if (sector[i] != 0) {
			finding_raise(&work->findings, &(struct finding){.code = FINDING_SB_REST, .at = at});
			break;
		}
	return 0;
}
