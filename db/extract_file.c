/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making what is no directory. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "extract_parts.h"
#include "fs/fork.h"
#include "fs/symlink.h"

struct writing {
	const struct copy *copy;
	int rc;
};

static int write_all(int fd, const uint8_t *bytes, size_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t wrote = pwrite(fd, bytes, len, (off_t)offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return -1;
		bytes += wrote;
		offset += (uint64_t)wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

/* Blocks [skip, skip + count) of the extent. Where they cannot be read as a whole, block by block. */
static int copy_blocks(struct writing *writing, const struct extent *extent, uint32_t skip, uint32_t count)
{
	const struct copy *copy = writing->copy;
	const struct fs *fs = copy->extraction->session->fs;
	struct agaddr at = {extent->start.agno, extent->start.agbno + skip};
	uint64_t offset = (extent->fileoff + skip) << fs->geo.block_log, len = (uint64_t)count << fs->geo.block_log;
	struct error why;
	int rc = fs_read_blocks(fs, at, count, copy->extraction->buffer, &why);

	if (rc != 0 && count > 1) {
		rc = 0;
		for (uint32_t i = 0; i < count && rc == 0; i++)
			rc = copy_blocks(writing, extent, skip + i, 1);
		return rc;
	}
	if (rc != 0)
		return extract_wrong(copy->extraction, copy->name, &why);
	if (len > copy->inode->size_bytes - offset)
		len = copy->inode->size_bytes - offset;
	copy->extraction->bytes += len;
	if (write_all(copy->fd, copy->extraction->buffer, len, offset) == 0)
		return 0;
	/* The disk is full, most likely: the other files will not fit either. */
	rc = extract_wrong_errno(copy->extraction, copy->name, "cannot write");
	return rc < 0 ? rc : ERR_IO;
}

static int copy_extent(void *arg, const struct extent *extent)
{
	struct writing *writing = arg;
	const struct extraction *extraction = writing->copy->extraction;
	const struct geometry *geo = &extraction->session->fs->geo;
	uint32_t step = EXTRACT_CHUNK >> geo->block_log;
	uint64_t size = writing->copy->inode->size_bytes;
	uint64_t end = (size >> geo->block_log) + ((size & (geo->block_bytes - 1)) != 0); /* blocks of the file */

	for (uint32_t skip = 0; skip < extent->len_blocks && writing->rc == 0 && !extent->unwritten; skip += step) {
		uint64_t first = extent->fileoff + skip;
		uint32_t count = extent->len_blocks - skip < step ? extent->len_blocks - skip : step;

		if (session_interrupted(extraction->session))
			writing->rc = ERR_CANCELLED;
		else if (first < end)
			writing->rc = copy_blocks(writing, extent, skip,
						  end - first < count ? (uint32_t)(end - first) : count);
	}
	return writing->rc < 0 ? 1 : 0;
}

static int report_bad(void *arg, const struct error *why)
{
	struct writing *writing = arg;

	writing->rc = extract_wrong(writing->copy->extraction, writing->copy->name, why);
	return writing->rc < 0 ? 1 : 0;
}

static int copy_file(struct copy *copy)
{
	struct writing writing = {.copy = copy};
	const struct fork_walker walker = {.extent = copy_extent, .bad = report_bad, .arg = &writing};
	struct extraction *extraction = copy->extraction;
	struct error err;
	int rc;

	copy->fd = openat(extraction->here, copy->name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (copy->fd < 0)
		return extract_wrong_errno(extraction, copy->name, "cannot make the file");
	rc = ftruncate(copy->fd, (off_t)copy->inode->size_bytes);
	if (rc != 0)
		rc = extract_wrong_errno(extraction, copy->name, "cannot set the size");
	if (rc == 0)
		rc = fork_walk(extraction->session->fs, copy->inode, FORK_DATA, 0, FILEOFF_MAX, &walker, &err);
	if (rc < 0)
		rc = extract_wrong(extraction, copy->name, &err);
	rc = rc > 0 ? writing.rc : rc;
	if (rc == 0)
		rc = extract_attributes(copy);
	if (close(copy->fd) != 0 && rc == 0)
		rc = extract_wrong_errno(extraction, copy->name, "cannot write");
	return rc;
}

static int copy_link(const struct copy *copy)
{
	uint8_t target[SYMLINK_TARGET_MAX + 1];
	struct error err;
	size_t len;
	int rc = symlink_read(copy->extraction->session->fs, copy->inode, target, &len, &err);

	if (rc != 0)
		return extract_wrong(copy->extraction, copy->name, &err);
	target[len] = '\0';
	if (symlinkat((const char *)target, copy->extraction->here, copy->name) != 0)
		return extract_wrong_errno(copy->extraction, copy->name, "cannot make the symbolic link");
	return extract_attributes(copy);
}

/* Format: the data fork holds the number as 14 bits of major and 18 bits of minor (design document, "On-disk Inode").
 */
static int copy_special(const struct copy *copy)
{
	const be32 *raw = span_at(inode_fork_span(copy->inode, FORK_DATA), 0, sizeof(*raw));
	uint32_t number = copy->inode->fork[FORK_DATA].format == FORK_DEV && raw ? be32_get(*raw) : 0;
	mode_t type = copy->inode->mode & INODE_MODE_TYPE;

	if (mknodat(copy->extraction->here, copy->name, type | 0600u, makedev(number >> 18, number & 0x3ffff)) == 0)
		return extract_attributes(copy);
	if (errno != EPERM || copy->extraction->strict)
		return extract_wrong_errno(copy->extraction, copy->name, "cannot make the special file");
	copy->extraction->lacks[LACK_DEVICE]++;
	return 0;
}

int extract_content(struct extraction *extraction, const struct inode *inode, const char *name)
{
	struct copy copy = {extraction, inode, name, -1};
	struct error err;

	extraction->files++;
	switch (inode->mode & INODE_MODE_TYPE) {
	case INODE_MODE_FILE:
		return copy_file(&copy);
	case INODE_MODE_LINK:
		return copy_link(&copy);
	case INODE_MODE_FIFO:
	case INODE_MODE_SOCKET:
	case INODE_MODE_CHAR:
	case INODE_MODE_BLOCK:
		return copy_special(&copy);
	default:
		error_set(&err, ERR_CORRUPT, "inode %llu has no type", (unsigned long long)inode->ino);
		return extract_wrong(extraction, name, &err);
	}
}
