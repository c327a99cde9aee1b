/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AGF, AGI and AGFL of a group: everything that can be said of them by themselves.
 *
 * That they are what they say, of this group and with numbers in range, the readers verify (fs_read_agf and so on).
 * Counters are compared where they are counted: of free space and its trees in space.c, of inodes and theirs in
 * chunks.c. The heads of the unlinked lists belong to unlinked.c. A wrong newino that is still an inode number of the
 * group at the start of a block is no error: it is a hint, and the chunk that it named may be gone.
 *
 * What the kernel keeps zero was seen in its images: padding, the rest of the sector, and the fields of features that
 * the file system does not have. Slots of the AGFL out of use keep what they last held.
 */
#include <stdlib.h>

#include "check/pass.h"

static struct place header_place(const struct fs *fs, uint32_t agno, uint32_t sector)
{
	uint64_t offset = (uint64_t)sector << fs->geo.sector_log;

	return at_blocks((struct agaddr){agno, (uint32_t)(offset >> fs->geo.block_log)}, 1);
}

static bool all_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/* What follows the structure in its sector. */
static int check_rest(struct check_work *work, uint32_t agno, uint32_t sector, size_t used, const char *what)
{
	const struct fs *fs = work_fs(work);
	uint8_t bytes[SB_SECTSIZE_MAX];
	struct place at = header_place(fs, agno, sector);
	struct error why;
	int rc = device_read(fs->device, geometry_sector_offset(&fs->geo, agno, sector), bytes, fs->geo.sector_bytes,
			     &why);

	if (rc != 0)
		return check_trouble(work, FINDING_HEADER_REST, at, &why);
	if (!all_zero(bytes + used, fs->geo.sector_bytes - used))
		finding_raise(&work->findings, &(struct finding){.code = FINDING_HEADER_REST, .at = at, .field = what});
	return 0;
}

/* A field that must have one value; @table: the header's. */
static void check_field(struct check_work *work, enum finding_code code, struct place at,
			const struct field_table *table, const void *header, const char *name, uint64_t expected)
{
	const struct field *field = field_find(table, name);

	for (uint32_t i = 0; i < field->count; i++) {
		uint64_t found = field_get(field, header, i);

		if (found != expected) {
			check_equal(work, code, at, field->name, expected, found);
			return; /* one finding a field is enough */
		}
	}
}

struct fixed_field {
	const char *name;
	uint64_t value;
	bool applies;
};

static void check_agf(struct check_work *work, uint32_t agno, const struct disk_agf *agf)
{
	const struct geometry *geo = &work_fs(work)->geo;
	const struct fixed_field fixed[] = {
		{"rmaproot", 0, !geo->has_rmapbt},
		{"rmaplevel", 0, !geo->has_rmapbt},
		{"rmapblocks", 0, !geo->has_rmapbt},
		{"refcntroot", 0, !geo->has_reflink},
		{"refcntlevel", 0, !geo->has_reflink},
		{"refcntblocks", 0, !geo->has_reflink},
		{"spare64", 0, true},
		{"spare2", 0, true},
	};
	struct place at = header_place(work_fs(work), agno, AGF_SECTOR);

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (fixed[i].applies)
			check_field(work, FINDING_AGF_FIELD, at, &agf_table, agf, fixed[i].name, fixed[i].value);
	check_lsn(work, at, be64_get(agf->lsn));
}

/* From the first to the last slot in use, around the ring. */
static void check_ring(struct check_work *work, uint32_t agno, const struct disk_agf *agf)
{
	uint32_t slots = agfl_slots(work_fs(work)->geo.sector_bytes);
	uint32_t first = be32_get(agf->flfirst), last = be32_get(agf->fllast), count = be32_get(agf->flcount);
	uint32_t used = (last + slots - first + 1) % slots; /* both less than slots: fs_read_agf has seen it */

	/* An empty ring looks like a full one. */
	if (count % slots != used)
		check_equal(work, FINDING_AGFL_COUNT, header_place(work_fs(work), agno, AGF_SECTOR), "flcount", used,
			    count);
}

static int take_agf(struct check_work *work, uint32_t agno)
{
	struct group *group = &work->checker->groups[agno];
	struct error why;
	int rc = fs_read_agf(work_fs(work), agno, &group->agf, &why);

	if (rc != 0) {
		group->lost |= LOST_AGF | LOST_AGFL;
		return check_trouble(work, FINDING_AGF_UNREADABLE, header_place(work_fs(work), agno, AGF_SECTOR), &why);
	}
	check_agf(work, agno, &group->agf);
	check_ring(work, agno, &group->agf);
	return check_rest(work, agno, AGF_SECTOR, sizeof(struct disk_agf), "agf");
}

