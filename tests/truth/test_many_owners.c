/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_many_owners MOUNTPOINT BLOCK_BYTES COUNT
 *
 * Makes a file that maps one block COUNT times, and another COUNT files that map it once, and expects all of them as
 * owners in the view of the mounted file system: more than one answer of GETFSMAP holds.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/kernel_abi.h"
#include "fs/view_mounted.h"
#include "truth/fail.h"
#include "truth/owner_list.h"

static void clone_block(int from, int to, uint64_t offset, uint64_t len)
{
	struct file_clone_range range = {.src_fd = from, .src_length = len, .dest_offset = offset};

	if (ioctl(to, FICLONERANGE, &range) != 0)
		FAIL("cannot share a block: %s", strerror(errno));
}

static int open_in(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL, 0644);

	if (fd < 0)
		FAIL("cannot create %s: %s", name, strerror(errno));
	return fd;
}

static void make_sharers(const char *mountpoint, struct owner_list *want, uint64_t block_bytes, uint64_t count)
{
	int dir = open(mountpoint, O_RDONLY | O_DIRECTORY), origin, many;
	struct kernel_bmap map[2] = {{.length = INT64_MAX >> 9, .count = 2}};
	struct owner owner = {.kind = OWNER_FILE};
	struct stat stat;
	char *block = calloc(1, block_bytes);

	if (dir < 0 || !block)
		FAIL("cannot open %s", mountpoint);
	origin = open_in(dir, "origin");
	many = open_in(dir, "many");
	block[0] = 1;
	if (write(origin, block, block_bytes) != (ssize_t)block_bytes || fsync(origin) != 0 ||
	    ioctl(origin, KERNEL_IOC_GETBMAPX, map) != 0 || map[0].entries != 1)
		FAIL("cannot write a block: %s", strerror(errno));
	owner.start_bytes = (uint64_t)map[1].block << 9;
	owner.end_bytes = owner.start_bytes + block_bytes;
	if (fstat(origin, &stat) != 0)
		FAIL("cannot stat a file");
	owner.ino = stat.st_ino;
	owner_list_add(want, &owner);
	for (uint64_t i = 0; i < count; i++) {
		char name[32];
		int fd;

		clone_block(origin, many, i * block_bytes, block_bytes);
		snprintf(name, sizeof(name), "clone-%" PRIu64, i);
		fd = open_in(dir, name);
		clone_block(origin, fd, 0, block_bytes);
		if (fstat(fd, &stat) != 0)
			FAIL("cannot stat a file");
		owner.ino = stat.st_ino;
		owner.offset_bytes = 0;
		owner_list_add(want, &owner);
		close(fd);
	}
	if (fstat(many, &stat) != 0)
		FAIL("cannot stat a file");
	owner.ino = stat.st_ino;
	for (uint64_t i = 0; i < count; i++) {
		owner.offset_bytes = i * block_bytes;
		owner_list_add(want, &owner);
	}
	free(block);
	close(origin);
	close(many);
	close(dir);
}

int main(int argc, char **argv)
{
	uint64_t block_bytes = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t count = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
	struct owner_list want = {0}, got = {0};
	struct error err = {0};
	struct pool *pool;
	struct view view;

	if (block_bytes == 0 || count == 0)
		FAIL("usage: test_many_owners MOUNTPOINT BLOCK_BYTES COUNT");
	make_sharers(argv[1], &want, block_bytes, count);
	if (pool_open(2, &pool, &err) != 0 || view_mounted_open(argv[1], pool, &view, &err) != 0)
		FAIL("%s", err.text);
	owner_list_ask(&view, want.items[0].start_bytes, want.items[0].end_bytes, &got);
	owner_list_expect(&want, &got, "owners of one block");
	printf("%zu owners of one block\n", got.count);
	free(want.items);
	free(got.items);
	view_close(&view);
	pool_close(pool);
	return 0;
}
