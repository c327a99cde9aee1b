/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The records of a quota file, each by itself and against what was counted.
 *
 * Record N is that of id N, modulo 2^32: the last block has room for more, which nobody uses (seen in an image with id
 * 4294967290). Blocks come in as soon as one of their ids owns something, whole. The file's size stays 0.
 *
 * Legal in a record, whatever they are: limits, also a soft one above the hard one, as the kernel puts the default of
 * that time in where one of the two was not set; counters of warnings, which no kernel since 5.19 looks at; the timers
 * of id 0, which are the times that the others are given.
 */
#include <string.h>

#include "check/regained.h"
#include "check/quota/quota.h"
#include "format/dquot.h"

struct quota_file {
	struct check_work *work;
	struct inode inode;
	enum quota_type type;
	struct quota_table *table;
	uint32_t per_block;
	bool partial; /* a part could not be read */
	bool follows; /* counts are those before a replay of the journal */
	/* The record at hand. */
	uint64_t fileoff;
	uint32_t id;
	bool beyond; /* past the last id */
};

static struct place at_record(const struct quota_file *file)
{
	return at_fileoff(file->inode.ino, FORK_DATA, file->fileoff);
}

/* The quota inode itself. @field: what is wrong with it. @follows: that it cannot be read is said elsewhere. */
static void raise_file(struct check_work *work, uint64_t ino, bool follows, const char *field, uint64_t found)
{
	finding_raise(&work->findings, &(struct finding){.code = FINDING_QUOTA_FILE,
							 .at = at_inode(ino),
							 .follows = follows,
							 .field = field,
							 .has_found = true,
							 .found = found});
}

static void raise_record(const struct quota_file *file, const struct error *why)
{
	finding_raise(&file->work->findings, &(struct finding){.code = FINDING_QUOTA_RECORD_BAD,
							       .at = at_record(file),
							       .has_id = true,
							       .id = file->id,
							       .why = *why});
}

static void raise_field(const struct quota_file *file, const char *field, uint64_t found)
{
	finding_raise(&file->work->findings, &(struct finding){.code = FINDING_QUOTA_RECORD_FIELD,
							       .at = at_record(file),
							       .field = field,
							       .has_found = true,
							       .found = found,
							       .has_id = true,
							       .id = file->id});
}

static void check_usage(const struct quota_file *file, const char *field, uint64_t expected, uint64_t found)
{
	if (expected == found)
		return;
	finding_raise(&file->work->findings, &(struct finding){.code = FINDING_QUOTA_USAGE,
							       .at = at_record(file),
							       .follows = file->follows,
							       .field = field,
							       .has_expected = true,
							       .expected = expected,
							       .has_found = true,
							       .found = found,
							       .has_id = true,
							       .id = file->id});
}

/* @lost: that many may only lack a record because it was lost. */
static void raise_missing(const struct quota_file *file, const struct quota_count *count, uint64_t lost)
{
	finding_raise(&file->work->findings, &(struct finding){.code = FINDING_QUOTA_RECORD_MISSING,
							       .at = at_inode(file->inode.ino),
							       .follows = file->follows || lost > 0,
							       .has_id = lost == 0,
							       .id = count ? count->id : 0,
							       .count = lost});
}

/* ------------------------------------------------------------------ one record */

/* Whether the record can be used at all. */
static int verify_record(const struct quota_file *file, const struct disk_dqblk *record, uint64_t offset_bytes,
			 struct error *why)
{
	static const uint8_t types[QUOTA_TYPES] = {
		[QUOTA_USER] = DQUOT_TYPE_USER, [QUOTA_GROUP] = DQUOT_TYPE_GROUP, [QUOTA_PROJECT] = DQUOT_TYPE_PROJECT};
	const struct disk_dquot *dquot = &record->dquot;
	const struct fs *fs = work_fs(file->work);
	const struct verify expect = {.what = "quota record",
				      .offset_bytes = offset_bytes,
				      .crc_at = offsetof(struct disk_dqblk, crc),
				      .uuid_at = offsetof(struct disk_dqblk, uuid),
				      .daddr_at = VERIFY_SKIP,
				      .owner_at = VERIFY_SKIP};
	bool bigtime = dquot->type & DQUOT_TYPE_BIGTIME;

