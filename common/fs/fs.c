/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a file system; blocks and AG headers, verified. */
#include "fs/fs.h"

#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/btree_kind.h"
#include "fs/superblock.h"
#include "fs/unnamed.h"

/* Whether another superblock is worth looking for. */
static bool may_search(int rc)
{
	return rc == ERR_CORRUPT || rc == ERR_MEDIA || rc == ERR_NOT_XFS;
}

/* The first superblock, or with sb_agno and sb_error set another one. */
static int open_superblock(struct fs *fs, struct error *err)
{
	struct error why, search;
	int rc = superblock_read_first(fs->device, &fs->sb, &fs->geo, &why);

	if (may_search(rc)) {
		int found = superblock_search(fs->device, &fs->sb, &fs->geo, &fs->sb_agno, &search);

		if (found == 0)
			fs->sb_error = why;
		if (found == 0 || found == ERR_NOMEM || found == ERR_IO) {
			rc = found;
			why = search;
		}
	}
	if (rc != 0 && err)
		*err = why;
	return rc;
}

int fs_open(struct device *device, struct fs **out, struct error *err)
{
	struct fs *fs = calloc(1, sizeof(*fs));
	uint64_t bytes;
	int rc;

	if (!fs)
		return error_set(err, ERR_NOMEM, "no memory to open %s", device_path(device));
	fs->device = device;
	rc = open_superblock(fs, err);
	bytes = fs->geo.blocks << fs->geo.block_log;
	if (rc == 0 && bytes > device_size_bytes(device))
		rc = error_corrupt(err, FLAW_RANGE, device_size_bytes(device),
				   "the file system has %llu bytes, but the device ends after %llu",
				   (unsigned long long)bytes, (unsigned long long)device_size_bytes(device));
	if (rc == 0 && fs->sb_agno != 0)
		rc = unnamed_find(fs, err);
	if (rc != 0) {
		fs_close(fs);
		return rc;
	}
	*out = fs;
	return 0;
}

void fs_close(struct fs *fs)
{
	free(fs);
}

int fs_read_blocks(const struct fs *fs, struct agaddr at, uint32_t len_blocks, void *to, struct error *err)
{
	if (!geometry_holds(&fs->geo, at, len_blocks))
		return error_corrupt(err, FLAW_RANGE, geometry_block_offset(&fs->geo, at),
				     "blocks %u+%u of group %u do not exist", at.agbno, len_blocks, at.agno);
	return device_read(fs->device, geometry_block_offset(&fs->geo, at), to, (size_t)len_blocks << fs->geo.block_log,
			   err);
}

int fs_verify(const struct fs *fs, struct span block, const struct verify *expect, struct error *err)
{
	const void *at;
	enum flaw flaw = FLAW_NONE;

	if (expect->crc_at != VERIFY_SKIP && !crc32c_block_ok(block.bytes, block.len, expect->crc_at))
		flaw = FLAW_CRC;
	if (flaw == FLAW_NONE && expect->uuid_at != VERIFY_SKIP) {
		at = span_at(block, expect->uuid_at, sizeof(struct uuid));
		if (!at || memcmp(at, &fs->geo.meta_uuid, sizeof(struct uuid)) != 0)
			flaw = FLAW_UUID;
	}
	if (flaw == FLAW_NONE && expect->owner_at != VERIFY_SKIP) {
		at = span_at(block, expect->owner_at, sizeof(be64));
		if (!at || be64_get(*(const be64 *)at) != expect->owner)
			flaw = FLAW_OWNER;
	}
	if (flaw == FLAW_NONE && expect->daddr_at != VERIFY_SKIP) {
		at = span_at(block, expect->daddr_at, sizeof(be64));
		if (!at || be64_get(*(const be64 *)at) != expect->offset_bytes / 512)
			flaw = FLAW_ADDRESS;
	}
	if (flaw == FLAW_NONE)
		return 0;
	return error_corrupt(err, flaw, expect->offset_bytes, "%s: %s", expect->what, flaw_text(flaw));
}

