/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan [--sb] OPTIONS: what is planned for these options of mkfs.xfsdax if it follows mkfs.xfs instead of DAX, on a file
 * of -d size. Prints the geometry; with --sb, the fields of the superblock that the geometry does not show.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "report/newfs_text.h"

static void print_fields(const struct newfs_layout *layout)
{
	const struct geometry *geo = &layout->geo;

	printf("dblocks = %llu\nlogstart = %llu\nrootino = %llu\nrbmino = %llu\nrsumino = %llu\nagblocks = %u\n"
	       "agcount = %u\nlogblocks = %u\nversionnum = %#x\nsectsize = %u\ninodesize = %u\nblocklog = %u\n"
	       "sectlog = %u\ninodelog = %u\ninopblog = %u\nagblklog = %u\nimax_pct = %u\n",
	       (unsigned long long)geo->blocks, (unsigned long long)geometry_pack(geo, geo->log_start).packed,
	       (unsigned long long)geo->root_ino, (unsigned long long)geo->rtbitmap_ino,
	       (unsigned long long)geo->rtsummary_ino, geo->ag_blocks, geo->ag_count, geo->log_blocks, layout->version,
	       geo->sector_bytes, geo->inode_bytes, geo->block_log, geo->sector_log, geo->inode_log,
	       geo->inodes_per_block_log, geo->ag_blocks_log, layout->max_inode_percent);
	printf("inoalignmt = %u\nunit = %u\nwidth = %u\ndirblklog = %u\nlogsectlog = %u\nlogsectsize = %u\n"
	       "logsunit = %u\nfeatures2 = %#x\nfeatures_ro_compat = %#x\nfeatures_incompat = %#x\nspino_align = %u\n",
	       geo->inode_align_blocks, layout->stripe_unit_blocks, layout->stripe_width_blocks,
	       geo->dirblock_blocks_log, layout->log_sector_log, layout->log_sector_bytes, layout->log_unit_bytes,
	       layout->features2, geo->features_ro_compat, geo->features_incompat, geo->sparse_align_blocks);
}

int main(int argc, char **argv)
{
	bool fields = argc > 1 && strcmp(argv[1], "--sb") == 0;
	struct newfs_device device = {.logical_sector_bytes = 512, .physical_sector_bytes = 512, .is_file = true};
	struct newfs_layout layout = {0};
	struct options options = {0};
	struct error err = {0};
	int rc = options_parse(argc - fields, argv + fields, &options, &err);

	if (rc == 0) {
		device.size_bytes = options.newfs.data_bytes.value;
		options.newfs.like_mkfs_xfs = true;
		rc = newfs_plan(&options.newfs, &device, &layout, &err);
	}
	if (rc == 0 && fields)
		print_fields(&layout);
	else if (rc == 0)
		rc = report_newfs_text(&layout, options.path, stdout, &err);
	if (rc != 0)
		fprintf(stderr, "%s\n", err.text);
	options_fini(&options);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