	if (be16_get(dquot->magic) != DQUOT_MAGIC)
		return error_corrupt(why, FLAW_MAGIC, offset_bytes, "quota record: %s", flaw_text(FLAW_MAGIC));
	if (fs_verify(fs, (struct span){(const uint8_t *)record, sizeof(*record)}, &expect, why) != 0)
		return ERR_CORRUPT;
	if (be32_get(dquot->id) != file->id)
		return error_corrupt(why, FLAW_OWNER, offset_bytes, "quota record: of id %u, in the place of %u",
				     be32_get(dquot->id), file->id);
	if (dquot->version != DQUOT_VERSION || (dquot->type & ~DQUOT_TYPE_BIGTIME) != types[file->type] ||
	    (bigtime && (!fs->geo.has_bigtime || file->id == 0)))
		return error_corrupt(why, FLAW_FORMAT, offset_bytes, "quota record: version or type");
	return 0;
}

/* The time runs while a limit is exceeded, and only then. */
static void check_timer(const struct quota_file *file, const char *field, be32 timer, be64 count, be64 soft, be64 hard)
{
	bool over = (be64_get(soft) != 0 && be64_get(count) > be64_get(soft)) ||
		    (be64_get(hard) != 0 && be64_get(count) > be64_get(hard));

	if (file->id != 0 && over != (be32_get(timer) != 0))
		raise_field(file, field, be32_get(timer));
}

static void check_fields(const struct quota_file *file, const struct disk_dqblk *record)
{
	const struct disk_dquot *dquot = &record->dquot;
	static const uint8_t no_fill[sizeof(record->fill)];

	check_timer(file, "btimer", dquot->btimer, dquot->bcount, dquot->blk_softlimit, dquot->blk_hardlimit);
	check_timer(file, "itimer", dquot->itimer, dquot->icount, dquot->ino_softlimit, dquot->ino_hardlimit);
	check_timer(file, "rtbtimer", dquot->rtbtimer, dquot->rtbcount, dquot->rtb_softlimit, dquot->rtb_hardlimit);
	if (be32_get(dquot->pad0) != 0)
		raise_field(file, "pad0", be32_get(dquot->pad0));
	if (be16_get(dquot->pad) != 0)
		raise_field(file, "pad", be16_get(dquot->pad));
	if (memcmp(record->fill, no_fill, sizeof(no_fill)) != 0)
		raise_field(file, "fill", record->fill[0]);
	/* There is no realtime device. */
	if (be64_get(dquot->rtbcount) != 0)
		raise_field(file, "rtbcount", be64_get(dquot->rtbcount));
	check_lsn(file->work, at_record(file), be64_get(record->lsn));
}

/* A record behind the last id: nobody has set or counted anything. */
static void check_unused(const struct quota_file *file, const struct disk_dqblk *record)
{
	static const struct disk_dquot none;
	size_t at = offsetof(struct disk_dquot, blk_hardlimit);

	if (memcmp((const uint8_t *)&record->dquot + at, (const uint8_t *)&none + at, sizeof(none) - at) != 0)
		raise_field(file, "unused", be64_get(record->dquot.icount));
}

static void check_record(struct quota_file *file, const struct disk_dqblk *record, uint64_t offset_bytes)
{
	const struct disk_dquot *dquot = &record->dquot;
	struct quota_count *count = file->beyond ? NULL : quota_count_find(file->table, file->id);
	struct error why;

	if (count)
		count->seen = true;
	if (verify_record(file, record, offset_bytes, &why) != 0) {
		raise_record(file, &why);
		return;
	}
	check_fields(file, record);
	if (file->beyond) {
		check_unused(file, record);
	} else if (file->table->wanted) {
		check_usage(file, "bcount", count ? count->blocks : 0, be64_get(dquot->bcount));
		check_usage(file, "icount", count ? count->inodes : 0, be64_get(dquot->icount));
	}
}

/* ------------------------------------------------------------------ the file */

static int check_block(struct quota_file *file, struct agaddr at)
{
	const struct fs *fs = work_fs(file->work);
	uint8_t *block = file->work->block;
	struct error why;
	int rc = fs_read_blocks(fs, at, 1, block, &why);

	if (rc != 0) {
		file->partial = true;
		return check_unread(file->work, at_record(file), &why);
	}
	for (uint32_t i = 0; i < file->per_block; i++) {
		struct disk_dqblk record;
		uint64_t id = file->fileoff * file->per_block + i;

		file->id = (uint32_t)id;
		file->beyond = id > UINT32_MAX;
		memcpy(&record, block + i * sizeof(record), sizeof(record));
		check_record(file, &record, geometry_block_offset(&fs->geo, at) + i * sizeof(record));
	}
	return 0;
}