/* Reads one sector of an AG header and checks what all of them have in common. */
static int read_header(const struct fs *fs, uint32_t agno, uint32_t sector, uint32_t magic, uint32_t seqno_at,
		       struct verify *expect, uint8_t *to, struct error *err)
{
	struct span block = {to, fs->geo.sector_bytes};
	int rc;

	expect->offset_bytes = geometry_sector_offset(&fs->geo, agno, sector);
	rc = device_read(fs->device, expect->offset_bytes, to, fs->geo.sector_bytes, err);
	if (rc != 0)
		return rc;
	if (be32_get(*(const be32 *)to) != magic)
		return error_corrupt(err, FLAW_MAGIC, expect->offset_bytes, "%s of group %u: %s", expect->what, agno,
				     flaw_text(FLAW_MAGIC));
	rc = fs_verify(fs, block, expect, err);
	if (rc != 0)
		return rc;
	if (be32_get(*(const be32 *)(to + seqno_at)) != agno)
		return error_corrupt(err, FLAW_ADDRESS, expect->offset_bytes, "%s of group %u says that it is of group %u",
				     expect->what, agno, be32_get(*(const be32 *)(to + seqno_at)));
	return 0;
}

static int bad_number(const struct verify *expect, uint32_t agno, const char *field, uint32_t value,
		      struct error *err)
{
	return error_corrupt(err, FLAW_RANGE, expect->offset_bytes, "%s of group %u: %s is %u, which cannot be",
			     expect->what, agno, field, value);
}

static bool is_root(uint32_t blocks, be32 root, be32 levels)
{
	return be32_get(root) > 0 && be32_get(root) < blocks && be32_get(levels) >= 1 &&
	       be32_get(levels) <= BTREE_LEVELS_MAX;
}

static int check_agf(const struct fs *fs, uint32_t agno, const struct disk_agf *agf, const struct verify *expect,
		     struct error *err)
{
	uint32_t blocks = geometry_ag_blocks(&fs->geo, agno), slots = agfl_slots(fs->geo.sector_bytes);

	if (be32_get(agf->versionnum) != AGF_VERSION)
		return bad_number(expect, agno, "versionnum", be32_get(agf->versionnum), err);
	if (be32_get(agf->length) != blocks)
		return bad_number(expect, agno, "length", be32_get(agf->length), err);
	if (!is_root(blocks, agf->bnoroot, agf->bnolevel))
		return bad_number(expect, agno, "bnoroot", be32_get(agf->bnoroot), err);
	if (!is_root(blocks, agf->cntroot, agf->cntlevel))
		return bad_number(expect, agno, "cntroot", be32_get(agf->cntroot), err);
	if (fs->geo.has_rmapbt && !is_root(blocks, agf->rmaproot, agf->rmaplevel))
		return bad_number(expect, agno, "rmaproot", be32_get(agf->rmaproot), err);
	if (fs->geo.has_reflink && !is_root(blocks, agf->refcntroot, agf->refcntlevel))
		return bad_number(expect, agno, "refcntroot", be32_get(agf->refcntroot), err);
	if (be32_get(agf->flfirst) >= slots)
		return bad_number(expect, agno, "flfirst", be32_get(agf->flfirst), err);
	if (be32_get(agf->fllast) >= slots)
		return bad_number(expect, agno, "fllast", be32_get(agf->fllast), err);
	if (be32_get(agf->flcount) > slots)
		return bad_number(expect, agno, "flcount", be32_get(agf->flcount), err);
	if (be32_get(agf->freeblks) > blocks)
		return bad_number(expect, agno, "freeblks", be32_get(agf->freeblks), err);
	if (be32_get(agf->longest) > be32_get(agf->freeblks))
		return bad_number(expect, agno, "longest", be32_get(agf->longest), err);
	return 0;
}

