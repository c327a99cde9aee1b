/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * set-incompat IMAGE MASK: set incompatible-feature bits in all superblocks of an unmounted XFS image.
 *
 * For features that the kernel has and the mkfs.xfs at hand has not, and that an empty file system satisfies
 * as it is: exchange-range (0x40) and parent pointers (0x80; only the root directory exists, it has none).
 * Offsets: xfs_format.h, struct xfs_dsb. The CRC covers the first sector with its own field as zero.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SB_MAGIC = 0,
	SB_BLOCKSIZE = 4,
	SB_AGBLOCKS = 84,
	SB_AGCOUNT = 88,
	SB_SECTSIZE = 102,
	SB_INCOMPAT = 216,
	SB_CRC = 224,
	SECTOR_MAX = 32768,
};

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t crc32c(const uint8_t *p, size_t len)
{
	uint32_t crc = ~0u;

	while (len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void seal(uint8_t *sb, size_t sector)
{
	uint32_t crc;

	memset(sb + SB_CRC, 0, 4);
	crc = crc32c(sb, sector);
	for (int i = 0; i < 4; i++)	/* the one little-endian field */
		sb[SB_CRC + i] = (uint8_t)(crc >> (8 * i));
}

int main(int argc, char **argv)
{
	static uint8_t sb[SECTOR_MAX];
	uint64_t group_bytes;
	uint32_t mask, groups;
	size_t sector;
	char *end;
	int fd;

	if (argc != 3 || (mask = (uint32_t)strtoul(argv[2], &end, 0)) == 0 || *end) {
		fputs("usage: set-incompat IMAGE MASK\n", stderr);
		return 16;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || pread(fd, sb, 512, 0) != 512) {
		perror(argv[1]);
		return 8;
	}
	sector = (size_t)sb[SB_SECTSIZE] << 8 | sb[SB_SECTSIZE + 1];
	groups = get_be32(sb + SB_AGCOUNT);
	group_bytes = (uint64_t)get_be32(sb + SB_AGBLOCKS) * get_be32(sb + SB_BLOCKSIZE);
	for (uint32_t i = 0; i < groups; i++) {
		off_t at = (off_t)(i * group_bytes);

		if (sector > SECTOR_MAX || pread(fd, sb, sector, at) != (ssize_t)sector ||
		    memcmp(sb + SB_MAGIC, "XFSB", 4) != 0) {
			fprintf(stderr, "set-incompat: no superblock at byte %lld\n", (long long)at);
			return 8;
		}
		put_be32(sb + SB_INCOMPAT, get_be32(sb + SB_INCOMPAT) | mask);
		seal(sb, sector);
		if (pwrite(fd, sb, sector, at) != (ssize_t)sector) {
			perror(argv[1]);
			return 8;
		}
	}
	if (close(fd) != 0) {
		perror(argv[1]);
		return 8;
	}
	return 0;
}
