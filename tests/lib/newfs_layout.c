/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/newfs_layout.h"

#include <string.h>

#include "fs/inode.h"

static void take_time(const struct geometry *geo, const struct disk_time *time, struct newfs_layout *out)
{
	be64 big;
	be32 words[2];

	memcpy(&big, time, sizeof(big));
	memcpy(words, time, sizeof(words));
	if (geo->has_bigtime) {
		out->now_seconds = (int64_t)(be64_get(big) / 1000000000u) - ((int64_t)1 << 31);
		out->now_nanoseconds = (uint32_t)(be64_get(big) % 1000000000u);
	} else {
		out->now_seconds = (int32_t)be32_get(words[0]);
		out->now_nanoseconds = be32_get(words[1]);
	}
}

int newfs_layout_read(const struct fs *fs, struct newfs_layout *out, struct error *err)
{
	struct inode root;
	struct disk_inode disk;
	int rc = inode_read(fs, fs->geo.root_ino, &root, err);

	if (rc != 0)
		return rc;
	memcpy(&disk, root.raw, sizeof(disk));
	*out = (struct newfs_layout){
		.geo = fs->geo,
		.stripe_unit_blocks = be32_get(fs->sb.unit),
		.stripe_width_blocks = be32_get(fs->sb.width),
		.log_unit_bytes = be32_get(fs->sb.logsunit),
		.log_sector_bytes = be16_get(fs->sb.logsectsize),
		.log_sector_log = fs->sb.logsectlog,
		.max_inode_percent = fs->sb.imax_pct,
		.version = be16_get(fs->sb.versionnum),
		.features2 = be32_get(fs->sb.features2),
		.dax_inherit = root.flags2 & INODE_FLAG2_DAX,
		.root_generation = root.gen,
	};
	if (root.flags & INODE_FLAG_EXTSZINHERIT)
		out->extszinherit_blocks = be32_get(disk.extsize);
	if (root.flags2 & INODE_FLAG2_COWEXTSIZE)
		out->cowextsize_blocks = be32_get(disk.cowextsize);
	take_time(&fs->geo, &disk.mtime, out);
	return 0;
}