int fs_read_agf(const struct fs *fs, uint32_t agno, struct disk_agf *out, struct error *err)
{
	uint8_t sector[SB_SECTSIZE_MAX];
	struct verify expect = {.what = "AGF",
				.crc_at = offsetof(struct disk_agf, crc),
				.uuid_at = offsetof(struct disk_agf, uuid),
				.daddr_at = VERIFY_SKIP,
				.owner_at = VERIFY_SKIP};
	int rc = read_header(fs, agno, AGF_SECTOR, AGF_MAGIC, offsetof(struct disk_agf, seqno), &expect, sector, err);

	if (rc != 0)
		return rc;
	memcpy(out, sector, sizeof(*out));
	return check_agf(fs, agno, out, &expect, err);
}

static int check_agi(const struct fs *fs, uint32_t agno, const struct disk_agi *agi, const struct verify *expect,
		     struct error *err)
{
	uint32_t blocks = geometry_ag_blocks(&fs->geo, agno);

	if (be32_get(agi->versionnum) != AGI_VERSION)
		return bad_number(expect, agno, "versionnum", be32_get(agi->versionnum), err);
	if (be32_get(agi->length) != blocks)
		return bad_number(expect, agno, "length", be32_get(agi->length), err);
	if (!is_root(blocks, agi->root, agi->level))
		return bad_number(expect, agno, "root", be32_get(agi->root), err);
	if (fs->geo.has_finobt && !is_root(blocks, agi->free_root, agi->free_level))
		return bad_number(expect, agno, "free_root", be32_get(agi->free_root), err);
	return 0;
}

int fs_read_agi(const struct fs *fs, uint32_t agno, struct disk_agi *out, struct error *err)
{
	uint8_t sector[SB_SECTSIZE_MAX];
	struct verify expect = {.what = "AGI",
				.crc_at = offsetof(struct disk_agi, crc),
				.uuid_at = offsetof(struct disk_agi, uuid),
				.daddr_at = VERIFY_SKIP,
				.owner_at = VERIFY_SKIP};
	int rc = read_header(fs, agno, AGI_SECTOR, AGI_MAGIC, offsetof(struct disk_agi, seqno), &expect, sector, err);

	if (rc != 0)
		return rc;
	memcpy(out, sector, sizeof(*out));
	return check_agi(fs, agno, out, &expect, err);
}

int fs_read_agfl(const struct fs *fs, uint32_t agno, const struct disk_agf *agf, uint32_t *out, uint32_t *count,
		 struct error *err)
{
	uint8_t sector[SB_SECTSIZE_MAX];
	struct verify expect = {.what = "AGFL",
				.crc_at = offsetof(struct disk_agfl, crc),
				.uuid_at = offsetof(struct disk_agfl, uuid),
				.daddr_at = VERIFY_SKIP,
				.owner_at = VERIFY_SKIP};
	uint32_t slots = agfl_slots(fs->geo.sector_bytes), slot = be32_get(agf->flfirst);
	uint32_t blocks = geometry_ag_blocks(&fs->geo, agno);
	int rc = read_header(fs, agno, AGFL_SECTOR, AGFL_MAGIC, offsetof(struct disk_agfl, seqno), &expect, sector,
			     err);

	if (rc != 0)
		return rc;
	*count = 0;
	/* flcount is at most slots, as fs_read_agf has seen. */
	for (uint32_t i = 0; i < be32_get(agf->flcount); i++) {
		be32 bno;

		memcpy(&bno, sector + sizeof(struct disk_agfl) + slot * sizeof(bno), sizeof(bno));
		if (be32_get(bno) == 0 || be32_get(bno) >= blocks)
			return bad_number(&expect, agno, "bno", be32_get(bno), err);
		out[(*count)++] = be32_get(bno);
		slot = slot + 1 < slots ? slot + 1 : 0;
	}
	return 0;
}
