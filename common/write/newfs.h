/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A new file system: from what a user asks to a layout with every number decided, and from the layout to bytes.
 *
 * The two halves meet in struct newfs_layout only. Planning looks at no device but through struct newfs_device, and
 * decides or refuses everything before anything is written; writing decides nothing.
 */
#ifndef WRITE_NEWFS_H
#define WRITE_NEWFS_H

#include "base/interval.h"
#include "base/progress.h"
#include "base/uuid.h"
#include "device/device.h"
#include "fs/geometry.h"

/* A number that a user may have given, in the unit that the member's comment says. */
struct newfs_number {
	bool given;
	uint64_t value;
};

/* A switch: not given, off, on. */
enum newfs_switch {
	NEWFS_DEFAULT,
	NEWFS_OFF,
	NEWFS_ON,
};

/* What a user asks for. A zeroed struct asks for all defaults. */
struct newfs_options {
	struct newfs_number block_bytes;       /* -b size */
	struct newfs_number sector_bytes;      /* -s size */
	struct newfs_number data_bytes;	       /* -d size: of the file system; default the whole device */
	struct newfs_number ag_count;	       /* -d agcount */
	struct newfs_number ag_bytes;	       /* -d agsize */
	struct newfs_number stripe_unit_bytes; /* -d su or sunit */
	struct newfs_number stripe_units;      /* -d sw: stripe width in stripe units */
	struct newfs_number stripe_width_bytes; /* -d swidth */
	bool no_align;			       /* -d noalign: no stripe, whatever the device says */
	struct newfs_number extszinherit_blocks; /* -d extszinherit: hint of the root directory */
	enum newfs_switch dax_inherit;	       /* -d daxinherit */
	struct newfs_number cowextsize_blocks; /* -d cowextsize */
	struct newfs_number inode_bytes;       /* -i size, or block size / perblock */
	struct newfs_number max_inode_percent; /* -i maxpct */
	enum newfs_switch inode_align;	       /* -i align */
	enum newfs_switch sparse_inodes;       /* -i sparse */
	enum newfs_switch nrext64;	       /* -i nrext64 */
	enum newfs_switch exchange;	       /* -i exchange */
	struct newfs_number log_bytes;	       /* -l size */
	struct newfs_number log_ag;	       /* -l agnum */
	struct newfs_number log_unit_bytes;    /* -l su or sunit */
	enum newfs_switch lazy_count;	       /* -l lazy-count: can only be on */
	enum newfs_switch finobt;	       /* -m finobt */
	enum newfs_switch rmapbt;	       /* -m rmapbt */
	enum newfs_switch reflink;	       /* -m reflink */
	enum newfs_switch inobtcount;	       /* -m inobtcount */
	enum newfs_switch bigtime;	       /* -m bigtime */
	enum newfs_switch parent;	       /* -n parent */
	enum newfs_switch ascii_ci;	       /* -n version=ci: refused */
	struct newfs_number dirblock_bytes;    /* -n size */
	bool allow_unmapped;		       /* --allow-unmapped: reflink without rmapbt */
	bool like_mkfs_xfs;		       /* the defaults of mkfs.xfs 6.1 instead of those for DAX: for comparing */
	char label[13];			       /* -L */
	struct uuid uuid;		       /* of the file system; the caller draws it */
	/* The caller draws these too, so that an image can be made twice, byte for byte. */
	uint32_t root_generation;
	int64_t now_seconds;
	uint32_t now_nanoseconds;
};

/* What planning needs to know of the device. */
struct newfs_device {
	uint64_t size_bytes;
	uint32_t logical_sector_bytes, physical_sector_bytes;
	uint64_t stripe_unit_bytes, stripe_width_bytes; /* as libblkid tells, 0: none */
	uint64_t start_bytes; /* of a partition on its disk, to judge alignment; 0 for a whole device */
	bool is_partition;
	bool is_file;
	bool dax_capable;
};

/* What a person should be told although it is done as asked. One bit each; texts: newfs_warning_text. */
enum newfs_warning {
	NEWFS_WARN_BLOCK_SIZE_NO_DAX = 1 << 0,	 /* block size is not the page size: no DAX */
	NEWFS_WARN_START_UNALIGNED = 1 << 1,	 /* the device does not start on 2 MiB */
	NEWFS_WARN_PARTITION = 1 << 2,		 /* the kernel delivers no failure notification there */
	NEWFS_WARN_UNMAPPED_REFLINK = 1 << 3,	 /* media errors cannot be traced to files */
	NEWFS_WARN_STRIPE_IGNORED = 1 << 4,	 /* the device's stripe does not fit */
};

/* A file system with every number decided. Lengths in blocks unless the name says bytes. */
struct newfs_layout {
	struct geometry geo; /* everything that the superblock of a new file system says of itself */
	uint32_t stripe_unit_blocks, stripe_width_blocks;
	uint32_t log_unit_bytes;   /* sb.logsunit */
	uint16_t log_sector_bytes; /* as sb.logsectsize has it */
	uint8_t log_sector_log;
	uint8_t max_inode_percent;
	uint16_t version;	   /* sb.versionnum */
	uint32_t features2;
	uint32_t extszinherit_blocks, cowextsize_blocks;
	bool dax_inherit;
	uint32_t root_generation;
	int64_t now_seconds;
	uint32_t now_nanoseconds;
	unsigned warnings; /* NEWFS_WARN_* */
};

/*
 * Decides everything. ERR_INVALID: cannot be, with the reason; ERR_UNSUPPORTED: this toolkit does not do it.
 */
int newfs_plan(const struct newfs_options *options, const struct newfs_device *device, struct newfs_layout *out,
	       struct error *err) MUST_CHECK;

/* One sentence for one warning bit. Static. */
const char *newfs_warning_text(enum newfs_warning warning);

/*
 * Writes the file system: old signatures at both ends first, superblock 0 last and after everything else is durable,
 * so that an interrupted run never leaves something that looks valid. @device is open for writing.
 */
int newfs_write(const struct newfs_layout *layout, struct device *device, const struct progress *progress,
		struct error *err) MUST_CHECK;

#endif