/* A hint where to look for free inodes: where inodes may lie, the first of a block. */
static void check_newino(struct check_work *work, uint32_t agno, struct place at, uint32_t newino)
{
	const struct geometry *geo = &work_fs(work)->geo;
	uint32_t in_block, group, agino, agbno = geometry_agino_block(geo, newino, &in_block);

	if (newino == AGINO_NULL)
		return;
	if (in_block == 0 && agbno >= geometry_header_blocks(geo) &&
	    geometry_ino_split(geo, geometry_ino_join(geo, agno, newino), &group, &agino) && group == agno &&
	    agino == newino)
		return;
	finding_raise(
		&work->findings,
		&(struct finding){
			.code = FINDING_AGI_NEWINO, .at = at, .field = "newino", .has_found = true, .found = newino});
}

static void check_agi(struct check_work *work, uint32_t agno, const struct disk_agi *agi)
{
	const struct geometry *geo = &work_fs(work)->geo;
	const struct fixed_field fixed[] = {
		{"dirino", AGINO_NULL, true}, /* not in use since long before version 5 */
		{"pad32", 0, true},
		{"free_root", 0, !geo->has_finobt},
		{"free_level", 0, !geo->has_finobt},
		{"iblocks", 0, !geo->has_inobtcount},
		{"fblocks", 0, !geo->has_inobtcount},
	};
	struct place at = header_place(work_fs(work), agno, AGI_SECTOR);

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (fixed[i].applies)
			check_field(work, FINDING_AGI_FIELD, at, &agi_table, agi, fixed[i].name, fixed[i].value);
	check_newino(work, agno, at, be32_get(agi->newino));
	check_lsn(work, at, be64_get(agi->lsn));
}

static int take_agi(struct check_work *work, uint32_t agno)
{
	struct group *group = &work->checker->groups[agno];
	struct error why;
	int rc = fs_read_agi(work_fs(work), agno, &group->agi, &why);

	if (rc != 0) {
		group->lost |= LOST_AGI;
		return check_trouble(work, FINDING_AGI_UNREADABLE, header_place(work_fs(work), agno, AGI_SECTOR), &why);
	}
	check_agi(work, agno, &group->agi);
	return check_rest(work, agno, AGI_SECTOR, sizeof(struct disk_agi), "agi");
}

static int compare_blocks(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* No block twice, none of the headers. Sorts. */
static void check_listed(struct check_work *work, uint32_t agno, uint32_t *blocks, uint32_t count)
{
	const struct geometry *geo = &work_fs(work)->geo;
	uint32_t headers = geometry_header_blocks(geo);

	qsort(blocks, count, sizeof(*blocks), compare_blocks);
	for (uint32_t i = 0; i < count; i++)
		if (blocks[i] < headers || (i > 0 && blocks[i] == blocks[i - 1]))
			finding_raise(&work->findings,
				      &(struct finding){.code = FINDING_AGFL_BLOCK,
							.at = at_blocks((struct agaddr){agno, blocks[i]}, 1)});
}

static int take_agfl(struct check_work *work, uint32_t agno)
{
	const struct fs *fs = work_fs(work);
	struct group *group = &work->checker->groups[agno];
	uint32_t blocks[SB_SECTSIZE_MAX / sizeof(be32)], count;
	uint64_t offset = geometry_sector_offset(&fs->geo, agno, AGFL_SECTOR);
	struct place at = header_place(fs, agno, AGFL_SECTOR);
	struct disk_agfl agfl;
	struct error why;
	int rc = fs_read_agfl(fs, agno, &group->agf, blocks, &count, &why);

	if (rc == 0)
		rc = device_read(fs->device, offset, &agfl, sizeof(agfl), &why);
	if (rc != 0) {
		group->lost |= LOST_AGFL;
		return check_trouble(work, FINDING_AGFL_UNREADABLE, at, &why);
	}
	check_lsn(work, at, be64_get(agfl.lsn));
	check_listed(work, agno, blocks, count);
	return 0;
}

int headers_unit(struct check_work *work, size_t agno)
{
	uint32_t group = (uint32_t)agno;
	int rc = take_agf(work, group);

	if (rc == 0)
		rc = take_agi(work, group);
	if (rc == 0 && !(work->checker->groups[group].lost & LOST_AGF))
		rc = take_agfl(work, group);
	return rc;
}
