/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new file system in the lines of mkfs.xfs: names, order and columns are what programs parse. */
#include "report/newfs_text.h"

#include <inttypes.h>

#include "report/flush.h"

/* The start of a line: what it is about, and what that is. */
static void head(FILE *out, const char *subject, const char *kind)
{
	fprintf(out, "%-9s=%-22s ", subject, kind);
}

/* The first number of a line; the columns behind it depend on its width. */
static void first(FILE *out, const char *name, uint64_t value, int width)
{
	fprintf(out, "%s=%-*" PRIu64 " ", name, width, value);
}

static void metadata_lines(const struct newfs_layout *layout, const char *path, FILE *out)
{
	const struct geometry *geo = &layout->geo;

	head(out, "meta-data", path);
	first(out, "isize", geo->inode_bytes, 6);
	fprintf(out, "agcount=%" PRIu32 ", agsize=%" PRIu32 " blks\n", geo->ag_count, geo->ag_blocks);
	head(out, "", "");
	first(out, "sectsz", geo->sector_bytes, 5);
	fprintf(out, "attr=2, projid32bit=1\n");
	head(out, "", "");
	first(out, "crc", 1, 8);
	fprintf(out, "finobt=%d, sparse=%d, rmapbt=%d\n", geo->has_finobt, geo->has_sparse_inodes, geo->has_rmapbt);
	head(out, "", "");
	first(out, "reflink", geo->has_reflink, 4);
	fprintf(out, "bigtime=%d inobtcount=%d nrext64=%d\n", geo->has_bigtime, geo->has_inobtcount, geo->has_nrext64);
	/* As later versions of mkfs.xfs do, but only where there is something to say: the lines of 6.1 stay the same. */
	if (geo->has_exchange) {
		head(out, "", "");
		first(out, "exchange", 1, 3);
		fprintf(out, "metadir=0\n");
	}
}

static void log_lines(const struct newfs_layout *layout, FILE *out)
{
	const struct geometry *geo = &layout->geo;
	uint32_t sector = layout->log_sector_bytes ? layout->log_sector_bytes : 512;

	head(out, "log", "internal log");
	first(out, "bsize", geo->block_bytes, 6);
	fprintf(out, "blocks=%" PRIu32 ", version=2\n", geo->log_blocks);
	head(out, "", "");
	first(out, "sectsz", sector, 5);
	fprintf(out, "sunit=%" PRIu32 " blks, lazy-count=1\n", layout->log_unit_bytes >> geo->block_log);
}

int report_newfs_text(const struct newfs_layout *layout, const char *path, FILE *out, struct error *err)
{
	const struct geometry *geo = &layout->geo;

	metadata_lines(layout, path, out);
	head(out, "data", "");
	first(out, "bsize", geo->block_bytes, 6);
	fprintf(out, "blocks=%" PRIu64 ", imaxpct=%u\n", geo->blocks, layout->max_inode_percent);
	head(out, "", "");
	first(out, "sunit", layout->stripe_unit_blocks, 6);
	fprintf(out, "swidth=%" PRIu32 " blks\n", layout->stripe_width_blocks);
	head(out, "naming", "version 2");
	first(out, "bsize", geo->dirblock_bytes, 6);
	fprintf(out, "ascii-ci=0, ftype=1%s\n", geo->has_parent ? ", parent=1" : "");
	log_lines(layout, out);
	head(out, "realtime", "none");
	first(out, "extsz", geo->block_bytes > 4096 ? geo->block_bytes : 4096, 6);
	fprintf(out, "blocks=0, rtextents=0\n");
	return report_flush(out, err);
}
