/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fsmap-dump MOUNTPOINT: what the kernel's GETFSMAP says of a mounted XFS, one record a line:
 *
 *	DEVICE PHYSICAL LENGTH FLAGS OWNER OFFSET
 *
 * DEVICE is "data", or major:minor for another one. PHYSICAL, LENGTH and OFFSET are bytes. FLAGS is hex, as
 * FMR_OF_* of linux/fsmap.h without LAST. OWNER is an inode number, or a name of the table below.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fsmap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <xfs/xfs.h>

enum { BATCH = 8192 };

static const struct {
	uint64_t code;
	const char *name;
} special[] = {
	{ XFS_FMR_OWN_FREE, "free" },	    { XFS_FMR_OWN_UNKNOWN, "unknown" }, { XFS_FMR_OWN_FS, "fs" },
	{ XFS_FMR_OWN_LOG, "log" },	    { XFS_FMR_OWN_AG, "ag" },		{ XFS_FMR_OWN_INOBT, "inobt" },
	{ XFS_FMR_OWN_INODES, "inodes" },   { XFS_FMR_OWN_REFC, "refcount" },	{ XFS_FMR_OWN_COW, "cow" },
	{ XFS_FMR_OWN_DEFECTIVE, "defective" },
};

static void print_owner(const struct fsmap *rec)
{
	if (!(rec->fmr_flags & FMR_OF_SPECIAL_OWNER)) {
		printf("%llu", (unsigned long long)rec->fmr_owner);
		return;
	}
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		if (special[i].code == rec->fmr_owner) {
			fputs(special[i].name, stdout);
			return;
		}
	printf("special-%#llx", (unsigned long long)rec->fmr_owner);
}

static void print_record(const struct fsmap *rec, dev_t data)
{
	if (rec->fmr_device == data)
		fputs("data", stdout);
	else
		printf("%u:%u", major(rec->fmr_device), minor(rec->fmr_device));
	printf(" %llu %llu %#x ", (unsigned long long)rec->fmr_physical, (unsigned long long)rec->fmr_length,
	       rec->fmr_flags & ~(unsigned)FMR_OF_LAST);
	print_owner(rec);
	printf(" %llu\n", (unsigned long long)rec->fmr_offset);
}

int main(int argc, char **argv)
{
	struct fsmap_head *head = calloc(1, fsmap_sizeof(BATCH));
	struct stat st;
	int fd;

	if (argc != 2) {
		fputs("usage: fsmap-dump MOUNTPOINT\n", stderr);
		return 16;
	}
	fd = open(argv[1], O_RDONLY);
	if (!head || fd < 0 || fstat(fd, &st) != 0) {
		perror(argv[1]);
		return 8;
	}
	head->fmh_count = BATCH;
	/* Up to the last of everything. The kernel refuses a length here. */
	head->fmh_keys[1] = (struct fsmap){
		.fmr_device = UINT32_MAX,
		.fmr_flags = UINT32_MAX,
		.fmr_physical = UINT64_MAX,
		.fmr_owner = UINT64_MAX,
		.fmr_offset = UINT64_MAX,
	};
	for (;;) {
		if (ioctl(fd, FS_IOC_GETFSMAP, head) != 0) {
			perror("GETFSMAP");
			return 8;
		}
		for (uint32_t i = 0; i < head->fmh_entries; i++)
			print_record(&head->fmh_recs[i], st.st_dev);
		if (head->fmh_entries == 0 || head->fmh_recs[head->fmh_entries - 1].fmr_flags & FMR_OF_LAST)
			break;
		fsmap_advance(head);
	}
	free(head);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("stdout");
		return 8;
	}
	return 0;
}
