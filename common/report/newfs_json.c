/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new file system as one JSON object. Names are API: only ever added to. */
#include <string.h>

#include "report/flush.h"
#include "report/json_line.h"
#include "report/newfs_text.h"
#include "report/uuid_text.h"

static void put_features(struct json_line *line, const struct geometry *geo)
{
	json_boolean(line, "finobt", geo->has_finobt);
	json_boolean(line, "rmapbt", geo->has_rmapbt);
	json_boolean(line, "reflink", geo->has_reflink);
	json_boolean(line, "inobtcount", geo->has_inobtcount);
	json_boolean(line, "sparse_inodes", geo->has_sparse_inodes);
	json_boolean(line, "bigtime", geo->has_bigtime);
	json_boolean(line, "nrext64", geo->has_nrext64);
	json_boolean(line, "exchange", geo->has_exchange);
	json_boolean(line, "parent", geo->has_parent);
}

static void put_warnings(struct json_line *line, unsigned warnings)
{
	json_object *array = json_array(line, "warnings");

	for (unsigned bit = 1; bit != 0 && bit <= warnings; bit <<= 1)
		if (warnings & bit)
			json_array_text(line, array, newfs_warning_text((enum newfs_warning)bit));
}

int report_newfs_json(const struct newfs_layout *layout, const char *path, FILE *out, struct error *err)
{
	const struct geometry *geo = &layout->geo;
	char uuid[UUID_TEXT];
	struct json_line line;
	int rc;

	json_line_begin(&line, "file_system");
	json_name(&line, "device", "device_hex", path, strlen(path));
	json_text(&line, "uuid", uuid_text(uuid, &geo->uuid));
	json_name(&line, "label", "label_hex", geo->label, strlen(geo->label));
	json_number(&line, "size_bytes", geo->blocks << geo->block_log);
	json_number(&line, "size_blocks", geo->blocks);
	json_number(&line, "block_bytes", geo->block_bytes);
	json_number(&line, "sector_bytes", geo->sector_bytes);
	json_number(&line, "inode_bytes", geo->inode_bytes);
	json_number(&line, "directory_block_bytes", geo->dirblock_bytes);
	json_number(&line, "group_count", geo->ag_count);
	json_number(&line, "group_blocks", geo->ag_blocks);
	json_number(&line, "stripe_unit_blocks", layout->stripe_unit_blocks);
	json_number(&line, "stripe_width_blocks", layout->stripe_width_blocks);
	json_number(&line, "max_inode_percent", layout->max_inode_percent);
	json_number(&line, "inode_align_blocks", geo->inode_align_blocks);
	json_number(&line, "sparse_align_blocks", geo->sparse_align_blocks);
	json_number(&line, "log_group", geo->log_start.agno);
	json_number(&line, "log_start_block", geo->log_start.agbno);
	json_number(&line, "log_blocks", geo->log_blocks);
	json_number(&line, "log_unit_bytes", layout->log_unit_bytes > 1 ? layout->log_unit_bytes : 0);
	json_number(&line, "root_inode", geo->root_ino);
	json_number(&line, "extszinherit_blocks", layout->extszinherit_blocks);
	json_number(&line, "cowextsize_blocks", layout->cowextsize_blocks);
	json_boolean(&line, "daxinherit", layout->dax_inherit);
	put_features(&line, geo);
	put_warnings(&line, layout->warnings);
	rc = json_line_end(&line, out, err);
	return rc == 0 ? report_flush(out, err) : rc;
}