static int check_extent(void *arg, const struct extent *extent)
{
	struct quota_file *file = arg;
	uint64_t last = UINT32_MAX / file->per_block;
	int rc = 0;

	if (extent->unwritten || extent->fileoff > last || extent->len_blocks - 1 > last - extent->fileoff) {
		raise_file(file->work, file->inode.ino, false, extent->unwritten ? "unwritten" : "fileoff",
			   extent->fileoff);
		file->partial = true;
		return 0;
	}
	for (uint32_t i = 0; i < extent->len_blocks && rc == 0; i++) {
		file->fileoff = extent->fileoff + i;
		rc = check_block(file, (struct agaddr){extent->start.agno, extent->start.agbno + i});
	}
	return rc;
}

/* The pass over inodes has said what it is. */
static int on_bad(void *arg, const struct error *why)
{
	struct quota_file *file = arg;

	(void)why;
	file->partial = true;
	return 0;
}

static void name_missing(const struct quota_file *file)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < file->table->count; i++) {
		const struct quota_count *count = &file->table->counts[i];

		if (!count->seen && file->partial)
			lost++;
		else if (!count->seen)
			raise_missing(file, count, 0);
	}
	if (lost > 0)
		raise_missing(file, NULL, lost);
}

/* Whether the inode can hold quota. That it has no second purpose, and is a file: superblock_quota.c, inode_core.c. */
static bool check_shape(struct check_work *work, const struct inode *inode)
{
	if (inode->mode == 0)
		raise_file(work, inode->ino, false, "mode", inode->mode);
	if (!inode_is(inode, INODE_MODE_FILE))
		return false;
	if (inode->size_bytes != 0)
		raise_file(work, inode->ino, false, "size", inode->size_bytes);
	if (inode->fork[FORK_ATTR].exists &&
	    (inode->fork[FORK_ATTR].format != FORK_EXTENTS || inode->fork[FORK_ATTR].extents != 0))
		raise_file(work, inode->ino, false, "anextents", inode->fork[FORK_ATTR].extents);
	if (inode->flags2 & INODE_FLAG2_REFLINK)
		raise_file(work, inode->ino, false, "flags2", inode->flags2);
	return true;
}

int quota_file_check(struct check_work *work, enum quota_type type, struct quota_table *table)
{
	const struct fs *fs = work_fs(work);
	struct quota_file file = {.work = work,
				  .type = type,
				  .table = table,
				  .per_block = fs->geo.block_bytes / (uint32_t)sizeof(struct disk_dqblk),
				  .follows = work->checker->result->journal.condition != JOURNAL_CLEAN};
	const struct fork_walker walker = {.extent = check_extent, .bad = on_bad, .arg = &file};
	uint64_t ino = fs->geo.quota_ino[type];
	struct error why;
	int rc = regained_read(work->checker, ino, &file.inode, &why);

	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		/* If it is an inode, the pass over inodes has said what is wrong with it. */
		raise_file(work, ino, rc == ERR_MEDIA, "ino", ino);
		return rc == ERR_MEDIA && !check_inode_lost(work->checker, ino) ? check_worse(work, at_inode(ino), &why)
										: 0;
	}
	if (rc != 0)
		return rc;
	if (!check_shape(work, &file.inode))
		return 0;
	rc = fork_walk(fs, &file.inode, FORK_DATA, 0, FILEOFF_MAX, &walker, NULL);
	if (rc == 0)
		name_missing(&file);
	return rc;
}

/* The first record of a file; 0: nothing is written there. */
static int first_record(const struct fs *fs, const struct inode *inode, struct disk_dquot *out)
{
	struct extent extent;
	int rc = fork_map(fs, inode, FORK_DATA, 0, &extent, NULL);

	if (rc != 1 || extent.unwritten)
		return rc < 0 ? rc : 0;
	rc = device_read(fs->device, geometry_block_offset(&fs->geo, extent.start), out, sizeof(*out), NULL);
	return rc == 0 ? 1 : rc;
}

int quota_is_unnamed(const struct fs *fs, uint64_t ino)
{
	struct disk_dquot first;
	struct inode inode;
	int rc;

	if (fs->sb_agno == 0)
		return 0;
	rc = inode_read(fs, ino, &inode, NULL);
	if (rc == 0 && inode_is(&inode, INODE_MODE_FILE) && inode.size_bytes == 0)
		rc = first_record(fs, &inode, &first);
	if (rc == 1)
		rc = be16_get(first.magic) == DQUOT_MAGIC && first.version == DQUOT_VERSION;
	return rc == ERR_CORRUPT || rc == ERR_MEDIA ? 0 : rc;
}
